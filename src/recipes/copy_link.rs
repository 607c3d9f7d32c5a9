//! Makes copies that do not depend on the layers below.

use super::measure::is_faster;
use super::place::commands;
use super::{Edit, Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::cache::Scenario;
use crate::graph::{Base, Copy, Operation, Origin, Stage, Step};
use crate::report::Applicability;

/// Applies to large COPYs of the final stage from other stages that a change above
/// them does again though what they copy is the same. It must not apply where
/// the owner is a name, where a folder of the path may be a link or was given an
/// owner or mode, or with --chmod.
pub const RECIPE: Recipe = Recipe {
    id: "copy-link",
    title: "Copy with --link what does not depend on the layers below",
    why: "A layer made with --link stands on its own: when the base image or a step above changes, it is taken from the cache as it is and not copied again. Links on the way to the destination become folders.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A copy of less is not worth a flag, bytes.
const WORTH: u64 = 10_000_000;

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let Base::Image(reference) = &stage.base else { return None };
    let states = &analysis.evaluation.stages[index].steps;
    let linked = stage.steps.iter().zip(states).enumerate().filter(|(at, (step, state))| {
        state.size().expected >= WORTH && is_independent(analysis, stage, *at, step)
    });
    let edits: Vec<Edit> = linked
        .map(|(_, (step, _))| Edit::insert(analysis.instruction(step).keyword.span.end, " --link"))
        .collect();
    let changes: Vec<Scenario> =
        Scenario::parse(&[format!("base:{reference}")]).into_iter().collect();
    let verify = Some("docker build . && docker run --rm --entrypoint ls IMAGE -l .".to_owned());
    (!edits.is_empty() && is_faster(analysis, &edits, &changes)).then(|| Rewrite {
        edits,
        verify,
        ..Rewrite::default()
    })
}

/// True for a copy that reads nothing of the root that it writes to.
fn is_independent(analysis: &Analysis<'_>, stage: &Stage, at: usize, step: &Step) -> bool {
    let Operation::Copy(copy) = &step.operation else { return false };
    let sets_modes = |step: &Step| {
        commands(analysis.instruction(step)).iter().any(|command| {
            matches!(command.name(), "chmod" | "chown" | "install" | "ln" | "useradd" | "adduser")
        })
    };
    matches!(copy.origin, Origin::Stage(_))
        && !copy.link
        && copy.chmod.is_none()
        && !copy.parents
        && copy.heredocs.is_empty()
        && is_number(copy)
        && step.scope.is_root()
        && !may_be_link(&copy.destination)
        && !stage.steps[..at].iter().any(sets_modes)
}

/// True for an owner that needs no look into the image's users.
fn is_number(copy: &Copy) -> bool {
    let digits = |owner: &String| owner.chars().all(|c| c.is_ascii_digit() || c == ':');
    copy.chown.as_ref().is_none_or(digits)
}

/// True for paths that distributions make links of.
fn may_be_link(path: &str) -> bool {
    const LINKS: [&str; 8] =
        ["/bin", "/lib", "/lib32", "/lib64", "/sbin", "/var/lock", "/var/run", "/usr/tmp"];
    let below = |link: &str| {
        path.strip_prefix(link).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.contains('$') || LINKS.iter().any(|link| below(link))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    const BUILD: &str = "FROM python:3.12 AS build\nRUN python -m venv /opt/venv\nENV PATH=\"/opt/venv/bin:$PATH\"\nRUN pip install numpy pandas\n";

    #[test]
    fn links_what_is_large() {
        let before = format!(
            "{BUILD}FROM python:3.12-slim\nCOPY --from=build /opt/venv /opt/venv\nCOPY run.sh /run.sh\n"
        );
        let expected = before.replace("COPY --from=build", "COPY --link --from=build");
        assert_eq!(after(&RECIPE, &before), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "COPY --from=build --chown=app /opt/venv /opt/venv",
            "COPY --from=build --chmod=755 /opt/venv /opt/venv",
            "COPY --from=build /opt/venv /lib/venv",
            "RUN mkdir /opt/venv && chmod 700 /opt/venv\nCOPY --from=build /opt/venv /opt/venv",
            "USER 1000\nCOPY --from=build /opt/venv /opt/venv",
            "COPY run.sh /run.sh",
        ] {
            assert_eq!(
                after(&RECIPE, &format!("{BUILD}FROM python:3.12-slim\n{text}\n")),
                None,
                "{text}"
            );
        }
    }
}
