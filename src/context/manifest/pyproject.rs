//! `pyproject.toml`: the standard tables and Poetry's.

use super::requirements::Requirement;
use crate::context::json::Value;
use crate::sorted::Map;

/// A `pyproject.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pyproject {
    /// `project.name`, or Poetry's.
    pub name: Option<String>,
    /// Versions of Python that it allows.
    pub requires_python: Option<String>,
    /// What the project needs to run.
    pub dependencies: Vec<Requirement>,
    /// What each extra adds (`project.optional-dependencies`).
    pub optional_dependencies: Map<String, Vec<Requirement>>,
    /// What only development needs, by group (`dependency-groups`, Poetry's).
    pub groups: Map<String, Vec<Requirement>>,
    /// `build-system.build-backend`.
    pub build_backend: Option<String>,
    /// Names of the tables below `tool`: `poetry`, `uv`, `hatch`, ….
    pub tools: Vec<String>,
}

impl Pyproject {
    pub(super) fn read(value: &Value) -> Self {
        let text = |path: &[&str]| value.at(path).and_then(Value::as_str).map(str::to_owned);
        let poetry = value.at(&["tool", "poetry"]);
        let mut dependencies = list(value.at(&["project", "dependencies"]));
        dependencies.extend(poetry_table(poetry.and_then(|p| p.get("dependencies"))));
        let tools = value.get("tool").and_then(Value::as_object);
        Self {
            name: text(&["project", "name"]).or_else(|| text(&["tool", "poetry", "name"])),
            requires_python: text(&["project", "requires-python"])
                .or_else(|| text(&["tool", "poetry", "dependencies", "python"])),
            dependencies,
            optional_dependencies: lists(value.at(&["project", "optional-dependencies"])),
            groups: groups(value, poetry),
            build_backend: text(&["build-system", "build-backend"]),
            tools: tools.map(|tools| tools.keys().cloned().collect()).unwrap_or_default(),
        }
    }
}

fn groups(value: &Value, poetry: Option<&Value>) -> Map<String, Vec<Requirement>> {
    let mut groups = lists(value.get("dependency-groups"));
    let Some(poetry) = poetry else { return groups };
    for (name, group) in poetry.get("group").and_then(Value::as_object).into_iter().flatten() {
        groups.entry(name.clone()).or_default().extend(poetry_table(group.get("dependencies")));
    }
    let older = poetry_table(poetry.get("dev-dependencies"));
    if !older.is_empty() {
        groups.entry("dev".to_owned()).or_default().extend(older);
    }
    groups
}

fn list(value: Option<&Value>) -> Vec<Requirement> {
    value.into_iter().flat_map(Value::strings).filter_map(Requirement::parse).collect()
}

fn lists(value: Option<&Value>) -> Map<String, Vec<Requirement>> {
    let tables = value.and_then(Value::as_object).into_iter().flatten();
    tables.map(|(name, requirements)| (name.clone(), list(Some(requirements)))).collect()
}

/// Poetry's form: name → versions, or a table with them. Python itself is not
/// a dependency.
fn poetry_table(table: Option<&Value>) -> Vec<Requirement> {
    let members = table.and_then(Value::as_object).into_iter().flatten();
    members
        .filter(|(name, _)| *name != "python")
        .map(|(n, value)| poetry_member(n, value))
        .collect()
}

fn poetry_member(name: &str, value: &Value) -> Requirement {
    let versions = value.as_str().or_else(|| value.get("version")?.as_str()).unwrap_or_default();
    let extras = value.get("extras").into_iter().flat_map(Value::strings).map(str::to_owned);
    let url = ["url", "git"].iter().find_map(|key| value.get(key)?.as_str());
    let mut requirement = Requirement::new(name, extras.collect(), poetry_versions(versions));
    // Poetry pins with a bare version.
    if requirement.version.is_none() && versions.starts_with(|c: char| c.is_ascii_digit()) {
        requirement.version =
            (!versions.contains(['*', ',', '|', ' '])).then(|| versions.to_owned());
    }
    requirement.url = url.map(str::to_owned);
    requirement
}

/// `*` allows any version.
fn poetry_versions(versions: &str) -> &str {
    if versions == "*" { "" } else { versions }
}
