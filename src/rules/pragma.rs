//! Comments that silence findings: BuildKit's `# check=` and hadolint's
//! `# hadolint ignore=`.
//!
//! Our own ids (`cache-left-behind`) go into `# check=skip=`, by name: BuildKit
//! passes over names that it does not know. hadolint does not: a name of another
//! form in its comment makes it pass over the whole comment.
//!
//! Sources: BuildKit's frontend/dockerfile/linter/linter.go; hadolint's README,
//! "Inline ignores" and "Global ignores", and for `stage ignore` hadolint 2.15.

use crate::analysis::Analysis;
use crate::report::Severity;
use crate::sorted::{Map, Set};
use crate::syntax::{Body, CheckOptions, Dockerfile, Instruction, Span, TokenKind};

use super::Rule;

/// Checks that only run when asked for.
const EXPERIMENTAL: [&str; 1] = ["InvalidDefinitionDescription"];

/// The build argument that takes the place of the `# check=` directive.
const CHECK_ARGUMENT: &str = "BUILDKIT_DOCKERFILE_CHECK";

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
    /// By hadolint's comments, in the whole file.
    everywhere: Set<&'a str>,
    /// From below a line to the next stage or comment of the kind.
    in_stages: Map<u32, Vec<&'a str>>,
    /// At a line.
    at_lines: Map<u32, Vec<&'a str>>,
}

impl<'a> Pragmas<'a> {
    pub(super) fn new(analysis: &'a Analysis<'_>) -> Self {
        let dockerfile = &analysis.dockerfile;
        let directive = dockerfile.directives.iter().find(|directive| directive.name == "check");
        let written = directive.map(|directive| &directive.value);
        let options = analysis.project.build_args.get(CHECK_ARGUMENT).or(written);
        let options = options.and_then(|options| CheckOptions::parse(options).ok());
        let comments: Vec<_> = comments(dockerfile).collect();
        let pragmas = |key: &'static str| {
            comments.iter().filter_map(move |span| {
                let names = hadolint(dockerfile.text(*span), key)?;
                Some((dockerfile.line(span.start) + 1, names.collect::<Vec<_>>()))
            })
        };
        let is_from = |instruction: &&Instruction| matches!(instruction.body, Body::From { .. });
        let stages = dockerfile.instructions.iter().filter(is_from);
        let stages = stages.map(|from| (dockerfile.line(from.span.start), Vec::new()));
        Self {
            dockerfile,
            options: options.unwrap_or_default(),
            everywhere: pragmas("global ignore").flat_map(|(_, names)| names).collect(),
            in_stages: stages.chain(pragmas("stage ignore")).collect(),
            at_lines: pragmas("ignore").collect(),
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
            false => self.ignores(alias, self.dockerfile.line(span.start)),
        };
        if self.names(rule.id, instruction) || rule.aliases.iter().any(silent) {
            return None;
        }
        Some(if self.fails(rule) { Severity::Error } else { rule.severity })
    }

    /// True for a check of BuildKit where the file makes them errors.
    fn fails(&self, rule: &Rule) -> bool {
        self.options.error && rule.aliases.iter().any(|alias| is_check(alias))
    }

    /// True when a finding of the rule may be an error.
    pub(super) fn may_be_error(&self, rule: &Rule) -> bool {
        rule.severity == Severity::Error || self.fails(rule)
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

    /// True when a `check=skip=` has our own id; `all` means BuildKit's checks.
    fn names(&self, id: &str, instruction: Option<&Instruction>) -> bool {
        let above = instruction.and_then(options_above);
        let names = |options: &CheckOptions| options.skip.names(id);
        names(&self.options) || above.as_ref().is_some_and(names)
    }

    fn ignores(&self, name: &str, line: u32) -> bool {
        let stage = self.in_stages.last_before(&line);
        let mut names = stage.into_iter().chain(self.at_lines.get(&line)).flatten();
        self.everywhere.contains(name) || names.any(|ignored| *ignored == name)
    }
}

/// The comments that are not between the lines of an instruction.
pub(super) fn comments(dockerfile: &Dockerfile) -> impl Iterator<Item = Span> {
    let mut instructions = dockerfile.instructions.iter().map(|i| i.span).peekable();
    let comments = dockerfile.tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| token.span).filter(move |comment| {
        while instructions.next_if(|span| span.end <= comment.start).is_some() {}
        instructions.peek().is_none_or(|span| comment.start < span.start)
    })
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

/// True for a comment that silences rules at the line below it.
pub(super) fn is_ignore(comment: &str) -> bool {
    hadolint(comment, "ignore").is_some()
}

/// The rule names of `# hadolint KEY=A,B # why`; `None` if anything else is in it.
fn hadolint<'a>(comment: &'a str, key: &str) -> Option<impl Iterator<Item = &'a str> + use<'a>> {
    let text = comment.strip_prefix('#').unwrap_or(comment);
    let text = text.split('#').next().unwrap_or_default();
    let rest =
        key.split(' ').try_fold(text.trim_start().strip_prefix("hadolint")?, |rest, word| {
            rest.starts_with([' ', '\t']).then(|| rest.trim_start().strip_prefix(word))?
        })?;
    let names = rest.trim_start().strip_prefix('=')?.split(',').map(str::trim);
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_digit() || "DLSC".contains(c))
    };
    names.clone().all(is_name).then_some(names)
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
    fn check_comments_silence_our_own_rules_by_name() {
        let fires = |text: &str| {
            let project = Project { dockerfile: text.to_owned(), ..Project::default() };
            let mut findings = super::super::check(&Analysis::new(&project)).into_iter();
            findings.any(|finding| finding.rule == "stale-package-lists")
        };
        assert!(fires("FROM a:1\nRUN apt-get update\n"));
        assert!(!fires("FROM a:1\n# check=skip=stale-package-lists\nRUN apt-get update\n"));
        assert!(!fires("# check=skip=A,stale-package-lists\nFROM a:1\nRUN apt-get update\n"));
        assert!(fires("# check=skip=all\nFROM a:1\nRUN apt-get update\n"), "BuildKit's checks");
        assert!(fires("FROM a:1\n# hadolint ignore=stale-package-lists\nRUN apt-get update\n"));
        let both = found("FROM a:1\n# check=skip=last-user-root\nUSER 0\n");
        assert!(both.iter().all(|(name, ..)| name != "DL3002"), "a rule that has other names too");
    }

    #[test]
    fn the_directive_skips_and_makes_errors() {
        assert_eq!(found("# check=skip=all\nFROM scratch as a\n"), []);
        let error = [("FromAsCasing".to_owned(), 2, Severity::Error)];
        assert_eq!(found("# check=error=true\nFROM scratch as a\n"), error);
    }

    #[test]
    fn the_build_argument_takes_the_directives_place() {
        let dockerfile = "# check=error=true\nFROM scratch as a\n".to_owned();
        let build_args = [(CHECK_ARGUMENT.to_owned(), "skip=all".to_owned())].into();
        let project = Project { dockerfile, build_args, ..Project::default() };
        assert!(super::super::check(&Analysis::new(&project)).is_empty());
    }

    #[test]
    fn hadolint_comments_silence_its_rules() {
        let lines = |text: &str| -> Vec<u32> {
            let found = found(text).into_iter().filter(|finding| finding.0 == "DL3002");
            found.map(|(_, line, _)| line).collect()
        };
        assert_eq!(lines("FROM a:1\nUSER 0\n"), [2]);
        assert_eq!(lines("FROM a:1\n# hadolint ignore=DL3001, DL3002 # why\nUSER 0\n"), []);
        assert_eq!(lines("FROM a:1\n# hadolint ignore=DL3002 why\nUSER 0\n"), [3]);
        for between in ["", "# why"] {
            let text = format!("FROM a:1\n# hadolint ignore=DL3002\n{between}\nUSER 0\n");
            assert_eq!(lines(&text), [4], "not directly above");
        }
        assert_eq!(lines("# hadolint global ignore=DL3002\nFROM a:1\nUSER 0\n"), []);
        let stages = "# hadolint stage ignore=DL3002\nFROM a:1\nUSER 0\nFROM a:1\nUSER 0\n";
        assert_eq!(lines(stages), [5]);
    }
}
