//! Proposes a `.dockerignore`, or the lines that one lacks.

use super::{Recipe, Rewrite};
use crate::analysis::Analysis;
use crate::context::IgnoreFile;
use crate::graph::{Operation, Origin};
use crate::report::Applicability;

/// Applies where files that no image needs are sent to the builder. A line is
/// proposed only if no COPY or ADD names what it takes out.
pub const RECIPE: Recipe = Recipe {
    id: "dockerignore",
    title: "Keep what the image does not need out of the build context",
    why: "What is ignored is neither sent to the builder nor copied by COPY . ., and a change of it rebuilds nothing. Secrets and installed dependencies of your machine stay out.",
    applicability: Applicability::Likely,
    rewrite,
};

/// A candidate line: when it is worth having even if nothing matches it now.
struct Line {
    pattern: &'static str,
    always: bool,
}

const fn line(pattern: &'static str, always: bool) -> Line {
    Line { pattern, always }
}

/// Candidates in the order in which they are written.
const LINES: [Line; 17] = [
    line(".git", true),
    line(".gitignore", false),
    line(".github", false),
    line("node_modules", true),
    line(".venv", false),
    line("venv", false),
    line("__pycache__", false),
    line("target", false),
    line("dist", false),
    line("coverage", false),
    line("docs", false),
    line("*.md", false),
    line("Dockerfile*", true),
    line(".dockerignore", true),
    line("docker-compose*.yml", false),
    line(".env*", true),
    line("*.log", true),
];

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
    let wanted: Vec<&str> =
        LINES.iter().filter(|line| is_wanted(analysis, line)).map(|line| line.pattern).collect();
    let matters = wanted.iter().any(|pattern| takes_out(analysis, pattern) > 0);
    // A file of one's own is only added to for what is really sent.
    let has_one = !analysis.ignore.patterns.is_empty();
    if !matters && (has_one || wanted.is_empty()) {
        return None;
    }
    let before = &analysis.project.dockerignore;
    let mut text = before.trim_end().to_owned();
    for pattern in wanted.iter().filter(|pattern| !has_one || takes_out(analysis, pattern) > 0) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(pattern);
    }
    text.push('\n');
    Some(Rewrite {
        dockerignore: Some(text),
        verify: Some("docker build .".to_owned()),
        ..Rewrite::default()
    })
}

/// Files that a pattern would take out of what is sent now.
fn takes_out(analysis: &Analysis<'_>, pattern: &str) -> usize {
    let ignore = IgnoreFile::parse(pattern);
    let mut context = analysis.context.clone();
    context.decide(&ignore);
    let now = analysis.context.entries.iter().zip(&context.entries);
    now.filter(|(before, after)| before.sent() && !after.sent()).count()
}

fn is_wanted(analysis: &Analysis<'_>, line: &Line) -> bool {
    let suits = match line.pattern {
        "node_modules" => {
            analysis.context.entries.iter().any(|entry| entry.path.ends_with("package.json"))
        }
        _ => line.always,
    };
    let sent = takes_out(analysis, line.pattern) > 0;
    let already = analysis.ignore.decide(sample(line.pattern)).ignored;
    (suits || sent) && !already && !is_named(analysis, line.pattern)
}

/// A path that the pattern is about.
fn sample(pattern: &str) -> &str {
    match pattern {
        "Dockerfile*" => "Dockerfile",
        "*.md" => "README.md",
        "docker-compose*.yml" => "docker-compose.yml",
        ".env*" => ".env",
        "*.log" => "debug.log",
        pattern => pattern,
    }
}

/// True when a COPY, an ADD or a bind mount names something that the pattern
/// takes out: then it is needed.
fn is_named(analysis: &Analysis<'_>, pattern: &str) -> bool {
    let ignore = IgnoreFile::parse(pattern);
    let names = |source: &str| {
        !matches!(source, "." | "./" | "") && ignore.decide(source.trim_matches('/')).ignored
    };
    analysis.graph.stages.iter().flat_map(|stage| &stage.steps).any(|step| match &step.operation {
        Operation::Copy(copy) => {
            copy.origin == Origin::Context && copy.sources.iter().any(|source| names(source))
        }
        Operation::Run(run) => {
            run.mounts.iter().any(|mount| mount.origin == Origin::Context && names(&mount.source))
        }
        _ => false,
    })
}
