//! Comments that silence findings: BuildKit's `# check=` and hadolint's
//! `# hadolint ignore=`.
//!
//! Sources: BuildKit's frontend/dockerfile/linter/linter.go; hadolint's README,
//! "Inline ignores" and "Global ignores".

use crate::analysis::Analysis;
use crate::report::Severity;
use crate::syntax::{CheckOptions, Dockerfile, Instruction, Span, TokenKind};

use super::Rule;

/// Checks that only run when asked for.
const EXPERIMENTAL: [&str; 1] = ["InvalidDefinitionDescription"];

/// Checks of the file as a whole: BuildKit does not look at the comments above
/// the instruction it names. (It does for MultipleInstructionsDisallowed, but
/// above another instruction: the rule itself heeds that.)
const FILE_WIDE: [&str; 6] = [
    "NoEmptyContinuation",
    "ReservedStageName",
    "DuplicateStageName",
    "ConsistentInstructionCasing",
    "InvalidDefaultArgInFrom",
    "MultipleInstructionsDisallowed",
];

/// The comments of one Dockerfile.
pub(super) struct Pragmas<'a> {
    dockerfile: &'a Dockerfile,
    options: CheckOptions,
    ignored: Vec<&'a str>,
}

impl<'a> Pragmas<'a> {
    pub(super) fn new(analysis: &'a Analysis<'_>) -> Self {
        let dockerfile = &analysis.dockerfile;
        let directive = dockerfile.directives.iter().find(|directive| directive.name == "check");
        let options = directive.and_then(|directive| CheckOptions::parse(&directive.value).ok());
        let comments = dockerfile.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
        let global =
            comments.filter_map(|token| hadolint(dockerfile.text(token.span), "global ignore"));
        Self {
            dockerfile,
            options: options.unwrap_or_default(),
            ignored: global.flatten().collect(),
        }
    }

    /// How much a finding of the rule at that place matters; `None` when the
    /// file's author does not want it.
    pub(super) fn severity(&self, rule: &Rule, span: Span) -> Option<Severity> {
        let instructions = &self.dockerfile.instructions;
        let after = instructions.partition_point(|other| other.span.start <= span.start);
        let instruction = after.checked_sub(1).map(|index| &instructions[index]);
        let silent = |alias: &&str| match is_check(alias) {
            true => self.skips(alias, instruction),
            false => self.ignores(alias, instruction),
        };
        if rule.aliases.iter().any(silent) {
            return None;
        }
        let fails = self.options.error && rule.aliases.iter().any(|alias| is_check(alias));
        Some(if fails { Severity::Error } else { rule.severity })
    }

    fn skips(&self, check: &str, instruction: Option<&Instruction>) -> bool {
        let above = instruction.filter(|_| !FILE_WIDE.contains(&check)).and_then(options_above);
        let options = [Some(&self.options), above.as_ref()];
        let mut options = options.into_iter().flatten();
        match EXPERIMENTAL.contains(&check) {
            true => !options.any(|options| options.experimental.contains(check)),
            false => options.any(|options| options.skip.contains(check)),
        }
    }

    fn ignores(&self, name: &str, instruction: Option<&Instruction>) -> bool {
        self.ignored.contains(&name)
            || instruction.is_some_and(|instruction| {
                self.directly_above(instruction)
                    .filter_map(|comment| hadolint(comment, "ignore"))
                    .flatten()
                    .any(|ignored| ignored == name)
            })
    }

    /// The comment lines above an instruction, up to a line that is none.
    fn directly_above<'i>(&self, instruction: &'i Instruction) -> impl Iterator<Item = &'i str> {
        let line = self.dockerfile.line(instruction.span.start);
        let lines = instruction.comments.iter().rev().zip(1..);
        let above = lines.map(move |(comment, distance)| {
            (self.dockerfile.line(comment.span.start) + distance, &*comment.text)
        });
        above.take_while(move |(below, _)| *below == line).map(|(_, text)| text)
    }
}

/// True when the comments above an instruction skip a check.
pub(super) fn skipped_above(instruction: &Instruction, check: &str) -> bool {
    options_above(instruction).is_some_and(|options| options.skip.contains(check))
}

/// The options of the first `# check=` above an instruction.
fn options_above(instruction: &Instruction) -> Option<CheckOptions> {
    let value = instruction.comments.iter().find_map(|comment| {
        let (name, value) = comment.text.split_once('=')?;
        name.trim_end().eq_ignore_ascii_case("check").then(|| value.trim())
    })?;
    CheckOptions::parse(value).ok()
}

/// BuildKit's names are words; hadolint's and ShellCheck's are numbered.
fn is_check(alias: &str) -> bool {
    !alias.ends_with(|c: char| c.is_ascii_digit())
}

/// The rule names of `hadolint KEY=A,B`.
fn hadolint<'a>(comment: &'a str, key: &str) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
    let rest = comment.trim_start_matches('#').trim_start().strip_prefix("hadolint")?;
    let names = key.split(' ').try_fold(rest, |rest, word| {
        rest.starts_with([' ', '\t']).then(|| rest.trim_start().strip_prefix(word))?
    })?;
    let names = names.trim_start().strip_prefix('=')?;
    Some(names.split(',').map(str::trim).map(|name| name.split(' ').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Project;

    fn found(dockerfile: &str) -> Vec<(String, u32, Severity)> {
        let project = Project { dockerfile: dockerfile.to_owned(), ..Project::default() };
        let findings = super::super::check(&Analysis::new(&project)).into_iter();
        let named = findings.filter(|finding| !finding.aliases.is_empty());
        named.map(|finding| (finding.aliases[0].clone(), finding.line, finding.severity)).collect()
    }

    #[test]
    fn check_comments_reach_their_instruction_only() {
        let text = "FROM scratch\n# check=skip=JSONArgsRecommended\nCMD a\nENTRYPOINT b\n";
        let lines: Vec<_> =
            found(text).into_iter().filter(|f| f.0 == "JSONArgsRecommended").collect();
        assert_eq!(lines, [("JSONArgsRecommended".to_owned(), 4, Severity::Info)]);
    }

    #[test]
    fn the_directive_skips_and_makes_errors() {
        assert_eq!(found("# check=skip=all\nFROM scratch as a\n"), []);
        let error = [("FromAsCasing".to_owned(), 2, Severity::Error)];
        assert_eq!(found("# check=error=true\nFROM scratch as a\n"), error);
    }

    #[test]
    fn hadolint_comments_silence_its_rules() {
        let root = |text: &str| found(text).iter().any(|finding| finding.0 == "DL3002");
        assert!(root("FROM alpine\nCMD [\"a\"]\n"));
        assert!(!root("FROM alpine\n# hadolint ignore=DL3001, DL3002\nCMD [\"a\"]\n"));
        assert!(
            root("FROM alpine\n# hadolint ignore=DL3002\n\nCMD [\"a\"]\n"),
            "not directly above"
        );
        assert!(!root("# hadolint global ignore=DL3002\nFROM alpine\nCMD [\"a\"]\n"));
    }
}
