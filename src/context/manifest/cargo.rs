//! `Cargo.toml`.

use crate::context::json::Value;

/// A `Cargo.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CargoToml {
    /// `package.name`; none for a workspace without a package of its own.
    pub name: Option<String>,
    /// Names of `dependencies`, as the manifest calls them.
    pub dependencies: Vec<String>,
    /// Names of `dev-dependencies`.
    pub dev_dependencies: Vec<String>,
    /// Names of `build-dependencies`.
    pub build_dependencies: Vec<String>,
    /// `workspace.members`: folders, with wildcards.
    pub members: Vec<String>,
}

impl CargoToml {
    pub(super) fn read(value: &Value) -> Self {
        let names = |key: &str| {
            let table = value.get(key).and_then(Value::as_object);
            table.map(|table| table.keys().cloned().collect()).unwrap_or_default()
        };
        let members = value.at(&["workspace", "members"]);
        Self {
            name: value.at(&["package", "name"]).and_then(Value::as_str).map(str::to_owned),
            dependencies: names("dependencies"),
            dev_dependencies: names("dev-dependencies"),
            build_dependencies: names("build-dependencies"),
            members: members.map(|m| m.strings().map(str::to_owned).collect()).unwrap_or_default(),
        }
    }
}
