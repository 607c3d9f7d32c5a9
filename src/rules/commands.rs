//! What the rules on single instructions share: the instructions with those
//! ONBUILD triggers, and the simple commands of RUN.

use super::shell_calls::join;
use crate::analysis::Analysis;
use crate::syntax::shell::{self, CommandKind, List, ShellCommand, ShellWord, WordPart};
use crate::syntax::{Body, Command, Instruction, Span};

/// All instructions with the place to report; what ONBUILD triggers stands for ONBUILD.
pub(super) fn instructions<'a>(
    analysis: &'a Analysis<'_>,
) -> impl Iterator<Item = (Span, &'a Instruction)> {
    analysis.dockerfile.instructions.iter().map(|instruction| match &instruction.body {
        Body::Onbuild(trigger) => (instruction.span, &**trigger),
        _ => (instruction.span, instruction),
    })
}

/// RUN instructions that call a program of which `wanted` holds.
pub(super) fn runs_calling(analysis: &Analysis<'_>, wanted: fn(&str) -> bool) -> Vec<Span> {
    instructions(analysis)
        .filter_map(|(span, instruction)| match &instruction.body {
            Body::Run(command) => Some((span, script(command)?)),
            _ => None,
        })
        .filter(|(_, text)| names(text).iter().any(|name| wanted(name)))
        .map(|(span, _)| span)
        .collect()
}

fn script(command: &Command) -> Option<String> {
    match command {
        Command::Shell(text) => Some(text.text.clone()),
        Command::Exec(words) => Some(join(words)),
        Command::Script { .. } => None,
    }
}

/// The names of all programs a script calls.
fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    in_list(&shell::parse(text).list, &mut found);
    found
}

fn in_list(list: &List, found: &mut Vec<String>) {
    for item in &list.items {
        let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
        for pipeline in std::iter::once(&item.first).chain(rest) {
            pipeline.commands.iter().for_each(|command| in_command(command, found));
        }
    }
}

fn in_command(command: &ShellCommand, found: &mut Vec<String>) {
    match &command.kind {
        CommandKind::Simple(simple) => {
            found.extend(simple.words.first().and_then(literal));
            let values = simple.assignments.iter().map(|assignment| &assignment.value);
            values.chain(&simple.words).for_each(|word| in_parts(&word.parts, found));
        }
        CommandKind::Subshell(list) | CommandKind::Group(list) => in_list(list, found),
        CommandKind::If { branches, otherwise } => {
            for (condition, body) in branches {
                in_list(condition, found);
                in_list(body, found);
            }
            otherwise.iter().for_each(|list| in_list(list, found));
        }
        CommandKind::For { body, .. } => in_list(body, found),
        CommandKind::While { condition, body, .. } => {
            in_list(condition, found);
            in_list(body, found);
        }
        CommandKind::Case { arms, .. } => arms.iter().for_each(|(_, list)| in_list(list, found)),
        CommandKind::Function { body, .. } => in_command(body, found),
        CommandKind::Conditional(_) | CommandKind::Arithmetic(_) => {}
    }
}

fn in_parts(parts: &[WordPart], found: &mut Vec<String>) {
    for part in parts {
        match part {
            WordPart::Substitution(script) => in_list(&script.list, found),
            WordPart::DoubleQuoted(parts) => in_parts(parts, found),
            _ => {}
        }
    }
}

fn literal(word: &ShellWord) -> Option<String> {
    match word.parts.as_slice() {
        [WordPart::Literal(text) | WordPart::Quoted(text)] => Some(text.clone()),
        _ => None,
    }
}

/// True when a rule fires on a Dockerfile.
#[cfg(test)]
pub(super) fn fires(rule: &super::Rule, dockerfile: &str) -> bool {
    let project = crate::Project { dockerfile: dockerfile.to_owned(), ..crate::Project::default() };
    !(rule.check)(&Analysis::new(&project)).is_empty()
}
