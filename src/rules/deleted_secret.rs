//! A secret file that a later step deletes is still in its layer.
//!
//! The image shows it no more, but whoever pulls the image gets every layer. Fires
//! on the COPY, or the RUN, that writes the file.
//!
//! ```dockerfile
//! FROM node:22
//! COPY .npmrc /root/
//! RUN npm ci && rm /root/.npmrc
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM node:22
//! RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
//! ```

use super::Rule;
use super::copies_secrets::secrets;
use super::final_image::{end, shows, some_of, steps};
use crate::report::{FindingKind, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "deleted-secret",
    aliases: &[],
    severity: Severity::Error,
    kind: FindingKind::Security,
    fix: None,
    check: |facts| {
        let Some(end) = end(facts) else { return Vec::new() };
        steps(facts)
            .into_iter()
            .filter_map(|(step, done)| {
                let names = secrets(done, |path, entry| !shows(end, path, entry) && !end.has(path));
                let message = format!(
                    "{} is deleted later, but this layer still has it and is pulled: use RUN --mount=type=secret",
                    some_of(&names)
                );
                (!names.is_empty()).then(|| (facts.instruction(step).span, message))
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM node:22\nCOPY .npmrc /a/\nRUN npm ci && rm /a/.npmrc"), [2]);
        assert_eq!(
            lines(&RULE, "FROM alpine:3\nRUN echo a > /root/.netrc\nRUN rm /root/.netrc"),
            [2]
        );
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM node:22\nCOPY .npmrc /a/\nRUN npm ci").is_empty());
        assert!(
            lines(&RULE, "FROM alpine:3\nRUN echo a > /root/.netrc && rm /root/.netrc").is_empty()
        );
        assert!(lines(&RULE, "FROM a AS b\nCOPY .npmrc /a/\nRUN rm /a/.npmrc\nFROM c").is_empty());
    }
}
