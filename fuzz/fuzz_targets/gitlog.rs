//! `GitLog::parse`: every problem and every file is at a line of the text, and
//! the path of a file stays in the repository.
#![no_main]

use dockerfile_playground::cache::gitlog::GitLog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let log = GitLog::parse(text);
    let lines = text.lines().count().max(1) as u32;
    for problem in &log.problems {
        assert!((1..=lines).contains(&problem.line), "{problem:?}");
        assert!(1 <= problem.column && problem.column <= problem.end_column, "{problem:?}");
    }
    for commit in &log.commits {
        assert!((1..=lines).contains(&commit.line), "{commit:?}");
        for file in &commit.files {
            assert!((commit.line..=lines).contains(&file.line), "{file:?}");
            assert!(!file.path.is_empty() && !file.path.starts_with("../"), "{file:?}");
        }
    }
});
