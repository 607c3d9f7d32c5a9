//! Builds the graph: expands variables in their scopes and resolves names.
//!
//! Source of the rules: BuildKit's frontend/dockerfile/dockerfile2llb and
//! frontend/dockerfile/instructions.

use std::cell::Cell;

use super::{
    Base, Copy, Environment, Graph, ImageConfig, Mount, MountKind, Operation, Origin, Platform,
    Problem, Request, Run, Scope, Stage, Step, port,
};
use crate::sorted::Map;
use crate::syntax::{
    ArgDeclaration, Body, Command, Dockerfile, Expander, Instruction, KeyValue, Keyword, Span,
    Transfer, Variables, Word, closest, mount,
};

/// Values of the platform arguments for a build on and for linux/amd64.
pub(crate) const PLATFORM_ARGUMENTS: [(&str, &str); 10] = [
    ("BUILDPLATFORM", "linux/amd64"),
    ("BUILDOS", "linux"),
    ("BUILDOSVERSION", ""),
    ("BUILDARCH", "amd64"),
    ("BUILDVARIANT", ""),
    ("TARGETPLATFORM", "linux/amd64"),
    ("TARGETOS", "linux"),
    ("TARGETOSVERSION", ""),
    ("TARGETARCH", "amd64"),
    ("TARGETVARIANT", ""),
];

/// Steps that ONBUILD makes in all stages together; every stage on one base
/// repeats its triggers, so a small hostile file could ask for millions.
const MOST_TRIGGERED: usize = 1_000;

type Values = Map<String, String>;

/// The variables that FROM sees: those of the platform, and the arguments above
/// the first FROM.
pub(crate) fn globals(dockerfile: &Dockerfile, request: Request<'_>) -> Values {
    let mut values: Values =
        PLATFORM_ARGUMENTS.map(|(name, value)| (name.into(), value.into())).into();
    let target = request.target.map(str::to_owned).or_else(|| last_stage_name(dockerfile));
    values.insert("TARGETSTAGE".into(), target.unwrap_or_else(|| "default".into()));
    for (name, given) in request.build_args {
        if let Some(value) = values.get_mut(name) {
            value.clone_from(given);
        }
    }
    for declaration in dockerfile.global_arguments() {
        let name = &declaration.name.text;
        let default = || Some(expanded(dockerfile.escape, declaration.default.as_ref()?, &values));
        if let Some(value) = request.build_args.get(name).cloned().or_else(default) {
            values.insert(name.clone(), value);
        }
    }
    values
}

fn last_stage_name(dockerfile: &Dockerfile) -> Option<String> {
    let mut last = dockerfile.instructions.iter().rev();
    let name = last.find_map(|instruction| match &instruction.body {
        Body::From { name, .. } => Some(name.as_ref()),
        _ => None,
    })?;
    Some(name?.text.to_ascii_lowercase())
}

/// An expansion that fails is a syntax error elsewhere; here the text stands for
/// itself.
fn expanded(escape: char, word: &Word, variables: &dyn Variables) -> String {
    let expansion = Expander::new(escape, variables).word(&word.text);
    expansion.map_or_else(|_| word.text.clone(), |expansion| expansion.text)
}

/// Bytes that variables may add to all words together.
const MOST_ADDED: usize = 8_000_000;

pub(super) struct Builder<'a> {
    dockerfile: &'a Dockerfile,
    request: Request<'a>,
    config: &'a dyn Fn(&str) -> ImageConfig,
    global: Values,
    stages: Vec<Stage>,
    /// Stage names to the last stage of that name.
    names: Map<String, usize>,
    problems: Vec<Problem>,
    /// Steps made by ONBUILD so far.
    triggered: usize,
    /// Why a word of the instruction was not expanded, where it would be too long.
    too_long: Cell<Option<String>>,
    /// Bytes that variables have added to words.
    added: Cell<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        dockerfile: &'a Dockerfile,
        request: Request<'a>,
        config: &'a dyn Fn(&str) -> ImageConfig,
    ) -> Self {
        let global = globals(dockerfile, request);
        Self {
            dockerfile,
            request,
            config,
            global,
            stages: Vec::new(),
            names: Map::new(),
            problems: Vec::new(),
            triggered: 0,
            too_long: Cell::default(),
            added: Cell::default(),
        }
    }

    pub(super) fn build(mut self) -> Graph {
        self.name_stages();
        for index in 0..self.dockerfile.instructions.len() {
            let instruction = &self.dockerfile.instructions[index];
            match &instruction.body {
                Body::From { image, name } => self.from(index, instruction, image, name.as_ref()),
                _ if self.stages.is_empty() => {}
                _ => self.step(index, instruction),
            }
            if let Some(message) = self.too_long.take() {
                self.problem(true, instruction.span, message, None);
            }
        }
        self.finish()
    }

    /// Names are known before any stage is read: COPY --from may look ahead.
    fn name_stages(&mut self) {
        let stages =
            self.dockerfile.instructions.iter().filter_map(|instruction| match &instruction.body {
                Body::From { name, .. } => Some(name),
                _ => None,
            });
        for (index, name) in stages.enumerate() {
            if let Some(name) = name {
                self.names.insert(name.text.to_ascii_lowercase(), index);
            }
        }
    }

    fn from(&mut self, index: usize, instruction: &Instruction, image: &Word, name: Option<&Word>) {
        let reference = self.expand(image, &self.global);
        if reference.is_empty() {
            self.problem(
                true,
                image.span,
                format!("base name ({}) should not be blank", image.text),
                Some("give the build argument a default before FROM, or pass --build-arg".into()),
            );
        }
        let base = self.base(&reference);
        let scope = match &base {
            Base::Stage(stage) => {
                let end = &self.stages[*stage].end;
                Scope { environment: end.environment.inherited(), ..end.clone() }
            }
            Base::Scratch => Scope::new(&ImageConfig::default()),
            Base::Image(reference) => Scope::new(&(self.config)(reference)),
        };
        let platform = flag_value(instruction, "platform");
        if let Some(word) = platform
            && !word.text.is_empty()
            && self.expand(word, &self.global).is_empty()
        {
            self.problem(
                true,
                word.span,
                format!("empty platform value from expression {}", word.text),
                Some("use BUILDPLATFORM, TARGETPLATFORM or an argument with a value".into()),
            );
        }
        let platform = platform.map(|word| (word.span, self.expand(word, &self.global)));
        if let Some((span, platform)) = platform.as_ref().filter(|(_, text)| !text.is_empty())
            && let Err(message) = Platform::parse(platform)
        {
            let help = Some("linux/amd64, linux/arm64 and linux/arm/v7 are common".into());
            self.problem(true, *span, message, help);
        }
        let platform = platform.map(|(_, text)| text);
        self.stages.push(Stage {
            name: name.map(|name| name.text.to_ascii_lowercase()),
            base,
            platform,
            instruction: index,
            steps: Vec::new(),
            end: scope,
            needed: false,
        });
        self.triggers();
    }

    /// The ONBUILD triggers of a base that is a stage run before the stage's
    /// own instructions. They are not handed further down.
    fn triggers(&mut self) {
        let Some(Base::Stage(base)) = self.stages.last().map(|stage| &stage.base) else { return };
        let is_trigger = |step: &&Step| {
            matches!(step.operation, Operation::Configure { keyword: Keyword::Onbuild, .. })
        };
        let steps = self.stages[*base].steps.iter().filter(is_trigger);
        let found: Vec<usize> = steps.map(|step| step.instruction).collect();
        for index in found {
            if self.triggered == MOST_TRIGGERED {
                return;
            }
            if let Body::Onbuild(trigger) = &self.dockerfile.instructions[index].body {
                self.triggered += 1;
                self.step(index, trigger);
            }
        }
    }

    /// FROM sees only stages above it.
    fn base(&self, reference: &str) -> Base {
        let name = reference.to_ascii_lowercase();
        let earlier = self.stages.iter().rposition(|stage| stage.name.as_deref() == Some(&name));
        match earlier {
            Some(stage) => Base::Stage(stage),
            None if reference == "scratch" => Base::Scratch,
            None => Base::Image(reference.to_owned()),
        }
    }

    fn step(&mut self, index: usize, instruction: &Instruction) {
        let scope = self.scope().clone();
        let operation = self.operation(instruction, &scope);
        if let Some(stage) = self.stages.last_mut() {
            stage.steps.push(Step { instruction: index, operation, scope });
        }
    }

    /// Ports that BuildKit refuses. What a variable holds may come from the base
    /// image, which is not always known.
    fn ports(&mut self, words: &[Word]) {
        for word in words.iter().filter(|word| !word.text.contains(['$', '"', '\'', '\\'])) {
            if let Some(message) = port::problem(&word.text) {
                let help = Some("PORT, FIRST-LAST, either with /tcp, /udp or /sctp".into());
                self.problem(true, word.span, message, help);
            }
        }
    }

    fn operation(&mut self, instruction: &Instruction, scope: &Scope) -> Operation {
        let environment = &scope.environment;
        match &instruction.body {
            Body::Run(command) => Operation::Run(self.run(instruction, command, scope)),
            Body::Copy(transfer) => Operation::Copy(self.copy(instruction, transfer, scope)),
            Body::Add(transfer) => Operation::Copy(self.copy(instruction, transfer, scope)),
            Body::Workdir(path) => {
                let mut path = join(&scope.workdir, &self.expand(path, environment));
                if path.len() > 1 && path.ends_with('/') {
                    path.pop();
                }
                self.scope_mut().workdir.clone_from(&path);
                Operation::Workdir(path)
            }
            Body::Env(pairs) => {
                // All values of one ENV see the environment before it.
                let pairs = self.pairs(pairs, environment);
                for (name, value) in &pairs {
                    self.scope_mut().environment.set_env(name, value);
                }
                configure(instruction, pairs.iter().map(|(name, value)| format!("{name}={value}")))
            }
            Body::Label(pairs) => {
                let pairs = self.pairs(pairs, environment);
                configure(instruction, pairs.iter().map(|(name, value)| format!("{name}={value}")))
            }
            Body::Arg(declarations) => {
                self.arguments(declarations);
                Operation::Argument
            }
            Body::User(user) => {
                let user = self.expand(user, environment);
                self.scope_mut().user.clone_from(&user);
                configure(instruction, [user])
            }
            Body::Shell(words) => {
                let words: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
                self.scope_mut().shell.clone_from(&words);
                configure(instruction, words)
            }
            Body::Expose(words) | Body::Volume(words) => {
                if matches!(instruction.body, Body::Expose(_)) {
                    self.ports(words);
                }
                let words: Vec<String> =
                    words.iter().map(|word| self.expand(word, environment)).collect();
                configure(instruction, words)
            }
            Body::Stopsignal(word) => {
                let word = self.expand(word, environment);
                configure(instruction, [word])
            }
            Body::Cmd(_)
            | Body::Entrypoint(_)
            | Body::Healthcheck(_)
            | Body::Maintainer(_)
            | Body::Onbuild(_) => configure(instruction, [instruction.arguments.text.clone()]),
            Body::From { .. } | Body::Invalid => Operation::Invalid,
        }
    }

    fn arguments(&mut self, declarations: &[ArgDeclaration]) {
        for declaration in declarations {
            let name = &declaration.name.text;
            let given = self.request.build_args.get(name).cloned();
            let value = given.or_else(|| match &declaration.default {
                Some(default) => Some(self.expand(default, &self.scope().environment)),
                None => self.global.get(name).cloned(),
            });
            if let Some(value) = value {
                self.scope_mut().environment.set_argument(name, &value);
            }
        }
    }

    fn run(&mut self, instruction: &Instruction, command: &Command, scope: &Scope) -> Run {
        let mut run = Run {
            command: command.clone(),
            shell: scope.shell.clone(),
            arguments: arguments(instruction, command, &scope.shell),
            mounts: Vec::new(),
            options: Vec::new(),
            script: instruction.script.clone(),
        };
        for flag in &instruction.flags {
            let Some(value) = &flag.value else { continue };
            let text = self.expand(value, &scope.environment);
            if flag.name.eq_ignore_ascii_case("mount") {
                match self.mount(&text, value.span, scope) {
                    Some(mount) => run.mounts.push(mount),
                    None => run.options.push(format!("mount={text}")),
                }
            } else if !matches!(
                (&*flag.name, &*text),
                ("network", "default") | ("security", "sandbox")
            ) {
                run.options.push(format!("{}={text}", flag.name));
            }
        }
        // The order of flags does not count, nor that of mounts.
        run.options.sort();
        run.mounts.sort_by(|a, b| a.target.cmp(&b.target));
        run
    }

    fn mount(&mut self, text: &str, span: Span, scope: &Scope) -> Option<Mount> {
        let mount = mount::Mount::parse(text).ok()?; // else a syntax error already
        let read_only = mount.is_read_only();
        let source = mount.source.unwrap_or_default();
        let target = match (mount.target, mount.kind) {
            (Some(target), _) => target,
            // A secret that is a variable is no file.
            (None, MountKind::Secret) if mount.env.is_some() => return None,
            (None, MountKind::Secret) => {
                let name = mount.id.as_deref().unwrap_or(&source);
                format!("/run/secrets/{}", name.rsplit('/').next().unwrap_or(name))
            }
            (None, MountKind::Ssh) => "/run/buildkit/ssh_agent.0".to_owned(),
            (None, _) => return None,
        };
        let target = join(&scope.workdir, &target);
        let origin = match &mount.from {
            Some(name) => self.origin(name, span),
            None => Origin::Context,
        };
        let sharing = mount.sharing.filter(|sharing| sharing != "shared");
        let options = [
            ("readonly", read_only.then(String::new)),
            ("sharing", sharing),
            ("size", mount.size),
            ("mode", mount.mode),
            ("uid", mount.uid),
            ("gid", mount.gid),
            ("env", mount.env),
        ];
        let options =
            options.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        Some(Mount {
            kind: mount.kind,
            id: mount.id.unwrap_or_else(|| match mount.kind {
                MountKind::Secret => source.clone(),
                _ => target.clone(),
            }),
            source,
            origin,
            target,
            options: options.collect(),
        })
    }

    fn copy(&mut self, instruction: &Instruction, transfer: &Transfer, scope: &Scope) -> Copy {
        let environment = &scope.environment;
        let value = |name| flag_value(instruction, name).map(|word| self.expand(word, environment));
        let is_set = |name| {
            instruction.flag(name).is_some_and(|flag| match &flag.value {
                Some(word) => word.text.eq_ignore_ascii_case("true"),
                None => true,
            })
        };
        let exclude = instruction.flags.iter().filter(|flag| flag.name == "exclude");
        let exclude = exclude.filter_map(|flag| flag.value.as_ref());
        let options = instruction
            .flags
            .iter()
            .filter(|flag| matches!(&*flag.name, "keep-git-dir" | "unpack"))
            .map(|flag| self.dockerfile.text(flag.span).to_owned());
        let chmod = value("chmod");
        let unpack = instruction.keyword.value == Keyword::Add
            && instruction.flag("unpack").is_none_or(|_| is_set("unpack"));
        let heredocs = instruction.heredocs.iter().map(|heredoc| {
            let expander = Expander::new('\\', environment);
            let expanded = heredoc.expand.then(|| expander.heredoc_body(&heredoc.content).ok());
            let content = expanded.flatten().map_or(heredoc.content.clone(), |done| done.text);
            (heredoc.delimiter.clone(), content)
        });
        let destination = self.expand(&transfer.destination, environment);
        let folder = destination.ends_with('/') || matches!(&*destination, "." | "..") || {
            transfer.sources.len() + instruction.heredocs.len() > 1
        };
        let mut copy = Copy {
            keyword: instruction.keyword.value,
            origin: Origin::Context,
            sources: transfer.sources.iter().map(|word| self.expand(word, environment)).collect(),
            heredocs: heredocs.collect(),
            destination: join(&scope.workdir, &destination),
            chown: value("chown"),
            link: is_set("link") && chmod.is_none(),
            chmod,
            exclude: exclude.map(|word| self.expand(word, environment)).collect(),
            parents: is_set("parents"),
            checksum: value("checksum"),
            unpack,
            options: options.collect(),
        };
        if folder && !copy.destination.ends_with('/') {
            copy.destination.push('/');
        }
        if let Some(from) = flag_value(instruction, "from") {
            // BuildKit expands --from with the global arguments only.
            let name = self.expand(from, &self.global);
            copy.origin = self.origin(&name, from.span);
        }
        copy
    }

    /// Where `--from=NAME` or `from=NAME` leads: a stage by name or number,
    /// else an image.
    fn origin(&mut self, name: &str, span: Span) -> Origin {
        if let Some(stage) = self.names.get(&name.to_ascii_lowercase()) {
            return Origin::Stage(*stage);
        }
        if let Ok(number) = name.parse::<usize>() {
            let current = self.stages.len() - 1;
            if number <= current {
                return Origin::Stage(number);
            }
            let help = format!("the stages above are numbered 0 to {}", current.saturating_sub(1));
            self.problem(true, span, format!("invalid stage index {number}"), Some(help));
            return Origin::Image(name.to_owned());
        }
        let looks_like_a_stage = !name.contains(['/', ':', '@', '.']);
        if looks_like_a_stage && !(self.config)(name).known {
            let message =
                format!("No stage is named {name:?}: BuildKit would pull the image {name}");
            self.problem(false, span, message, self.stage_help(name));
        }
        Origin::Image(name.to_owned())
    }

    /// The stage that was probably meant, or all that there are.
    fn stage_help(&self, written: &str) -> Option<String> {
        let names = || self.names.keys().map(String::as_str);
        let all = || names().collect::<Vec<_>>().join(", ");
        match closest(written, names()) {
            Some(name) => Some(format!("did you mean {name}?")),
            None if self.names.is_empty() => Some("no stage has a name; give one with AS".into()),
            None => Some(format!("the stages are named {}", all())),
        }
    }

    fn finish(mut self) -> Graph {
        let target = self.target();
        let mut graph =
            Graph { stages: self.stages, target, problems: self.problems, order: Vec::new() };
        report_cycles(&mut graph, self.dockerfile);
        graph.order = graph.ordered();
        if let Some(target) = target {
            mark_needed(&mut graph, target);
        }
        graph
    }

    fn target(&mut self) -> Option<usize> {
        let last = self.stages.len().checked_sub(1)?;
        let Some(wanted) = self.request.target else { return Some(last) };
        let named = self.names.get(&wanted.to_ascii_lowercase()).copied();
        let found = named.or_else(|| wanted.parse().ok().filter(|index| *index <= last));
        if found.is_none() {
            let help = self.stage_help(wanted);
            let message = format!("target stage {wanted:?} could not be found");
            self.problem(true, Span::default(), message, help);
        }
        found.or(Some(last))
    }

    fn pairs(&self, pairs: &[KeyValue], environment: &Environment) -> Vec<(String, String)> {
        let expand = |word| self.expand(word, environment);
        pairs.iter().map(|pair| (expand(&pair.key), expand(&pair.value))).collect()
    }

    /// Expands a word. An expansion that fails is a syntax error elsewhere, unless
    /// it is too long; here the text stands for itself.
    fn expand(&self, word: &Word, variables: &dyn Variables) -> String {
        let message = match Expander::new(self.dockerfile.escape, variables).word(&word.text) {
            Ok(expansion) => {
                let added = expansion.text.len().saturating_sub(word.text.len());
                self.added.set(self.added.get() + added);
                if self.added.get() <= MOST_ADDED {
                    return expansion.text;
                }
                "with its variables the file is longer than 8 MB; here they are left as they are"
                    .to_owned()
            }
            Err(error) if error.is_too_long() => error.message,
            Err(_) => return word.text.clone(),
        };
        self.too_long.set(Some(message));
        word.text.clone()
    }

    fn problem(&mut self, fatal: bool, span: Span, message: String, help: Option<String>) {
        self.problems.push(Problem { message, help, span, fatal });
    }

    fn scope(&self) -> &Scope {
        &self.stages[self.stages.len() - 1].end
    }

    fn scope_mut(&mut self) -> &mut Scope {
        let last = self.stages.len() - 1;
        &mut self.stages[last].end
    }
}

impl Scope {
    fn new(config: &ImageConfig) -> Self {
        let mut environment = Environment::default();
        for (name, value) in &config.env {
            environment.set_env(name, value);
        }
        let shell: &[&str] = if config.windows { &["cmd", "/S", "/C"] } else { &["/bin/sh", "-c"] };
        Self {
            environment,
            workdir: join("/", &config.workdir),
            user: config.user.clone(),
            shell: shell.iter().map(|word| (*word).to_owned()).collect(),
        }
    }
}

/// What BuildKit starts for a RUN (dispatchRun in dockerfile2llb).
fn arguments(instruction: &Instruction, command: &Command, shell: &[String]) -> Vec<String> {
    match command {
        Command::Shell(text) => shell.iter().chain([&text.text]).cloned().collect(),
        Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect(),
        Command::Script { .. } => {
            let name = instruction.heredocs.first().map_or("", |heredoc| &heredoc.delimiter);
            vec![format!("/dev/pipes/{name}")]
        }
    }
}

fn configure(instruction: &Instruction, words: impl IntoIterator<Item = String>) -> Operation {
    let text = words.into_iter().collect::<Vec<_>>().join(" ");
    Operation::Configure { keyword: instruction.keyword.value, text }
}

fn flag_value<'i>(instruction: &'i Instruction, name: &str) -> Option<&'i Word> {
    instruction.flag(name)?.value.as_ref()
}

fn mark_needed(graph: &mut Graph, target: usize) {
    let mut pending = vec![target];
    while let Some(stage) = pending.pop() {
        if !std::mem::replace(&mut graph.stages[stage].needed, true) {
            pending.extend(graph.dependencies(stage));
        }
    }
}

/// Finds stages that depend on themselves, and cuts their edges so that the
/// rest can be analysed.
fn report_cycles(graph: &mut Graph, dockerfile: &Dockerfile) {
    for stage in 0..graph.stages.len() {
        for step in 0..graph.stages[stage].steps.len() {
            let cyclic = graph.stages[stage].steps[step]
                .operation
                .stages()
                .any(|origin| origin >= stage && reaches(graph, origin, stage));
            if cyclic {
                let instruction =
                    &dockerfile.instructions[graph.stages[stage].steps[step].instruction];
                let name = graph.stages[stage].name.clone().unwrap_or_else(|| stage.to_string());
                graph.problems.push(Problem {
                    message: format!("circular dependency detected on stage: {name}"),
                    help: Some(
                        "a stage cannot take files from itself or from one built on it".into(),
                    ),
                    span: flag_value(instruction, "from")
                        .map_or(instruction.span, |word| word.span),
                    fatal: true,
                });
                graph.stages[stage].steps[step].operation = Operation::Invalid;
            }
        }
    }
}

fn reaches(graph: &Graph, from: usize, to: usize) -> bool {
    let mut visited = vec![false; graph.stages.len()];
    let mut pending = vec![from];
    while let Some(stage) = pending.pop() {
        if stage == to {
            return true;
        }
        if !std::mem::replace(&mut visited[stage], true) {
            pending.extend(graph.dependencies(stage));
        }
    }
    false
}

/// Joins and cleans slash-separated paths; the result is absolute, keeps a
/// trailing slash of `path`, and never leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut joined = format!("/{}", parts.join("/"));
    if path.ends_with('/') && joined.len() > 1 {
        joined.push('/');
    }
    joined
}
