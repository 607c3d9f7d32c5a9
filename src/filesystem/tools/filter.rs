//! `cat`, `grep`, `sort` and other commands whose output is made of their input
//! and their operands alone: the same files give the same text.

use super::{Argument, Invocation, Outcome, Stream, Tool};
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Range;

/// Commands that make text of text.
pub const TOOL: Tool = Tool { commands: &COMMANDS, run };

/// Those whose first operand is what to do rather than a file come first.
const COMMANDS: [&str; 30] = [
    "grep",
    "egrep",
    "fgrep",
    "awk",
    "jq",
    "yq",
    "tr",
    "cut",
    "cat",
    "head",
    "tail",
    "sort",
    "uniq",
    "wc",
    "tac",
    "rev",
    "nl",
    "paste",
    "join",
    "comm",
    "fold",
    "od",
    "xxd",
    "base64",
    "strings",
    "md5sum",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "cksum",
];
const WITH_SCRIPT: usize = 6;

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let command = call.command();
    let scripts = match COMMANDS[..WITH_SCRIPT].contains(&command) {
        // It reads its input only.
        _ if command == "tr" => call.arguments.len(),
        with_script => usize::from(with_script && !call.has(&["-e", "-f"])),
    };
    Outcome { output: output(call, machine, scripts), ..Outcome::success() }
}

/// What a filter prints; `None` when that hangs on what is not known. The
/// first `scripts` operands are no files.
pub fn output(call: &Invocation, machine: &Machine<'_>, scripts: usize) -> Option<Stream> {
    if !call.is_known() {
        return None;
    }
    let files: Vec<&Argument> =
        call.operands(&["-n", "-c", "-k", "-e", "-f"]).skip(scripts).collect();
    let same = call.command() == "cat";
    let tree = machine.tree();
    let mut paths = Vec::new();
    for file in files.iter().filter(|file| file.text != "-") {
        let path = machine.resolve(&file.text);
        let found = if file.glob { tree.glob(&path) } else { vec![path] };
        paths.extend(found);
    }
    // What is not seen may be anything: another step's, or the kernel's.
    if paths.iter().any(|path| !tree.has(path)) {
        return None;
    }
    match (&call.input, &paths[..]) {
        (None, []) => None,
        (Some(input), []) if same => Some(input.clone()),
        (Some(input), []) => {
            let identity = Identity::of((call.joined(), input.identity));
            Some(Stream { identity, text: None, ..input.clone() })
        }
        (_, [path]) if same => {
            let entry = tree.get(path)?;
            let what = path.clone();
            Some(Stream { bytes: entry.bytes, identity: entry.identity, text: None, what })
        }
        (input, paths) => {
            let input = input.as_ref().map(|input| input.identity);
            let bytes: Range = paths
                .iter()
                .flat_map(|path| tree.subtree(path))
                .map(|(_, entry)| entry.bytes)
                .sum();
            let bytes = if same { bytes } else { Range::new(0, bytes.expected / 2, bytes.high) };
            let identity = Identity::of((call.joined(), input, machine.identity(paths)));
            Some(Stream { bytes, identity, text: None, what: String::new() })
        }
    }
}

/// What `ls` and `find` print of names alone; `None` when they also tell what
/// the files are, or when not all that is listed is known.
pub fn names(call: &Invocation, machine: &Machine<'_>) -> Option<Stream> {
    const PLAIN: [&str; 8] =
        ["-name", "-iname", "-type", "-path", "-maxdepth", "-mindepth", "-print", "-not"];
    let flags = call.texts().filter(|text| text.starts_with('-'));
    let mut flags = flags.collect::<Vec<_>>().into_iter();
    let plain = match call.command() {
        "find" => flags.all(|flag| PLAIN.contains(&flag)),
        _ => flags.all(|flag| flag[1..].chars().all(|letter| "1aARd".contains(letter))),
    };
    if !plain || !call.is_known() {
        return None;
    }
    let folders = call.operands(&PLAIN).map(|folder| machine.resolve(&folder.text));
    let folders: Vec<String> = match folders.collect::<Vec<_>>() {
        none if none.is_empty() => vec![machine.folder.clone()],
        some => some,
    };
    let tree = machine.tree();
    // Of a folder of the base image it is not known what is in it.
    if folders.iter().any(|folder| !tree.has(folder) || folder.trim_end_matches('/').is_empty()) {
        return None;
    }
    let paths = folders.iter().flat_map(|folder| tree.paths(folder));
    let paths: Vec<_> = paths.collect();
    let bytes = paths.iter().map(|path| path.len() as u64 + 1).sum();
    let identity = Identity::of((call.joined(), &paths));
    Some(Stream { bytes: Range::new(0, bytes, bytes), identity, text: None, what: String::new() })
}

#[cfg(test)]
mod tests {
    use crate::report::StepStatus;
    use crate::{Project, analyze};

    /// Whether the copy of what the command writes runs when `edited` changes.
    fn runs(command: &str, edited: &str) -> bool {
        let report = analyze(&Project {
            dockerfile: format!(
                "FROM busybox AS build\nWORKDIR /w\nCOPY a b ./\nRUN {command} > out\n\
                 FROM busybox\nCOPY --from=build /w/out /out\n"
            ),
            context: Some("10\ta\n20\tb\n".to_owned()),
            changes: vec![format!("edit:{edited}").as_str().into()],
            only_changes: true,
            ..Project::default()
        });
        report.cache[0].steps.iter().any(|step| step.line == 6 && step.status == StepStatus::Run)
    }

    #[test]
    fn what_is_printed_follows_the_files() {
        for command in ["cat a", "grep -v x a", "sed s/x/y/ a", "cat a | sort -u", "wc -l < a"] {
            assert!(runs(command, "a"), "{command}");
        }
        for command in ["cat a", "grep -v x a", "sed s/x/y/ a", "cat a | sort -u"] {
            assert!(!runs(command, "b"), "{command}");
        }
        assert!(runs("cat a b", "b") && runs("cat *", "b"));
    }

    #[test]
    fn a_list_of_names_follows_names_only() {
        assert!(!runs("ls", "a") && !runs("find . -name '*.x'", "a"));
        assert!(runs("ls -l", "a"));
    }

    #[test]
    fn what_is_not_seen_may_be_anything() {
        assert!(runs("cat /proc/uptime", "b"));
        assert!(runs("echo $(date)", "b"));
    }
}
