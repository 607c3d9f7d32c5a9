//! `curl`, `wget`, `git clone`: content from the network.

use super::{Argument, Invocation, Outcome, Stream, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::{Kind, Range};

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
        let bytes = size(&url.text);
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
                let path = machine.resolve(name);
                machine.write(&path, downloaded(&stream));
            }
            None => output = Some(stream),
        }
    }
    Outcome { output, ..Outcome::success() }
}

fn downloaded(stream: &Stream) -> Output {
    let name =
        if is_archive(&stream.what) { "download.archive.bytes" } else { "download.file.bytes" };
    Output {
        bytes: stream.bytes,
        files: 1,
        kind: Kind::Temp,
        compression: Compression(if is_archive(&stream.what) { 1.0 } else { 0.5 }),
        identity: stream.identity,
        label: None,
        evidence: fact(name)
            .evidence(&format!("{} was not fetched: its size is a guess", stream.what)),
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

fn size(url: &str) -> Range {
    let fact =
        if is_archive(url) { fact("download.archive.bytes") } else { fact("download.file.bytes") };
    fact.bytes()
}

/// True for names of compressed archives and packages.
pub fn is_archive(name: &str) -> bool {
    let name = name.split(['?', '#']).next().unwrap_or(name).to_lowercase();
    const ENDINGS: [&str; 13] = [
        ".gz", ".tgz", ".xz", ".bz2", ".zst", ".zip", ".tar", ".deb", ".rpm", ".apk", ".jar",
        ".whl", ".txz",
    ];
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn git(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let mut operands = call.operands(&["-b", "--branch", "--depth", "-C", "-c", "--config"]);
    if operands.next().is_none_or(|verb| verb.text != "clone") {
        return Outcome::success();
    }
    let Some(url) = operands.next() else { return Outcome::success() };
    let name = url
        .text
        .trim_end_matches('/')
        .trim_end_matches(".git")
        .rsplit('/')
        .next()
        .unwrap_or("clone");
    let folder = operands.next().map_or(name.to_owned(), |folder| folder.text.clone());
    let shallow = call.has(&["--depth"]);
    let fact = if shallow { fact("git.shallow.bytes") } else { fact("git.clone.bytes") };
    machine.download(fact.count() / 2, None);
    let pinned = call
        .value(&["-b", "--branch"])
        .is_some_and(|branch| branch.contains(|c: char| c.is_ascii_digit()));
    let identity = if pinned {
        Identity::of(("git", &url.text))
    } else {
        machine.unrepeatable = Some("the branch it clones moves".to_owned());
        Identity::of(("git", &url.text, machine.step))
    };
    let path = machine.resolve(&folder);
    let output = Output {
        bytes: fact.bytes(),
        files: 300,
        kind: Kind::Source,
        compression: Compression(0.6),
        identity,
        label: None,
        evidence: fact.evidence(&format!("{} was not fetched: its size is a guess", url.text)),
    };
    machine.write(&path, output);
    Outcome::success()
}
