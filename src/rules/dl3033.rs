//! `yum install` of a package without its version (DL3033).
//!
//! The same Dockerfile gives other packages tomorrow. Fires for a package without
//! `-version`, unless it is an `.rpm` file or a `${NAME}` that ENV or ARG sets, and
//! for a module without `:stream`.
//!
//! ```dockerfile
//! RUN yum install -y httpd
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! RUN yum install -y httpd-2.4.57
//! ```

use super::Rule;
use super::shell_calls::{Call, Run, Stages, Step, in_sequences};
use crate::report::{FindingKind, Severity};
use crate::syntax::{Body, Span};

const MESSAGE: &str = "Name the version: yum install -y package-version";

/// The rule.
pub const RULE: Rule = Rule {
    id: "yum-pin-versions",
    aliases: &["DL3033"],
    severity: Severity::Warning,
    kind: FindingKind::Correctness,
    fix: None,
    check: |facts| in_sequences(facts, MESSAGE, |steps| unpinned(steps, &["yum"], &["module"])),
};

/// The RUN instructions that install something without its version.
/// `groups` are the subcommands whose names are not those of packages.
pub(super) fn unpinned(steps: &[Step<'_>], tools: &[&str], groups: &[&str]) -> Vec<Span> {
    let mut environments = Stages::<Vec<&str>>::default();
    let mut arguments = Vec::new();
    let mut found = Vec::new();
    for step in steps {
        environments.follow(step.instruction);
        match &step.instruction.body {
            Body::Env(pairs) => {
                environments.current().extend(pairs.iter().map(|pair| pair.key.text.as_str()));
            }
            Body::Arg(declarations) => {
                arguments.extend(declarations.iter().map(|arg| arg.name.text.as_str()));
            }
            _ => {}
        }
        let Some(run) = &step.run else { continue };
        let known = [environments.current().as_slice(), &arguments].concat();
        let packages = installed(run, tools, |call| !call.is(tools, groups));
        let modules = installed(run, tools, |call| call.is(tools, &["module"]));
        if packages.into_iter().any(|package| !is_pinned(package, &known))
            || modules.into_iter().any(|module| !module.contains(':'))
        {
            found.push(step.span);
        }
    }
    found
}

/// What the install commands among those that `like` is true for name.
fn installed<'r>(run: &'r Run<'_>, tools: &[&str], like: impl Fn(&Call) -> bool) -> Vec<&'r str> {
    let installs = run.calls.iter().filter(|call| call.is(tools, &["install"]) && like(call));
    installs
        .flat_map(Call::plain_args)
        .filter(|arg| !matches!(*arg, "install" | "module"))
        .collect()
}

fn is_pinned(package: &str, known: &[&str]) -> bool {
    let Some((_, version)) = package.split_once('-') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".~^_:+-".contains(c);
    if package.ends_with(".rpm") {
        true
    } else if package.contains('$') {
        known.iter().any(|name| package.contains(&format!("${{{name}}}")))
    } else {
        version.chars().all(plain)
            && version.split('-').any(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "RUN yum install -y httpd"), [1]);
        assert_eq!(lines(&RULE, "RUN yum module install -y httpd"), [1]);
        assert_eq!(lines(&RULE, "FROM a\nENV V=1\nFROM b\nRUN yum install -y httpd-${V}"), [4]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "RUN yum install -y httpd-2.4").is_empty());
        assert!(lines(&RULE, "RUN yum module install -y httpd:2").is_empty());
        assert!(lines(&RULE, "RUN yum install -y http-d.rpm").is_empty());
        assert!(lines(&RULE, "ARG V=1\nFROM a\nRUN yum install -y httpd-$V").is_empty());
        assert!(
            lines(&RULE, "FROM a AS b\nENV V=1\nFROM b\nRUN yum install -y httpd-${V}").is_empty()
        );
        assert!(lines(&RULE, "RUN yum update").is_empty());
    }
}
