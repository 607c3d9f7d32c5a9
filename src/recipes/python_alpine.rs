//! Runs Python on the Alpine variant of its image.

use super::base::{is_smaller, shipped, swap};
use super::place::{official, stage_commands};
use super::{Recipe, Rewrite, apt, python};
use crate::analysis::Analysis;
use crate::context::Manifest;
use crate::graph::{Operation, Origin};
use crate::report::Applicability;

/// Applies where all that is installed is known to come in wheels that are made
/// for musl, or for any platform. It must not apply where the stage installs
/// Debian's packages or takes compiled modules from a stage on glibc. Off by
/// default: Python is often slower with musl, and a package without a wheel
/// takes minutes to compile.
pub const RECIPE: Recipe = Recipe {
    id: "python-alpine",
    title: "Run Python on Alpine",
    why: "Alpine's base is a tenth of Debian's. Its C library is musl: only packages with a musllinux wheel, or without compiled code, install without a compiler, and Python itself is often slower there.",
    applicability: Applicability::Risky,
    rewrite,
};

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (stage, reference) = shipped(analysis)?;
    official(reference).filter(|name| *name == "python")?;
    let (name, tag) = reference.rsplit_once(':')?;
    let version = tag.split('-').next()?;
    let numbered = version.starts_with(|c: char| c.is_ascii_digit());
    let image = format!("{name}:{version}-alpine");
    let all = stage_commands(analysis, stage);
    let debian = ["useradd", "groupadd", "dpkg", "bash"];
    let uses_debian = all
        .iter()
        .any(|(_, command)| apt::verb(command).is_some() || debian.contains(&command.name()));
    let takes = stage.steps.iter().any(
        |step| matches!(&step.operation, Operation::Copy(copy) if copy.origin != Origin::Context),
    );
    let fits = numbered
        && !tag.contains("alpine")
        && !uses_debian
        && !takes
        && !python::needs_compiler(analysis, stage)
        && have_wheels(analysis, stage)
        && is_smaller(analysis, &image, reference);
    fits.then(|| Rewrite {
        edits: swap(analysis, stage, &image).into_iter().collect(),
        verify: Some(
            "docker build -t app . && docker run --rm --entrypoint python app -m pip check"
                .to_owned(),
        ),
        ..Rewrite::default()
    })
}

/// True when every package that is installed is in the table, with all that it
/// needs, and has a wheel for musl.
fn have_wheels(analysis: &Analysis<'_>, stage: &crate::graph::Stage) -> bool {
    let given = analysis
        .manifests
        .files
        .values()
        .any(|manifest| matches!(manifest, Manifest::Requirements(_) | Manifest::Pyproject(_)));
    let mut reads_file = false;
    let mut names = Vec::new();
    for (_, command) in stage_commands(analysis, stage) {
        if python::manager(&command).is_some() {
            return false; // which groups it installs is not followed here
        }
        if python::is_pip_install(&command) {
            reads_file |= command.has(&["-r", "--requirement"]);
            let installed =
                command.operands(1).filter(|word| !matches!(*word, "-m" | "pip" | "install"));
            let is_name = |word: &&str| !word.contains(['/', '.', '$']) || word.contains("==");
            names.extend(installed.filter(is_name).map(|word| {
                word.split(['=', '<', '>', '~', '!']).next().unwrap_or(word).to_owned()
            }));
        }
    }
    let listed = analysis.manifests.files.values().flat_map(|manifest| match manifest {
        Manifest::Requirements(read) => read.requirements.as_slice(),
        _ => &[],
    });
    names.extend(listed.map(|required| required.name.clone()));
    let set = analysis.catalog.python().closure(names.iter().map(String::as_str));
    let pure = set.packages.iter().all(|package| !package.native);
    !names.is_empty() && (given || !reads_file) && set.unknown.is_empty() && pure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::{after, after_in, project};

    fn with(requirements: &str) -> Option<String> {
        let text =
            "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n";
        let mut project = project(text);
        project.manifests.insert("requirements.txt".to_owned(), requirements.to_owned());
        after_in(&RECIPE, project)
    }

    #[test]
    fn all_wheels_must_be_known() {
        assert!(
            with("flask==3.0.0\nrequests\n")
                .is_some_and(|t| t.starts_with("FROM python:3.12-alpine\n"))
        );
        assert_eq!(with("flask\nblosc2\n"), None); // no wheel for musl
        assert_eq!(with("flask\nnobody-knows-this\n"), None);
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n",
            "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl && pip install flask\n",
            "FROM python:3.12-alpine\nRUN pip install flask\n",
            "FROM python:3.12 AS b\nRUN pip install flask\nFROM python:3.12-slim\nCOPY --from=b /v /v\nRUN pip install flask\n",
        ] {
            assert_eq!(after(&RECIPE, text), None, "{text}");
        }
        assert!(after(&RECIPE, "FROM python:3.12\nRUN pip install flask\n").is_some());
    }
}
