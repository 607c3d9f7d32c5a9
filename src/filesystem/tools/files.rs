//! `rm`, `mv`, `cp`, `mkdir`, `ln`, `touch`, `install`, `rsync`.

use std::rc::Rc;

use super::{Argument, Invocation, Outcome, Tool, archive, redirect};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::{Compression, Entry};
use crate::units::{Kind, Range};

/// Commands that move files about.
pub const TOOL: Tool = Tool {
    commands: &["rm", "rmdir", "unlink", "mv", "cp", "mkdir", "ln", "touch", "install", "rsync"],
    run,
};

const WITH_VALUE: [&str; 12] = [
    "-m",
    "--mode",
    "-o",
    "--owner",
    "-g",
    "--group",
    "-t",
    "--target-directory",
    "-S",
    "--suffix",
    "--exclude",
    "-e",
];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    match call.command() {
        "rm" | "rmdir" | "unlink" => remove(call, machine),
        "mkdir" => call.operands(&["-m", "--mode"]).for_each(|path| {
            let path = machine.resolve(&path.text);
            machine.make_folder(&path);
        }),
        "touch" => {
            for path in call.operands(&["-d", "-r", "-t"]) {
                let at = machine.resolve(&path.text);
                match machine.tree().has(&at) {
                    // The whole file is copied up for its new time.
                    true => copy_up(machine, &at),
                    false => redirect(machine, path, Some(super::Stream::text("")), false),
                }
            }
        }
        "install" if call.has_letter('d') => call.operands(&["-m", "-o", "-g"]).for_each(|path| {
            let path = machine.resolve(&path.text);
            machine.make_folder(&path);
        }),
        "mv" => transfer(call, machine, true),
        "cp" | "install" | "rsync" => transfer(call, machine, false),
        "ln" if !call.has_letter('s') && !call.has(&["--symbolic"]) => link(call, machine),
        _ => {} // symbolic links weigh nothing
    }
    Outcome::success()
}

/// A second name for a file: it weighs nothing, but a file of a lower layer is
/// copied up for it.
fn link(call: &Invocation, machine: &mut Machine<'_>) {
    let operands: Vec<_> = call.operands(&["-t"]).collect();
    let Some((_, sources)) = operands.split_last() else { return };
    for source in sources.iter().filter(|source| source.known) {
        let path = machine.resolve(&source.text);
        copy_up(machine, &path);
    }
}

/// Stores a file once more whose time or count of names changes; what lies in
/// a folder stays where it is.
fn copy_up(machine: &mut Machine<'_>, path: &str) {
    let is_file = machine.tree().get(path).is_some() && machine.tree().paths(path).len() == 1;
    if is_file {
        machine.store_again(path, None);
    }
}

fn remove(call: &Invocation, machine: &mut Machine<'_>) {
    let recursive = call.has_letter('r') || call.has_letter('R') || call.has(&["--recursive"]);
    for argument in call.operands(&[]) {
        let pattern = machine.resolve(&argument.text);
        if !argument.known && !argument.text.contains('/') {
            continue;
        }
        let found = if argument.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        found.iter().for_each(|path| match machine.tree().has(path) {
            true => machine.remove(path),
            false if recursive => remove_unpacked(machine, path),
            false => {}
        });
    }
}

/// The folder of an archive that was unpacked beside it goes as a whole.
fn remove_unpacked(machine: &mut Machine<'_>, path: &str) {
    if let Some((group, _)) = archive::holding(machine, path)
        && archive::is_top(&group, path)
    {
        machine.remove(&group);
    }
}

fn transfer(call: &Invocation, machine: &mut Machine<'_>, moves: bool) {
    let mut operands: Vec<_> = call.operands(&WITH_VALUE).collect();
    let into = call.value(&["-t", "--target-directory"]);
    let into = into.map(|folder| Argument::known(format!("{folder}/")));
    let Some(target) = into.as_ref().or_else(|| operands.pop()) else { return };
    let into_folder = operands.len() > 1
        || target.text.ends_with('/')
        || target.text == "."
        || is_folder(machine, &machine.resolve(&target.text));
    if !target.known {
        return;
    }
    let target = machine.resolve(&target.text);
    for source in operands.into_iter().filter(|source| source.known) {
        let pattern = machine.resolve(&source.text);
        let sources = if source.glob { machine.tree().glob(&pattern) } else { vec![pattern] };
        for path in sources {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let content_only = source.text.ends_with("/.");
            let to = if into_folder && !content_only {
                format!("{}/{name}", target.trim_end_matches('/'))
            } else {
                target.clone()
            };
            if machine.tree().has(&path) {
                machine.copy(&path, &to);
            } else {
                unseen(machine, &path, &to, moves);
            }
            if moves {
                machine.remove(&path);
            }
        }
    }
}

/// Copies what no command was seen to write: a part of an archive or of a
/// folder that is known only as a whole, or a file of the base image.
fn unseen(machine: &mut Machine<'_>, path: &str, to: &str, moves: bool) {
    if let Some((group, entry)) = archive::holding(machine, path) {
        return unpacked(machine, path, to, (&group, entry), moves);
    }
    let whole = machine.tree().covering(path).filter(|(_, entry)| entry.kind != Kind::Os);
    let guess = fact("files.unseen.bytes");
    let (bytes, kind, evidence) = match whole {
        Some((folder, entry)) => {
            let bytes = Range::new(0, entry.bytes.expected / 3, entry.bytes.high);
            (bytes, entry.kind, guess.evidence(&format!("{path} is a part of {folder}")))
        }
        None => {
            let text = format!("{path} was not seen being written: its size is a guess");
            (guess.bytes(), Kind::Package, guess.evidence(&text))
        }
    };
    let output = Output {
        bytes,
        files: 1,
        kind,
        compression: Compression(0.4),
        identity: machine.tree().identity(path),
        label: None,
        evidence,
    };
    machine.write(to, output);
}

/// Copies or moves a part of what an archive held.
fn unpacked(
    machine: &mut Machine<'_>,
    path: &str,
    to: &str,
    (group, entry): (&str, Entry),
    moves: bool,
) {
    // A small archive is its program; of another one the top folder is all.
    let all = entry.files <= archive::PROGRAM || archive::is_top(group, path);
    let third = Range::new(0, entry.bytes.expected / 3, entry.bytes.high);
    let part = if all { entry.bytes } else { third };
    let name = group.rsplit('/').next().unwrap_or("(archive)");
    let to = match entry.files <= archive::PROGRAM || !all {
        true => to.to_owned(),
        false => format!("{}/{name}", to.trim_end_matches('/')),
    };
    machine.put(to.into(), Entry { bytes: part, ..entry.clone() });
    if moves && all {
        machine.remove(group);
    } else if moves {
        let left = Range::new(0, entry.bytes.expected - part.expected, entry.bytes.high);
        machine.put(group.into(), Entry { bytes: left, ..entry });
    }
}

fn is_folder(machine: &Machine<'_>, path: &str) -> bool {
    let mut below = machine.tree().subtree(path);
    below.any(|(found, entry)| Rc::as_ref(found) != path || entry.files == 0)
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn what_was_not_seen_is_copied_as_a_guess() {
        let tree = run(&[], "cp /etc/nginx.conf.default /app/nginx.conf && cp $UNKNOWN /srv/");
        let entry = tree.get("/app/nginx.conf").unwrap();
        assert!(entry.bytes.low == 0 && entry.bytes.high > entry.bytes.expected);
        assert!(entry.evidence.text.contains("not seen"), "{}", entry.evidence.text);
    }

    #[test]
    fn a_part_of_a_folder_weighs_no_more_than_the_folder() {
        let tree = run(&[], "git clone https://host/a/repo && cp repo/config.yml /etc/app.yml");
        let part = tree.get("/etc/app.yml").unwrap();
        assert!(part.bytes.expected < bytes(&tree, "/app/repo"));
        assert_eq!(part.bytes.low, 0);
    }

    #[test]
    fn copies_land_where_the_options_say() {
        let tree =
            run(&[], "echo x > a && install -D -m 755 a /opt/bin/a && cp -t /srv a && mv a b");
        assert!(tree.has("/opt/bin/a") && tree.has("/srv/a") && tree.has("/app/b"));
        assert!(!tree.has("/app/a"));
    }
}
