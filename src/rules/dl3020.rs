//! ADD of plain files (DL3020).
//!
//! ADD unpacks archives and fetches addresses; for files and folders COPY says
//! what happens. Fires when a source is neither archive nor `http` address.
//!
//! ```dockerfile
//! ADD src /app/src
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! COPY src /app/src
//! ```

use super::Rule;
use super::hadolint::{in_instructions, is_archive};
use super::quick_fix::QuickFix;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "Use COPY for files and folders: ADD is for archives and addresses";

/// The rule.
pub const RULE: Rule = Rule {
    id: "add-for-files",
    aliases: &["DL3020"],
    severity: Severity::Error,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write COPY",
        edits: |_, step| {
            let copies = ["chown", "chmod", "link", "exclude"];
            let known = |name: &str| copies.iter().any(|flag| name.eq_ignore_ascii_case(flag));
            match step.instruction.flags.iter().all(|flag| known(&flag.name)) {
                true => vec![(step.instruction.keyword.span, "COPY".to_owned())],
                false => Vec::new(),
            }
        },
    }),
    check: |analysis| {
        in_instructions(analysis, MESSAGE, |instruction| match &instruction.body {
            Body::Add(add) => {
                let mut sources = add.sources.iter();
                !sources.all(|source| is_archive(&source.text) || is_address(&source.text))
            }
            _ => false,
        })
    },
};

fn is_address(source: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| unquoted(source).starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "ADD a.tar b /c/"), [1]);
        assert_eq!(lines(&RULE, "ADD a.zip /c/"), [1]);
        assert_eq!(lines(&RULE, "ADD git@a.b:c.git /c/"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "ADD a.tar.gz \"https://b.c/d\" /e/").is_empty());
        assert!(lines(&RULE, "COPY a /b").is_empty());
        assert!(lines(&RULE, "ONBUILD ADD a /b").is_empty(), "as hadolint");
    }
}
