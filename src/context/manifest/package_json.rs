//! `package.json`.

use crate::context::json::Value;
use crate::sorted::Map;

/// A `package.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageJson {
    /// `name`.
    pub name: Option<String>,
    /// `type`: `module` or `commonjs`.
    pub module_type: Option<String>,
    /// `main`.
    pub main: Option<String>,
    /// `packageManager`, such as `pnpm@9.1.0`.
    pub package_manager: Option<String>,
    /// `engines.node`, a range of versions.
    pub node_engine: Option<String>,
    /// `scripts`: name → command line.
    pub scripts: Map<String, String>,
    /// `dependencies`: name → range of versions.
    pub dependencies: Map<String, String>,
    /// `devDependencies`.
    pub dev_dependencies: Map<String, String>,
    /// `optionalDependencies`.
    pub optional_dependencies: Map<String, String>,
    /// `workspaces`: folders, with wildcards.
    pub workspaces: Vec<String>,
}

impl PackageJson {
    /// Reads the object; what has another type than npm's is left out.
    pub(super) fn read(value: &Value) -> Self {
        let text = |path: &[&str]| value.at(path).and_then(Value::as_str).map(str::to_owned);
        let map = |key: &str| value.get(key).map(Value::string_map).unwrap_or_default();
        Self {
            name: text(&["name"]),
            module_type: text(&["type"]),
            main: text(&["main"]),
            package_manager: text(&["packageManager"]),
            node_engine: text(&["engines", "node"]),
            scripts: map("scripts"),
            dependencies: map("dependencies"),
            dev_dependencies: map("devDependencies"),
            optional_dependencies: map("optionalDependencies"),
            workspaces: workspaces(value),
        }
    }
}

/// A list, or Yarn's object with a list in it.
fn workspaces(value: &Value) -> Vec<String> {
    let Some(workspaces) = value.get("workspaces") else { return Vec::new() };
    let list = workspaces.get("packages").unwrap_or(workspaces);
    list.strings().map(str::to_owned).collect()
}
