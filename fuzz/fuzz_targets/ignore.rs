//! `IgnoreFile`: any text can be read and asked about any path, and a walk that
//! remembers folders decides as one that starts anew for each path.
#![no_main]

use dockerfile_playground::context::{IgnoreFile, Walk};
use libfuzzer_sys::fuzz_target;

/// Of every kind: hidden, nested, with blanks, wildcards, beyond ASCII, long.
const PATHS: [&str; 14] = [
    ".dockerignore",
    ".git/HEAD",
    "Dockerfile",
    "[a]/b",
    "a",
    "a b",
    "a/b/c/d/e.txt",
    "a/b/c/d/f",
    "dist/app.js",
    "node_modules/a/index.js",
    "src/a.rs",
    "src/ä/€.md",
    "x\\y",
    "zzzzzzzzzzzzzzzzzzzzzzzz/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

fuzz_target!(|text: &str| {
    let ignore = IgnoreFile::parse(text);
    for pattern in &ignore.patterns {
        assert_eq!(text.get(pattern.span.range()), Some(pattern.text.as_str()));
    }
    let mut walk = Walk::new(&ignore);
    for path in PATHS {
        assert_eq!(walk.decide(path), ignore.decide(path), "{path}");
    }
    // A pattern is also a path: the likeliest match.
    for pattern in &ignore.patterns {
        ignore.decide(&pattern.pattern);
        ignore.hides_copy_source(&pattern.text);
    }
});
