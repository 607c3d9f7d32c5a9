//! A stage without HEALTHCHECK (DL3057).
//!
//! Nobody learns that what runs in it has stopped to answer. Fires on the FROM,
//! unless the stage has one (NONE counts), starts from a stage that has, or a
//! stage that starts from it has. hadolint has it switched off, so it is here:
//! it runs when the project's settings name it.
//!
//! ```dockerfile
//! FROM debian:12
//! CMD ["server"]
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! HEALTHCHECK CMD ["server", "--check"]
//! CMD ["server"]
//! ```

use super::Rule;
use super::hadolint::BaseImage;
use crate::report::{FindingKind, Severity};
use crate::sorted::{Map, Set};
use crate::syntax::{Body, Span};

const MESSAGE: &str = "The stage has no HEALTHCHECK";

/// The rule.
pub const RULE: Rule = Rule {
    id: "no-healthcheck",
    aliases: &["DL3057"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let mut stages = Stages::default();
        for instruction in &analysis.dockerfile.instructions {
            match BaseImage::of(instruction) {
                Some(image) => stages.begin(image, instruction.span),
                None if matches!(instruction.body, Body::Healthcheck(_)) => stages.check(),
                None => {}
            }
        }
        let bad = stages.bad.into_values().flatten().map(|stage| stage.span);
        bad.map(|span| (span, MESSAGE.to_owned())).collect()
    },
};

/// A stage and the image or stage that it starts from.
#[derive(Clone, Copy)]
struct Stage<'a> {
    parent: &'a str,
    name: &'a str,
    span: Span,
}

/// The stages by their names, apart from those that have a HEALTHCHECK.
#[derive(Default)]
struct Stages<'a> {
    good: Set<&'a str>,
    bad: Map<&'a str, Vec<Stage<'a>>>,
    current: Option<Stage<'a>>,
}

impl<'a> Stages<'a> {
    fn begin(&mut self, image: BaseImage<'a>, span: Span) {
        let name = image.stage.unwrap_or(image.name);
        let stage = Stage { parent: image.name, name, span };
        match self.good.contains(stage.parent) {
            true => drop(self.good.insert(name)),
            false => self.bad.entry(name).or_default().push(stage),
        }
        self.current = Some(stage);
    }

    /// The current stage is good, and with it what it starts from.
    fn check(&mut self) {
        let Some(current) = self.current else { return };
        self.good.insert(current.name);
        if let Some(namesakes) = self.bad.get_mut(current.name) {
            namesakes.retain(|stage| stage.span != current.span);
        }
        let mut parents = vec![current.parent];
        while let Some(parent) = parents.pop() {
            let stages = self.bad.remove(parent).unwrap_or_default();
            self.good.extend(stages.first().map(|stage| stage.name));
            parents.extend(stages.iter().map(|stage| stage.parent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shell_calls::lines;
    use super::RULE;

    #[test]
    fn fires() {
        assert_eq!(lines(&RULE, "FROM a\nFROM c AS b\nHEALTHCHECK NONE"), [1]);
        assert_eq!(
            lines(&RULE, "FROM c AS a\nFROM a AS b\nFROM d\nFROM b\nHEALTHCHECK CMD e"),
            [3]
        );
    }

    #[test]
    fn is_silent() {
        assert!(lines(&RULE, "FROM c AS a\nHEALTHCHECK CMD d\nFROM a").is_empty());
        assert!(lines(&RULE, "FROM c AS a\nFROM a AS b\nFROM b\nHEALTHCHECK NONE").is_empty());
    }
}
