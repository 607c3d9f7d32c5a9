//! `curl`, `wget`, `git clone`: content from the network.

use super::{Argument, Invocation, Outcome, Stream, Tool};
use crate::data::{archive, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Evidence, Kind, Range};

/// Downloads, whose size is not known without asking the server.
pub const TOOL: Tool = Tool { commands: &["curl", "wget", "git"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    match call.command() {
        "git" => git(call, machine),
        "wget" => {
            let to_stdout = call.value(&["-O", "--output-document"]) == Some("-")
                || call.texts().any(|text| text.starts_with('-') && text.ends_with("O-"));
            let named = call.value(&["-O", "--output-document"]).map(str::to_owned);
            download(call, machine, if to_stdout { None } else { Some(named) })
        }
        _ => {
            let named = call.value(&["-o", "--output"]).map(str::to_owned);
            let remote_name = call.has_letter('O') || call.has(&["--remote-name"]);
            let attached = call.texts().find_map(|text| {
                let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
                letters.ends_with('o').then_some(text.to_owned())
            });
            let named = named.or_else(|| call.value(&[attached.as_deref()?]).map(str::to_owned));
            download(call, machine, if named.is_some() || remote_name { Some(named) } else { None })
        }
    }
}

/// Fetches every URL: into a file (`Some`, perhaps with a name of its own) or
/// to standard output.
fn download(call: &Invocation, machine: &mut Machine<'_>, file: Option<Option<String>>) -> Outcome {
    let urls: Vec<&Argument> =
        call.arguments.iter().filter(|argument| argument.text.contains("://")).collect();
    let mut output = None;
    for url in urls {
        let (bytes, _) = release(&url.text);
        machine.download(bytes.expected, None);
        let identity = if moves(&url.text) {
            machine.unrepeatable = Some(format!("{} may give something else later", url.text));
            Identity::of((&url.text, machine.step))
        } else {
            Identity::of(&url.text)
        };
        let stream = Stream { bytes, identity, text: None, what: url.text.clone() };
        match &file {
            Some(name) => {
                let remote = url
                    .text
                    .split('?')
                    .next()
                    .unwrap_or("")
                    .rsplit('/')
                    .next()
                    .unwrap_or("download");
                let name = name.as_deref().unwrap_or(remote);
                let folder = call.value(&["-P", "--directory-prefix", "--output-dir"]);
                let path = match folder {
                    Some(folder) => machine.resolve(&format!("{folder}/{name}")),
                    None => machine.resolve(name),
                };
                machine.write(&path, downloaded(&stream));
            }
            None => output = Some(stream),
        }
    }
    Outcome { output, ..Outcome::success() }
}

/// A file that holds a download; its label tells the address.
pub fn downloaded(stream: &Stream) -> Output {
    let (_, evidence) = release(&stream.what);
    let packed = is_archive(&stream.what);
    Output {
        bytes: stream.bytes,
        files: 1,
        kind: Kind::Temp,
        compression: Compression(if packed { 1.0 } else { 0.5 }),
        identity: stream.identity,
        label: Some((&*stream.what).into()),
        evidence,
    }
}

/// True for a URL that names no version: it may give something else later. A
/// variable in it is taken to be the version.
fn moves(url: &str) -> bool {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let names_a_branch = path
        .split(['/', '-', '.', '_', '?', '='])
        .any(|part| matches!(part, "latest" | "master" | "main" | "HEAD" | "nightly" | "stable"));
    names_a_branch || !(path.contains(|c: char| c.is_ascii_digit()) || path.contains('$'))
}

/// The bytes at an address: those of a known release, else a guess.
pub fn release(url: &str) -> (Range, Evidence) {
    if let Some(known) = archive(url) {
        return (known.packed, known.evidence(&format!("{url}: a known release")));
    }
    let guess =
        if is_archive(url) { fact("download.archive.bytes") } else { fact("download.file.bytes") };
    (guess.bytes(), guess.evidence(&format!("{url} was not fetched: its size is a guess")))
}

/// True for names of compressed archives and packages.
fn is_archive(name: &str) -> bool {
    let name = name.split(['?', '#']).next().unwrap_or(name).to_ascii_lowercase();
    const ENDINGS: [&str; 14] = [
        ".gz", ".tgz", ".xz", ".bz2", ".zst", ".zip", ".tar", ".deb", ".rpm", ".apk", ".jar",
        ".whl", ".txz", ".tbz2",
    ];
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// `git clone`: the files, and the history in `.git`, which a shallow clone
/// leaves out.
fn git(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let mut operands =
        call.operands(&["-b", "--branch", "--depth", "-C", "-c", "--config", "-j", "--jobs"]);
    match operands.next().map(|verb| &*verb.text) {
        Some("clone") => {}
        // They fetch what was not cloned; how much, nobody knows.
        Some("submodule" | "lfs" | "fetch" | "pull") => {
            machine.unrepeatable = Some("what it fetches may move".to_owned());
            let folder = machine.folder.clone();
            let path = machine.group(&folder, "git");
            let size = fact("git.shallow.bytes");
            machine.download(size.count() / 2, None);
            let evidence = size.evidence("what git fetches is a guess");
            repository(machine, &path, size.bytes().maybe(), Identity::of(call.joined()), evidence);
            return Outcome::success();
        }
        _ => return Outcome::success(),
    }
    let Some(url) = operands.next() else { return Outcome::success() };
    let name = url.text.trim_end_matches('/').trim_end_matches(".git");
    let name = name.rsplit(['/', ':']).next().unwrap_or("clone");
    let folder = operands.next().map_or(name.to_owned(), |folder| folder.text.clone());
    let shallow = call.has(&["--depth", "--shallow-since"]);
    let bare = call.has(&["--bare", "--mirror"]);
    let size = if shallow { fact("git.shallow.bytes") } else { fact("git.clone.bytes") };
    let history = if shallow { fact("git.shallow.history") } else { fact("git.clone.history") };
    machine.download(size.count() / 2, None);
    let pinned = call
        .value(&["-b", "--branch"])
        .is_some_and(|branch| branch.contains(|c: char| c.is_ascii_digit()));
    let moves = (!pinned).then_some(machine.step);
    if !pinned {
        machine.unrepeatable = Some("the branch it clones moves".to_owned());
    }
    let path = machine.resolve(&folder);
    let evidence = size.evidence(&format!("{} was not fetched: its size is a guess", url.text));
    let identity = Identity::of(("git", &url.text, moves));
    let share = |ratio: f64| size.bytes().scale(ratio);
    let past = share(history.expected);
    if bare {
        repository(machine, &path, past, identity, evidence);
    } else {
        repository(machine, &format!("{path}/.git"), past, identity, evidence.clone());
        let files = share(1.0 - history.expected);
        repository(machine, &format!("{path}/(files)"), files, identity, evidence);
    }
    Outcome::success()
}

fn repository(
    machine: &mut Machine<'_>,
    path: &str,
    bytes: Range,
    identity: Identity,
    evidence: Evidence,
) {
    let packed = path.ends_with(".git");
    let output = Output {
        bytes,
        files: if packed { 40 } else { 300 },
        kind: Kind::Source,
        compression: Compression(if packed { 0.95 } else { 0.3 }),
        identity,
        label: None,
        evidence,
    };
    machine.write(path, output);
}

#[cfg(test)]
mod tests {
    use super::super::harness::{bytes, run};

    #[test]
    fn names_and_folders_of_downloads_are_found() {
        let tree = run(
            &[],
            "wget -P /opt https://host/a.deb && curl -fsSLo /b https://host/b && \
             curl -L https://host/c?x=1 > /c && curl --output-dir /d -O https://host/e",
        );
        assert!(["/opt/a.deb", "/b", "/c", "/d/e"].iter().all(|path| tree.has(path)));
        let known =
            run(&[], "curl -Lo /k https://dl.k8s.io/release/v1.30.0/bin/linux/amd64/kubectl");
        assert!(known.get("/k").unwrap().evidence.text.contains("known release"));
    }

    #[test]
    fn a_shallow_clone_weighs_less_and_its_history_can_go() {
        let whole = run(&[], "git clone https://host/me/it.git");
        let shallow = run(&[], "git clone --depth 1 https://host/me/it.git /src");
        assert!(bytes(&shallow, "/src") < bytes(&whole, "/app/it"));
        let lean = run(&[], "git clone https://host/me/it.git && rm -rf it/.git");
        assert!(bytes(&lean, "/app/it") < bytes(&whole, "/app/it") / 2);
        assert!(!run(&[], "git clone git@host:me/it && rm -rf it").has("/app/it"));
    }
}
