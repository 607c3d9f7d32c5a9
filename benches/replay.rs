//! Time of replaying a history: 1,000 commits of 1,500 files against 30 steps
//! must take less than 100 ms, reading the log included.

use std::hint::black_box;

use divan::Bencher;
use divan::counter::ItemsCount;
use dockerfile_playground::cache::gitlog::GitLog;
use dockerfile_playground::cache::replay::History;
use dockerfile_playground::{Analysis, Project};
use fixtures::{git_log, listing};

mod fixtures;

fn main() {
    divan::main();
}

#[divan::bench(args = [100, 1_000, 10_000], sample_count = 10, sample_size = 1)]
fn replay(bencher: Bencher, commits: usize) {
    let project =
        Project { dockerfile: dockerfile(), context: Some(listing()), ..Project::default() };
    let analysis = Analysis::new(&project);
    let log = git_log(commits);
    bencher.counter(ItemsCount::new(commits)).bench_local(|| {
        let history = History::new(&GitLog::parse(black_box(&log)), &analysis.context);
        analysis.version().replay(&history, &project.settings)
    });
}

/// Reading the log alone.
#[divan::bench(args = [1_000], sample_count = 10, sample_size = 1)]
fn read(bencher: Bencher, commits: usize) {
    let log = git_log(commits);
    bencher.counter(ItemsCount::new(commits)).bench_local(|| GitLog::parse(black_box(&log)));
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
