//! WORKDIR is relative.
//!
//! Fires unless the folder starts with `/`, a drive letter or a variable: what it means depends on the image below.
//!
//! ```dockerfile
//! WORKDIR app
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! WORKDIR /app
//! ```

use super::Rule;
use super::shell_calls::unquoted;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

/// The rule.
pub const RULE: Rule = Rule {
    id: "relative-workdir",
    aliases: &["DL3000"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let instructions = analysis.dockerfile.instructions.iter();
        instructions
            .filter(|instruction| match &instruction.body {
                Body::Workdir(folder) => !is_absolute(unquoted(&folder.text)),
                _ => false,
            })
            .map(|instruction| (instruction.span, "Use an absolute WORKDIR".to_owned()))
            .collect()
    },
};

/// `/…`, `C:…` or a variable.
fn is_absolute(folder: &str) -> bool {
    let mut letters = folder.chars();
    let drive = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.next() == Some(':');
    drive || folder.starts_with(['/', '$'])
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "WORKDIR relative/dir"));
        assert!(!fires(&RULE, "WORKDIR C:/"));
        assert!(!fires(&RULE, "ONBUILD WORKDIR a"));
    }
}
