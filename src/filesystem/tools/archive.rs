//! `tar`, `unzip` and the compressors.
//!
//! What is unpacked is a group, `(NAME)`, of the folder it is unpacked into:
//! the folder inside the archive is not known. `mv`, `cp` and `rm` of a path
//! that nothing else wrote take it for a part of such a group ([`holding`]).

use std::rc::Rc;

use super::{Invocation, Outcome, Stream, Tool};
use crate::data::{archive, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::{Compression, Entry};
use crate::identity::Identity;
use crate::units::{Evidence, Kind, Range};

/// `tar`.
pub const TAR: Tool = Tool { commands: &["tar", "bsdtar"], run: tar };
/// `unzip`.
pub const UNZIP: Tool = Tool { commands: &["unzip", "7z", "7za", "7zr"], run: unzip };
/// Compressors of single files.
pub const COMPRESSORS: Tool = Tool {
    commands: &[
        "gzip", "gunzip", "zcat", "bzip2", "bunzip2", "xz", "unxz", "xzcat", "lzma", "zstd",
        "unzstd",
    ],
    run: compress,
};

/// The label of what an archive held starts so.
const UNPACKED: &str = "unpacked ";
/// Archives of up to so many files are a program and its licence.
pub const PROGRAM: u64 = 8;

/// An archive to unpack.
struct Packed {
    bytes: Range,
    identity: Identity,
    /// Its file name.
    name: String,
    /// Where it was downloaded from, where that is known.
    address: String,
}

fn tar(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let first = call.texts().next().unwrap_or("");
    // The first word may be `xzf` without a dash.
    let letters = if first.starts_with("--") { "" } else { first.trim_start_matches('-') };
    let attached = call.texts().find(|text| {
        let text = text.trim_start_matches('-');
        text.ends_with('f') && text.len() < 6 && text.chars().all(|c| c.is_ascii_alphabetic())
    });
    let attached = attached.unwrap_or("-f").to_owned();
    let with_value =
        ["-f", "--file", "-C", "--directory", "--exclude", "-X", &attached, "--strip-components"];
    let file = call.value(&[&attached]).or_else(|| call.value(&["-f", "--file"]));
    let file = file.filter(|file| *file != "-").map(str::to_owned);
    let folder = call.value(&["-C", "--directory"]).unwrap_or(".").to_owned();
    let skipped = usize::from(!first.starts_with('-') && !with_value.contains(&first));
    let members: Vec<&str> =
        call.operands(&with_value).skip(skipped).map(|word| &*word.text).collect();
    if call.has(&["--extract", "--get"]) || letters.contains('x') || call.has_letter('x') {
        unpack(call, machine, file.as_deref(), &folder, !members.is_empty())
    } else if call.has(&["--create"]) || letters.contains('c') || call.has_letter('c') {
        let squeezes = letters.contains(['z', 'j', 'J', 'a']) || call.has(&["--gzip", "--xz"]);
        pack(machine, file.as_deref(), &folder, &members, squeezes)
    } else {
        Outcome::success()
    }
}

fn unzip(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let folder = call.value(&["-d"]).map(str::to_owned);
    let folder = folder.or_else(|| {
        call.texts()
            .find_map(|text| text.strip_prefix("-o"))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    });
    let mut files = call.operands(&["-d", "-x"]).filter(|file| !matches!(&*file.text, "x" | "e"));
    let file = files.next().map(|file| file.text.clone());
    let some = files.next().is_some();
    unpack(call, machine, file.as_deref(), folder.as_deref().unwrap_or("."), some)
}

fn unpack(
    call: &Invocation,
    machine: &mut Machine<'_>,
    file: Option<&str>,
    folder: &str,
    some: bool,
) -> Outcome {
    let packed = match (file, &call.input) {
        (Some(file), _) => {
            let paths = machine.tree().glob(&machine.resolve(file));
            let path = paths.into_iter().next().unwrap_or_else(|| machine.resolve(file));
            let entry = machine.tree().get(&path);
            Packed {
                bytes: entry.map_or(fact("download.archive.bytes").bytes(), |entry| entry.bytes),
                identity: machine.tree().identity(&path),
                name: path.rsplit('/').next().unwrap_or("archive").to_owned(),
                address: address(entry),
            }
        }
        (None, Some(stream)) => Packed {
            bytes: stream.bytes,
            identity: stream.identity,
            name: stream.what.rsplit('/').next().unwrap_or("archive").to_owned(),
            address: stream.what.clone(),
        },
        (None, None) => return Outcome::success(),
    };
    let folder = machine.resolve(folder);
    let target = format!("{}/({})", folder.trim_end_matches('/'), packed.name);
    let mut output = content(&packed);
    if some && output.files > PROGRAM {
        output.bytes = Range::new(0, output.bytes.expected / 3, output.bytes.high);
    }
    let seconds = output.bytes.expected as f64 / fact("unpack.bytes_per_second").expected;
    machine.spend(seconds, 0.0, None);
    machine.write(&target, output);
    Outcome::success()
}

/// What is in an archive: a known release's own figures, else its size times
/// the usual ratio.
fn content(packed: &Packed) -> Output {
    let ratio = fact("archive.unpack.ratio");
    let (bytes, files, squeezed, evidence): (_, _, _, Evidence) = match archive(&packed.address) {
        Some(known) => {
            let ratio = known.packed.expected as f64 / known.unpacked.expected.max(1) as f64;
            let text = format!("{}: a known release, unpacked", packed.name);
            (known.unpacked, known.files, ratio.min(1.0), known.evidence(&text))
        }
        None if packed.name.ends_with(".tar") => {
            let text = format!("{}: a tar that is not compressed", packed.name);
            (packed.bytes.scale(0.98), 100, 1.0 / ratio.expected, ratio.evidence(&text))
        }
        None => {
            let text = "The archive's size times the usual ratio of unpacked to packed";
            (ratio.of(packed.bytes), 100, 1.0 / ratio.expected, ratio.evidence(text))
        }
    };
    Output {
        bytes,
        files,
        kind: Kind::Package,
        compression: Compression(squeezed),
        identity: Identity::of(("unpacked", packed.identity)),
        label: Some(format!("{UNPACKED}{}", packed.name).into()),
        evidence,
    }
}

/// Where a file was downloaded from.
pub fn address(entry: Option<&Entry>) -> String {
    entry.and_then(|entry| entry.label.as_deref()).unwrap_or("").to_owned()
}

fn pack(
    machine: &mut Machine<'_>,
    file: Option<&str>,
    folder: &str,
    members: &[&str],
    squeezes: bool,
) -> Outcome {
    let folder = machine.resolve(folder);
    let paths: Vec<String> =
        members.iter().map(|member| crate::graph::join(&folder, member)).collect();
    let stored: Vec<&Entry> = paths
        .iter()
        .flat_map(|path| machine.tree().subtree(path))
        .map(|(_, entry)| entry)
        .filter(|entry| entry.kind != Kind::Os)
        .collect();
    let share =
        |entry: &&Entry| entry.bytes.scale(if squeezes { entry.compression.0 } else { 1.0 });
    let bytes: Range = stored.iter().map(share).sum();
    let stream = Stream {
        bytes,
        identity: Identity::of(("tar", machine.identity(&paths))),
        text: None,
        what: file.unwrap_or("archive.tar").to_owned(),
    };
    let Some(file) = file else {
        return Outcome { output: Some(stream), ..Outcome::success() };
    };
    let path = machine.resolve(file);
    let evidence = crate::units::EvidenceKind::Derived;
    let output = Output {
        bytes,
        files: 1,
        kind: Kind::BuildOutput,
        compression: Compression(if squeezes { 1.0 } else { 0.4 }),
        identity: stream.identity,
        label: None,
        evidence: Evidence::new(evidence, "an archive of what is in the container"),
    };
    machine.write(&path, output);
    Outcome::success()
}

/// `gzip`, `xz` and their kin: a file becomes another, or a stream does.
fn compress(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let opens = call.command().starts_with("un")
        || ["gunzip", "bunzip2", "zcat", "xzcat"].contains(&call.command())
        || call.has_letter('d')
        || call.has(&["--decompress"]);
    let ratio = fact("archive.unpack.ratio");
    let resize = |bytes: Range| match opens {
        true => ratio.of(bytes),
        false => bytes.scale(1.0 / ratio.expected),
    };
    let prints = call.command().ends_with("cat") || call.has_letter('c') || call.has(&["--stdout"]);
    let mut output = call.input.clone();
    for file in call.operands(&[]).filter(|file| file.known && file.text != "-") {
        let path = machine.resolve(&file.text);
        let Some(entry) = machine.tree().get(&path).cloned() else { continue };
        let (stem, ending) = path.rsplit_once('.').unwrap_or((&path, ""));
        if prints {
            let what = address(Some(&entry));
            output =
                Some(Stream { bytes: entry.bytes, identity: entry.identity, text: None, what });
            continue;
        }
        let to =
            if opens && !ending.contains('/') { stem.to_owned() } else { format!("{path}.gz") };
        let evidence = ratio.evidence("a file's size times the usual ratio");
        let changed = Output {
            bytes: resize(entry.bytes),
            files: 1,
            kind: entry.kind,
            compression: Compression(if opens { 1.0 / ratio.expected } else { 1.0 }),
            identity: Identity::of((call.command(), entry.identity)),
            label: None,
            evidence,
        };
        machine.write(&to, changed);
        if !call.has_letter('k') {
            machine.remove(&path);
        }
    }
    // What goes on through a pipe to tar is sized there.
    let output = output.map(|stream| match archive(&stream.what) {
        Some(_) => stream,
        None => Stream { bytes: resize(stream.bytes), what: stem(&stream.what), ..stream },
    });
    Outcome { output, ..Outcome::success() }
}

/// `a.tar.gz` and `a.tgz` are `a.tar` once they are open.
fn stem(name: &str) -> String {
    for (ending, opened) in
        [(".tgz", ".tar"), (".txz", ".tar"), (".gz", ""), (".xz", ""), (".bz2", ""), (".zst", "")]
    {
        if let Some(stem) = name.strip_suffix(ending) {
            return format!("{stem}{opened}");
        }
    }
    name.to_owned()
}

/// The group of unpacked files that a path, which nothing is known of, must be
/// in: that of the nearest folder above it, whose archive's name is most alike.
pub fn holding(machine: &Machine<'_>, path: &str) -> Option<(Rc<str>, Entry)> {
    let mut folder = path;
    while let Some((parent, name)) = folder.rsplit_once('/') {
        let likeness = |group: &str| {
            let group = group.rsplit("/(").next().unwrap_or("");
            group.chars().zip(name.chars()).take_while(|(one, other)| one == other).count()
        };
        let groups = machine.tree().subtree(parent).filter(|(path, entry)| {
            path.rsplit_once('/')
                .is_some_and(|(folder, name)| folder == parent && name.starts_with('('))
                && entry.label.as_deref().is_some_and(|label| label.starts_with(UNPACKED))
        });
        let best = groups.max_by_key(|(path, entry)| (likeness(path), entry.layer));
        if let Some((path, entry)) = best {
            return Some((Rc::clone(path), entry.clone()));
        }
        folder = parent;
    }
    None
}

/// True when the path names what lies at the top of the group: the archive's
/// own folder, or its only program.
pub fn is_top(group: &str, path: &str) -> bool {
    let folder = group.rsplit_once('/').map_or("", |(folder, _)| folder);
    let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    rest.is_some_and(|rest| !rest.contains('/') || rest.ends_with("/*"))
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    const NODE: &str = "https://nodejs.org/dist/v20.11.0/node-v20.11.0-linux-x64.tar.xz";

    #[test]
    fn a_known_release_has_its_own_size_through_a_file_and_through_a_pipe() {
        let file = run(
            &[],
            &format!(
                "curl -fsSLO {NODE} && tar -xJf node-v20.11.0-linux-x64.tar.xz -C /usr/local \
                      --strip-components=1 && rm node-v20.11.0-linux-x64.tar.xz"
            ),
        );
        let pipe = run(&[], &format!("mkdir /o && wget -qO- {NODE} | tar xJ -C /o"));
        let piped = bytes(&pipe, "/o");
        assert_eq!(bytes(&file, "/usr/local"), piped);
        assert!((150_000_000..220_000_000).contains(&piped), "{piped}");
        assert!(!file.has("/app/node-v20.11.0-linux-x64.tar.xz"));
    }

    #[test]
    fn a_program_moved_out_of_an_archive_leaves_nothing_to_keep() {
        let tree = run(
            &[],
            "cd /tmp && curl -LO https://get.helm.sh/helm-v3.14.0-linux-amd64.tar.gz && \
             tar xzf helm-v3.14.0-linux-amd64.tar.gz && mv linux-amd64/helm /usr/local/bin/helm && \
             rm -rf linux-amd64 helm-v3.14.0-linux-amd64.tar.gz",
        );
        assert!(tree.get("/usr/local/bin/helm").unwrap().bytes.expected > 30_000_000);
        assert_eq!(bytes(&tree, "/tmp"), 0);
    }

    #[test]
    fn the_folder_of_an_archive_can_be_removed_and_moved() {
        let source = "curl -sL https://www.openssl.org/source/openssl-3.0.1.tar.gz | tar xz";
        let removed = run(&[], &format!("{source} && rm -rf openssl-3.0.1"));
        assert_eq!(bytes(&removed, "/app"), 0);
        let moved = run(&[], &format!("{source} && mv openssl-3.0.1 /opt/openssl"));
        assert!(bytes(&moved, "/opt/openssl") > 30_000_000 && bytes(&moved, "/app") == 0);
        let other = run(&[], &format!("{source} && touch own && rm -rf own"));
        assert!(bytes(&other, "/app") > 30_000_000);
    }

    #[test]
    fn archives_and_compressed_files_are_made() {
        let tree = run(
            &[],
            "curl -o d.sql https://host/d.sql && tar czf d.tgz d.sql && gzip d.sql && tar cf - d.tgz > e.tar",
        );
        assert!(!tree.has("/app/d.sql") && tree.has("/app/d.sql.gz"));
        assert!(bytes(&tree, "/app/d.tgz") > 0);
        assert_eq!(bytes(&tree, "/app/e.tar"), bytes(&tree, "/app/d.tgz"));
    }

    #[test]
    fn a_pipe_through_gunzip_is_opened_once() {
        let direct = run(&[], "curl -s https://host/a.tar.gz | tar xz");
        let opened = run(&[], "curl -s https://host/a.tar.gz | gunzip | tar x");
        let (direct, opened) = (bytes(&direct, "/app"), bytes(&opened, "/app"));
        assert!(direct.abs_diff(opened) < direct / 10, "{direct} and {opened}");
    }
}
