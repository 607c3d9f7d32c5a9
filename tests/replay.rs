//! Replaying a project's history: real logs in, what every commit rebuilds out.

use std::collections::{BTreeSet, HashSet};

use dockerfile_playground::cache::replay::{History, Replayed};
use dockerfile_playground::context::{Context, Entry};
use dockerfile_playground::filesystem::{Inputs, evaluate};
use dockerfile_playground::graph::Operation;
use dockerfile_playground::identity::Identity;
use dockerfile_playground::report::ReplayReport;
use dockerfile_playground::{Analysis, Project, analyze};
use proptest::prelude::*;

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/replay/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a fixture")
}

/// The fixtures' project; its context is the folder `api` of a monorepo.
fn node() -> Project {
    Project {
        dockerfile: fixture("node.Dockerfile"),
        context: Some(fixture("node.listing")),
        git_log: Some(fixture("node.log")),
        ..Project::default()
    }
}

/// A replay as a table: what a reader of the page sees.
fn shown(replay: &ReplayReport) -> String {
    let mut text = format!(
        "{} commits replayed, {} of them outside of the context; {} without files\n{} files of the context, {} not in the listing; it is {:?} of the repository\n",
        replay.commits,
        replay.outside,
        replay.without_files,
        replay.files,
        replay.unlisted,
        replay.prefix,
    );
    for note in &replay.notes {
        text += &format!("note: {note}\n");
    }
    for problem in &replay.problems {
        text += &format!("{}:{}: {}\n", problem.line, problem.column, problem.message);
    }
    for (title, run) in [("now", &replay.now), ("optimized", &replay.optimized)] {
        text += &format!(
            "\n{title}: {:.0} s, {:.0} % of the steps from the cache\n",
            run.seconds,
            100.0 * run.hit_rate
        );
        for step in &run.steps {
            text += &format!(
                "  line {:2} {:7} runs {} times, {:3.0} % cached, {:5.1} s\n",
                step.line,
                step.instruction,
                step.runs,
                100.0 * step.hit_rate,
                step.seconds
            );
        }
        let worst: Vec<u32> =
            run.worst_steps.iter().map(|step| run.steps[*step as usize].line).collect();
        text += &format!("  worst lines: {worst:?}\n");
        for commit in &run.worst_commits {
            text += &format!("  {} {}: {:.1} s\n", commit.id, commit.title, commit.seconds);
        }
    }
    text
}

fn replay(project: &Project) -> ReplayReport {
    analyze(project).replay.expect("a replay")
}

#[test]
fn a_history_before_and_after_optimizing() {
    insta::assert_snapshot!(shown(&replay(&node())));
}

#[test]
fn without_a_log_there_is_no_replay() {
    assert_eq!(analyze(&Project { git_log: None, ..node() }).replay, None);
}

#[test]
fn every_commit_changes_the_repository_itself_where_it_is_copied() {
    let listing = fixture("node.listing") + "90000\t.git/index\n";
    let replay = replay(&Project { context: Some(listing), ..node() });
    let runs = |run: &dockerfile_playground::report::ReplayRun, instruction: &str| {
        run.steps.iter().filter(|step| step.instruction == instruction).map(|step| step.runs).max()
    };
    assert_eq!(runs(&replay.now, "COPY"), Some(4), "even the commit to web/");
    assert!(replay.notes.iter().any(|note| note.contains(".git")), "{:?}", replay.notes);
    assert!(replay.optimized.hit_rate > replay.now.hit_rate);
}

#[test]
fn a_log_of_another_project_is_told_apart() {
    let log = "0c3b5e7 Fix\nM\tpom.xml\nM\tsrc/main/java/A.java\n";
    let replay = replay(&Project { git_log: Some(log.into()), ..node() });
    assert_eq!(replay.commits, 0);
    let problem = &replay.problems[0];
    assert_eq!((problem.line, replay.problems.len()), (2, 1));
    assert!(problem.message.contains("none of the 2 files"), "{}", problem.message);
    assert!(problem.help.is_some());
}

#[test]
fn a_path_that_stat_cut_off_is_found_by_its_end_if_one_fits() {
    let log =
        "0c3b5e7 Fix\n api/src/index.ts | 2 +-\n .../export/csv.ts | 2 +-\n .../none.ts | 1 +\n";
    let replay = replay(&Project { git_log: Some(log.into()), ..node() });
    assert_eq!(replay.files, 2);
    assert_eq!((replay.problems[0].line, replay.problems.len()), (4, 1));
    assert!(replay.problems[0].help.as_deref().is_some_and(|help| help.contains("--stat=1000")));
}

#[test]
fn without_a_listing_the_log_tells_what_the_project_has() {
    let log = "0c3b5e7 Fix\nM\tsrc/index.ts\n8f2a9d0 Docs\nM\tdocs/a.md\n";
    let replay = replay(&Project { context: None, git_log: Some(log.into()), ..node() });
    // The third is .git, which an assumed project has as every checkout does.
    assert_eq!((replay.commits, replay.files, replay.prefix.as_str()), (2, 3, ""));
    assert!(replay.notes.iter().any(|note| note.contains("No listing")), "{:?}", replay.notes);
}

/// Every Dockerfile of the examples and of the recipes' fixtures.
fn dockerfiles() -> Vec<(String, String)> {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut found = Vec::new();
    let mut folders =
        vec![format!("{root}/www/examples"), format!("{root}/tests/fixtures/recipes")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of fixtures").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path.to_string_lossy().into_owned());
            } else if path.to_string_lossy().to_ascii_lowercase().ends_with("dockerfile") {
                let text = std::fs::read_to_string(&path).expect("a Dockerfile");
                found.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// Dockerfiles that take files in every way there is.
const TRICKY: [&str; 5] = [
    "FROM node:20 AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY --exclude=**/*.md src ./src\nCOPY tsconfig.json scripts/ ./\nRUN npm run build && rm -rf src/test docs\nFROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\nCOPY --from=build /app/src/assets/*.png /img/\nCOPY --link nginx.conf /etc/nginx/\n",
    "FROM rust:1 AS build\nWORKDIR /w\nCOPY . .\nRUN cargo build --release\nFROM debian:12\nCOPY --from=build /w/target/release/app /bin/app\nCOPY --from=build /w/docs /docs\n",
    "FROM python:3.12\nWORKDIR /app\nRUN --mount=type=bind,source=requirements.txt,target=requirements.txt pip install -r requirements.txt\nADD data.tar.gz /data/\nCOPY app ./app\nRUN cp app/main.py /main.py && mv app/docs/*.md /srv/ && python -m compileall app\nFROM scratch\nCOPY --from=0 /main.py /\nCOPY --from=0 /srv /srv\n",
    "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY cmd ./cmd\nCOPY internal ./internal\nRUN go build -o /bin/app ./cmd/app\nFROM build AS test\nCOPY test ./test\nRUN go test ./...\nFROM gcr.io/distroless/static\nCOPY --from=build /bin/app /app\n",
    "FROM node:20 AS deps\nCOPY packages/a/package.json packages/b/package.json /w/\nFROM deps AS build\nCOPY --parents packages/*/src /w/\nRUN cd /w && npm install && npm run build\nFROM deps\nCOPY --from=build /w/node_modules /w/node_modules\nCOPY --from=build /w/packages/a /w/a\n",
];

fn context() -> String {
    FILES.iter().map(|file| format!("1000\t{file}\n")).collect()
}

const FILES: [&str; 44] = [
    ".dockerignore",
    ".git/HEAD",
    ".git/index",
    ".github/ci.yml",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "README.md",
    "app/__init__.py",
    "app/docs/a.md",
    "app/docs/deep/b.md",
    "app/main.py",
    "app/util.py",
    "cmd/app/main.go",
    "cmd/other/main.go",
    "data.tar.gz",
    "docs/a.md",
    "docs/b/c.md",
    "go.mod",
    "go.sum",
    "internal/a/a.go",
    "internal/a/a_test.go",
    "nginx.conf",
    "node_modules/x/index.js",
    "package-lock.json",
    "package.json",
    "packages/a/package.json",
    "packages/a/src/index.ts",
    "packages/b/package.json",
    "packages/b/src/index.ts",
    "packages/b/src/readme.md",
    "pyproject.toml",
    "requirements.txt",
    "scripts/build.sh",
    "src/assets/a.png",
    "src/assets/b.svg",
    "src/index.ts",
    "src/lib/deep/x.ts",
    "src/main.rs",
    "src/test/a.ts",
    "test/a_test.go",
    "tests/e2e.rs",
    "tsconfig.json",
    "web/index.html",
];

/// Steps that run between two states of the context, by the model itself:
/// stage and line.
fn by_brute_force(
    analysis: &Analysis<'_>,
    old: &Context,
    new: &Context,
    edited: &[&str],
) -> BTreeSet<(u32, u32)> {
    let follow = |context: &Context, edited: &[&str]| {
        let contents = edited.iter().map(|file| ((*file).to_owned(), Identity::of("other")));
        evaluate(&Inputs { context, contents: &contents.collect(), ..analysis.inputs() }, None)
    };
    let (before, after) = (follow(old, &[]), follow(new, edited));
    let seen: HashSet<_> =
        before.stages.iter().flat_map(|s| s.steps.iter().map(|s| s.key)).collect();
    let mut runs = BTreeSet::new();
    for (index, stage) in analysis.graph.stages.iter().enumerate().filter(|(_, stage)| stage.needed)
    {
        for (step, done) in stage.steps.iter().zip(&after.stages[index].steps) {
            let works = matches!(
                step.operation,
                Operation::Run(_) | Operation::Copy(_) | Operation::Workdir(_)
            );
            if works && !seen.contains(&done.key) {
                let span = analysis.dockerfile.instructions[step.instruction].span;
                runs.insert((index as u32, analysis.dockerfile.line(span.start)));
            }
        }
    }
    runs
}

/// The same by the history's replay.
fn replayed(analysis: &Analysis<'_>, files: &[&str]) -> BTreeSet<(u32, u32)> {
    let commit =
        Replayed { id: String::new(), title: String::new(), files: (0..files.len()).collect() };
    let history = History {
        files: files.iter().map(|file| (*file).to_owned()).collect(),
        commits: vec![commit],
        ..History::default()
    };
    let run = analysis.version().replay(&history, &analysis.project.settings);
    run.steps.iter().filter(|step| step.runs == 1).map(|step| (step.stage, step.line)).collect()
}

/// The context with these files, and without those.
fn with(analysis: &Analysis<'_>, files: &[&str], without: &[&str]) -> Context {
    let mut context = Context::clone(&analysis.context);
    for file in files {
        if context.entry(file).is_none() {
            context.entries.push(Entry::file(file, 1_000));
            context.entries.sort_by(|a, b| a.path.cmp(&b.path));
        }
    }
    context.entries.retain(|entry| !without.contains(&&*entry.path));
    context.decide(&analysis.ignore);
    context
}

fn project(dockerfile: &str, listing: bool) -> Project {
    let context = listing.then(context);
    Project { dockerfile: dockerfile.to_owned(), context, ..Project::default() }
}

fn check_each_file(name: &str, project: &Project, files: &[&str]) {
    let analysis = Analysis::new(project);
    for file in files {
        let context = with(&analysis, &[file], &[]);
        let expected = by_brute_force(&analysis, &context, &context, &[file]);
        assert_eq!(
            replayed(&analysis, &[file]),
            expected,
            "{file} of {name}\n{}",
            project.dockerfile
        );
    }
}

#[test]
fn a_class_of_files_runs_what_each_of_its_files_runs() {
    // Two of these are not in the listing.
    let few = [
        "README.md",
        "package.json",
        "requirements.txt",
        "src/index.ts",
        "docs/new.md",
        "src/gone/old.ts",
    ];
    for (name, dockerfile) in dockerfiles() {
        check_each_file(&name, &project(&dockerfile, true), &few);
    }
    for dockerfile in TRICKY {
        check_each_file("a listing", &project(dockerfile, true), &FILES);
        check_each_file("an assumed project", &project(dockerfile, false), &FILES);
    }
}

const IGNORES: [&str; 3] =
    ["", "node_modules\n.git\n**/*.md\n!README.md\n", "*\n!src\n!package.json\n!Cargo.*\n!go.*\n"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Several files at once, some of them new and some gone: the union of what
    /// each of them runs.
    #[test]
    fn a_commit_runs_what_all_its_changes_at_once_run(
        dockerfile in prop::sample::select(TRICKY.to_vec()),
        ignore in prop::sample::select(IGNORES.to_vec()),
        files in prop::sample::subsequence(FILES.to_vec(), 1..8),
        kinds in prop::collection::vec(0..3_u8, 8),
    ) {
        let project = Project { dockerignore: ignore.into(), ..project(dockerfile, true) };
        let analysis = Analysis::new(&project);
        let of = |kind: u8| -> Vec<&str> {
            files.iter().zip(&kinds).filter(|(_, is)| **is == kind).map(|(file, _)| *file).collect()
        };
        let (edited, added, deleted) = (of(0), of(1), of(2));
        let (old, new) = (with(&analysis, &[], &added), with(&analysis, &[], &deleted));
        prop_assert_eq!(replayed(&analysis, &files), by_brute_force(&analysis, &old, &new, &edited));
    }
}
