//! The official PHP images' scripts for extensions, and `pecl`. The libraries
//! that an extension needs come from the system's package manager.

use super::project::Content;
use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// Extensions of PHP.
pub const TOOL: Tool = Tool {
    commands: &[
        "docker-php-ext-install",
        "docker-php-ext-enable",
        "docker-php-ext-configure",
        "docker-php-source",
        "install-php-extensions",
        "pecl",
    ],
    run,
};

const EXTENSIONS: &str = "/usr/local/lib/php/extensions";
const SOURCE: &str = "/usr/src/php";

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&["-j"]).map(|word| &*word.text).collect();
    match (call.command(), &words[..]) {
        ("docker-php-ext-install" | "install-php-extensions", names) => {
            names.iter().for_each(|name| extension(machine, name, None));
        }
        ("pecl", ["install", names @ ..]) => {
            names.iter().for_each(|name| extension(machine, name, Some("/tmp/pear")));
            if !names.iter().all(|name| name.contains('-')) {
                machine.unrepeatable =
                    Some("pecl install without a version takes the newest".to_owned());
            }
        }
        ("docker-php-source", ["extract"]) => source(machine),
        ("docker-php-source", ["delete"]) => machine.remove(SOURCE),
        // Enabling writes one line of configuration.
        _ => machine.spend(1.0, 0.0, None),
    }
    Outcome::success()
}

/// Compiles an extension; `leftovers` is where its sources stay.
fn extension(machine: &mut Machine<'_>, name: &str, leftovers: Option<&str>) {
    machine.spend(fact("php.extension.seconds").expected, 0.0, None);
    let identity = Identity::of(("php extension", name));
    let content = Content {
        size: fact("php.extension.bytes"),
        factor: 1.0,
        files: 3,
        kind: Kind::Package,
        compression: 0.4,
        identity,
        what: &format!("PHP extension {name}"),
    };
    content.write(machine, &format!("{EXTENSIONS}/({name})"));
    if let Some(folder) = leftovers {
        let size = fact("php.pear.bytes");
        machine.download(size.count() / 5, None);
        let content = Content {
            size,
            factor: 1.0,
            files: 100,
            kind: Kind::Temp,
            compression: 0.3,
            identity,
            what: &format!("what pecl leaves of {name}"),
        };
        content.write(machine, &format!("{folder}/({name})"));
    }
}

/// Unpacks PHP's own sources.
fn source(machine: &mut Machine<'_>) {
    machine.spend(3.0, 0.0, None);
    let content = Content {
        size: fact("php.source.bytes"),
        factor: 1.0,
        files: 20_000,
        kind: Kind::Temp,
        compression: 0.15,
        identity: Identity::of("php source"),
        what: "PHP's sources",
    };
    content.write(machine, SOURCE);
}

#[cfg(test)]
mod tests {
    use super::super::project::tree;

    #[test]
    fn extensions_stay_and_pecls_leftovers_can_be_removed() {
        let build = "FROM php:8.3-fpm\nRUN docker-php-ext-install -j4 pdo_mysql && \
                     pecl install redis-6.0.2";
        let kept = tree(build);
        assert!(kept.has("/usr/local/lib/php/extensions/(pdo_mysql)"));
        assert!(kept.has("/tmp/pear") && !kept.has("/usr/local/lib/php/extensions/(-j4)"));
        assert!(!tree(&format!("{build} && rm -rf /tmp/pear")).has("/tmp/pear"));
    }
}
