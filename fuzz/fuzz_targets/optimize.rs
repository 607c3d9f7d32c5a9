//! The optimizer: its result parses, is not larger than its steps admit, and is
//! left alone when optimized again.
#![no_main]

use dockerfile_playground::report::{OptimizedReport, Report};
use dockerfile_playground::{Analysis, Project, analyze};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    // The .dockerignore comes behind a NUL, which no Dockerfile has.
    let (dockerfile, dockerignore) = source.split_once('\0').unwrap_or((source, ""));
    let project = project(dockerfile, dockerignore);
    let report = analyze(&project);
    let optimized = &report.optimized;
    if !report.syntax.valid {
        assert_eq!(optimized.dockerfile, dockerfile, "rewrote what does not parse");
        return;
    }
    let result = self::project(&optimized.dockerfile, &optimized.dockerignore);
    assert!(Analysis::new(&result).is_valid(), "{}", optimized.dockerfile);
    assert!(optimized.image.size.expected <= admitted(&report), "{}", optimized.dockerfile);
    let again = analyze(&result).optimized;
    assert_eq!(again.dockerfile, optimized.dockerfile);
    assert_eq!(again.dockerignore, optimized.dockerignore);
});

fn project(dockerfile: &str, dockerignore: &str) -> Project {
    Project {
        dockerfile: dockerfile.to_owned(),
        dockerignore: dockerignore.to_owned(),
        ..Project::default()
    }
}

/// The size before and what steps say that they add, bytes.
fn admitted(report: &Report) -> u64 {
    let OptimizedReport { steps, .. } = &report.optimized;
    let enabled = steps.iter().filter(|step| step.enabled);
    let added: u64 = enabled.map(|step| (-step.saves_bytes).max(0) as u64).sum();
    report.image.size.expected + added
}
