//! The comment above ARG or a named stage is its description for `docker build
//! --call outline` if it starts with the name. Experimental: runs when asked for.
//!
//! ```dockerfile
//! # check=experimental=InvalidDefinitionDescription
//! # the stage that compiles
//! FROM golang:1.22 AS build
//! ```
//!
//! Better:
//!
//! ```dockerfile
//! # check=experimental=InvalidDefinitionDescription
//! # build compiles
//! FROM golang:1.22 AS build
//! ```

use super::read;
use crate::report::{FindingKind, Severity};
use crate::rules::Rule;
use crate::syntax::Body;

/// The rule.
pub const RULE: Rule = Rule {
    id: "invalid-definition-description",
    aliases: &["InvalidDefinitionDescription"],
    severity: Severity::Info,
    kind: FindingKind::Style,
    fix: None,
    check: |analysis| {
        read(analysis)
            .filter_map(|instruction| {
                let (keyword, names): (_, Vec<String>) = match &instruction.body {
                    Body::From { name: Some(name), .. } => {
                        ("FROM", vec![name.text.to_ascii_lowercase()])
                    }
                    Body::Arg(arguments) => (
                        "ARG",
                        arguments.iter().map(|argument| argument.name.text.clone()).collect(),
                    ),
                    _ => return None,
                };
                let comment = &instruction.comments.last()?.text;
                let first = comment.split(' ').next().unwrap_or_default();
                if names.iter().any(|name| name == first) {
                    return None;
                }
                let name = match &names[..] {
                    [name] => name,
                    _ => "<arg_key>",
                };
                let message = format!(
                    "Comment for {keyword} should follow the format: `# {name} <description>`"
                );
                Some((instruction.span, message))
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
            found(
                "InvalidDefinitionDescription",
                "# check=experimental=all\n# An image\nFROM scratch AS a\n# b is\nARG b c\n# what\nARG d e\n"
            ),
            [
                "3: Comment for FROM should follow the format: `# a <description>`",
                "7: Comment for ARG should follow the format: `# <arg_key> <description>`"
            ]
        );
        assert!(
            found("InvalidDefinitionDescription", "# An image\nFROM scratch AS a\n").is_empty()
        );
    }
}
