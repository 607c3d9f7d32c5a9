//! One RUN of several.

use super::Edit;
use super::place::{RunCommand, commands};
use crate::analysis::Analysis;
use crate::context::{Role, role};
use crate::graph::{Operation, Origin, Step};
use crate::syntax::{Body, Command, Instruction, Keyword, Span};

/// The edits that make one RUN of consecutive steps; `None` where they are not
/// RUNs of one kind, or where shell state or an exit status of one would reach
/// the others.
pub fn join(analysis: &Analysis<'_>, steps: &[Step]) -> Option<Vec<Edit>> {
    let instructions: Vec<&Instruction> =
        steps.iter().map(|step| analysis.instruction(step)).collect();
    let joins = instructions.iter().all(|instruction| is_open(analysis, instruction))
        && instructions[1..].iter().all(|instruction| is_chain(instruction));
    if !alike(steps) || !joins {
        return None;
    }
    let escape = analysis.dockerfile.escape;
    let newline = analysis.newline();
    let mut edits = Vec::new();
    for pair in instructions.windows(2) {
        if !nothing_between(analysis, pair[0], pair[1]) {
            return None; // a comment belongs to what follows it
        }
        let gap = Span { start: pair[0].span.end, end: pair[1].arguments.source_span(0..1).start };
        edits.push(Edit::replace(gap, format!(" {escape}{newline} && ")));
    }
    Some(edits)
}

/// The same where COPYs of manifests stand between the RUNs: they move above the
/// first one. It must have installed the system's packages alone, so that it
/// cannot tell whether they were there.
pub fn join_over_copies(analysis: &Analysis<'_>, steps: &[Step]) -> Option<Vec<Edit>> {
    let (copies, runs): (Vec<Step>, Vec<Step>) =
        steps.iter().cloned().partition(|step| is_manifest_copy(analysis, step));
    if copies.is_empty() {
        return join(analysis, steps);
    }
    let instructions: Vec<&Instruction> =
        runs.iter().map(|step| analysis.instruction(step)).collect();
    let above = copies.last()?.instruction;
    let installs = |step: &&Step| commands(analysis.instruction(step)).iter().all(installs_system);
    let joins = instructions.len() > 1
        && instructions.iter().all(|instruction| is_open(analysis, instruction))
        && instructions[1..].iter().all(|instruction| is_chain(instruction));
    if !alike(&runs)
        || !joins
        || copies[0].instruction < runs[0].instruction
        || !runs.iter().filter(|run| run.instruction < above).all(|run| installs(&run))
    {
        return None;
    }
    let text = |step: &Step| analysis.dockerfile.text(analysis.instruction(step).span).to_owned();
    let (escape, newline) = (analysis.dockerfile.escape, analysis.newline());
    let lines: Vec<String> = copies.iter().map(text).collect();
    let mut edits = vec![analysis.insert_before(instructions[0], &lines)];
    for pair in instructions.windows(2) {
        let between = Span { start: pair[0].span.end, end: pair[1].span.start };
        let mut rest = analysis.dockerfile.text(between).to_owned();
        lines.iter().for_each(|line| rest = rest.replacen(line, "", 1));
        if !rest.trim().is_empty() {
            return None; // a comment belongs to what follows it
        }
        let gap = Span { start: pair[0].span.end, end: pair[1].arguments.source_span(0..1).start };
        edits.push(Edit::replace(gap, format!(" {escape}{newline} && ")));
    }
    Some(edits)
}

/// True for a plain COPY of manifests from the context.
fn is_manifest_copy(analysis: &Analysis<'_>, step: &Step) -> bool {
    let instruction = analysis.instruction(step);
    let Operation::Copy(copy) = &step.operation else { return false };
    instruction.keyword.value == Keyword::Copy
        && instruction.flags.is_empty()
        && instruction.heredocs.is_empty()
        && copy.origin == Origin::Context
        && copy.sources.iter().all(|source| matches!(role(source), Role::Manifest | Role::Lockfile))
}

/// True for a command that only installs the system's packages.
fn installs_system(command: &RunCommand) -> bool {
    match command.name() {
        "apk" | "apt" | "apt-get" | "dnf" | "microdnf" | "yum" => true,
        "rm" => command.operands(1).all(|path| path.starts_with("/var/")),
        _ => false,
    }
}

/// True for RUNs without flags that run in one folder, as one user, in one
/// shell that knows `&&`.
pub fn alike(steps: &[Step]) -> bool {
    steps.iter().all(|step| {
        let scope = (&step.scope.workdir, &step.scope.user, &step.scope.shell);
        let first = &steps[0].scope;
        matches!(&step.operation, Operation::Run(run) if run.mounts.is_empty() && run.options.is_empty())
            && scope == (&first.workdir, &first.user, &first.shell)
            && is_unix_shell(&first.shell)
    })
}

fn is_unix_shell(shell: &[String]) -> bool {
    let name = shell.first().map_or("sh", |path| path.rsplit('/').next().unwrap_or(path));
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh")
}

/// True when only blanks stand between two instructions.
pub fn nothing_between(analysis: &Analysis<'_>, above: &Instruction, below: &Instruction) -> bool {
    let between = Span { start: above.span.end, end: below.span.start };
    analysis.dockerfile.text(between).trim().is_empty()
}

/// True for a RUN in shell form that others can be put behind.
pub fn is_open(analysis: &Analysis<'_>, instruction: &Instruction) -> bool {
    const STATE: [&str; 9] =
        ["cd", "export", "set", "source", ".", "exit", "exec", "trap", "umask"];
    let Body::Run(Command::Shell(_)) = &instruction.body else { return false };
    let commands = commands(instruction);
    let text = instruction.arguments.text.trim_end();
    let whole = commands
        .last()
        .is_some_and(|last| last.span.end == instruction.arguments.source_span(0..text.len()).end);
    whole
        && instruction.heredocs.is_empty()
        && instruction.flags.is_empty()
        && !analysis.dockerfile.text(instruction.span).contains('#')
        && !commands.iter().any(|command| STATE.contains(&command.name()))
}

/// True for a RUN whose commands run only one after the other's success.
pub fn is_chain(instruction: &Instruction) -> bool {
    !instruction.arguments.text.contains("||")
        && !instruction.arguments.text.replace("\\;", "").contains([';', '\n'])
        && !instruction.arguments.text.replace("&&", "").contains('&')
}
