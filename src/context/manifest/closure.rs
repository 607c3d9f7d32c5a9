//! What of a lockfile only development needs, for formats without that mark.

use super::{Manifest, Package};

use crate::sorted::{Map, Set};

/// Marks as development's what none of `needed` leads to. Versions are passed
/// over: a package that is there twice counts as one.
pub(super) fn mark_development<'n>(
    packages: &mut [Package],
    needed: impl IntoIterator<Item = &'n str>,
) {
    let mut by_name: Map<&str, Vec<&Package>> = Map::new();
    for package in &*packages {
        by_name.entry(&package.name).or_default().push(package);
    }
    let mut reached: Set<String> = Set::new();
    let mut pending: Vec<&str> = needed.into_iter().collect();
    while let Some(name) = pending.pop() {
        if reached.insert(name.to_owned()) {
            let packages = by_name.get(name).into_iter().flatten();
            pending.extend(packages.flat_map(|package| package.needs.iter().map(String::as_str)));
        }
    }
    for package in packages {
        package.dev = !reached.contains(&package.name);
    }
}

/// Marks in each lockfile what the manifest beside it needs for development
/// only.
pub(super) fn mark_all(files: &mut Map<String, Manifest>) {
    let paths: Vec<String> = files.keys().cloned().collect();
    for path in paths {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = |name: &str| match folder {
            "" => files.get(name),
            folder => files.get(&format!("{folder}/{name}")),
        };
        let Some(needed) = files.get(&path).and_then(|lock| needed(lock, beside)) else {
            continue;
        };
        if let Some(packages) = files.get_mut(&path).and_then(Manifest::packages_mut) {
            mark_development(packages, needed.iter().map(String::as_str));
        }
    }
}

/// The names that the manifest of an unmarked lockfile needs to run.
fn needed<'f>(
    lock: &Manifest,
    beside: impl Fn(&str) -> Option<&'f Manifest>,
) -> Option<Vec<String>> {
    let unmarked = lock.packages().iter().all(|package| !package.dev);
    match lock {
        Manifest::YarnLock(_) | Manifest::PnpmLock(_) if unmarked => {
            let Manifest::PackageJson(package) = beside("package.json")? else { return None };
            let needed = package.dependencies.keys().chain(package.optional_dependencies.keys());
            Some(needed.cloned().collect())
        }
        Manifest::PoetryLock(_) if unmarked => {
            let Manifest::Pyproject(project) = beside("pyproject.toml")? else { return None };
            Some(
                project
                    .dependencies
                    .iter()
                    .map(|package| package.name.to_ascii_lowercase())
                    .collect(),
            )
        }
        Manifest::GemfileLock(_) => {
            let Manifest::Gemfile(gems) = beside("Gemfile")? else { return None };
            let needed = gems.iter().filter(|gem| !gem.dev);
            Some(needed.map(|gem| gem.name.clone()).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Manifests;

    /// The names that production installs.
    fn production(files: &[(&str, &str)], lock: &str) -> Vec<String> {
        let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let manifests = Manifests::read(&texts.collect());
        let packages = manifests.get(lock).expect("a lockfile").packages();
        let kept = packages.iter().filter(|package| !package.dev && !package.optional);
        kept.map(|package| package.name.clone()).collect()
    }

    const PACKAGE: (&str, &str) =
        ("package.json", r#"{"dependencies": {"a": "1"}, "devDependencies": {"d": "1"}}"#);

    #[test]
    fn yarn_follows_package_json() {
        let classic = "a@1:\n  version \"1.0.0\"\n  dependencies:\n    \"@s/b\" \"^1\"\n\n\
                       \"@s/b@^1\":\n  version \"1.1.0\"\n\nd@1:\n  version \"1.0.0\"\n  \
                       dependencies:\n    e \"1\"\n\ne@1:\n  version \"1.0.0\"\n";
        let files = [PACKAGE, ("yarn.lock", classic)];
        assert_eq!(production(&files, "yarn.lock"), ["a", "@s/b"]);
        let berry = "\"a@npm:1\":\n  version: 1.0.0\n  dependencies:\n    b: \"npm:^1\"\n\n\
                     \"b@npm:^1\":\n  version: 1.1.0\n\n\"d@npm:1\":\n  version: 1.0.0\n";
        assert_eq!(production(&[PACKAGE, ("yarn.lock", berry)], "yarn.lock"), ["a", "b"]);
    }

    #[test]
    fn pnpm_nine_follows_its_snapshots() {
        let lock = "lockfileVersion: '9.0'\npackages:\n\n  a@1.0.0:\n    resolution: {}\n\n  \
                    b@1.0.0:\n    resolution: {}\n\n  d@1.0.0:\n    resolution: {}\n\n\
                    snapshots:\n\n  a@1.0.0(x@1.0.0):\n    dependencies:\n      b: 1.0.0\n\n  \
                    b@1.0.0: {}\n\n  d@1.0.0: {}\n";
        assert_eq!(production(&[PACKAGE, ("pnpm-lock.yaml", lock)], "pnpm-lock.yaml"), ["a", "b"]);
    }

    #[test]
    fn python_locks_follow_their_project() {
        let project = "[project]\nname = \"p\"\ndependencies = [\"Flask\"]\n";
        let poetry = "[[package]]\nname = \"flask\"\nversion = \"3\"\n[package.dependencies]\n\
                      click = \">=8\"\n[[package]]\nname = \"click\"\nversion = \"8\"\n\
                      [[package]]\nname = \"pytest\"\nversion = \"8\"\n";
        let files = [("pyproject.toml", project), ("poetry.lock", poetry)];
        assert_eq!(production(&files, "poetry.lock"), ["flask", "click"]);
        let uv = "[[package]]\nname = \"p\"\nversion = \"0\"\nsource = { virtual = \".\" }\n\
                  dependencies = [{ name = \"flask\" }]\n[package.dev-dependencies]\n\
                  dev = [{ name = \"pytest\" }]\n[[package]]\nname = \"flask\"\nversion = \"3\"\n\
                  dependencies = [{ name = \"click\" }]\n[[package]]\nname = \"click\"\n\
                  version = \"8\"\n[[package]]\nname = \"pytest\"\nversion = \"8\"\n";
        assert_eq!(production(&[("uv.lock", uv)], "uv.lock"), ["flask", "click"]);
    }

    #[test]
    fn bundler_follows_the_groups_of_the_gemfile() {
        let gemfile = "gem 'rails'\ngroup :development, :test do\n  gem 'rspec'\nend\n\
                       gem \"byebug\", group: :development\n";
        let lock = "GEM\n  specs:\n    byebug (11.1)\n    rack (3.0)\n    rails (7.1)\n      \
                    rack (>= 2)\n    rspec (3.0)\n";
        let files = [("Gemfile", gemfile), ("Gemfile.lock", lock)];
        assert_eq!(production(&files, "Gemfile.lock"), ["rack", "rails"]);
    }

    #[test]
    fn bun_tells_by_its_workspaces() {
        let lock = "{\n  \"lockfileVersion\": 1,\n  \"workspaces\": {\n    \"\": {\n      \
                    \"dependencies\": { \"a\": \"1\", },\n      \"devDependencies\": { \"d\": \"1\" },\
                    \n    },\n  },\n  \"packages\": {\n    \"a\": [\"a@1.0.0\", \"\", \
                    { \"dependencies\": { \"b\": \"1\" } }, \"sha\"],\n    \"a/b\": [\"b@1.0.0\", \
                    \"\", {}, \"sha\"],\n    \"d\": [\"d@1.0.0\", \"\", {}, \"sha\"],\n  },\n}\n";
        assert_eq!(production(&[("bun.lock", lock)], "bun.lock"), ["a", "b"]);
    }
}
