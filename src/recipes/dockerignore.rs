//! Proposes a `.dockerignore`, or the lines that one lacks.

use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::{Ecosystem, IgnoreFile};
use crate::graph::{Operation, Origin, hints, join};
use crate::report::Applicability;
use crate::sorted::Set;

/// Applies where files that no image needs are sent to the builder. A line is
/// proposed only if no COPY or ADD names what it takes out, and if no path that
/// a command names is gone from the image without it.
pub const RECIPE: Recipe = Recipe {
    id: "dockerignore",
    title: "Keep what the image does not need out of the build context",
    why: "What is ignored is neither sent to the builder nor copied by COPY . ., and a change of it rebuilds nothing. Secrets and installed dependencies of your machine stay out.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A candidate.
struct Line {
    pattern: &'static str,
    /// Worth having even where nothing matches it now.
    always: Always,
    /// Why its files are not needed.
    reason: &'static str,
}

/// Where a line is worth having though nothing matches it yet.
enum Always {
    Everywhere,
    In(&'static [Ecosystem]),
    Nowhere,
}
use Always::{Everywhere, In, Nowhere};
use Ecosystem::{Dotnet, Gradle, Java, Node, Php, Python, Rust};

const fn line(pattern: &'static str, always: Always, reason: &'static str) -> Line {
    Line { pattern, always, reason }
}

const CACHE: &str = "A cache of a tool on your machine; it is made anew where it is needed.";
const BUILT: &str = "Built on your machine; the build in the image makes its own.";
const EDITOR: &str = "Settings of an editor or of the operating system.";
const OWN: &str = "Read by Docker itself; a change of it would rebuild what copies everything.";

const KEY: &str = "A private key: whoever has the image could use it.";

/// Candidates in the order in which they are written.
const LINES: [Line; 43] = [
    line(
        ".git",
        Everywhere,
        "The history: large, different after every commit, and it holds what was ever committed.",
    ),
    line(".gitignore", Nowhere, "Only git reads it."),
    line(".github", Nowhere, "Continuous integration; the image never runs it."),
    line(
        "node_modules",
        In(&[Node]),
        "Installed for your machine's system; the image installs its own.",
    ),
    line(".next", Nowhere, BUILT),
    line(".nuxt", Nowhere, BUILT),
    line(".turbo", Nowhere, CACHE),
    line(".venv", Nowhere, "A virtual environment points to your machine's Python."),
    line("venv", Nowhere, "A virtual environment points to your machine's Python."),
    line("__pycache__", In(&[Python]), "Byte code of your machine's Python."),
    line(".pytest_cache", Nowhere, CACHE),
    line(".mypy_cache", Nowhere, CACHE),
    line(".ruff_cache", Nowhere, CACHE),
    line(".tox", Nowhere, CACHE),
    line("vendor", In(&[Php]), "Composer installs its own in the image."),
    line(".bundle", Nowhere, "Bundler's settings for your machine."),
    line("target", In(&[Rust, Java]), BUILT),
    line(".gradle", In(&[Gradle]), CACHE),
    line("build", In(&[Gradle]), BUILT),
    line("bin", In(&[Dotnet]), BUILT),
    line("obj", In(&[Dotnet]), BUILT),
    line("dist", Nowhere, BUILT),
    line("coverage", Nowhere, "What tests wrote about themselves."),
    line("htmlcov", Nowhere, "What tests wrote about themselves."),
    line("docs", Nowhere, "Text for people; the program does not read it."),
    line("*.md", Nowhere, "Text for people; the program does not read it."),
    line("Dockerfile*", Everywhere, OWN),
    line(".dockerignore", Everywhere, OWN),
    line("docker-compose*.yml", Nowhere, OWN),
    line("compose*.yaml", Nowhere, OWN),
    line(
        ".env*",
        Everywhere,
        "Settings and secrets of your machine; whoever has the image could read them.",
    ),
    line(
        ".env.local",
        Nowhere,
        "Settings and secrets of your machine; whoever has the image could read them.",
    ),
    line(
        ".env.*.local",
        Nowhere,
        "Settings and secrets of your machine; whoever has the image could read them.",
    ),
    line("id_rsa*", Nowhere, KEY),
    line("id_ed25519*", Nowhere, KEY),
    line("*.pem", Nowhere, KEY),
    line("*.key", Nowhere, KEY),
    line("*.log", Everywhere, "Logs change all the time and are of no use in an image."),
    line(".idea", Nowhere, EDITOR),
    line(".vscode", Nowhere, EDITOR),
    line(".DS_Store", Nowhere, EDITOR),
    line("*.swp", Nowhere, EDITOR),
    line(".terraform", Nowhere, "Infrastructure; the image never reads it."),
];

/// Why a line of the proposed file is there; nothing for the user's own.
pub fn reason(pattern: &str) -> Option<&'static str> {
    let root = pattern.strip_prefix("**/").unwrap_or(pattern);
    LINES.iter().find(|line| line.pattern == root).map(|line| line.reason)
}

fn rewrite(analysis: &Analysis<'_>) -> Option<Rewrite> {
    let copies_context = analysis.graph.stages.iter().flat_map(|stage| &stage.steps).any(|step| {
        match &step.operation {
            Operation::Copy(copy) => copy.origin == Origin::Context && !copy.sources.is_empty(),
            _ => false,
        }
    });
    if !copies_context {
        return None;
    }
    let before = &analysis.ignore.source;
    let has_one = !analysis.ignore.patterns.is_empty();
    let ecosystems = hints(&analysis.graph).ecosystems;
    let mut needs = Needs::new(analysis);
    let mut text = before.trim_end().to_owned();
    let mut proposed = IgnoreFile::parse(&text);
    let mut matters = false;
    for line in &LINES {
        let (pattern, files) = widest(analysis, line.pattern);
        // A file of one's own is only added to for what is really sent.
        let suits = !has_one
            && match line.always {
                Everywhere => true,
                In(wanted) => wanted.iter().any(|ecosystem| ecosystems.contains(ecosystem)),
                Nowhere => false,
            };
        let already = files == 0 && proposed.decide(sample(line.pattern)).ignored;
        if (!suits && files == 0) || already || needs.pattern(&pattern) {
            continue;
        }
        matters |= files > 0;
        if !text.is_empty() {
            text.push_str(newline(before));
        }
        text.push_str(&pattern);
        proposed = IgnoreFile::parse(&text);
    }
    if !matters && (has_one || text.is_empty()) {
        return None;
    }
    text.push_str(newline(before));
    Some(Rewrite {
        dockerignore: Some(text),
        verify: Some("docker build .".to_owned()),
        ..Rewrite::default()
    })
}

/// How lines end in a file of the user's.
fn newline(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The pattern, in every folder where it takes out more so, and the files that
/// it takes out of what is sent now.
fn widest(analysis: &Analysis<'_>, pattern: &str) -> (String, usize) {
    let root = (pattern.to_owned(), takes_out(analysis, pattern));
    let holds_any = pattern.contains('*') && !pattern.starts_with("id_");
    if holds_any || matches!(pattern, "docs" | "build" | "bin" | "vendor") {
        return root; // not below a folder: there the name may mean something else
    }
    let anywhere = format!("**/{pattern}");
    let files = takes_out(analysis, &anywhere);
    if files > root.1 { (anywhere, files) } else { root }
}

/// Files that a pattern would take out of what is sent now.
fn takes_out(analysis: &Analysis<'_>, pattern: &str) -> usize {
    let ignore = IgnoreFile::parse(pattern);
    analysis.context.ignored_by(&ignore).filter(|entry| entry.sent()).count()
}

/// A path that the pattern is about.
fn sample(pattern: &str) -> &str {
    match pattern {
        "Dockerfile*" => "Dockerfile",
        "*.md" => "README.md",
        "docker-compose*.yml" => "docker-compose.yml",
        "compose*.yaml" => "compose.yaml",
        ".env*" => ".env",
        ".env.*.local" => ".env.production.local",
        "id_rsa*" => "id_rsa",
        "id_ed25519*" => "id_ed25519",
        "*.pem" => "key.pem",
        "*.key" => "server.key",
        "*.log" => "debug.log",
        "*.swp" => ".a.swp",
        pattern => pattern,
    }
}

/// What the build needs of the context.
struct Needs<'a, 'p> {
    analysis: &'a Analysis<'p>,
    /// Sources of COPY, ADD and bind mounts that are not the whole context.
    named: Vec<&'a str>,
    /// Words of commands and of package.json, which may be paths.
    words: Set<&'a str>,
}

impl<'a, 'p> Needs<'a, 'p> {
    fn new(analysis: &'a Analysis<'p>) -> Self {
        let mut named = Vec::new();
        for step in analysis.graph.stages.iter().flat_map(|stage| &stage.steps) {
            match &step.operation {
                Operation::Copy(copy) if copy.origin == Origin::Context => {
                    named.extend(copy.sources.iter().map(String::as_str));
                }
                Operation::Run(run) => {
                    let bound = run.mounts.iter().filter(|mount| mount.origin == Origin::Context);
                    named.extend(bound.map(|mount| &*mount.source));
                }
                _ => {}
            }
        }
        named.retain(|source| !matches!(*source, "." | "./" | "/" | ""));
        let package = analysis.project.manifests.get("package.json").map(String::as_str);
        let texts = analysis.dockerfile.instructions.iter();
        let texts = texts.map(|instruction| analysis.dockerfile.text(instruction.span));
        let ends = |c: char| c.is_whitespace() || "\"'`=;,:()[]{}&|<>".contains(c);
        let mut words: Set<&str> = texts.chain(package).flat_map(|text| text.split(ends)).collect();
        words.remove("");
        Self { analysis, named, words }
    }

    /// True when something needs what the pattern takes out.
    fn pattern(&mut self, pattern: &str) -> bool {
        let ignore = IgnoreFile::parse(pattern);
        let takes = |path: &str| ignore.decide(path.trim_matches('/')).ignored;
        self.named.iter().any(|source| takes(source))
            || self.reads(pattern.trim_start_matches("**/"))
            || self.loses(pattern, takes)
    }

    /// True when a tool reads such files by itself.
    fn reads(&self, pattern: &str) -> bool {
        const FROM_HISTORY: [&str; 6] = [
            "setuptools_scm",
            "setuptools-scm",
            "hatch-vcs",
            "versioneer",
            "git-commit-id",
            "poetry-dynamic-versioning",
        ];
        /// They read `.env` and `.env.production` when they build.
        const FROM_SETTINGS: [&str; 6] =
            ["vite", "next", "nuxt", "astro", "react-scripts", "vue-cli-service"];
        /// Their packages name the README as their description.
        const WITH_README: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", "Cargo.toml"];
        let says = |words: &[&str]| self.words.iter().any(|word| words.contains(word));
        match pattern {
            ".git" => {
                let manifests = self.analysis.project.manifests.values();
                let by_tool = FROM_HISTORY
                    .iter()
                    .any(|tool| manifests.clone().any(|text| text.contains(tool)) || says(&[tool]));
                by_tool || (says(&["git"]) && says(&["describe", "rev-parse", "log", "submodule"]))
            }
            "*.md" => WITH_README.iter().any(|name| {
                self.analysis.context.entry(name).is_some_and(crate::context::Entry::sent)
            }),
            ".env*" => says(&FROM_SETTINGS),
            // Only where the line above them does not hold.
            ".env.local" | ".env.*.local" => !says(&FROM_SETTINGS),
            // Certificates, which programs trust, end so too.
            "*.pem" | "*.key" => self.analysis.context.sent().any(|entry| {
                let name = entry.path.to_ascii_lowercase();
                let ends = name.ends_with(&pattern[1..]) && !name.contains('/');
                let public = ["ca", "cert", "bundle", "chain", "pub", "root"];
                ends && public.iter().any(|word| name.contains(word))
            }),
            "docs" => says(&["mkdocs", "sphinx-build", "mdbook", "vitepress", "docusaurus"]),
            _ => false,
        }
    }

    /// True when a path that a command names is in a stage as things are, and
    /// not any more with the pattern: proven by following the build again.
    fn loses(&self, pattern: &str, takes: impl Fn(&str) -> bool) -> bool {
        let stages = &self.analysis.graph.stages;
        let mut asked: Vec<(usize, String)> = Vec::new();
        for (index, stage) in stages.iter().enumerate() {
            let folder = &stage.end.workdir;
            for word in &self.words {
                let path = join(folder, word);
                let inside = path.strip_prefix(&**folder).unwrap_or(&path);
                if takes(inside) && self.analysis.evaluation.stages[index].tree.has(&path) {
                    asked.push((index, path));
                }
            }
        }
        if asked.is_empty() {
            return false;
        }
        let ignore = format!("{}\n{pattern}\n", self.analysis.ignore.source);
        let after = self.analysis.with_texts(self.analysis.dockerfile.source(), &ignore);
        asked.iter().any(|(index, path)| !after.evaluation.stages[*index].tree.has(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipes::testing::project;
    use crate::report::Project;

    fn proposed(project: &Project) -> Option<String> {
        rewrite(&Analysis::new(project))?.dockerignore
    }

    fn with(dockerfile: &str, listing: &str) -> Project {
        let context = Some(listing.split(' ').map(|path| format!("100\t{path}\n")).collect());
        Project { context, ..project(dockerfile) }
    }

    #[test]
    fn takes_out_what_lies_about_wherever_it_is() {
        let text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD node index.js\n";
        let files = ".git/HEAD index.js package.json web/node_modules/a.js .env docs/a.txt";
        let ignore = proposed(&with(text, files)).unwrap();
        let expected = ".git\n**/node_modules\ndocs\nDockerfile*\n.dockerignore\n.env*\n*.log\n";
        assert_eq!(ignore, expected);
    }

    #[test]
    fn what_is_named_or_read_stays() {
        let proposed = |rest: &str, files: &str| {
            let text = format!("FROM node:20\nWORKDIR /app\n{rest}\n");
            proposed(&with(&text, files)).unwrap_or_default()
        };
        let has = |text: &str, pattern: &str| text.lines().any(|line| line == pattern);
        let files = ".git/HEAD dist/index.js docs/a.txt README.md a.log";
        assert!(has(&proposed("COPY . .\nCMD node index.js", files), "dist"));
        for (rest, kept) in [
            ("COPY . .\nCMD node dist/index.js", "dist"),
            ("COPY . .\nCMD [\"node\", \"/app/dist/index.js\"]", "dist"),
            ("COPY dist dist\nCOPY . .", "dist"),
            ("COPY . .\nRUN ls ./docs", "docs"),
            ("COPY . .\nRUN git describe > version", ".git"),
            ("COPY . .\nRUN cat README.md", "*.md"),
            ("COPY . .\nRUN npx vite build", ".env*"),
        ] {
            let text = proposed(rest, files);
            assert!(!has(&text, kept) && has(&text, "*.log"), "{rest}: {text}");
        }
        // The image builds its own: that of the machine is not needed.
        let built = "COPY . .\nRUN npm ci && npm run build\nCMD node dist/index.js";
        assert!(has(&proposed(built, &format!("{files} package.json")), "dist"));
    }

    #[test]
    fn private_keys_stay_out_and_certificates_in() {
        let text = "FROM node:20\nCOPY . .\n";
        let has = |files: &str, line: &str| {
            proposed(&with(text, files)).unwrap_or_default().lines().any(|found| found == line)
        };
        let files = "index.js id_rsa key.pem server.key deploy/id_ed25519";
        for line in ["id_rsa*", "*.pem", "*.key", "**/id_ed25519*"] {
            assert!(has(files, line), "{line}");
        }
        assert!(!has("index.js key.pem global-bundle.pem .env", "*.pem"));
        assert!(!has("index.js a.md .env", "*.key"));
    }

    #[test]
    fn adds_to_the_text_that_another_recipe_left() {
        let project = with("FROM node:20\nCOPY . .\n", "index.js .git/HEAD secret.txt");
        let analysis = Analysis::new(&project);
        let after = analysis.with_texts(&project.dockerfile, "secret.txt\n");
        let ignore = rewrite(&after).unwrap().dockerignore.unwrap();
        assert_eq!(ignore, "secret.txt\n.git\n");
    }

    #[test]
    fn adds_to_a_file_what_is_sent_and_no_more() {
        let text = "FROM node:20\nCOPY . .\n";
        let own = |dockerignore: &str, files: &str| {
            let dockerignore = dockerignore.to_owned();
            proposed(&Project { dockerignore, ..with(text, files) })
        };
        let ignore = own("# mine\r\nsecret\r\n", ".git/HEAD index.js").unwrap();
        assert_eq!(ignore, "# mine\r\nsecret\r\n.git\r\n");
        assert_eq!(own("secret\n", "index.js"), None);
        assert_eq!(own(".git\n", ".git/HEAD index.js"), None);
    }

    #[test]
    fn every_line_says_why() {
        for line in &LINES {
            assert_eq!(reason(&format!("**/{}", line.pattern)), Some(line.reason));
            let ignore = IgnoreFile::parse(line.pattern);
            assert!(ignore.decide(sample(line.pattern)).ignored, "{}", line.pattern);
        }
        assert_eq!(reason("mine"), None);
    }
}
