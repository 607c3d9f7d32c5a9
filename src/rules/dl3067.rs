//! COPY of another stage's whole filesystem (DL3067).
//!
//! It brings all that the other stage was meant to leave behind. Fires for
//! `COPY --from=… / /`.
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=build / /
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM golang:1.22 AS build
//! FROM debian:12
//! COPY --from=build /go/bin/app /usr/local/bin/
//! ```

use super::Rule;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "This copies the whole stage: name the files that are needed";

/// The rule.
pub const RULE: Rule = Rule {
    id: "copy-whole-stage",
    aliases: &["DL3067"],
    severity: Severity::Warning,
    kind: FindingKind::Size,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        let whole = instructions.filter(|one| match &one.body {
            Body::Copy(transfer) => {
                one.flag("from").is_some()
                    && transfer.sources.iter().any(|source| unquoted(&source.text) == "/")
                    && unquoted(&transfer.destination.text) == "/"
            }
            _ => false,
        });
        whole.map(|one| (one.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "COPY --from=a / /"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "COPY --from=a /b /").is_empty());
        assert!(lines(&RULE, "COPY / /").is_empty());
    }
}
