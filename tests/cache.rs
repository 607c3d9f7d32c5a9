//! The cache simulation against real builds: every file of `tests/truth/cache`
//! is a pair of builds with what the engine did with each step of the second.

#[path = "truth/pair.rs"]
mod pair;

use std::path::Path;

use dockerfile_playground::report::{Changes, StepReport, StepStatus};
use dockerfile_playground::sorted::Map;
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
        build_args: pair.build_args.iter().cloned().collect::<Map<_, _>>(),
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

/// The reason of the step on a line after changes of a small project.
fn reason(dockerfile: &str, changes: &[&str], line: u32) -> String {
    let changes = changes.iter().map(|change| (*change).to_owned()).collect();
    let report = analyze(&Project {
        dockerfile: dockerfile.to_owned(),
        context: Some("1\ta\n2\tsrc/b\n3\tsrc/c\n".to_owned()),
        changes: vec![Changes::Together(changes)],
        only_changes: true,
        ..Project::default()
    });
    let steps = &report.cache[0].steps;
    let step = steps.iter().find(|step| step.line == line).expect("the step");
    step.reason.clone()
}

#[test]
fn reasons_name_the_cause() {
    let text = "FROM base:1\nARG V=1\nENV E=x\nCOPY src /src\nRUN make\nRUN echo end\n";
    let edited = |from: &str, to: &str| format!("dockerfile:{}", text.replace(from, to));
    for (changes, line, cause) in [
        (vec!["edit:src/b"], 4, "It copies src/b, which changed."),
        (vec!["edit:src"], 4, "It copies src/b (and 1 more), which changed."),
        (vec!["add:src/d"], 4, "It copies src/d, which is new."),
        (vec!["delete:src/c"], 4, "It copies src/c no more."),
        (vec!["edit:src/b"], 5, "Runs again because line 4 (COPY src /src) above it runs again."),
        (vec!["arg:V=2"], 5, "It sees the build argument V, which is \"2\", before \"1\"."),
        (vec!["base:base:1"], 1, "base:1 is not the image that was built on before: it is pulled."),
        (vec!["base:base:1"], 4, "Its base image base:1 is another one."),
        (vec![&*edited("E=x", "E=y")], 5, "It sees the variable E, which is \"y\", before \"x\"."),
        (vec![&*edited("ENV E=x", "ENV F=x")], 5, "It sees the variable F, which is new."),
        (vec![&*edited("ENV E=x", "USER app")], 5, "It does not see the variable E any more."),
        (vec![&*edited("make", "make all")], 5, "Its command changed; it was \"make\"."),
        (vec![&*edited("/src\n", "/opt\n")], 4, "Its destination is \"/opt\", before \"/src\"."),
        (vec![&*edited("COPY", "COPY --chmod=755")], 4, "Its --chmod is \"755\", before \"none\"."),
        (vec![&*edited("RUN make", "RUN --network=none make")], 5, "It runs with --network=none"),
        (vec!["touch:src/b"], 4, "None of the files that it copies changed"),
        (vec!["arg:V=2"], 2, "Sets a build argument"),
    ] {
        let told = reason(text, &changes, line);
        assert!(told.starts_with(cause), "{changes:?}: {told}");
    }
}

#[test]
fn reasons_tell_of_other_stages() {
    let text = "FROM base:1 AS build\nCOPY src /src\nRUN cat /src/b > /b && echo x > /x\n\
                FROM base:1\nCOPY --from=build /b /b\nCOPY --from=build /x /x\n\
                FROM base:1 AS other\nRUN true\n";
    let target =
        |line| reason(&format!("{text}FROM scratch\nCOPY --from=1 /b /\n"), &["edit:src/b"], line);
    assert_eq!(target(5), "What it copies from stage build is not the same: /b is another one.");
    assert_eq!(target(8), "Stage 3 does not need this stage.");
    let kept = reason(
        &text
            .replace("COPY --from=build /b /b\n", "")
            .replace("FROM base:1 AS other\nRUN true\n", ""),
        &["edit:src/b"],
        5,
    );
    assert_eq!(kept, "Stage build runs again, but what is taken from it is the same.");
}

#[test]
fn a_change_that_cannot_be_made_is_told_and_the_others_are() {
    let report = analyze(&Project {
        dockerfile: "FROM base:1\nCOPY a /\nCOPY b /\n".to_owned(),
        context: Some("1\ta\n2\tb\n".to_owned()),
        changes: vec![
            Changes::Together(vec!["edit:missing".to_owned(), "edit:b".to_owned()]),
            "base:other".into(),
            "add:a".into(),
            "colour:red".into(),
        ],
        only_changes: true,
        ..Project::default()
    });
    let problems: Vec<&str> =
        report.cache.iter().map(|cache| cache.problem.as_deref().unwrap_or("")).collect();
    assert_eq!(
        problems[..3],
        [
            "missing is not in the build context",
            "nothing is taken from other",
            "a is in the build context already"
        ]
    );
    assert!(problems[3].contains("not a kind of change"), "{}", problems[3]);
    let statuses: Vec<&str> = report.cache[0].steps.iter().map(status).collect();
    assert_eq!(statuses, ["cached", "cached", "run"]);
}

/// Line and status of every step after a change of a project nobody has listed.
fn of_assumed(dockerfile: &str, dockerignore: &str, change: String) -> Vec<(u32, &'static str)> {
    let report = analyze(&Project {
        dockerfile: dockerfile.to_owned(),
        dockerignore: dockerignore.to_owned(),
        changes: vec![Changes::One(change)],
        only_changes: true,
        ..Project::default()
    });
    report.cache[0].steps.iter().map(|step| (step.line, status(step))).collect()
}

#[test]
fn the_texts_are_files_of_the_context() {
    const TEXT: &str = "FROM node:22\nCOPY . /app\nRUN make\n";
    let edited = TEXT.replace("make", "make all");
    let all_run = [(1, "cached"), (2, "run"), (3, "run")];
    let last_runs = [(1, "cached"), (2, "cached"), (3, "run")];
    let all_cached = [(1, "cached"), (2, "cached"), (3, "cached")];
    for kind in ["dockerfile", "earlier-dockerfile"] {
        let change = |text: &str| format!("{kind}:{text}");
        assert_eq!(of_assumed(TEXT, "", change(&edited)), all_run, "{kind}");
        assert_eq!(of_assumed(TEXT, "Dockerfile\n", change(&edited)), last_runs, "{kind}");
        assert_eq!(of_assumed(TEXT, "", change(TEXT)), all_cached, "{kind}: the same text");
    }
    let ignore = |text: &str| format!("dockerignore:{text}");
    assert_eq!(of_assumed(TEXT, "", ignore("none\n")), all_run, "a new file");
    assert_eq!(of_assumed(TEXT, "none\n", ignore("none\n# why\n")), all_run, "an edited file");
    assert_eq!(of_assumed(TEXT, "none\n", ignore("none\n")), all_cached);
    let hidden = ".dockerignore\n";
    assert_eq!(of_assumed(TEXT, hidden, ignore(".dockerignore\n# why\n")), all_cached);
}

#[test]
fn an_earlier_dockerfile_is_the_build_before() {
    let earlier = "earlier-dockerfile:FROM base:1\nRUN one\nRUN three\n";
    let told = reason("FROM base:1\nRUN one\nRUN two\nRUN three\n", &[earlier], 3);
    assert_eq!(told, "New in this Dockerfile.");
    let told = reason("FROM base:1\nRUN one\nRUN two\n", &[earlier], 3);
    assert_eq!(told, "Its command changed; it was \"three\".");
}

#[test]
fn an_edit_of_the_text_is_compared_with_what_the_recipes_make_of_it() {
    const TEXT: &str = "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n";
    let report = analyze(&Project {
        dockerfile: TEXT.to_owned(),
        changes: vec![Changes::One(format!("earlier-dockerfile:{TEXT}# end\n"))],
        only_changes: true,
        ..Project::default()
    });
    let runs = |cache: &dockerfile_playground::report::CacheReport| {
        cache.steps.iter().filter(|step| status(step) == "run").count()
    };
    assert_eq!(runs(&report.cache[0]), 2, "COPY . . and what follows");
    assert_eq!(runs(&report.optimized.cache[0]), 0, "the better version leaves the text out");
    assert_eq!(report.cache[0].change, report.optimized.cache[0].change);
}
