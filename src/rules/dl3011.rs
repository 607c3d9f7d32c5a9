//! EXPOSE of a port that there is not (DL3011).
//!
//! Fires for a number above 65535, alone or as an end of a range of two numbers.
//!
//! ```dockerfile
//! EXPOSE 80000
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! EXPOSE 8000
//! ```

use super::Rule;
use super::hadolint::in_instructions;
use crate::report::{FindingKind, Severity};
use crate::syntax::Body;

const MESSAGE: &str = "Ports go from 0 to 65535";

/// The rule.
pub const RULE: Rule = Rule {
    id: "port-out-of-range",
    aliases: &["DL3011"],
    severity: Severity::Error,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        in_instructions(analysis, MESSAGE, |instruction| match &instruction.body {
            Body::Expose(ports) => ports.iter().any(|port| is_out_of_range(&port.text)),
            _ => false,
        })
    },
};

fn is_out_of_range(port: &str) -> bool {
    let numbers = port.split('/').next().unwrap_or_default();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let mut numbers = numbers.split('-');
    // A number that does not fit is out of range as well.
    numbers.clone().all(is_number) && numbers.any(|number| number.parse::<u16>().is_err())
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "EXPOSE 80 65536/udp"), [1]);
        assert_eq!(lines(&RULE, "EXPOSE 40000-80000/tcp"), [1]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "EXPOSE 0 65535 1-2 $A 80000-$B ${C}/tcp").is_empty());
    }
}
