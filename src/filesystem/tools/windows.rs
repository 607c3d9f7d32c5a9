//! PowerShell and cmd, and scripts of other interpreters: they are not
//! followed, and what they write has a wide range.

use super::{Invocation, Outcome, Tool};
use crate::data::fact;
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// The shells of Windows, where a POSIX shell or the exec form starts them.
pub const TOOL: Tool =
    Tool { commands: &["powershell", "powershell.exe", "pwsh", "cmd", "cmd.exe"], run };

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    shell(machine, call.command());
    Outcome::success()
}

/// Runs a script of a shell of Windows.
pub fn shell(machine: &mut Machine<'_>, name: &str) {
    opaque(machine, name, "windows.run.bytes");
}

/// Runs a script of an interpreter that is not followed.
pub fn script(machine: &mut Machine<'_>, interpreter: &str) {
    let name = interpreter.rsplit(['/', ' ']).next().unwrap_or(interpreter);
    opaque(machine, name, "script.opaque.bytes");
}

fn opaque(machine: &mut Machine<'_>, name: &str, size: &str) {
    let size = fact(size);
    let text = format!("a {name} script is not followed: what it writes is a guess");
    machine.assume(size.evidence(&text).text);
    machine.spend(10.0, 0.0, None);
    machine.download(size.count() / 2, None);
    let path = machine.group("/", name);
    let output = Output {
        bytes: size.bytes(),
        files: 20,
        kind: Kind::BuildOutput,
        compression: Compression(0.4),
        identity: Identity::of((machine.step, name)),
        label: Some(format!("what a {name} script writes").into()),
        evidence: size.evidence(&text),
    };
    machine.write(&path, output);
}

/// True when a script is one of Windows' shells, though a POSIX shell is set.
pub fn is_windows_script(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("").to_ascii_lowercase();
    let name = first.trim_start_matches('@').rsplit(['/', '\\']).next().unwrap_or("");
    matches!(name, "powershell" | "powershell.exe" | "cmd" | "cmd.exe")
}

/// True for images whose name tells that they are made for Windows.
pub fn is_windows_image(reference: &str) -> bool {
    let name = reference.to_ascii_lowercase();
    ["windows", "nanoserver", "servercore", "dotnet/framework"]
        .iter()
        .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use crate::filesystem::StepState;
    use crate::{Analysis, Project};

    /// The steps of the only stage.
    fn steps(dockerfile: &str) -> Vec<Rc<StepState>> {
        let project = Project { dockerfile: dockerfile.to_owned(), ..Default::default() };
        Analysis::new(&project).evaluation.stages.remove(0).steps.clone()
    }

    /// The last step writes one guess, not what a POSIX shell would make of it.
    fn assert_opaque(dockerfile: &str) {
        let steps = steps(dockerfile);
        let entries = &steps.last().unwrap().written.entries;
        assert_eq!(entries.len(), 1, "{entries:?}");
        let (path, entry) = &entries[0];
        assert!(path.starts_with("/("), "{path}");
        assert!(entry.bytes.low == 0 && entry.bytes.high > 1_000_000_000, "{:?}", entry.bytes);
    }

    #[test]
    fn scripts_of_windows_are_opaque_with_a_range() {
        assert_opaque(
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\n\
             SHELL [\"powershell\", \"-Command\", \"$ErrorActionPreference = 'Stop';\"]\n\
             RUN Invoke-WebRequest https://host/a.zip -OutFile a.zip; Expand-Archive a.zip C:\\a",
        );
        assert_opaque("FROM mcr.microsoft.com/windows/nanoserver:1809\nRUN mkdir a && curl -O x");
        assert_opaque("FROM debian:12\nRUN [\"powershell\", \"-Command\", \"New-Item a\"]");
    }

    #[test]
    fn the_escape_directive_of_windows_is_no_posix_script() {
        assert_opaque(
            "# escape=`\nFROM registry.example/base:1\nRUN powershell -Command `\n  \
             $a = 'x'; `\n  curl https://host/setup.exe -o s.exe; `\n  Start-Process s.exe",
        );
        assert_opaque("# escape=`\nFROM registry.example/base:1\nRUN choco install git && del x");
        assert_opaque("FROM --platform=windows/amd64 registry.example/base:1\nRUN echo x > y");
    }

    #[test]
    fn a_posix_shell_is_followed_under_that_directive_too() {
        let steps = steps("# escape=`\nFROM debian:12\nRUN echo x > /a `\n && echo y > /b");
        let paths: Vec<&str> = steps[0].written.entries.iter().map(|(path, _)| &**path).collect();
        assert_eq!(paths, ["/a", "/b"]);
    }

    #[test]
    fn two_scripts_do_not_overwrite_each_other() {
        let run = "RUN <<E\n#!/usr/bin/env python3\nopen('x')\nE\n";
        let steps = steps(&format!("FROM python:3.12\n{run}{run}"));
        let path = |index: usize| &steps[index].written.entries[0].0;
        assert_ne!(path(0), path(1));
    }
}
