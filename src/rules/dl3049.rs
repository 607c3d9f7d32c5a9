//! A label of the schema is missing (DL3049).
//!
//! Silent without a label schema in the settings. Fires on the FROM of a stage
//! that neither sets the label nor starts from a stage that does; stages that a
//! later stage copies from need none.
//!
//! ```dockerfile
//! FROM debian:12
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! FROM debian:12
//! LABEL maintainer=me url=https://example.com version=1.0.0
//! LABEL created=2026-01-31T10:00:00Z revision=0123abc licenses=MIT contact=me@example.com
//! ```

use super::Rule;
use super::hadolint::{BaseImage, copy_source};
use super::labels::labels;
use crate::analysis::Analysis;
use crate::report::{FindingKind, Severity};
use crate::sorted::{Map, Set};
use crate::syntax::Span;

/// The rule.
pub const RULE: Rule = Rule {
    id: "label-missing",
    aliases: &["DL3049"],
    severity: Severity::Info,
    kind: FindingKind::Correctness,
    fix: None,
    check: |analysis| {
        let names = analysis.project.settings.rules.label_schema.keys();
        names.flat_map(|name| missing(analysis, name)).collect()
    },
};

fn missing(analysis: &Analysis<'_>, label: &str) -> Vec<(Span, String)> {
    let mut stages = Stages::default();
    for instruction in &analysis.dockerfile.instructions {
        if let Some(image) = BaseImage::of(instruction) {
            stages.begin(image, instruction.span);
        } else if let Some(source) = copy_source(analysis, instruction) {
            stages.excuse(source);
        } else if labels(analysis, instruction).any(|(key, _)| key == label) {
            stages.label();
        }
    }
    let bad = stages.without.into_values();
    bad.map(|span| (span, format!("Label {label} is missing"))).collect()
}

/// What is known of the stages and one label.
#[derive(Default)]
struct Stages<'a> {
    /// The current stage: its number, and its name or else its image's.
    current: Option<(usize, BaseImage<'a>)>,
    /// Names of the stages that have the label.
    with: Set<&'a str>,
    /// The FROM of stages that lack it, by number.
    without: Map<usize, Span>,
    /// Their numbers by name.
    named: Map<&'a str, Vec<usize>>,
}

impl<'a> Stages<'a> {
    fn begin(&mut self, image: BaseImage<'a>, span: Span) {
        let number = self.current.map_or(0, |(number, _)| number + 1);
        self.current = Some((number, image));
        if self.with.contains(image.name) {
            self.with.extend(image.stage);
        } else {
            self.without.insert(number, span);
            if let Some(name) = image.stage {
                self.named.entry(name).or_default().push(number);
            }
        }
    }

    /// The stages of that name need no label.
    fn excuse(&mut self, name: &str) {
        for number in self.named.remove(name).unwrap_or_default() {
            self.without.remove(&number);
        }
    }

    /// The current stage has the label, and what it is named for needs none.
    fn label(&mut self) {
        let Some((number, image)) = self.current else { return };
        self.excuse(image.stage.unwrap_or(image.name));
        self.with.extend(image.stage);
        self.without.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{labels, shell_calls};
    use super::RULE;
    use crate::report::LabelKind;

    fn lines(dockerfile: &str) -> Vec<u32> {
        labels::lines(&RULE, LabelKind::Text, false, dockerfile)
    }

    #[test]
    fn fires() {
        assert_eq!(lines("FROM a\nLABEL m=n"), [1]);
        assert_eq!(lines("FROM a AS b\nFROM c\nLABEL l=m"), [1]);
        assert_eq!(lines("FROM a\nLABEL l=m\nFROM a"), [3]);
    }

    #[test]
    fn is_silent() {
        assert!(shell_calls::lines(&RULE, "FROM a").is_empty(), "no schema");
        assert!(lines("FROM a\nLABEL m=n \"l\"=''").is_empty());
        assert!(lines("FROM a AS b\nLABEL l=m\nFROM b AS c\nFROM c").is_empty());
        assert!(lines("FROM a AS b\nFROM c\nCOPY --from=b d e\nLABEL l=m").is_empty());
        assert!(lines("FROM a AS b\nFROM b\nLABEL l=m").is_empty());
    }
}
