//! `Pipfile` and `Pipfile.lock`.

use super::Package;
use crate::context::json::Value;

/// The `[packages]` and `[dev-packages]` of a `Pipfile`.
pub(super) fn wanted(value: &Value) -> Vec<Package> {
    section(value, "packages", false).chain(section(value, "dev-packages", true)).collect()
}

/// The `default` and `develop` packages of a `Pipfile.lock`.
pub(super) fn locked(value: &Value) -> Vec<Package> {
    section(value, "default", false).chain(section(value, "develop", true)).collect()
}

fn section<'v>(value: &'v Value, key: &str, dev: bool) -> impl Iterator<Item = Package> + 'v {
    let members = value.get(key).and_then(Value::as_object).into_iter().flatten();
    members.map(move |(name, about)| {
        let version = about.as_str().or_else(|| about.get("version").and_then(Value::as_str));
        let version = version.unwrap_or_default().trim_start_matches("==").to_owned();
        let platform = super::Platform::of_name(name);
        Package { name: name.clone(), version, dev, platform, ..Package::default() }
    })
}

#[cfg(test)]
mod tests {
    use super::super::Manifests;

    #[test]
    fn both_files_tell_development_apart() {
        let files = [
            (
                "Pipfile",
                "[packages]\nflask = \"*\"\n[dev-packages]\npytest = {version = \"==8.0\"}\n",
            ),
            (
                "Pipfile.lock",
                r#"{"default": {"flask": {"version": "==3.0"}}, "develop": {"pytest": {}}}"#,
            ),
        ];
        let texts = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let manifests = Manifests::read(&texts.into());
        for path in ["Pipfile", "Pipfile.lock"] {
            let packages = manifests.get(path).unwrap().packages();
            let names: Vec<_> = packages.iter().map(|p| (p.name.as_str(), p.dev)).collect();
            assert_eq!(names, [("flask", false), ("pytest", true)], "{path}");
        }
        assert_eq!(manifests.get("Pipfile.lock").unwrap().packages()[0].version, "3.0");
    }
}
