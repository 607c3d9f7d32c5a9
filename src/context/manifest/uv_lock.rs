//! `uv.lock`.

use super::closure::mark_development;
use super::{Package, Platform};
use crate::context::json::Value;

/// Reads the packages without the project itself, which tells what is needed
/// to run, by its groups and by its extras.
pub(super) fn read(lock: &Value) -> Vec<Package> {
    let tables = lock.get("package").and_then(Value::as_array).unwrap_or_default();
    let (projects, others): (Vec<&Value>, Vec<&Value>) =
        tables.iter().partition(|table| is_project(table));
    let mut packages: Vec<Package> = others.into_iter().filter_map(package).collect();
    if projects.is_empty() {
        return packages;
    }
    let listed = |key: &str| -> Vec<String> {
        let tables = projects.iter().filter_map(|project| project.get(key));
        let groups = tables.filter_map(Value::as_object).flatten();
        groups.flat_map(|(_, list)| names(Some(list))).collect()
    };
    let needed: Vec<String> =
        projects.iter().flat_map(|project| names(project.get("dependencies"))).collect();
    // What neither the project nor its groups lead to belongs to an extra.
    let groups = listed("dev-dependencies");
    mark_development(&mut packages, needed.iter().chain(&groups).map(String::as_str));
    for package in &mut packages {
        package.optional = package.dev;
    }
    mark_development(&mut packages, needed.iter().map(String::as_str));
    packages
}

/// The project and the members of its workspace are built from their folders.
fn is_project(table: &Value) -> bool {
    let source = table.get("source");
    ["virtual", "editable", "directory"]
        .iter()
        .any(|key| source.is_some_and(|source| source.get(key).is_some()))
}

fn package(table: &Value) -> Option<Package> {
    let text = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
    let name = text("name")?;
    Some(Package {
        version: text("version").unwrap_or_default(),
        platform: Platform::of_name(&name),
        needs: names(table.get("dependencies")),
        name,
        ..Package::default()
    })
}

/// `[{ name = "a" }, …]`.
fn names(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).unwrap_or_default();
    list.iter().filter_map(|item| item.get("name")?.as_str().map(str::to_owned)).collect()
}
