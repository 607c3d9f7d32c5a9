//! `parse_listing`: every problem is at a place of the text, a path is listed
//! once and stays in the context, and no file lies below another.
#![no_main]

use dockerfile_playground::context::parse_listing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let listing = parse_listing(text);
    let lines = text.split('\n').count() as u32;
    for problem in &listing.problems {
        assert!((1..=lines).contains(&problem.line), "{problem:?}");
        assert!(1 <= problem.column && problem.column <= problem.end_column, "{problem:?}");
    }
    for file in &listing.files {
        assert!(!file.path.is_empty() && !file.path.starts_with('/'), "{file:?}");
        assert!(!file.path.split('/').any(|part| part == ".."), "{file:?}");
    }
    for pair in listing.files.windows(2) {
        assert!(pair[0].path < pair[1].path, "{pair:?}");
        let below = pair[1].path.strip_prefix(pair[0].path.as_str());
        assert!(!below.is_some_and(|below| below.starts_with('/')), "{pair:?}");
    }
});
