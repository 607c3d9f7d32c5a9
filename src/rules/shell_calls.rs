//! What RUN instructions call, the way hadolint's rules see it.
//!
//! Works on the instructions alone, so that a part of a Dockerfile without a
//! FROM is checked too.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::Facts;
use crate::graph::{Graph, Operation};
use crate::syntax::mount::MountKind;
use crate::syntax::shell::{
    self, AndOr, CommandKind, List, Redirection, Script, ShellCommand, ShellWord, SimpleCommand,
    WordPart,
};
use crate::syntax::{Body, Command, Dockerfile, Instruction, Span};

/// An instruction and where a finding about it belongs.
pub struct Step<'a> {
    /// The instruction; what is triggered, for ONBUILD.
    pub instruction: &'a Instruction,
    /// The whole instruction, with ONBUILD.
    pub span: Span,
    /// What it calls, for RUN.
    pub run: Option<Run<'a>>,
}

impl<'a> Step<'a> {
    fn new(instruction: &'a Instruction, span: Span, script: Option<&'a Script>) -> Self {
        Self { instruction, span, run: run(instruction, script) }
    }
}

/// The instructions, and apart from them those that ONBUILD defers: what one
/// sequence sets does not count in the other.
pub type Sequences<'a> = [Vec<Step<'a>>; 2];

/// Reads the sequences of a Dockerfile. The scripts that the build was followed
/// with are not parsed again.
pub fn read_sequences<'a>(dockerfile: &'a Dockerfile, graph: &'a Graph) -> Sequences<'a> {
    // A step that ONBUILD triggers has the index of the ONBUILD.
    let mut scripts = vec![None; dockerfile.instructions.len()];
    for step in graph.stages.iter().flat_map(|stage| &stage.steps) {
        if let Operation::Run(run) = &step.operation {
            scripts[step.instruction] = run.script();
        }
    }
    let instructions = dockerfile.instructions.iter().zip(scripts);
    let plain = instructions.clone();
    let plain = plain.map(|(instruction, script)| Step::new(instruction, instruction.span, script));
    let deferred = instructions.filter_map(|(instruction, script)| match &instruction.body {
        Body::Onbuild(inner) => Some(Step::new(inner, instruction.span, script)),
        _ => None,
    });
    [plain.collect(), deferred.collect()]
}

/// The sequences of the Dockerfile that is checked.
pub fn sequences<'a, 'b>(facts: &'a Facts<'b>) -> &'a Sequences<'b> {
    &facts.sequences
}

/// The spans that a check of one sequence finds, over both, with the message.
pub fn in_sequences(
    facts: &Facts<'_>,
    message: &str,
    check: impl Fn(&[Step<'_>]) -> Vec<Span>,
) -> Vec<(Span, String)> {
    let found = sequences(facts).iter().flat_map(|steps| check(steps));
    found.map(|span| (span, message.to_owned())).collect()
}

/// The RUN instructions (with deferred ones) that `fires` is true for.
pub fn in_runs(
    facts: &Facts<'_>,
    message: &str,
    fires: impl Fn(&Run<'_>) -> bool,
) -> Vec<(Span, String)> {
    in_sequences(facts, message, |steps| {
        let found = steps.iter().filter(|step| step.run.as_ref().is_some_and(&fires));
        found.map(|step| step.span).collect()
    })
}

/// A RUN instruction and what it calls.
pub struct Run<'a> {
    /// The instruction.
    pub instruction: &'a Instruction,
    /// The script; the words of the exec form joined by blanks.
    pub text: Cow<'a, str>,
    /// Its simple commands, those inside others too; empty if it is not shell.
    pub calls: Vec<Call<'a>>,
    /// True if a pipe is anywhere in it.
    pub has_pipe: bool,
}

/// Reads a RUN instruction, whose script may be known; `None` for others.
fn run<'a>(instruction: &'a Instruction, script: Option<&'a Script>) -> Option<Run<'a>> {
    let Body::Run(command) = &instruction.body else { return None };
    let text = match command {
        Command::Shell(text) | Command::Script { body: text, .. } => Cow::Borrowed(&*text.text),
        Command::Exec(words) => Cow::Owned(join(words)),
    };
    let (calls, has_pipe) = match script {
        Some(script) => collect(script),
        None => read(&text),
    };
    Some(Run { instruction, text, calls, has_pipe })
}

/// The words of an exec form as one text.
pub fn join(words: &[crate::syntax::Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The simple commands of a script, and if it has a pipe.
pub fn read<'a>(text: &str) -> (Vec<Call<'a>>, bool) {
    let script = shell::parse(text);
    let (calls, has_pipe) = collect(&script);
    (calls.into_iter().map(Call::into_owned).collect(), has_pipe)
}

/// The same for a script that has been parsed.
fn collect(script: &Script) -> (Vec<Call<'_>>, bool) {
    let mut found = Collector::default();
    if script.errors.is_empty() {
        found.script(script);
    }
    (found.calls, found.has_pipe)
}

impl Run<'_> {
    /// The index of the first command that is like this.
    pub fn first(&self, like: impl Fn(&Call) -> bool) -> Option<usize> {
        self.calls.iter().position(like)
    }

    /// True if any command is like this.
    pub fn any(&self, like: impl Fn(&Call) -> bool) -> bool {
        self.calls.iter().any(like)
    }

    /// True if nothing installs, or the first clean-up comes after the first install.
    pub fn cleans(&self, install: impl Fn(&Call) -> bool, clean: impl Fn(&Call) -> bool) -> bool {
        match (self.first(install), self.first(clean)) {
            (Some(install), Some(clean)) => install < clean,
            (install, _) => install.is_none(),
        }
    }

    /// True if a cache or tmpfs mount's target contains this.
    pub fn mounts_cache_at(&self, part: &str) -> bool {
        self.instruction.mounts().any(|(_, mount)| {
            matches!(mount.kind, MountKind::Cache | MountKind::Tmpfs)
                && mount.target.is_some_and(|target| target.contains(part))
        })
    }
}

/// What is known of each stage, a stage that builds on another one starting
/// with what is known of that.
#[derive(Default)]
pub struct Stages<T> {
    /// Names as a later FROM writes them, and what is known.
    known: Vec<(String, T)>,
}

impl<T: Clone + Default> Stages<T> {
    /// Begins a stage at a FROM.
    pub fn follow(&mut self, instruction: &Instruction) {
        let Body::From { image, name } = &instruction.body else { return };
        let parent = image_name(&image.text);
        let name = name.as_ref().map_or(parent, |name| name.text.as_str());
        let inherited = self.known.iter().rev().find(|(known, _)| known == parent);
        let inherited = inherited.map(|(_, value)| value.clone()).unwrap_or_default();
        self.known.push((name.to_owned(), inherited));
    }

    /// The stage that instructions belong to now; before any FROM a nameless one.
    pub fn current(&mut self) -> &mut T {
        if self.known.is_empty() {
            self.known.push(Default::default());
        }
        let last = self.known.len() - 1;
        &mut self.known[last].1
    }
}

/// An image reference without its tag and digest.
pub fn image_name(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or_default();
    match name.rfind(':') {
        Some(colon) if !name[colon..].contains('/') => &name[..colon],
        _ => name,
    }
}

/// A value without the quotes around it.
pub fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

/// A simple command.
pub struct Call<'a> {
    /// The command that runs, behind `command`, `exec` and the like.
    pub name: Cow<'a, str>,
    /// Read when a rule asks: most calls are told by their name.
    args: OnceCell<Vec<Cow<'a, str>>>,
    /// All its words as they are in the script, the first one too; none where
    /// the build was not followed with that script.
    pub words: &'a [ShellWord],
}

impl<'a> Call<'a> {
    fn into_owned<'b>(self) -> Call<'b> {
        let args: Vec<_> = self.args().iter().map(|arg| Cow::Owned(arg.to_string())).collect();
        let name = Cow::Owned(self.name.into_owned());
        Call { name, args: OnceCell::from(args), words: &[] }
    }

    /// All words after the first; variables as `${NAME}`.
    pub fn args(&self) -> &[Cow<'a, str>] {
        let read = || self.words.iter().skip(1).map(|word| flat(&word.parts)).collect();
        self.args.get_or_init(read)
    }

    /// True for one of these commands with any of these words.
    pub fn is(&self, names: &[&str], words: &[&str]) -> bool {
        names.contains(&&*self.name) && self.has_arg(words)
    }

    /// True if any argument is one of these words.
    pub fn has_arg(&self, words: &[&str]) -> bool {
        self.args().iter().any(|arg| words.contains(&&**arg))
    }

    /// The first argument that is one of these words.
    pub fn first_of(&self, words: &[&'static str]) -> Option<&'static str> {
        let found = |arg: &Cow<'_, str>| words.iter().copied().find(|word| word == arg);
        self.args().iter().find_map(found)
    }

    /// True if these words stand next to each other.
    pub fn has_args_in_row(&self, words: &[&str]) -> bool {
        self.args().windows(words.len()).any(|row| row.iter().eq(words))
    }

    /// True if any of these flags is given: one letter for `-x`, more for `--name`.
    pub fn has_flag(&self, flags: &[&str]) -> bool {
        self.args().iter().any(|arg| flags.iter().any(|flag| gives(arg, flag)))
    }

    /// The arguments that are no flags.
    pub fn plain_args(&self) -> impl Iterator<Item = &str> {
        self.args().iter().map(|arg| &**arg).filter(|arg| !is_flag(arg))
    }

    /// The arguments that are no flags and do not follow one of these flags.
    pub fn plain_args_but_of<'b>(&'b self, flags: &'b [&str]) -> impl Iterator<Item = &'b str> {
        let takes_next =
            |arg: &Cow<'_, str>| !arg.contains('=') && flags.iter().any(|flag| gives(arg, flag));
        let before = std::iter::once(None).chain(self.args().iter().map(Some));
        let own = self.args().iter().zip(before);
        own.filter(move |(arg, before)| !is_flag(arg) && !before.is_some_and(takes_next))
            .map(|(arg, _)| &**arg)
    }

    /// How often a flag is given.
    pub fn count_flag(&self, flag: &str) -> usize {
        let times = |arg: &Cow<'_, str>| match arg.starts_with("--") {
            true => usize::from(gives(arg, flag)),
            false if gives(arg, flag) => arg[1..].matches(flag).count(),
            false => 0,
        };
        self.args().iter().map(times).sum()
    }

    /// The arguments that follow a flag.
    pub fn after_flag(&self, flag: &str) -> impl Iterator<Item = &str> {
        let pairs = self.args().windows(2).filter(move |pair| gives(&pair[0], flag));
        pairs.map(|pair| &*pair[1])
    }
}

fn is_flag(arg: &str) -> bool {
    arg.starts_with('-') && arg != "-" && arg != "--"
}

/// True if the argument gives that flag, `-xyz` being three of them.
fn gives(arg: &str, flag: &str) -> bool {
    match arg.strip_prefix("--") {
        Some(long) => is_flag(arg) && long.split('=').next() == Some(flag),
        None => is_flag(arg) && flag.chars().count() == 1 && arg[1..].contains(flag),
    }
}

/// Collects simple commands, outer ones before those inside them.
#[derive(Default)]
struct Collector<'a> {
    calls: Vec<Call<'a>>,
    has_pipe: bool,
}

impl<'a> Collector<'a> {
    fn script(&mut self, script: &'a Script) {
        self.list(&script.list);
    }

    fn list(&mut self, list: &'a List) {
        list.items.iter().for_each(|item| self.and_or(item));
    }

    fn and_or(&mut self, item: &'a AndOr) {
        let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
        for pipeline in std::iter::once(&item.first).chain(rest) {
            self.has_pipe |= pipeline.commands.len() > 1;
            pipeline.commands.iter().for_each(|command| self.command(command));
        }
    }

    fn command(&mut self, command: &'a ShellCommand) {
        match &command.kind {
            CommandKind::Simple(simple) => {
                self.calls.extend(calls(simple));
                self.redirections(&command.redirections);
                if simple.substitutes {
                    simple.assignments.iter().for_each(|assignment| self.word(&assignment.value));
                    simple.words.iter().for_each(|word| self.word(word));
                }
            }
            compound => {
                self.redirections(&command.redirections);
                self.compound(compound);
            }
        }
    }

    fn redirections(&mut self, redirections: &'a [Redirection]) {
        redirections.iter().for_each(|redirection| self.word(&redirection.target));
    }

    fn compound(&mut self, kind: &'a CommandKind) {
        match kind {
            CommandKind::Simple(_) | CommandKind::Arithmetic(_) => {}
            CommandKind::Subshell(list) | CommandKind::Group(list) => self.list(list),
            CommandKind::If { branches, otherwise } => {
                for (condition, body) in branches {
                    self.list(condition);
                    self.list(body);
                }
                otherwise.iter().for_each(|list| self.list(list));
            }
            CommandKind::For { words, body, .. } => {
                words.iter().flatten().for_each(|word| self.word(word));
                self.list(body);
            }
            CommandKind::While { condition, body, .. } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::Case { subject, arms } => {
                self.word(subject);
                for (patterns, body) in arms {
                    patterns.iter().for_each(|pattern| self.word(pattern));
                    self.list(body);
                }
            }
            CommandKind::Function { body, .. } => self.command(body),
            CommandKind::Conditional(words) => words.iter().for_each(|word| self.word(word)),
        }
    }

    fn word(&mut self, word: &'a ShellWord) {
        self.parts(&word.parts);
    }

    fn parts(&mut self, parts: &'a [WordPart]) {
        for part in parts {
            match part {
                WordPart::Substitution(script) => self.script(script),
                WordPart::DoubleQuoted(parts) => self.parts(parts),
                WordPart::Parameter { operator: Some(operator), .. } => self.word(&operator.1),
                _ => {}
            }
        }
    }
}

/// The call that a simple command is; none if its name is computed, and for a
/// condition. `time` and what it measures are two.
fn calls(simple: &SimpleCommand) -> impl Iterator<Item = Call<'_>> {
    let (time, rest) = match simple.words.split_first() {
        Some((first, rest)) if literal(&first.parts).is_some_and(|name| name == "time") => {
            let is_option = |word: &&ShellWord| is_flag(&flat(&word.parts));
            let options = rest.iter().take_while(is_option).count();
            (Some(&simple.words[..=options]), &rest[options..])
        }
        _ => (None, &simple.words[..]),
    };
    time.and_then(call).into_iter().chain(call(rest))
}

fn call(words: &[ShellWord]) -> Option<Call<'_>> {
    let (first, rest) = words.split_first()?;
    let written = literal(&first.parts).filter(|name| name != "[")?;
    let effective = match &*written {
        "busybox" | "builtin" | "command" | "run" => {
            rest.first().filter(|word| !is_flag(&flat(&word.parts)))
        }
        "exec" => exec_options(rest).and_then(|options| rest.get(options)),
        _ => None,
    };
    let name = match effective {
        Some(word) => literal(&word.parts)?,
        None => written,
    };
    Some(Call { name, args: OnceCell::new(), words })
}

/// How many words the options of `exec` are: `-c`, `-l` and `-a NAME`; `None`
/// for others.
fn exec_options(args: &[ShellWord]) -> Option<usize> {
    let mut at = 0;
    while let Some(flag) = args.get(at).map(|word| flat(&word.parts)).filter(|arg| is_flag(arg)) {
        let letters = &flag[1..];
        match letters.find('a') {
            _ if !letters.chars().all(|c| "cla".contains(c)) => return None,
            Some(a) if a + 1 == letters.len() => at += 2,
            _ => at += 1,
        }
    }
    Some(at)
}

/// The text of a word without expansions.
fn literal(parts: &[WordPart]) -> Option<Cow<'_, str>> {
    if let [WordPart::Literal(text) | WordPart::Quoted(text)] = parts {
        return Some(Cow::Borrowed(text));
    }
    let texts = parts.iter().map(|part| match part {
        WordPart::Literal(text) | WordPart::Quoted(text) => Some(Cow::Borrowed(text.as_str())),
        WordPart::DoubleQuoted(parts) => literal(parts),
        _ => None,
    });
    texts.collect::<Option<String>>().map(Cow::Owned)
}

/// The text of a word, a variable as `${NAME}` and anything computed as `${VAR}`.
fn flat(parts: &[WordPart]) -> Cow<'_, str> {
    let text = |part| match part {
        &WordPart::Literal(ref text) | &WordPart::Quoted(ref text) => Cow::Borrowed(&**text),
        WordPart::DoubleQuoted(parts) => flat(parts),
        WordPart::Parameter { name, operator: Some(operator), .. } => {
            let (sign, word) = &**operator;
            Cow::Owned(format!("${{{name}{sign}{}}}", flat(&word.parts)))
        }
        WordPart::Parameter { name, length, .. } => {
            Cow::Owned(format!("${{{}{name}}}", if *length { "#" } else { "" }))
        }
        WordPart::Substitution(_) | WordPart::Arithmetic(_) => Cow::Borrowed("${VAR}"),
    };
    match parts {
        [one] => text(one),
        parts => Cow::Owned(parts.iter().map(text).collect()),
    }
}

/// The lines where a rule fires.
#[cfg(test)]
pub fn lines(rule: &super::Rule, dockerfile: &str) -> Vec<u32> {
    let project =
        crate::report::Project { dockerfile: dockerfile.to_owned(), ..Default::default() };
    lines_in(rule, &project)
}

/// The lines of a project's Dockerfile where a rule fires.
#[cfg(test)]
pub fn lines_in(rule: &super::Rule, project: &crate::Project) -> Vec<u32> {
    let analysis = crate::Analysis::new(project);
    let spans = (rule.check)(&Facts::new(&analysis)).into_iter();
    spans.map(|(span, _)| analysis.dockerfile.line(span.start)).collect()
}

/// What a rule says about a project.
#[cfg(test)]
pub fn messages_in(rule: &super::Rule, project: &crate::Project) -> Vec<String> {
    let analysis = crate::Analysis::new(project);
    let found = (rule.check)(&Facts::new(&analysis)).into_iter();
    found.map(|(_, message)| message).collect()
}

/// True when a rule fires on a Dockerfile.
#[cfg(test)]
pub fn fires(rule: &super::Rule, dockerfile: &str) -> bool {
    !lines(rule, dockerfile).is_empty()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn finds_commands_inside_others() {
        let (calls, has_pipe) = read("if a; then (command b -xy \"$V\"); fi && c \"$(d | e)\"");
        let names: Vec<_> = calls.iter().map(|call| &*call.name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
        assert_eq!(calls[1].args(), ["b", "-xy", "${V}"]);
        assert!(calls[1].has_flag(&["y"]) && !calls[1].has_flag(&["xy"]));
        assert!(has_pipe);
    }

    #[test]
    fn finds_commands_in_any_word() {
        let names = |text| read(text).0.into_iter().map(|call| call.name).collect::<Vec<_>>();
        assert_eq!(names("A=$(x) b > $(y)"), ["b", "y", "x"]);
        assert_eq!(names("a `x` \"${V:-$(y)}\" <(z)"), ["a", "x", "y", "z"]);
    }

    #[test]
    fn sees_what_exec_runs() {
        let names = |text| read(text).0.into_iter().map(|call| call.name).collect::<Vec<_>>();
        assert_eq!(names("exec a; exec -cl -a b c; exec --d e; exec"), ["a", "c", "exec", "exec"]);
    }

    #[test]
    fn reads_nothing_from_a_broken_script() {
        assert!(read("if a; then b").0.is_empty());
    }
}
