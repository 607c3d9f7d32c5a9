//! The `go` command.

use super::{Invocation, Outcome, Tool, node};
use crate::context::Manifest;
use crate::data::{Fact, fact};
use crate::filesystem::machine::{Machine, Output};
use crate::filesystem::tree::Compression;
use crate::identity::Identity;
use crate::units::Kind;

/// go.
pub const TOOL: Tool = Tool { commands: &["go"], run };

const WITH_VALUE: [&str; 9] =
    ["-o", "-ldflags", "-tags", "-mod", "-gcflags", "-asmflags", "-p", "-C", "-coverpkg"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<String> = call.operands(&WITH_VALUE).map(|word| word.text.clone()).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mod", "download" | "vendor" | "tidy", ..] | ["get", ..] => modules(machine),
        ["build", ref packages @ ..] => build(call, machine, packages, None),
        ["install", ref packages @ ..] => {
            build(call, machine, packages, Some(format!("{}/bin", gopath(machine))))
        }
        ["test" | "vet" | "generate", ..] => {
            modules(machine);
            machine.spend(
                fact("go.build.seconds").expected,
                fact("go.build.seconds").expected * 0.8,
                Some(&build_cache(machine)),
            );
        }
        ["clean", ..] => clean(call, machine),
        _ => {}
    }
    Outcome::success()
}

fn gopath(machine: &Machine<'_>) -> String {
    machine.variable("GOPATH").unwrap_or_else(|| format!("{}/go", machine.home()))
}

fn module_cache(machine: &Machine<'_>) -> String {
    machine.variable("GOMODCACHE").unwrap_or_else(|| format!("{}/pkg/mod", gopath(machine)))
}

fn build_cache(machine: &Machine<'_>) -> String {
    machine.variable("GOCACHE").unwrap_or_else(|| format!("{}/.cache/go-build", machine.home()))
}

/// How many modules are required, and the file that tells.
fn required(machine: &Machine<'_>) -> Option<(&'static str, usize)> {
    let files = || machine.world.manifests.files.values();
    // go.sum names what is downloaded; go.mod before Go 1.17 only a part of it.
    let sums = files().find_map(|manifest| match manifest {
        Manifest::GoSum(modules) => Some(("go.sum", modules.len())),
        _ => None,
    });
    sums.or_else(|| {
        files().find_map(|manifest| match manifest {
            Manifest::GoMod(module) => Some(("go.mod", module.requires.len())),
            _ => None,
        })
    })
}

/// The part of the standard library that a program has in it.
#[derive(Clone, Copy)]
enum Library {
    /// `net/http`: the Dockerfile exposes a port.
    Server,
    /// `html/template` or `text/template`: the sources have templates.
    Templates,
    /// That of a small tool.
    Tool,
}

impl Library {
    fn of(machine: &Machine<'_>) -> Self {
        const ENDINGS: [&str; 4] = [".html", ".tmpl", ".gohtml", ".gotmpl"];
        let is_template = |path: &str| ENDINGS.iter().any(|ending| path.ends_with(ending));
        let mut sources = machine.tree().subtree(&machine.folder);
        match () {
            () if machine.world.serves => Self::Server,
            () if sources.any(|(path, _)| is_template(path)) => Self::Templates,
            () => Self::Tool,
        }
    }

    /// Its share of the binary.
    fn binary(self) -> Fact {
        match self {
            Self::Server => fact("go.binary.server"),
            Self::Templates => fact("go.binary.templates"),
            Self::Tool => fact("go.binary.library"),
        }
    }

    /// Its share of the build cache.
    fn cache(self) -> Fact {
        match self {
            Self::Server => fact("go.build_cache.server"),
            Self::Templates => fact("go.build_cache.templates"),
            Self::Tool => fact("go.build_cache.library"),
        }
    }
}

/// What a build makes: the standard library's part and so much for each
/// required module, or the usual where these are not known.
fn built(
    machine: &Machine<'_>,
    usual: Fact,
    library: fn(Library) -> Fact,
    module: Fact,
) -> (Fact, &'static str) {
    match required(machine) {
        Some((_, count)) => {
            let library = library(Library::of(machine));
            (library.plus(module, count as f64), ", by the modules that are required")
        }
        None => (usual, ""),
    }
}

/// Downloads the modules of go.mod, unless they are there.
fn modules(machine: &mut Machine<'_>) {
    let cache = module_cache(machine);
    if machine.tree().get(&cache).is_some() {
        return;
    }
    let folder = machine.folder.clone();
    let made_from = machine.identity(&[format!("{folder}/go.mod"), format!("{folder}/go.sum")]);
    let one = fact("go.module.bytes");
    let (bytes, evidence) = match required(machine) {
        Some((file, count)) => (
            one.bytes().scale(count as f64),
            one.evidence(&format!("{file}: {count} modules of average weight")),
        ),
        None => (
            fact("go.modules.bytes").bytes(),
            fact("go.modules.bytes").evidence("no go.mod was given; a typical service"),
        ),
    };
    machine.download(bytes.expected / 4, Some(&cache));
    machine.spend(2.0 + bytes.expected as f64 / 50e6, 0.0, None);
    let output = Output {
        bytes,
        files: bytes.expected / 8_000,
        kind: Kind::Cache,
        compression: Compression(0.25),
        identity: made_from,
        label: Some("Go module cache".into()),
        evidence,
    };
    machine.write(&cache, output);
}

fn build(call: &Invocation, machine: &mut Machine<'_>, packages: &[&str], into: Option<String>) {
    modules(machine);
    let folder = machine.folder.clone();
    let made_from = Identity::of((call.joined(), node::sources(machine, &folder)));
    compile(machine, made_from);
    let (size, how) =
        built(machine, fact("go.binary.bytes"), Library::binary, fact("go.binary.module"));
    let flags = call.value(&["-ldflags"]).map(str::to_owned).unwrap_or_default();
    let stripped = flags.split([' ', '=']).any(|flag| flag == "-s") && flags.contains("-s");
    let bytes = if stripped {
        size.bytes().scale(fact("go.stripped.ratio").expected)
    } else {
        size.bytes()
    };
    let name = binary_name(packages, &folder);
    let target = match (call.value(&["-o"]), into) {
        (Some(path), _) if path.ends_with('/') => machine.resolve(&format!("{path}{name}")),
        (Some(path), _) => machine.resolve(path),
        (None, Some(bin)) => format!("{bin}/{name}"),
        (None, None) => format!("{}/{name}", folder.trim_end_matches('/')),
    };
    let what = if stripped { "a binary, stripped" } else { "a binary" };
    let output = Output {
        bytes,
        files: 1,
        kind: Kind::BuildOutput,
        compression: Compression(fact("go.binary.compression").expected),
        identity: made_from,
        label: None,
        evidence: size.evidence(&format!("{what}{how}")),
    };
    machine.write(&target, output);
}

fn binary_name(packages: &[&str], folder: &str) -> String {
    let package =
        packages.iter().rfind(|package| !package.starts_with('-')).copied().unwrap_or(".");
    let name = package
        .split('@')
        .next()
        .unwrap_or(package)
        .trim_end_matches("/...")
        .trim_end_matches(".go");
    let name =
        name.rsplit('/').find(|part| !part.is_empty() && *part != "." && !is_major_version(part));
    name.unwrap_or_else(|| {
        folder.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("app")
    })
    .to_owned()
}

fn is_major_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

/// Compiles, and leaves the build cache behind.
fn compile(machine: &mut Machine<'_>, made_from: Identity) {
    let cache = build_cache(machine);
    let seconds = fact("go.build.seconds").expected;
    machine.spend(seconds, seconds * 0.8, Some(&cache));
    let (size, how) =
        built(machine, fact("go.build_cache.bytes"), Library::cache, fact("go.build_cache.module"));
    let output = Output {
        bytes: size.bytes(),
        files: 800,
        kind: Kind::Cache,
        compression: Compression(0.35),
        identity: made_from,
        label: Some("Go build cache".into()),
        evidence: size.evidence(&format!("go build keeps compiled packages{how}")),
    };
    machine.write(&cache, output);
}

fn clean(call: &Invocation, machine: &mut Machine<'_>) {
    if call.has(&["-modcache"]) {
        let cache = module_cache(machine);
        machine.remove(&cache);
    }
    if call.has(&["-cache"]) {
        let cache = build_cache(machine);
        machine.remove(&cache);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Analysis, Project};

    /// The expected bytes of `/app` after a build of a module without
    /// requirements, whose context holds `files` besides.
    fn binary(files: &str, rest: &str) -> u64 {
        let text =
            format!("FROM golang:1.22\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n{rest}");
        let manifests = [("go.mod".to_owned(), "module example.org/a\ngo 1.22\n".to_owned())];
        let project = Project {
            dockerfile: text,
            context: Some(format!("24\tgo.mod\n900\tmain.go\n{files}")),
            manifests: manifests.into(),
            ..Project::default()
        };
        let analysis = Analysis::new(&project);
        analysis.evaluation.stages[0].tree.get("/app").unwrap().bytes.expected
    }

    #[test]
    fn what_a_program_does_tells_its_library() {
        let tool = binary("", "");
        let templates = binary("300\tviews/a.html\n", "");
        let server = binary("300\tviews/a.html\n", "EXPOSE 80\n");
        assert!(tool < templates && templates < server, "{tool} {templates} {server}");
    }
}
