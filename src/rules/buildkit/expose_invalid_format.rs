//! EXPOSE documents a port of the container; where the host publishes it is for
//! `docker run -p`.
//!
//! ```dockerfile
//! EXPOSE 127.0.0.1:80:80
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! EXPOSE 80
//! ```

use super::exposed;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    id: "expose-invalid-format",
    aliases: &["ExposeInvalidFormat"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        exposed(analysis)
            .filter(|(_, port)| port.rsplit_once(':').is_some_and(|(host, _)| !host.trim_matches(':').is_empty()))
            .map(|(span, port)| {
                let message = format!("EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'");
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
            found("ExposeInvalidFormat", "FROM scratch\nEXPOSE 127.0.0.1:80:80 5000:5000 90\n"),
            [
                "2: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'",
                "2: EXPOSE instruction should not define an IP address or host-port mapping, found '5000:5000'"
            ]
        );
        assert!(found("ExposeInvalidFormat", "FROM scratch\nEXPOSE 80/udp 90-91\n").is_empty());
    }
}
