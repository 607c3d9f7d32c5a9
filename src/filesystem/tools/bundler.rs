//! `bundle` and `gem`: installed gems and the archives that they came in.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool};
use crate::context::Manifest;
use crate::data::{Fact, fact};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::{EvidenceKind, Kind};

/// Bundler.
pub const TOOL: Tool = Tool { commands: &["bundle", "bundler"], run };
/// RubyGems.
pub const GEM: Tool = Tool { commands: &["gem"], run: gem };

/// What the official images set.
const GEM_HOME: &str = "/usr/local/bundle";

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    match words[..] {
        ["install" | "update", ..] | [] => install(call, machine),
        ["config", "set", name, ref values @ ..] | ["config", name, ref values @ ..] => {
            configure(machine, name, &values.join(" "))
        }
        // `bundle exec rails assets:precompile` and the like
        ["exec", ..] => machine.spend(fact("ruby.script.seconds").expected, 0.0, None),
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

const WITH_VALUE: [&str; 8] =
    ["--path", "--without", "--with", "-j", "--jobs", "--retry", "--gemfile", "--redownload-from"];

fn gem_home(machine: &Machine<'_>) -> String {
    machine.variable("GEM_HOME").unwrap_or_else(|| GEM_HOME.to_owned())
}

/// A setting's place in the tree: later steps read it, and it weighs what the
/// line in Bundler's own file does.
fn setting_path(machine: &Machine<'_>, name: &str) -> String {
    let folder = machine.variable("BUNDLE_APP_CONFIG");
    let folder = folder.unwrap_or_else(|| machine.resolve(".bundle"));
    format!("{folder}/({name})")
}

fn configure(machine: &mut Machine<'_>, name: &str, value: &str) {
    let path = setting_path(machine, name);
    let size = fact("ruby.setting.bytes");
    let identity = Identity::of((name, value));
    let content = Content {
        size,
        factor: 1.0,
        files: 1,
        kind: Kind::Source,
        compression: 1.0,
        identity,
        what: value,
    };
    content.write(machine, &path);
}

fn setting(machine: &Machine<'_>, name: &str) -> Option<String> {
    let variable = machine.variable(&format!("BUNDLE_{}", name.to_ascii_uppercase()));
    variable.or_else(|| {
        let entry = machine.tree().get(&setting_path(machine, name))?;
        entry.label.as_deref().map(str::to_owned)
    })
}

/// Where gems go, and where their archives are kept.
fn places(call: &Invocation, machine: &Machine<'_>) -> (String, String) {
    let deployment = call.has(&["--deployment"])
        || setting(machine, "deployment").is_some_and(|value| value == "true" || value == "1");
    let path = call.value(&["--path"]).map(str::to_owned).or_else(|| setting(machine, "path"));
    match path.or_else(|| deployment.then(|| "vendor/bundle".to_owned())) {
        Some(path) => {
            let path = format!("{}/ruby/3.x", machine.resolve(&path));
            (project::inside(&path, "gems"), project::inside(&path, "cache"))
        }
        None => {
            let home = gem_home(machine);
            (project::inside(&home, "gems"), project::inside(&home, "cache"))
        }
    }
}

/// The weight of the bundle and the share of it that is installed, by
/// Gemfile.lock where it was given: with the Gemfile, its groups are known.
fn weight(machine: &Machine<'_>, omits: bool) -> (Fact, f64, &'static str) {
    let given = machine.world.manifests.files.values().find_map(|manifest| match manifest {
        Manifest::GemfileLock(gems) => Some(gems),
        _ => None,
    });
    let usual = if omits { fact("ruby.production.ratio").expected } else { 1.0 };
    match given {
        Some(gems) => {
            let grouped = gems.iter().any(|gem| gem.dev);
            let count = gems.iter().filter(|gem| !(omits && gem.dev)).count() as f64;
            let factor = if grouped { 1.0 } else { usual };
            let one = fact("ruby.gem.bytes");
            let kind = EvidenceKind::Given;
            let count = Fact { low: count, expected: count, high: count, kind, ..one.clone() };
            (project::times(one, &count), factor, "the gems of Gemfile.lock, of average weight")
        }
        None => {
            (fact("ruby.bundle.bytes"), usual, "no Gemfile.lock was given: a Rails application")
        }
    }
}

fn install(call: &Invocation, machine: &mut Machine<'_>) {
    let lock = machine.resolve("Gemfile.lock");
    let made_from = machine.identity(&[machine.resolve("Gemfile"), lock.clone()]);
    let locked = machine.tree().has(&lock);
    if !locked {
        machine.unrepeatable =
            Some("without Gemfile.lock the newest versions are taken".to_owned());
    }
    let identity = if locked { made_from } else { Identity::of((made_from, machine.step)) };
    let without = call.value(&["--without"]).map(str::to_owned);
    let without = without.or_else(|| setting(machine, "without")).unwrap_or_default();
    let omits = without.contains("development");
    let (size, factor, what) = weight(machine, omits);
    let (gems, cache) = places(call, machine);
    write(machine, (&gems, &cache), size, factor, Identity::of((identity, omits)), what);
    let seconds = fact("ruby.install.seconds").expected * factor;
    machine.spend(seconds, seconds * 0.9, Some(&gems));
}

/// Gems and the archives that they came in.
fn write(
    machine: &mut Machine<'_>,
    (gems, cache): (&str, &str),
    size: Fact,
    factor: f64,
    identity: Identity,
    what: &str,
) {
    let ratio = fact("ruby.cache.ratio").expected;
    machine.download((size.expected * factor * ratio) as u64, Some(cache));
    let content = Content {
        size: size.clone(),
        factor,
        files: 3_000,
        kind: Kind::Package,
        compression: fact("ruby.compression").expected,
        identity,
        what: &format!("gems: {what}"),
    };
    content.write(machine, &project::inside(gems, "(gems)"));
    let content = Content {
        size,
        factor: factor * ratio,
        files: 100,
        kind: Kind::Cache,
        compression: 1.0,
        identity: Identity::of(("cache", identity)),
        what: "the archives of installed gems",
    };
    // Named so that `rm cache/*.gem` finds it.
    content.write(machine, &project::inside(cache, "installed.gem"));
}

fn gem(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> =
        call.operands(&["-v", "--version", "-i", "-n"]).map(|word| &*word.text).collect();
    let ["install" | "i", ref names @ ..] = words[..] else {
        machine.spend(2.0, 0.0, None);
        return Outcome::success();
    };
    let home = gem_home(machine);
    if !call.has(&["-v", "--version"]) && !names.iter().all(|name| name.contains(':')) {
        machine.unrepeatable = Some("gem install without a version takes the newest".to_owned());
    }
    for name in names {
        let places = (format!("{home}/gems/{name}"), format!("{home}/cache/{name}"));
        let identity = Identity::of(("gem", call.joined(), name));
        let size = fact("ruby.closure.bytes");
        machine.spend(fact("ruby.gem.seconds").expected, 0.0, None);
        write(machine, (&places.0, &places.1), size, 1.0, identity, name);
    }
    Outcome::success()
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    fn gems(lines: &str, path: &str) -> u64 {
        let text = format!(
            "FROM ruby:3.3\nENV GEM_HOME=/gems\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\n{lines}"
        );
        tree(&text).get(path).map_or(0, |entry| entry.bytes.expected)
    }

    #[test]
    fn a_setting_lasts_to_later_steps() {
        let all = gems("RUN bundle install", "/gems/gems/(gems)");
        let set = "RUN bundle config set --local without 'development test'\nRUN bundle install";
        let production = gems(set, "/gems/gems/(gems)");
        assert!(0 < production && production < all);
    }

    #[test]
    fn deployment_puts_gems_beside_the_project() {
        let lines = "ENV BUNDLE_DEPLOYMENT=1\nRUN bundle install";
        assert!(gems(lines, "/app/vendor/bundle/ruby/3.x/gems/(gems)") > 0);
    }

    #[test]
    fn archives_can_be_removed() {
        let lines = "RUN bundle install && rm -rf /gems/cache/*.gem";
        assert_eq!(gems(lines, "/gems/cache/installed.gem"), 0);
        assert!(gems("RUN bundle install", "/gems/cache/installed.gem") > 0);
    }
}
