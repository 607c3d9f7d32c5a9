//! Creates a user without privileges and runs as it.

use super::place::{copies_everything, exposes_privileged_port, official, stage_commands, start};
use super::{Edit, Recipe, Rewrite, python};
use crate::analysis::Analysis;
use crate::data::PackageManager;
use crate::graph::{Operation, Stage, Step};
use crate::report::Applicability;
use crate::syntax::{Body, Keyword};

/// Applies where the final stage starts a Python program as root and its base
/// image has no other user. It must not apply where the program's files are
/// root's own: in /root, in a volume, or behind a port below 1024.
pub const RECIPE: Recipe = Recipe {
    id: "create-user",
    title: "Create a user without privileges and run as it",
    why: "A program that is broken into as root may break out of its container. Files that the program writes must belong to the user.",
    applicability: Applicability::Likely,
    rewrite,
};

/// The user's name.
const NAME: &str = "app";

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (index, stage) = analysis.target()?;
    let image = &analysis.evaluation.stages[index].image;
    let root = stage.end.is_root();
    let base = official(&image.reference)
        .is_some_and(|name| ["python", "debian", "ubuntu", "alpine"].contains(&name));
    let fits = root && base && image.has_shell && image.extra_user.is_none();
    if !fits || !python::starts_python(analysis, stage) || belongs_to_root(analysis, stage) {
        return None;
    }
    let create = match image.package_manager {
        PackageManager::Apt => {
            format!("useradd --create-home --shell /usr/sbin/nologin {NAME}")
        }
        PackageManager::Apk => format!("adduser -D -H {NAME}"),
        _ => return None,
    };
    let place = first_start(analysis, stage)?;
    let create = format!("{} {create}", analysis.keyword("RUN"));
    let user = format!("{} {NAME}", analysis.keyword("USER"));
    let edits = edits(analysis, stage, place, create, user);
    let verify = format!("docker run --rm --entrypoint id IMAGE -un  # prints {NAME}");
    Some(Rewrite { edits, verify: Some(verify), ..Rewrite::default() })
}

/// The user is created above the sources: an edit of them does not do it again.
fn edits(
    analysis: &Analysis<'_>,
    stage: &Stage,
    place: &Step,
    create: String,
    user: String,
) -> Vec<Edit> {
    let place = analysis.instruction(place);
    match stage.steps.iter().rfind(|step| copies_everything(step)) {
        Some(copy) => vec![
            analysis.insert_before(analysis.instruction(copy), &[create]),
            analysis.insert_before(place, &[user]),
        ],
        None => vec![analysis.insert_before(place, &[create, user])],
    }
}

/// The first of CMD and ENTRYPOINT, if no work follows it.
fn first_start<'a>(analysis: &'a Analysis<'_>, stage: &'a Stage) -> Option<&'a Step> {
    let starts = [Keyword::Cmd, Keyword::Entrypoint]
        .into_iter()
        .filter_map(|keyword| start(analysis, stage, keyword));
    let first = starts.min_by_key(|step| step.instruction)?;
    let works = |step: &&Step| {
        matches!(step.operation, Operation::Run(_) | Operation::Copy(_) | Operation::Workdir(_))
    };
    let last = stage.steps.iter().rfind(works).map_or(0, |step| step.instruction);
    (last < first.instruction).then_some(first)
}

/// True when the program uses what only root may.
fn belongs_to_root(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let below_root = |path: &str| path == "/root" || path.starts_with("/root/");
    let volume =
        stage.steps.iter().any(|step| matches!(analysis.instruction(step).body, Body::Volume(_)));
    let commands = stage_commands(analysis, stage);
    let own = commands.iter().any(|(_, command)| {
        command.has(&["--user"])
            || ["poetry", "pipenv", "uv", "conda", "pipx", "useradd", "adduser"]
                .contains(&command.name())
    });
    let path = stage.end.environment.get_env("PATH").unwrap_or("");
    let copied = stage.steps.iter().any(|step| match &step.operation {
        Operation::Copy(copy) => below_root(&copy.destination),
        _ => false,
    });
    volume
        || own
        || copied
        || exposes_privileged_port(analysis, stage)
        || listens_on_privileged_port(analysis, stage)
        || below_root(&stage.end.workdir)
        || path.contains("/root")
}

/// True when the start command names a port below 1024.
fn listens_on_privileged_port(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    let starts = [Keyword::Cmd, Keyword::Entrypoint]
        .into_iter()
        .filter_map(|keyword| start(analysis, stage, keyword));
    let low = |number: &str| number.parse::<u32>().is_ok_and(|port| port < 1024);
    starts.filter_map(|step| super::exec_form::words(analysis.instruction(step))).any(|words| {
        let pairs = words.iter().zip(words.iter().skip(1));
        pairs.clone().any(|(flag, value)| matches!(&**flag, "--port" | "-p") && low(value))
            || words.iter().any(|word| {
                word.rsplit_once([':', '=']).is_some_and(|(before, number)| {
                    (before == "--port" || before.ends_with(|c: char| c.is_ascii_digit()))
                        && low(number)
                })
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn creates_it_above_the_sources() {
        let before = "FROM python:3.12-slim\nWORKDIR /app\nRUN pip install flask\n# Sources\nCOPY . .\nCMD [\"flask\", \"run\"]\n";
        let expected = "FROM python:3.12-slim\nWORKDIR /app\nRUN pip install flask\nRUN useradd --create-home --shell /usr/sbin/nologin app\n# Sources\nCOPY . .\nUSER app\nCMD [\"flask\", \"run\"]\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn knows_alpine() {
        let before = "from python:3.12-alpine\ncopy app.py /app.py\ncmd python /app.py\n";
        let expected = "from python:3.12-alpine\ncopy app.py /app.py\nrun adduser -D -H app\nuser app\ncmd python /app.py\n";
        assert_eq!(after(&RECIPE, before).as_deref(), Some(expected));
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "USER 1000\nCMD python app.py",
            "EXPOSE 80\nCMD python app.py",
            "CMD uvicorn app:app --port 80",
            "CMD gunicorn -b 0.0.0.0:80 app",
            "VOLUME /data\nCMD python app.py",
            "WORKDIR /root\nCMD python app.py",
            "CMD python app.py\nCOPY . .",
            "CMD ./start.sh",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM python:3.12\n{text}\n")), None, "{text}");
        }
    }
}
