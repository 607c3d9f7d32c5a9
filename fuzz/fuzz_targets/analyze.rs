//! The whole analysis: no panic, and what it proposes is no less readable than
//! what it was given.
#![no_main]

use dockerfile_playground::syntax::Dockerfile;
use dockerfile_playground::{Project, analyze};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    let report = analyze(&Project { dockerfile: source.into(), ..Project::default() });
    if Dockerfile::parse(source).errors.is_empty() {
        let optimized = Dockerfile::parse(&report.optimized.dockerfile);
        assert!(optimized.errors.is_empty(), "{:?}\n{}", optimized.errors, optimized.source());
    }
});
