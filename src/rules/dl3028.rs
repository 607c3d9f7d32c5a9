//! `gem install` of a gem without its version (DL3028).
//!
//! The same Dockerfile gives other gems tomorrow. Fires for a gem without
//! `:version`, unless `-v` or `--version` gives one.
//!
//! ```dockerfile
//! RUN gem install rails
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN gem install rails:7.1.3
//! ```

use super::Rule;
use super::shell_calls::{Call, in_runs};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Name the version: gem install gem:version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "gem-pin-versions",
    aliases: &["DL3028"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_runs(facts, MESSAGE, |run| run.any(installs_unpinned)),
};

fn installs_unpinned(call: &Call) -> bool {
    call.is(&["gem"], &["install", "i"])
        && !call.has_arg(&["-v", "--version"])
        && !call.args().iter().any(|arg| arg.starts_with("--version="))
        && gems(call).any(|gem| !gem.contains(':'))
}

/// The arguments but every option with what follows it, up to `--`.
fn gems<'a>(call: &'a Call<'_>) -> impl Iterator<Item = &'a str> {
    let mut words = call.args().iter().map(|arg| &**arg).take_while(|word| *word != "--");
    let gems = std::iter::from_fn(move || {
        loop {
            let word = words.next()?;
            if !word.starts_with('-') {
                return Some(word);
            }
            words.next();
        }
    });
    gems.filter(|word| !matches!(*word, "install" | "i"))
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN gem i a:1 b"), [1]);
        assert_eq!(lines(&RULE, "ONBUILD RUN gem install a -- --b"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN gem install a:1 --b c -- --d e").is_empty());
        assert!(lines(&RULE, "RUN gem install a -v 1").is_empty());
        assert!(lines(&RULE, "RUN gem install a --version='1'").is_empty());
        assert!(lines(&RULE, "RUN gem update a").is_empty());
    }
}
