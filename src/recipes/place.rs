//! Places in a Dockerfile where recipes edit, and its style.

use super::{Edit, apt};
use crate::analysis::Analysis;
use crate::filesystem::StepState;
use crate::graph::{MountKind, Operation, Origin, Stage, Step};
use crate::syntax::shell::{CommandKind, SimpleCommand, WordPart};
use crate::syntax::{Body, Command, Dockerfile, Instruction, Keyword, Logical, Span};

impl Analysis<'_> {
    /// The stage that is built, with its index.
    pub fn target(&self) -> Option<(usize, &Stage)> {
        let target = self.graph.target?;
        Some((target, &self.graph.stages[target]))
    }

    /// The instruction of a step.
    pub fn instruction(&self, step: &Step) -> &Instruction {
        &self.dockerfile.instructions[step.instruction]
    }

    /// The FROM of a stage.
    pub fn from(&self, stage: &Stage) -> &Instruction {
        &self.dockerfile.instructions[stage.instruction]
    }

    /// A keyword in the file's own case.
    pub fn keyword(&self, keyword: &str) -> String {
        let from = self.dockerfile.instructions.first();
        let lower = from.is_some_and(|first| {
            self.dockerfile.text(first.keyword.span).bytes().all(|b| b.is_ascii_lowercase())
        });
        if lower { keyword.to_ascii_lowercase() } else { keyword.to_owned() }
    }

    /// The flags of an instruction as they are written, a blank behind each.
    pub fn flags(&self, instruction: &Instruction) -> String {
        let flags = instruction.flags.iter();
        flags.map(|flag| format!("{} ", self.dockerfile.text(flag.span))).collect()
    }

    /// The file's line ending.
    pub fn newline(&self) -> &'static str {
        if self.dockerfile.source().contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Inserts lines after an instruction.
    pub fn insert_after(&self, instruction: &Instruction, lines: &[String]) -> Edit {
        let newline = self.newline();
        let text: String = lines.iter().map(|line| format!("{newline}{line}")).collect();
        Edit::insert(instruction.span.end, text)
    }

    /// Inserts lines before an instruction and the comments right above it.
    pub fn insert_before(&self, instruction: &Instruction, lines: &[String]) -> Edit {
        let newline = self.newline();
        let text: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
        Edit::insert(start_with_comments(&self.dockerfile, instruction), text)
    }

    /// Removes an instruction with its line and the comments right above it.
    pub fn remove(&self, instruction: &Instruction) -> Edit {
        let start = start_with_comments(&self.dockerfile, instruction);
        let source = self.dockerfile.source();
        let end = instruction.span.end as usize;
        let rest = &source[end..];
        let newline =
            rest.find('\n').filter(|at| rest[..*at].trim().is_empty()).map_or(0, |at| at + 1);
        Edit::replace(Span { start, end: (end + newline) as u32 }, "")
    }

    /// Where an instruction stands with the comments right above it.
    pub fn with_comments(&self, instruction: &Instruction) -> Span {
        Span {
            start: start_with_comments(&self.dockerfile, instruction),
            end: instruction.span.end,
        }
    }
}

/// Comment lines right above an instruction belong to it; parser directives do not.
fn start_with_comments(dockerfile: &Dockerfile, instruction: &Instruction) -> u32 {
    let source = dockerfile.source();
    let mut start = source[..instruction.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    let floor = dockerfile.directives.last().map_or(0, |directive| directive.span.end as usize);
    while start > floor {
        let above = source[..start - 1].rfind('\n').map_or(0, |at| at + 1);
        let is_comment = source[above..start - 1].trim_start().starts_with('#');
        if !is_comment || above < floor {
            break;
        }
        start = above;
    }
    start as u32
}

/// True for a stage that a person wrote: recipes that compare each step with
/// all below it leave others alone, which would take them too long.
pub fn is_readable(stage: &Stage) -> bool {
    const MOST_STEPS: usize = 200;
    stage.steps.len() <= MOST_STEPS
}

/// A command of a RUN, with its words as far as they are literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunCommand {
    /// The words; variables and substitutions are left as `$`.
    pub words: Vec<String>,
    /// Where each word stands.
    pub places: Vec<Span>,
    /// The assignments before it: names and values.
    pub assignments: Vec<(String, String)>,
    /// Its place in the Dockerfile.
    pub span: Span,
    /// Where the words after the command's name end.
    pub end: u32,
}

impl RunCommand {
    /// True when the command starts with these words.
    pub fn starts_with(&self, words: &[&str]) -> bool {
        self.words.len() >= words.len() && self.words.iter().zip(words).all(|(a, b)| a == b)
    }

    /// True when one of these flags is among the words, alone or with `=value`.
    pub fn has(&self, flags: &[&str]) -> bool {
        self.words.iter().any(|word| flags.contains(&word.split('=').next().unwrap_or(word)))
    }

    /// The command's name without its folder.
    pub fn name(&self) -> &str {
        let name = self.words.first().map_or("", String::as_str);
        name.rsplit('/').next().unwrap_or(name)
    }

    /// Where the first word of this text ends.
    pub fn end_of(&self, word: &str) -> Option<u32> {
        let at = self.words.iter().position(|other| other == word)?;
        Some(self.places[at].end)
    }

    /// The words after the first ones that are no flags.
    pub fn operands(&self, skip: usize) -> impl Iterator<Item = &str> {
        self.words.iter().skip(skip).map(String::as_str).filter(|word| !word.starts_with('-'))
    }
}

/// The simple commands at the top level of a RUN (in its `&&`, `||` and `;`
/// lists), in order; none for other instructions.
pub fn commands(instruction: &Instruction) -> Vec<RunCommand> {
    let Body::Run(Command::Shell(text)) = &instruction.body else { return Vec::new() };
    let Some(script) = instruction.script() else { return Vec::new() };
    let pipelines = script.list.items.iter().flat_map(|item| {
        std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline))
    });
    let simple = pipelines.flat_map(|pipeline| &pipeline.commands).filter_map(|command| {
        match &command.kind {
            CommandKind::Simple(simple) if !simple.words.is_empty() => Some((simple, command.span)),
            _ => None,
        }
    });
    simple
        .map(|(simple, span)| {
            let end = simple.words.last().map_or(span.end, |word| word.span.end);
            RunCommand {
                words: literal_words(simple),
                places: simple.words.iter().map(|word| place(text, word.span)).collect(),
                assignments: simple
                    .assignments
                    .iter()
                    .map(|assignment| (assignment.name.clone(), literal(&assignment.value.parts)))
                    .collect(),
                // The end may lie at a joint of pieces: go by the last byte.
                span: place(text, span),
                end: end_offset(text, end),
            }
        })
        .collect()
}

/// True for a RUN in shell form whose commands are those that `commands` gives:
/// no groups, loops or pipes.
pub fn is_plain_list(instruction: &Instruction) -> bool {
    let Body::Run(Command::Shell(_)) = &instruction.body else { return false };
    let Some(script) = instruction.script() else { return false };
    let mut pipelines = script.list.items.iter().flat_map(|item| {
        std::iter::once(&item.first).chain(item.rest.iter().map(|(_, pipeline)| pipeline))
    });
    let simple = |kind: &CommandKind| matches!(kind, CommandKind::Simple(simple) if !simple.words.is_empty());
    script.errors.is_empty()
        && instruction.heredocs.is_empty()
        && !script.list.items.is_empty()
        && pipelines.all(|p| matches!(&p.commands[..], [only] if simple(&only.kind)))
}

/// One more command at the end of a RUN, in the RUN's own style.
pub fn append_command(
    analysis: &Analysis<'_>,
    instruction: &Instruction,
    command: &str,
) -> Option<Edit> {
    let newline = analysis.newline();
    if let Some(heredoc) = instruction.heredocs.first() {
        let alone = instruction.heredocs.len() == 1
            && instruction.arguments.text.split_whitespace().count() == 1;
        return alone.then(|| Edit::insert(heredoc.body_span.end, format!("{command}{newline}")));
    }
    let text = instruction.arguments.text.trim_end();
    let last = commands(instruction).pop()?;
    let open = text.ends_with(['&', ';', '|', '\\', ')', '}']) || text.contains('#');
    let end = instruction.arguments.source_span(0..text.len()).end;
    (!open && last.span.end == end)
        .then(|| Edit::insert(end, format!("{}{command}", joint(analysis, instruction, newline))))
}

/// What stands between the last command and one more.
fn joint(analysis: &Analysis<'_>, instruction: &Instruction, newline: &str) -> String {
    let source = analysis.dockerfile.text(instruction.span);
    let escape = analysis.dockerfile.escape;
    let mut lines = source.lines().skip(1).filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(second) = lines.next() else { return " && ".to_owned() };
    let indent = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
    let trailing = source.lines().any(|line| {
        line.trim_end().strip_suffix(escape).is_some_and(|line| line.trim_end().ends_with("&&"))
    });
    if trailing {
        return format!(" && {escape}{newline}{}", indent(second));
    }
    let leading = source.lines().skip(1).find(|line| line.trim_start().starts_with("&&"));
    format!(" {escape}{newline}{}&& ", indent(leading.unwrap_or(second)))
}

fn place(text: &Logical, span: Span) -> Span {
    Span { start: text.source_offset(span.start as usize), end: end_offset(text, span.end) }
}

/// The source offset after the byte before `end`.
fn end_offset(text: &Logical, end: u32) -> u32 {
    match end.checked_sub(1) {
        Some(last) => text.source_offset(last as usize) + 1,
        None => text.source_offset(0),
    }
}

fn literal_words(simple: &SimpleCommand) -> Vec<String> {
    simple.words.iter().map(|word| literal(&word.parts)).collect()
}

fn literal(parts: &[WordPart]) -> String {
    let text = |part: &WordPart| match part {
        WordPart::Literal(text) | WordPart::Quoted(text) => text.clone(),
        WordPart::DoubleQuoted(parts) => literal(parts),
        WordPart::Parameter { .. } | WordPart::Substitution(_) | WordPart::Arithmetic(_) => {
            "$".to_owned()
        }
    };
    parts.iter().map(text).collect()
}

/// The commands of all RUNs of a stage, with the step that each is in.
pub fn stage_commands<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
) -> Vec<(&'a Step, RunCommand)> {
    let commands = |step: &'a Step| {
        commands(analysis.instruction(step)).into_iter().map(move |command| (step, command))
    };
    stage.steps.iter().flat_map(commands).collect()
}

/// The repository of an official image (`python` of `docker.io/library/python:3`);
/// `None` for images of others, whatever their name.
pub fn official(reference: &str) -> Option<&str> {
    let name = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = name.strip_prefix("library/").unwrap_or(name);
    (!name.contains(['/', '@', '$'])).then(|| name.split(':').next().unwrap_or(name))
}

/// True when a text has the word, alone or at the end of a path.
pub fn is_word_of(text: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|c| !inside(c));
        before && text[at + word.len()..].chars().next().is_none_or(|c| !inside(c))
    })
}

/// True when a cache or tmpfs mount of a RUN has such a target: what is written
/// there is in no layer. False for other steps.
pub fn mounts_cache(step: &Step, is_wanted: impl Fn(&str) -> bool) -> bool {
    let Operation::Run(run) = &step.operation else { return false };
    run.mounts.iter().any(|mount| {
        matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs) && is_wanted(&mount.target)
    })
}

/// The steps whose layers are in the image, with what each did: those of the
/// final stage, then those of the stage that it is built on, and so on.
pub fn image_steps<'a>(
    analysis: &'a Analysis<'_>,
) -> impl Iterator<Item = (&'a Step, &'a StepState)> {
    let chain = analysis.target().map(|(target, _)| analysis.graph.chain(target));
    chain.into_iter().flatten().flat_map(|index| {
        let states = analysis.evaluation.stages[index].steps.iter().map(AsRef::as_ref);
        analysis.graph.stages[index].steps.iter().zip(states)
    })
}

/// True when a step above takes one of these files from the context.
pub fn taken_before(
    analysis: &Analysis<'_>,
    (index, stage): (usize, &Stage),
    step: &Step,
    names: &[&str],
) -> bool {
    let states = &analysis.evaluation.stages[index].steps;
    let above =
        stage.steps.iter().zip(states).take_while(|(s, _)| s.instruction < step.instruction);
    above.flat_map(|(_, state)| &state.taken).any(|(path, _)| names.contains(&path.as_str()))
}

/// The packages that the commands of a stage install with apt or apk.
pub fn system_packages(analysis: &Analysis<'_>, stage: &Stage) -> Vec<String> {
    let commands = stage_commands(analysis, stage).into_iter();
    let names = commands.flat_map(|(_, command)| {
        let apk: Vec<&str> = match command.starts_with(&["apk", "add"]) {
            true => command.operands(2).collect(),
            false => Vec::new(),
        };
        let names = apt::packages(&command).into_iter().chain(apk);
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    names.collect()
}

/// The command and entry point that a stage sets, the one that counts of each.
pub fn start<'a>(
    analysis: &'a Analysis<'_>,
    stage: &'a Stage,
    keyword: Keyword,
) -> Option<&'a Step> {
    stage.steps.iter().rfind(|step| analysis.instruction(step).keyword.value == keyword)
}

/// True when the image exposes a port that only root may listen on everywhere.
pub fn exposes_privileged_port(analysis: &Analysis<'_>, stage: &Stage) -> bool {
    stage.steps.iter().any(|step| match &analysis.instruction(step).body {
        Body::Expose(ports) => ports.iter().any(|port| {
            let number = port.text.split(['/', '-']).next().unwrap_or("");
            number.parse::<u32>().map_or(true, |port| port < 1024)
        }),
        _ => false,
    })
}

/// True for instructions that only say how the image is run: they belong to the
/// stage that is shipped.
pub fn is_configuration(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Expose
            | Keyword::Healthcheck
            | Keyword::Label
            | Keyword::Maintainer
            | Keyword::Stopsignal
            | Keyword::Volume
    )
}

/// True when a text reads a variable: `$NAME` or `${NAME…}`.
pub fn mentions(text: &str, name: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('{').unwrap_or(rest).trim_start_matches(['!', '#']);
        rest.strip_prefix(name).is_some_and(|after| {
            !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}

/// True for a COPY that takes the whole context.
pub fn copies_everything(step: &Step) -> bool {
    match &step.operation {
        Operation::Copy(copy) => {
            copy.origin == Origin::Context
                && copy.sources.iter().any(|source| matches!(&**source, "." | "./"))
        }
        _ => false,
    }
}
