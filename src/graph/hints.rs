//! What a build tells of the project that it builds.

use super::{Base, Graph, Operation, Origin};
use crate::context::{Ecosystem, Hints};
use crate::syntax::Command;

/// Words in commands and base images that give an ecosystem away, the more
/// telling ones first.
const SIGNS: [(Ecosystem, &[&str], &[&str]); 9] = [
    (Ecosystem::Node, &["npm", "yarn", "pnpm", "npx", "node", "bun"], &["node", "bun", "deno"]),
    (
        Ecosystem::Python,
        &["pip", "pip3", "python", "python3", "uv", "poetry", "pipenv"],
        &["python", "pypy", "uv"],
    ),
    (Ecosystem::Go, &["go"], &["golang"]),
    (Ecosystem::Rust, &["cargo", "rustup"], &["rust"]),
    (Ecosystem::Java, &["mvn", "./mvnw", "mvnw"], &["maven"]),
    (Ecosystem::Gradle, &["gradle", "./gradlew", "gradlew"], &["gradle"]),
    (Ecosystem::Ruby, &["bundle", "gem", "rails", "rake"], &["ruby"]),
    (Ecosystem::Php, &["composer", "php", "docker-php-ext-install"], &["php", "composer"]),
    (Ecosystem::Dotnet, &["dotnet"], &["sdk", "aspnet"]),
];

const SITE_SERVERS: [&str; 4] = ["nginx", "httpd", "caddy", "nginx-unprivileged"];

const LOCKFILES: [(&str, &str); 4] = [
    ("yarn", "yarn.lock"),
    ("pnpm", "pnpm-lock.yaml"),
    ("bun", "bun.lockb"),
    ("npm", "package-lock.json"),
];

/// Installers of Python projects, their verbs, and the files that they read.
const PYTHON_PROJECTS: [(&str, &[&str], &[&str]); 3] = [
    ("uv", &["sync"], &["pyproject.toml", "uv.lock"]),
    ("poetry", &["install", "sync"], &["pyproject.toml", "poetry.lock"]),
    ("pipenv", &["install", "sync"], &["Pipfile", "Pipfile.lock"]),
];

/// Reads the signs.
pub fn hints(graph: &Graph) -> Hints {
    let mut hints = Hints::default();
    for stage in graph.stages.iter().rev() {
        let image = match &stage.base {
            Base::Image(reference) => repository(reference),
            _ => "",
        };
        let commands: Vec<String> =
            stage.steps.iter().flat_map(|step| words(&step.operation)).collect();
        let sources = stage.steps.iter().filter_map(|step| match &step.operation {
            Operation::Copy(copy) if copy.origin == Origin::Context => Some(&copy.sources),
            _ => None,
        });
        let sources: Vec<String> = sources.flatten().cloned().collect();
        for (ecosystem, tools, images) in SIGNS {
            let used = commands.iter().any(|word| tools.contains(&word.as_str()));
            if (used || images.contains(&image)) && !hints.ecosystems.contains(&ecosystem) {
                hints.ecosystems.push(ecosystem);
            }
        }
        let serves = SITE_SERVERS.contains(&image)
            && sources.iter().any(|source| matches!(&**source, "." | "./"));
        if serves {
            hints.ecosystems.push(Ecosystem::Site);
        }
        for (tool, lockfile) in LOCKFILES {
            if commands.iter().any(|word| word == tool)
                || sources.iter().any(|source| source == lockfile)
            {
                hints.lockfiles.push(lockfile);
            }
        }
        hints.copied.extend(sources);
        for (tool, verbs, files) in PYTHON_PROJECTS {
            let pairs = commands.windows(2);
            let installs = |pair: &[String]| pair[0] == tool && verbs.contains(&pair[1].as_str());
            if pairs.into_iter().any(installs) {
                hints.copied.extend(files.iter().map(|file| (*file).to_owned()));
            }
        }
    }
    if hints.ecosystems.is_empty() {
        hints.ecosystems.push(Ecosystem::Other);
    }
    hints
}

/// `docker.io/library/node:18` → `node`.
pub fn repository(reference: &str) -> &str {
    let name = reference.split('@').next().unwrap_or(reference);
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split(':').next().unwrap_or(last)
}

fn words(operation: &Operation) -> Vec<String> {
    let Operation::Run(run) = operation else { return Vec::new() };
    match &run.command {
        Command::Shell(text) | Command::Script { body: text, .. } => {
            text.text.split_whitespace().map(str::to_owned).collect()
        }
        Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect(),
    }
}
