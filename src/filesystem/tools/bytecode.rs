//! Byte code that CPython writes as it runs.
//!
//! The official images come without the byte code of the standard library and
//! of pip; the first run as a user that may write there leaves it in its layer,
//! unless `PYTHONDONTWRITEBYTECODE` is set.

use super::pip::python_version;
use crate::data::{Fact, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// What `python -m venv` and pip load of the standard library.
pub fn of_library(machine: &mut Machine<'_>) {
    write(machine, "", "standard library", &fact("python.bytecode.library"));
}

/// What the image's own pip loads of itself.
pub fn of_pip(machine: &mut Machine<'_>) {
    of_library(machine);
    write(machine, "/site-packages/pip", "pip", &fact("python.bytecode.pip"));
}

fn write(machine: &mut Machine<'_>, below: &str, what: &str, size: &Fact) {
    // Debian's interpreter is compiled as it is installed.
    let official = machine.variable("PYTHON_VERSION").is_some();
    let writes = matches!(machine.user(), "" | "root" | "0")
        && machine.variable("PYTHONDONTWRITEBYTECODE").is_none_or(|value| value.is_empty());
    let path = format!("/usr/local/lib/python{}{below}/(byte code)", python_version(machine));
    if !official || !writes || machine.tree().has(&path) {
        return;
    }
    let output = Output {
        bytes: size.bytes(),
        files: fact("python.bytecode.files").count(),
        kind: Kind::Package,
        compression: Compression(fact("python.bytecode.compression").expected),
        identity: Identity::of(("byte code", &path)),
        label: Some(format!("byte code of the {what}").into()),
        evidence: size.evidence("the image has none: its first run writes it"),
    };
    machine.write(&path, output);
}

#[cfg(test)]
mod tests {
    use crate::{Project, analyze};

    fn bytecode(dockerfile: &str) -> Vec<u32> {
        let report = analyze(&Project { dockerfile: dockerfile.into(), ..Project::default() });
        let layers = report.layers.iter();
        let of = layers.filter(|l| l.parts.iter().any(|part| part.what.contains("byte code")));
        of.map(|layer| layer.line).collect()
    }

    #[test]
    fn the_first_run_leaves_it() {
        let twice = "FROM python:3.12-slim\nRUN pip install flask\nRUN pip install requests\n";
        assert_eq!(bytecode(twice), [2]);
    }

    #[test]
    fn a_variable_another_user_or_debians_python_leaves_none() {
        let off = "FROM python:3.12-slim\nENV PYTHONDONTWRITEBYTECODE=1\nRUN pip install flask\n";
        let user = "FROM python:3.12-slim\nUSER app\nRUN pip install flask\n";
        let debian = "FROM debian:bookworm-slim\nRUN pip install flask\n";
        for text in [off, user, debian] {
            assert_eq!(bytecode(text), [0_u32; 0], "{text}");
        }
    }
}
