//! `ENV name value` takes all the rest of the line, `name=value` one value.
//!
//! ```dockerfile
//! ENV NODE_ENV production
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! ENV NODE_ENV=production
//! ```

use super::{dispatched, instructions};
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::rules::quick_fix::{QuickFix, quoted};
use crate::syntax::{Body, Span};

/// The rule.
pub const RULE: Rule = Rule {
    id: "legacy-key-value-format",
    aliases: &["LegacyKeyValueFormat"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: Some(QuickFix {
        title: "Write name=value",
        edits: |_, step| match &step.instruction.body {
            Body::Env(pairs) | Body::Label(pairs) if pairs.len() == 1 => {
                let (key, value) = (&pairs[0].key, &pairs[0].value);
                let new = quoted(&value.text).map(|value| format!("{}={value}", key.text));
                let place = Span::new(key.span.start as usize, value.span.end as usize);
                new.map(|new| (place, new)).into_iter().collect()
            }
            _ => Vec::new(),
        },
    }),
    check: |analysis| {
        let steps = dispatched(analysis).flat_map(|stage| instructions(analysis, stage));
        steps
            .filter(|instruction| match &instruction.body {
                Body::Env(pairs) | Body::Label(pairs) => pairs.first().is_some_and(|pair| {
                    let text = &instruction.arguments.text;
                    let rest = text.strip_prefix(&*pair.key.text);
                    rest.is_some_and(|rest| !rest.starts_with('='))
                }),
                _ => false,
            })
            .map(|instruction| {
                let name = &instruction.keyword_text;
                let message = format!("\"{name} key=value\" should be used instead of legacy \"{name} key value\" format");
                (instruction.span, message)
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
            found("LegacyKeyValueFormat", "FROM scratch\nENV a b=c\nLABEL a=b\n"),
            ["2: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format"]
        );
        assert!(found("LegacyKeyValueFormat", "FROM scratch\nENV a=b c=d\n").is_empty());
    }
}
