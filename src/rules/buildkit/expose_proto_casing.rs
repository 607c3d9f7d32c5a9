//! EXPOSE writes protocols in lower case.
//!
//! ```dockerfile
//! EXPOSE 80/TCP
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! EXPOSE 80/tcp
//! ```

use super::exposed;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::QuickFix;
use crate::syntax::Body;

/// The rule.
pub const RULE: Rule = Rule {
    id: "expose-proto-casing",
    aliases: &["ExposeProtoCasing"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write it in lower case",
        edits: |_, step| {
            let Body::Expose(ports) = &step.instruction.body else { return Vec::new() };
            let odd = ports.iter().filter_map(|port| {
                let (number, protocol) = port.text.split_once('/')?;
                let lower = format!("{number}/{}", protocol.to_ascii_lowercase());
                let is_odd = lower != port.text && !port.text.contains('$');
                is_odd.then_some((port.span, lower))
            });
            odd.collect()
        },
    }),
    check: |analysis| {
        exposed(analysis)
            .filter(|(_, port)| {
                port.split_once('/')
                    .is_some_and(|(_, protocol)| protocol != protocol.to_ascii_lowercase())
            })
            .map(|(span, port)| {
                let message =
                    format!("Defined protocol '{port}' in EXPOSE instruction should be lowercase");
                (span, message)
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("ExposeProtoCasing", "FROM scratch\nEXPOSE 80/TcP 81\n"),
            ["2: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"]
        );
        assert!(found("ExposeProtoCasing", "FROM scratch\nEXPOSE 80/udp\n").is_empty());
    }
}
