//! A constant platform builds for that platform whatever is asked for. A stage
//! that carries the platform in its name means it.
//!
//! ```dockerfile
//! FROM --platform=linux/amd64 debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM --platform=$BUILDPLATFORM debian:12
//! ```

use super::{arguments, expansion, name, planned, platform};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::quote;

/// The rule.
pub const RULE: Rule = Rule {
    id: "from-platform-flag-const-disallowed",
    aliases: &["FromPlatformFlagConstDisallowed"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    recipe: None,
    fix: None,
    check: |analysis| {
        let values = arguments(analysis);
        planned(analysis)
            .filter_map(|from| {
                let expansion = expansion(analysis, platform(from)?, &values)?;
                if !expansion.used.is_empty() || !expansion.unset.is_empty() {
                    return None;
                }
                let (system, architecture) = parse(&expansion.text)?;
                let name = name(from).unwrap_or_default().to_lowercase();
                if name.contains(&system) || name.contains(&architecture) {
                    return None;
                }
                let constant = quote(&expansion.text);
                let message =
                    format!("FROM --platform flag should not use constant value {constant}");
                Some((from.span, message))
            })
            .collect()
    },
};

const SYSTEMS: [&str; 16] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
];

const ARCHITECTURES: [&str; 13] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64le",
    "riscv64", "s390x", "wasm",
];

/// The operating system and the architecture of a platform in containerd's
/// notation: `linux/arm64/v8`, or one of the two alone.
fn parse(platform: &str) -> Option<(String, String)> {
    let parts: Vec<String> = platform.split('/').map(str::to_lowercase).collect();
    let plain = |part: &String| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        !part.is_empty() && part.chars().all(allowed)
    };
    if !parts.iter().all(plain) {
        return None;
    }
    match &parts[..] {
        [one] => {
            let architecture = architecture(one);
            if SYSTEMS.contains(&system(one)) {
                Some((system(one).to_owned(), "amd64".to_owned()))
            } else if ARCHITECTURES.contains(&architecture) {
                Some(("linux".to_owned(), architecture.to_owned()))
            } else {
                None
            }
        }
        [os, arch] | [os, arch, _] => Some((system(os).to_owned(), architecture(arch).to_owned())),
        _ => None,
    }
}

fn system(name: &str) -> &str {
    if name == "macos" { "darwin" } else { name }
}

fn architecture(name: &str) -> &str {
    match name {
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        "i386" => "386",
        "armhf" | "armel" => "arm",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::found;

    #[test]
    fn fires_and_stays_silent() {
        assert_eq!(
            found("FromPlatformFlagConstDisallowed", "FROM --platform=linux/x86_64 scratch AS a\n"),
            ["1: FROM --platform flag should not use constant value \"linux/x86_64\""]
        );
        assert!(
            found(
                "FromPlatformFlagConstDisallowed",
                "FROM --platform=linux/x86_64 scratch AS for_amd64\n"
            )
            .is_empty()
        );
        assert!(
            found(
                "FromPlatformFlagConstDisallowed",
                "ARG P=linux/arm64\nFROM --platform=$P scratch\n"
            )
            .is_empty()
        );
        assert!(
            found("FromPlatformFlagConstDisallowed", "FROM --platform=what scratch\n").is_empty()
        );
    }
}
