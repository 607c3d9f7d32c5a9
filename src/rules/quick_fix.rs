//! Edits that resolve a finding at its place.

use super::Facts;
use super::shell_calls::{Call, Step};
use crate::report::{Fix, TextEdit};
use crate::syntax::{Body, Command, Span};

/// A text in place of a part of the Dockerfile.
pub type Replacement = (Span, String);

/// An edit that resolves a rule's findings.
#[derive(Clone, Copy)]
pub struct QuickFix {
    /// What it does, for a button.
    pub title: &'static str,
    /// The replacements in the instruction found; none where it is not sure.
    pub(super) edits: fn(&Facts<'_>, &Step<'_>) -> Vec<Replacement>,
}

impl QuickFix {
    /// The edit for a finding at that place; `None` where it is not sure, and
    /// for what ONBUILD defers.
    pub(super) fn fix(&self, facts: &Facts<'_>, place: Span) -> Option<Fix> {
        let steps = &facts.sequences[0];
        let after = steps.partition_point(|step| step.span.start <= place.start);
        let mut edits = (self.edits)(facts, steps.get(after.checked_sub(1)?)?);
        edits.sort();
        edits.dedup();
        let dockerfile = &facts.dockerfile;
        let edit = |(span, text): Replacement| TextEdit {
            start: dockerfile.utf16(span.start),
            end: dockerfile.utf16(span.end),
            text,
        };
        if edits.is_empty() {
            return None;
        }
        let edits = edits.into_iter().map(edit).collect();
        Some(Fix { title: self.title.to_owned(), edits, dockerignore: None })
    }
}

/// Changes a word in each command of a RUN for which `word` names one.
pub fn change_word(
    step: &Step<'_>,
    word: impl Fn(&Call) -> Option<&'static str>,
    change: impl Fn(&str) -> String,
) -> Vec<Replacement> {
    let (Some(run), Body::Run(Command::Shell(script))) = (&step.run, &step.instruction.body) else {
        return Vec::new();
    };
    let changed = run.calls.iter().filter_map(|call| {
        let wanted = word(call)?;
        let is_wanted = |place: &Span| script.text.get(place.range()) == Some(wanted);
        let place = call.words.iter().map(|word| word.span).find(is_wanted)?;
        Some((script.source_span(place.range()), change(wanted)))
    });
    changed.collect()
}

/// Adds an option behind a word of the commands for which `behind` names one.
pub fn add_option(
    step: &Step<'_>,
    behind: impl Fn(&Call) -> Option<&'static str>,
    option: &str,
) -> Vec<Replacement> {
    change_word(step, behind, |word| format!("{word} {option}"))
}

/// Takes a flag out, with the blanks behind it.
pub fn remove_flag(facts: &Facts<'_>, step: &Step<'_>, name: &str) -> Vec<Replacement> {
    let Some(flag) = step.instruction.flag(name) else { return Vec::new() };
    let rest = &facts.dockerfile.source()[flag.span.end as usize..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    vec![(Span::new(flag.span.start as usize, flag.span.end as usize + blanks), String::new())]
}

/// `MAINTAINER x` as a LABEL.
pub fn maintainer_label(_: &Facts<'_>, step: &Step<'_>) -> Vec<Replacement> {
    let Body::Maintainer(name) = &step.instruction.body else { return Vec::new() };
    let name = name.text.trim_matches('"').replace('\\', "\\\\").replace('"', "\\\"");
    vec![(step.span, format!("LABEL org.opencontainers.image.authors=\"{name}\""))]
}

/// A text in double quotes where it holds blanks; `None` if it has quotes or
/// escapes that this would change.
pub fn quoted(text: &str) -> Option<String> {
    let is_plain = |text: &str| !text.contains(['"', '\'', '\\']);
    let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inside {
        Some(inside) if is_plain(inside) => Some(text.to_owned()),
        None if !is_plain(text) => None,
        None if text.contains([' ', '\t']) => Some(format!("\"{text}\"")),
        None => Some(text.to_owned()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use crate::{Analysis, Project};

    /// The Dockerfile after a rule's first fix; `None` where there is none.
    fn fixed(rule: &str, dockerfile: &str) -> Option<String> {
        let project = Project { dockerfile: dockerfile.to_owned(), ..Project::default() };
        let findings = check(&Analysis::new(&project));
        let fix = findings.into_iter().find(|found| found.rule == rule)?.fix?;
        let mut text: Vec<u16> = dockerfile.encode_utf16().collect();
        for edit in fix.edits.iter().rev() {
            text.splice(edit.start as usize..edit.end as usize, edit.text.encode_utf16());
        }
        Some(String::from_utf16_lossy(&text))
    }

    #[test]
    fn edits_instructions() {
        let cases = [
            ("stage-name-casing", "FROM debian:12 AS Base", "FROM debian:12 AS base"),
            ("from-as-casing", "FROM debian:12 as base", "FROM debian:12 AS base"),
            (
                "expose-proto-casing",
                "FROM debian:12\nEXPOSE 80/TCP 1",
                "FROM debian:12\nEXPOSE 80/tcp 1",
            ),
            (
                "legacy-key-value-format",
                "FROM debian:12\nENV A b c",
                "FROM debian:12\nENV A=\"b c\"",
            ),
            (
                "maintainer",
                "FROM debian:12\nMAINTAINER Änne <a@example.com>",
                "FROM debian:12\nLABEL org.opencontainers.image.authors=\"Änne <a@example.com>\"",
            ),
            ("redundant-platform", "FROM --platform=$TARGETPLATFORM a:1", "FROM a:1"),
            ("add-for-files", "FROM a:1\nADD --chown=1 b /c", "FROM a:1\nCOPY --chown=1 b /c"),
            ("copy-many-to-file", "FROM a:1\nCOPY b c \"/d\"", "FROM a:1\nCOPY b c \"/d/\""),
            (
                "consistent-instruction-casing",
                "FROM debian:12\nWORKDIR /a\ncopy a b",
                "FROM debian:12\nWORKDIR /a\nCOPY a b",
            ),
            (
                "no-empty-continuation",
                "FROM debian:12\nRUN a \\\n\n  b",
                "FROM debian:12\nRUN a \\\n  b",
            ),
            (
                "multiple-instructions-disallowed",
                "FROM debian:12\nCMD [\"a\"]\nCMD [\"b\"]",
                "FROM debian:12\nCMD [\"b\"]",
            ),
        ];
        for (rule, before, after) in cases {
            assert_eq!(fixed(rule, before).as_deref(), Some(after), "{rule}");
        }
        assert_eq!(fixed("legacy-key-value-format", "FROM debian:12\nENV A b \"c d\""), None);
        assert_eq!(fixed("add-for-files", "FROM a:1\nADD --keep-git-dir b /c"), None);
    }

    #[test]
    fn edits_commands() {
        let cases = [
            ("apt-assume-yes", "apt-get install \\\n  a", "apt-get install -y \\\n  a"),
            ("apt-assume-yes", "ä && apt-get install b", "ä && apt-get install -y b"),
            (
                "apt-recommends",
                "apt-get install -y a",
                "apt-get install --no-install-recommends -y a",
            ),
            ("apt-in-script", "apt update && apt install a", "apt-get update && apt-get install a"),
            ("apk-no-cache", "apk add a", "apk add --no-cache a"),
            ("yum-assume-yes", "(yum install a)", "(yum install -y a)"),
            ("dnf-assume-yes", "x=\"$(dnf install a)\"", "x=\"$(dnf install -y a)\""),
            ("zypper-non-interactive", "zypper in a", "zypper --non-interactive in a"),
            (
                "pip-no-cache-dir",
                "python -m pip install a",
                "python -m pip install --no-cache-dir a",
            ),
            ("useradd-no-log-init", "useradd -u 1000000 a", "useradd --no-log-init -u 1000000 a"),
            ("wget-progress", "time wget a", "time wget --progress=dot:giga a"),
        ];
        for (rule, before, after) in cases {
            let run = |script: &str| format!("FROM debian:12\nRUN {script}\n");
            assert_eq!(fixed(rule, &run(before)), Some(run(after)), "{rule}");
        }
        assert_eq!(fixed("apt-in-script", "FROM debian:12\nRUN apt search a"), None);
        assert_eq!(fixed("apt-assume-yes", "FROM debian:12\nONBUILD RUN apt-get install a"), None);
    }
}
