//! wget that draws its progress (DL3047).
//!
//! The bar fills the build log with thousands of lines. Fires without
//! `--progress`, a quiet flag or a log file.
//!
//! ```dockerfile
//! RUN wget https://example.com/tool.tgz
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN wget --progress=dot:giga https://example.com/tool.tgz
//! ```

use super::Rule;
use super::quick_fix::{QuickFix, add_option};
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};
/// Flags that stop the bar or send it elsewhere.
const CALM: &[&str] =
    &["progress", "q", "quiet", "o", "output-file", "a", "append-output", "no-verbose"];

const MESSAGE: &str = "wget fills the log with its progress: add -nv or --progress=dot:giga";

/// The rule.
pub const RULE: Rule = Rule {
    id: "wget-progress",
    aliases: &["DL3047"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Add --progress=dot:giga",
        edits: |_, step| {
            add_option(step, |call| draws(call).then_some("wget"), "--progress=dot:giga")
        },
    }),
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(draws)),
};

fn draws(call: &Call) -> bool {
    call.name == "wget" && !call.has_flag(CALM) && !call.has_arg(&["-nv"])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN wget example.org/a"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN wget -q example.org/a").is_empty());
        assert!(lines(&RULE, "RUN wget -nv example.org/a").is_empty());
        assert!(lines(&RULE, "RUN wget --progress=dot:giga example.org/a").is_empty());
        assert!(lines(&RULE, "RUN wget -o log example.org/a").is_empty());
        assert!(lines(&RULE, "RUN curl example.org/a").is_empty());
    }
}
