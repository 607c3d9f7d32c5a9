//! Time of replaying a history: 1,000 commits of 1,500 files against 30 steps
//! must take less than 100 ms, reading the log included.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use dockerfile_playground::cache::gitlog::GitLog;
use dockerfile_playground::cache::replay::History;
use dockerfile_playground::{Analysis, Project};

fn main() {
    divan::main();
}

#[divan::bench(args = [100, 1_000, 10_000], sample_count = 10, sample_size = 1)]
fn replay(bencher: Bencher, commits: usize) {
    let project =
        Project { dockerfile: dockerfile(), context: Some(listing()), ..Project::default() };
    let analysis = Analysis::new(&project);
    let log = log(commits);
    bencher.counter(ItemsCount::new(commits)).bench_local(|| {
        let history = History::new(&GitLog::parse(black_box(&log)), &analysis.context);
        analysis.version().replay(&history, &project.settings)
    });
}

/// Reading the log alone.
#[divan::bench(args = [1_000], sample_count = 10, sample_size = 1)]
fn read(bencher: Bencher, commits: usize) {
    let log = log(commits);
    bencher.counter(ItemsCount::new(commits)).bench_local(|| GitLog::parse(black_box(&log)));
}

const FILES: usize = 1_500;

/// A file of a project with an interface, a server, tests and documentation.
fn file(number: usize) -> String {
    const FOLDERS: [&str; 6] =
        ["web/src/components", "web/src", "server/src/lib", "server/src", "test/e2e", "docs"];
    const ENDINGS: [&str; 4] = ["ts", "css", "json", "md"];
    let folder = FOLDERS[number % FOLDERS.len()];
    format!("{folder}/part{}/file{number}.{}", number / 60, ENDINGS[number % ENDINGS.len()])
}

fn listing() -> String {
    let manifests = ["web/package.json", "web/package-lock.json", "server/package.json"];
    let files = (0..FILES).map(file).chain(manifests.map(str::to_owned));
    files.map(|path| format!("1000\t{path}\n")).collect()
}

/// Every twentieth commit changes a dependency, the others some files.
fn log(commits: usize) -> String {
    let commit = |number: usize| {
        let files = (0..1 + number % 6).map(|n| file((number * 37 + n * 101) % FILES));
        let lockfile = number.is_multiple_of(20).then(|| "web/package-lock.json".to_owned());
        let lines = files.chain(lockfile).map(|path| format!("M\t{path}\n"));
        let lines: String = lines.collect();
        format!(
            "commit {number:040x}\nAuthor: A <a@b.c>\nDate:   Mon Nov 2 09:00:00 2026 +0000\n\n    Change {number}\n\n{lines}\n"
        )
    };
    (0..commits).map(commit).collect()
}

/// Thirty steps in three stages.
fn dockerfile() -> String {
    let mut text = String::new();
    for (stage, folder) in [("web", "web"), ("server", "server")] {
        text += &format!(
            "FROM node:22 AS {stage}\nWORKDIR /app\nRUN apt-get update && apt-get install -y git\nCOPY {folder}/package*.json ./\nRUN npm ci\nRUN npm audit\nCOPY {folder}/src ./src\nCOPY docs ./docs\nRUN npm run lint\nRUN npm run build\nRUN npm test\nRUN npm prune --omit=dev\n"
        );
    }
    text += "FROM node:22-slim\nWORKDIR /srv\nRUN apt-get update && apt-get install -y tini\nRUN groupadd app\nCOPY --from=server /app/node_modules ./node_modules\nCOPY --from=server /app/dist ./dist\nCOPY --from=web /app/dist ./public\nCOPY docs ./docs\nRUN chown -R node /srv\nUSER node\nCMD [\"node\", \"dist/main.js\"]\n";
    text
}
