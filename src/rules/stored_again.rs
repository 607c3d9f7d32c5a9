//! `chown` or `chmod` in a step of its own stores the files once more.
//!
//! A layer holds whole files: changing the owner of one copies it. Fires when that
//! is more than a megabyte. COPY has `--chown` and `--chmod`, and a RUN may change
//! what it has just written.
//!
//! ```dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY . .
//! RUN chown -R node /app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM node:22
//! WORKDIR /app
//! COPY --chown=node . .
//! ```

use super::final_image::steps;
use super::shell_calls::sequences;
use super::{Facts, Rule, megabytes};
use crate::graph::Step;
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;

/// Less is not worth a word, bytes.
const WORTH_SAYING: u64 = 1_000_000;

/// The commands that do nothing but that.
const COMMANDS: [&str; 3] = ["chown", "chmod", "chgrp"];

/// The rule.
pub const RULE: Rule = Rule {
    id: "stored-again",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |facts| {
        let found = again(facts).into_iter().map(|again| {
            let message = format!(
                "{} stores about {} once more: use COPY --{}, or do it in the step that writes the files",
                again.command,
                megabytes(again.bytes),
                if again.command == "chmod" { "chmod" } else { "chown" }
            );
            (facts.instruction(again.step).span, message)
        });
        found.collect()
    },
};

/// A step that changes owner or mode of what lower layers hold.
pub(super) struct Again<'a> {
    pub(super) step: &'a Step,
    command: &'a str,
    bytes: u64,
    /// What it stores once more.
    pub(super) paths: Set<&'a str>,
}

/// The steps of the image that do so, where it is worth saying.
pub(super) fn again<'a>(facts: &'a Facts<'_>) -> Vec<Again<'a>> {
    let steps = steps(facts);
    if !steps.iter().any(|(step, _)| change(facts, step).is_some()) {
        return Vec::new();
    }
    let mut stored: Set<&str> = Set::new();
    let mut found = Vec::new();
    for (step, done) in steps {
        let entries = done.written.entries.iter().filter(|(_, entry)| entry.bytes.expected > 0);
        if let Some(command) = change(facts, step) {
            let again = entries.clone().filter(|(path, _)| stored.contains(&**path));
            let bytes = again.clone().map(|(_, entry)| entry.bytes.expected).sum();
            let paths = again.map(|(path, _)| &**path).collect();
            found.push(Again { step, command, bytes, paths });
        }
        stored.extend(entries.map(|(path, _)| &**path));
    }
    found.retain(|again| again.bytes > WORTH_SAYING);
    found
}

/// The first of the commands that a step calls.
fn change<'a>(facts: &'a Facts<'_>, step: &Step) -> Option<&'a str> {
    let run = sequences(facts)[0].get(step.instruction)?.run.as_ref()?;
    run.calls.iter().map(|call| &*call.name).find(|name| COMMANDS.contains(name))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::messages_in;
    use super::RULE;
    use crate::Project;

    fn messages(steps: &str) -> Vec<String> {
        messages_in(
            &RULE,
            &Project {
                dockerfile: format!("FROM node:22\nWORKDIR /app\n{steps}"),
                context: Some("5000000\tsrc/a.bin\n10\tsrc/b.js\n".to_owned()),
                ..Project::default()
            },
        )
    }

    #[test]
    fn fires() {
        assert_eq!(
            messages("COPY . .\nRUN chown -R node /app"),
            [
                "chown stores about 5.0 MB once more: use COPY --chown, or do it in the step that writes the files"
            ]
        );
        assert_eq!(messages("COPY . .\nRUN chmod -R a+x src").len(), 1);
    }

    #[test]
    fn is_silent() {
        assert!(messages("COPY --chown=node . .").is_empty());
        assert!(messages("COPY . .\nRUN chmod +x src/b.js").is_empty());
        assert!(messages("RUN mkdir a && chown -R node a").is_empty());
    }
}
