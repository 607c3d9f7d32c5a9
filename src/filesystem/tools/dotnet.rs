//! `dotnet`: the package folder, `obj` and `bin`, and what is published.

use super::project::{self, Content};
use super::{Invocation, Outcome, Tool, node};
use crate::data::fact;
use crate::filesystem::machine::Machine;
use crate::identity::Identity;
use crate::units::Kind;

/// The .NET command.
pub const TOOL: Tool = Tool { commands: &["dotnet"], run };

const WITH_VALUE: [&str; 14] = [
    "-o",
    "--output",
    "-c",
    "--configuration",
    "-r",
    "--runtime",
    "-f",
    "--framework",
    "-a",
    "--arch",
    "--os",
    "-v",
    "--verbosity",
    "--packages",
];
const MANIFESTS: [&str; 6] =
    [".csproj", ".fsproj", ".sln", "Directory.Packages.props", "packages.lock.json", ".slnx"];

fn run(call: &Invocation, machine: &mut Machine<'_>) -> Outcome {
    let words: Vec<&str> = call.operands(&WITH_VALUE).map(|word| &*word.text).collect();
    let folder = project_folder(machine, words.get(1).copied());
    match words.first().copied().unwrap_or("") {
        "restore" => restore(call, machine),
        "build" | "test" => {
            build(call, machine, &folder);
            if let Some(output) = call.value(&["-o", "--output"]) {
                let output = machine.resolve(output);
                publish(call, machine, &output);
            }
        }
        "publish" => {
            build(call, machine, &folder);
            let output = call.value(&["-o", "--output"]).map(|path| machine.resolve(path));
            let output = output.unwrap_or_else(|| published(call, machine, &folder));
            publish(call, machine, &output);
        }
        "clean" => {
            machine.remove(&project::inside(&folder, "bin"));
        }
        _ => {}
    }
    Outcome::success()
}

/// The folder of the project that is named: by its file, or by itself.
fn project_folder(machine: &Machine<'_>, named: Option<&str>) -> String {
    let path = machine.resolve(named.unwrap_or("."));
    match path.rsplit_once('/') {
        Some((folder, name)) if name.ends_with("proj") || name.contains(".sln") => {
            if folder.is_empty() { "/".to_owned() } else { folder.to_owned() }
        }
        _ => path,
    }
}

/// Downloads and unpacks the packages, unless they are there.
fn restore(call: &Invocation, machine: &mut Machine<'_>) {
    let moved = call.value(&["--packages"]).map(|path| machine.resolve(path));
    let path = moved
        .or_else(|| machine.variable("NUGET_PACKAGES"))
        .unwrap_or_else(|| project::inside(&machine.home(), ".nuget/packages"));
    if machine.tree().has(&path) {
        return;
    }
    let identity = project::manifests(machine, &machine.folder, &MANIFESTS);
    let size = fact("dotnet.packages.bytes");
    machine.download(size.count() / 3, Some(&path));
    let seconds = fact("dotnet.restore.seconds").expected;
    machine.spend(seconds, seconds * 0.7, Some(&path));
    let content = Content {
        size,
        factor: 1.0,
        files: 1_000,
        kind: Kind::Cache,
        compression: fact("dotnet.compression").expected,
        identity,
        what: "restored packages",
    };
    content.write(machine, &path);
}

/// Compiles into `bin` and `obj`.
fn build(call: &Invocation, machine: &mut Machine<'_>, folder: &str) {
    if !call.has(&["--no-restore", "--no-build"]) {
        restore(call, machine);
    }
    if call.has(&["--no-build"]) {
        return;
    }
    machine.spend(fact("dotnet.build.seconds").expected, 0.0, None);
    for name in ["bin", "obj"] {
        let content = Content {
            size: fact("dotnet.build.bytes"),
            factor: 0.5,
            files: 60,
            kind: Kind::BuildOutput,
            compression: fact("dotnet.compression").expected,
            identity: identity(call, machine),
            what: "intermediate output of the build",
        };
        content.write(machine, &format!("{}/({name} output)", project::inside(folder, name)));
    }
}

/// References between projects reach out of a project's folder: everything
/// below the current folder counts.
fn identity(call: &Invocation, machine: &Machine<'_>) -> Identity {
    Identity::of((call.joined(), node::sources(machine, &machine.folder)))
}

/// `bin/Release/net8.0/publish`; what the Dockerfile takes tells the version.
fn published(call: &Invocation, machine: &Machine<'_>, folder: &str) -> String {
    let bin = project::inside(folder, "bin");
    let taken = machine.world.wanted.iter().find_map(|path| {
        let path = path.trim_end_matches('/');
        (path.starts_with(&bin) && path.ends_with("/publish")).then(|| path.to_owned())
    });
    let configuration = call.value(&["-c", "--configuration"]).unwrap_or("Release");
    taken.unwrap_or_else(|| format!("{bin}/{configuration}/net8.0/publish"))
}

fn publish(call: &Invocation, machine: &mut Machine<'_>, output: &str) {
    let value = call.value(&["--self-contained", "--sc", "-p:SelfContained", "/p:SelfContained"]);
    let has = call.has(&["--self-contained", "--sc", "-p:SelfContained", "/p:SelfContained"]);
    let runs_alone = has && value != Some("false") && !call.has(&["--no-self-contained"]);
    let (size, what) = match runs_alone {
        true => (fact("dotnet.self_contained.bytes"), "a published application with its runtime"),
        false => (fact("dotnet.publish.bytes"), "a published application without the runtime"),
    };
    let content = Content {
        size,
        factor: 1.0,
        files: 40,
        kind: Kind::BuildOutput,
        compression: fact("dotnet.compression").expected,
        identity: identity(call, machine),
        what,
    };
    content.write(machine, output);
}

#[cfg(test)]
mod tests {
    use super::project::tree;

    fn published(flags: &str) -> u64 {
        let tree = tree(&format!(
            "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nWORKDIR /src\nCOPY *.csproj ./\n\
             RUN dotnet restore\nCOPY . .\n\
             RUN dotnet publish -c Release -o /app/publish --no-restore {flags}\n\
             FROM mcr.microsoft.com/dotnet/aspnet:8.0\nWORKDIR /app\n\
             COPY --from=build /app/publish ."
        ));
        let entry = tree.get("/app").unwrap();
        assert!(entry.evidence.text.contains("published"), "{}", entry.evidence.text);
        entry.bytes.expected
    }

    #[test]
    fn a_self_contained_application_holds_the_runtime() {
        assert!(published("--self-contained") > published("--self-contained=false"));
    }
}
