//! The cache simulation against real builds: every file of `tests/truth/cache`
//! is a pair of builds with what the engine did with each step of the second.

#[path = "truth/pair.rs"]
mod pair;

use std::collections::BTreeMap;
use std::path::Path;

use dockerfile_playground::report::{Changes, StepReport, StepStatus};
use dockerfile_playground::{Project, analyze};
use pair::{Pair, Step};

fn project(pair: &Pair) -> Project {
    let listing = pair.context.iter().map(|file| {
        let mode = if file.executable { "100755" } else { "100644" };
        format!("{mode} blob {:040} {}\t{}\n", 0, file.content.len() + 1, file.path)
    });
    let mut changes = pair.changes.clone();
    changes.extend(pair.dockerfile_after.iter().map(|text| format!("dockerfile:{text}")));
    changes.extend(pair.dockerignore_after.iter().map(|text| format!("dockerignore:{text}")));
    Project {
        dockerfile: pair.dockerfile.clone(),
        dockerignore: pair.dockerignore.clone().unwrap_or_default(),
        context: Some(listing.collect()),
        build_args: pair.build_args.iter().cloned().collect::<BTreeMap<_, _>>(),
        target: pair.target.clone(),
        changes: vec![Changes::Together(changes)],
        only_changes: true,
        ..Project::default()
    }
}

fn status(step: &StepReport) -> &'static str {
    match step.status {
        StepStatus::Cached => "cached",
        StepStatus::Run => "run",
        StepStatus::Unneeded => "unneeded",
    }
}

/// What is wrong with our answer, a line each.
fn disagreements(pair: &Pair) -> Vec<String> {
    let report = analyze(&project(pair));
    let cache = &report.cache[0];
    let mut wrong: Vec<String> =
        cache.problem.iter().map(|problem| format!("problem: {problem}")).collect();
    if pair.steps.is_empty() {
        wrong.push("no steps are stored".to_owned());
    }
    for Step { stage, line, status: expected, text } in &pair.steps {
        let ours = cache.steps.iter().find(|step| (step.stage, step.line) == (*stage, *line));
        match ours {
            None => wrong.push(format!("line {line} {text}: we have no such step")),
            Some(ours) if status(ours) != expected => wrong.push(format!(
                "line {line} {text}: {expected}, not {} ({})",
                status(ours),
                ours.reason
            )),
            Some(_) => {}
        }
    }
    wrong
}

#[test]
fn every_step_does_what_the_engine_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth/cache");
    let pairs = pair::read_all(&folder).expect("the pairs");
    let by_the_engine = pairs.iter().filter(|pair| pair.source.is_none()).count();
    assert!(by_the_engine >= 80, "only {by_the_engine} pairs of the engine");
    let wrong: Vec<String> = pairs
        .iter()
        .flat_map(|pair| {
            let wrong = disagreements(pair).into_iter();
            wrong.map(|line| format!("{}: {line}", pair.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{} disagreements\n{}", wrong.len(), wrong.join("\n"));
}
