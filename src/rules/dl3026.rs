//! An image of a registry that is not trusted (DL3026).
//!
//! Silent without trusted registries in the settings. Fires on FROM, `COPY --from`
//! and `RUN --mount=from=` unless the image is a stage above, `scratch`, or of a
//! trusted registry; images without a registry are Docker Hub's.
//!
//! ```dockerfile
//! FROM registry.unknown.org/team/image:1
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM docker.io/library/debian:12
//! ```

use super::Rule;
use super::hadolint::{BaseImage, copy_source};
use crate::report::{FindingKind, Severity};
use crate::sorted::Set;
use crate::syntax::mount::MountKind;
use crate::syntax::{Body, Instruction};

const MESSAGE: &str = "The image is of a registry that is not trusted";

/// The rule.
pub const RULE: Rule = Rule {
    id: "trusted-registries",
    aliases: &["DL3026"],
    severity: Severity::Error,
    kind: FindingKind::Security,
    fix: None,
    check: |analysis| {
        let trusted = &analysis.project.settings.rules.trusted_registries;
        if trusted.is_empty() {
            return Vec::new();
        }
        let mut stages = Set::new();
        let mut found = Vec::new();
        for instruction in &analysis.dockerfile.instructions {
            let is_fine = |registry: Option<&str>, name: &str| {
                stages.contains(name) || is_trusted(trusted, registry, name)
            };
            let base = BaseImage::of(instruction);
            let source = copy_source(analysis, instruction);
            let fine = base.is_none_or(|image| is_fine(image.registry, image.name))
                && source.map(split).is_none_or(|(registry, name)| is_fine(registry, name))
                && mounted(instruction).iter().all(|image| {
                    let (registry, name) = split(image);
                    is_fine(registry, name)
                });
            if !fine {
                found.push((instruction.span, MESSAGE.to_owned()));
            }
            stages.extend(base.and_then(|image| image.stage));
        }
        found
    },
};

/// The images that a RUN's bind and cache mounts are from.
fn mounted(instruction: &Instruction) -> Vec<String> {
    if !matches!(instruction.body, Body::Run(_)) {
        return Vec::new();
    }
    let mounts = instruction.mounts().map(|(_, mount)| mount);
    let images = mounts
        .filter(|mount| matches!(mount.kind, MountKind::Bind | MountKind::Cache))
        .filter_map(|mount| mount.from);
    images.collect()
}

/// The registry, which has a dot, and the rest.
fn split(image: &str) -> (Option<&str>, &str) {
    match image.split_once('/') {
        Some((registry, name)) if registry.contains('.') => (Some(registry), name),
        _ => (None, image),
    }
}

fn is_trusted(trusted: &[String], registry: Option<&str>, name: &str) -> bool {
    let is_listed = |registry: &str| trusted.iter().any(|pattern| matches(pattern, registry));
    match registry {
        Some(registry) => is_listed(registry),
        None => name == "scratch" || is_listed("docker.io") || is_listed("hub.docker.com"),
    }
}

/// A star stands for anything at the beginning or at the end.
fn matches(pattern: &str, registry: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => registry.ends_with(end),
        (None, Some(start)) => registry.starts_with(start),
        (None, None) => registry == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls;
    use super::RULE;

    fn lines(trusted: &[&str], dockerfile: &str) -> Vec<u32> {
        let mut project =
            crate::Project { dockerfile: dockerfile.to_owned(), ..crate::Project::default() };
        let registries = trusted.iter().map(|registry| (*registry).to_owned());
        project.settings.rules.trusted_registries = registries.collect();
        shell_calls::lines_in(&RULE, &project)
    }

    #[test]
    fn fires() {
        assert_eq!(lines(&["docker.io"], "FROM a.b/c"), [1]);
        assert_eq!(
            lines(&["a.b"], "FROM c\nCOPY --from=d:1 e f\nCOPY --from=g.h/i j k"),
            [1, 2, 3]
        );
        assert_eq!(lines(&["a.b"], "FROM a.b/c\nRUN --mount=type=bind,from=d,target=/e f"), [2]);
        assert_eq!(lines(&["*.b"], "FROM a.b/c\nFROM a.c/d"), [2]);
    }

    #[test]
    fn is_silent() {
        assert!(lines(&[], "FROM a.b/c").is_empty());
        assert!(lines(&["*"], "FROM a.b/c\nFROM d").is_empty());
        assert!(lines(&["docker.io"], "FROM a\nFROM b/c:1\nFROM docker.io/d").is_empty());
        assert!(
            lines(&["a.b"], "FROM scratch\nFROM a.b/c AS d\nFROM d\nCOPY --from=d e f").is_empty()
        );
        assert!(lines(&["a.*"], "FROM a.b/c").is_empty());
    }
}
