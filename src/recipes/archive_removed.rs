//! Removes a downloaded archive in the layer that unpacks it.

use super::join::join;
use super::measure::saved_bytes;
use super::place::{RunCommand, append_command, commands, is_readable};
use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::graph::{Stage, Step};
use crate::report::Applicability;

/// Applies to RUNs of the final image's own layers where curl or wget stores an
/// archive that tar, unzip or dpkg reads, in the same RUN or the next, and that
/// stays. It must not apply where the file is named again, or where the folder
/// changes in between.
pub const RECIPE: Recipe = Recipe {
    id: "archive-removed",
    title: "Remove the archive where it is unpacked",
    why: "A downloaded archive is of no use once it is unpacked, and every layer keeps what a RUN leaves behind. It must go in the RUN that downloaded it.",
    applicability: Applicability::Likely,
    rewrite,
};

/// Less than this is not worth a command, bytes.
const WORTH: i64 = 100_000;

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let (target, _) = analysis.target()?;
    let chain = analysis.graph.chain(target);
    let mut edits = Vec::new();
    let stages = chain.into_iter().map(|index| &analysis.graph.stages[index]);
    for stage in stages.filter(|stage| is_readable(stage)) {
        let mut at = 0;
        while at < stage.steps.len() {
            let found = in_step(analysis, stage, at);
            at = found.as_ref().map_or(at, |(last, _)| *last) + 1;
            edits.extend(found.into_iter().flat_map(|(_, edits)| edits));
        }
    }
    let verify = Some("docker build . && docker run --rm --entrypoint sh IMAGE -c true".to_owned());
    (!edits.is_empty() && saved_bytes(analysis, &edits) >= WORTH).then(|| Rewrite {
        edits,
        verify,
        ..Rewrite::default()
    })
}

/// The last step of those that download and unpack, and the edits.
fn in_step(analysis: &Analysis<'_>, stage: &Stage, at: usize) -> Option<(usize, Vec<super::Edit>)> {
    let of = |step: &Step| commands(analysis.instruction(step));
    let first = of(&stage.steps[at]);
    let (fetch, file) =
        first.iter().enumerate().find_map(|(place, command)| Some((place, fetched(command)?)))?;
    let unpacks = |commands: &[RunCommand]| commands.iter().position(|c| unpacks(c, &file));
    let same = unpacks(&first[fetch + 1..]).map(|place| (at, fetch + 1 + place));
    let next = || {
        let next = of(stage.steps.get(at + 1)?);
        Some((at + 1, unpacks(&next)?))
    };
    let (last, place) = same.or_else(next)?;
    let all: Vec<RunCommand> = stage.steps[at..=last].iter().flat_map(of).collect();
    let moves = !file.starts_with('/')
        && all.iter().any(|command| matches!(command.name(), "cd" | "pushd" | "popd"));
    // Named by the download, by what unpacks, and by nothing else.
    let name = base(&file);
    let unpacking = of(&stage.steps[last]).swap_remove(place);
    let known = [first[fetch].span, unpacking.span];
    let other = |command: &RunCommand| {
        let words = &command.words;
        !known.contains(&command.span) && words.iter().any(|word| base(word) == name)
            || command.name() == "rm" && words.iter().any(|word| word.contains('*'))
    };
    if moves || stage.steps[at..].iter().flat_map(of).any(|command| other(&command)) {
        return None;
    }
    let operand = unpacking.words.iter().position(|word| base(word) == name)?;
    let written = analysis.dockerfile.text(unpacking.places[operand]);
    let written = written.strip_prefix("./").unwrap_or(written);
    let remove = append_command(
        analysis,
        analysis.instruction(&stage.steps[last]),
        &format!("rm {written}"),
    )?;
    let mut edits = match last > at {
        true => join(analysis, &stage.steps[at..=last])?,
        false => Vec::new(),
    };
    edits.push(remove);
    Some((last, edits))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The file that a download writes, as it is named by what reads it.
fn fetched(command: &RunCommand) -> Option<String> {
    let url = || command.words.iter().find(|word| word.contains("://"));
    let after = |flags: &[&str]| {
        let at = command.words.iter().position(|word| flags.contains(&word.as_str()))?;
        command.words.get(at + 1)
    };
    let short = |letter: char| {
        command.words.iter().position(|word| {
            word.starts_with('-') && !word.starts_with("--") && word.ends_with(letter)
        })
    };
    let file = match command.name() {
        "curl" => match (after(&["--output"]), short('o'), short('O')) {
            (Some(file), ..) => file,
            (None, Some(at), _) => command.words.get(at + 1)?,
            (None, None, Some(_)) => return Some(base(url()?).to_owned()),
            (None, None, None) => return None,
        },
        "wget" => {
            match after(&["--output-document"]).or_else(|| command.words.get(short('O')? + 1)) {
                Some(file) => file,
                None => return Some(base(url()?).to_owned()),
            }
        }
        _ => return None,
    };
    (file != "-" && file != "/dev/null").then(|| file.clone())
}

fn unpacks(command: &RunCommand, file: &str) -> bool {
    let reads = matches!(command.name(), "tar" | "unzip" | "bsdtar")
        || command.starts_with(&["dpkg", "-i"]);
    let same = |word: &String| word.strip_prefix("./").unwrap_or(word) == file;
    let archive = [".tar", ".tgz", ".gz", ".xz", ".bz2", ".zst", ".zip", ".deb", ".tbz2"];
    reads && command.words.iter().any(same) && archive.iter().any(|ending| file.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::after;

    #[test]
    fn removes_it_at_once() {
        for (before, expected) in [
            (
                "RUN curl -fsSLo /tmp/a.tar.gz https://a.b/a.tar.gz && tar -xzf /tmp/a.tar.gz -C /opt",
                "RUN curl -fsSLo /tmp/a.tar.gz https://a.b/a.tar.gz && tar -xzf /tmp/a.tar.gz -C /opt && rm /tmp/a.tar.gz",
            ),
            (
                "RUN wget https://a.b/a-$V.zip\nRUN unzip a-$V.zip",
                "RUN wget https://a.b/a-$V.zip \\\n && unzip a-$V.zip && rm a-$V.zip",
            ),
        ] {
            let result = after(&RECIPE, &format!("FROM debian:12\n{before}\n"));
            assert_eq!(result, Some(format!("FROM debian:12\n{expected}\n")));
        }
    }

    #[test]
    fn leaves_others_alone() {
        for text in [
            "RUN curl -fsSLO https://a.b/a.tar.gz && tar xzf a.tar.gz && rm a.tar.gz",
            "RUN curl -fsSL https://a.b/a.tar.gz | tar xz",
            "RUN curl -fsSLO https://a.b/a.tar.gz && tar xzf a.tar.gz\nRUN sha256sum a.tar.gz",
            "RUN curl -fsSLO https://a.b/a.tar.gz && tar xzf a.tar.gz && cd a && make",
            "RUN curl -fsSLO https://a.b/a.tar.gz\nUSER app\nRUN tar xzf a.tar.gz",
            "RUN curl -fsSLO https://a.b/a.txt && cat a.txt",
        ] {
            assert_eq!(after(&RECIPE, &format!("FROM debian:12\n{text}\n")), None, "{text}");
        }
    }
}
