//! COPY puts what may be a secret into the image: `.env`, keys, credentials.
//!
//! Who can pull the image can read it. Fires for files that the image still has at
//! its end; for those that a later step deletes see `deleted-secret`. Certificates,
//! which are public, are told by their names.
//!
//! ```dockerfile
//! FROM node:22
//! COPY .env server.js /app/
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM node:22
//! COPY server.js /app/
//! ```

use super::Rule;
use super::final_image::{end, some_of, steps};
use crate::context::{Role, role};
use crate::filesystem::{Entry, StepState};
use crate::graph::Operation;
use crate::report::{FindingKind, Severity};
use crate::units::Kind;

/// The rule.
pub const RULE: Rule = Rule {
    id: "copies-secrets",
    aliases: &[],
    severity: Severity::Warning,
    kind: FindingKind::Security,
    fix: None,
    check: |facts| {
        let Some(end) = end(facts) else { return Vec::new() };
        let copies = steps(facts)
            .into_iter()
            .filter(|(step, _)| matches!(step.operation, Operation::Copy(_)));
        copies
            .filter_map(|(step, done)| {
                // Also where a later layer has it anew: with another owner, for one.
                let names = secrets(done, |path, _| end.has(path));
                let message = format!(
                    "The image gets {}: whoever pulls it can read that; use RUN --mount=type=secret, or .dockerignore",
                    some_of(&names)
                );
                (!names.is_empty()).then(|| (facts.instruction(step).span, message))
            })
            .collect()
    },
};

/// The paths of a step's files that may be secrets and are like this.
pub(super) fn secrets(done: &StepState, like: impl Fn(&str, &Entry) -> bool) -> Vec<String> {
    let files = done.written.entries.iter().filter(|(_, entry)| entry.kind != Kind::Package);
    let secret = files.filter(|(path, entry)| is_secret(path) && like(path, entry));
    secret.map(|(path, _)| path.to_string()).collect()
}

fn is_secret(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let certificate = name.ends_with(".pem")
        && (["cert", "chain", "bundle", "pub"].iter().any(|part| name.contains(part))
            || name.split(['-', '_', '.']).any(|part| part == "ca"));
    !certificate && role(path) == Role::Secret
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::messages_in;
    use super::RULE;
    use crate::Project;

    fn messages(dockerfile: &str) -> Vec<String> {
        let listing = "10\t.env\n9\ta.js\n8\tkeys/server.pem\n8\tca-bundle.pem\n7\t.env.example\n";
        messages_in(
            &RULE,
            &Project {
                dockerfile: dockerfile.to_owned(),
                context: Some(listing.to_owned()),
                ..Project::default()
            },
        )
    }

    #[test]
    fn fires() {
        let found = messages("FROM node:22\nCOPY . /app\nRUN npm ci");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("The image gets /app/.env, /app/keys/server.pem:"),
            "{found:?}"
        );
        assert_eq!(messages("FROM node:22\nCOPY .env /app/\nRUN chown -R node /app").len(), 1);
        assert_eq!(messages("FROM a AS b\nCOPY .env /c/\nFROM d\nCOPY --from=b /c /c").len(), 1);
    }

    #[test]
    fn is_silent() {
        assert!(messages("FROM a\nCOPY a.js ca-bundle.pem .env.example /app/").is_empty());
        assert!(messages("FROM a AS b\nCOPY . /c\nFROM d\nCOPY --from=b /c/a.js /").is_empty());
        assert!(messages("FROM a\nCOPY .env /b/\nRUN rm /b/.env").is_empty(), "another rule");
    }
}
