//! RUN changes folder with `cd`.
//!
//! Fires on any `cd`: WORKDIR says the same for all that follows.
//!
//! ```dockerfile
//! RUN cd /opt/app && make
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! WORKDIR /opt/app
//! RUN make
//! ```

use super::Rule;
use super::shell_calls::{Run, sequences};
use crate::report::{FindingKind, Severity};

const MESSAGE: &str = "Use WORKDIR to change the folder";

/// The rule.
pub const RULE: Rule = Rule {
    id: "cd-in-run",
    aliases: &["DL3003"],
    severity: Severity::Warning,
    kind: FindingKind::Style,
    recipe: None,
    check: |facts| {
        // What ONBUILD triggers is not looked at, as in hadolint.
        let own = sequences(facts)[0].iter();
        let changes = |run: &Run<'_>| run.any(|call| call.name == "cd");
        let found = own.filter(|step| step.run.as_ref().is_some_and(changes));
        found.map(|step| (step.span, MESSAGE.to_owned())).collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::shell_calls::fires;
    use super::RULE;

    #[test]
    fn fires_where_it_should() {
        assert!(fires(&RULE, "RUN cd /opt"));
        assert!(!fires(&RULE, "RUN ls /opt"));
        assert!(!fires(&RULE, "ONBUILD RUN cd /opt"));
    }
}
