//! Short texts that ask for far more than anyone wants: each is answered soon,
//! and says what of it was left out. (docs/robustness.md has the large ones.)

use std::time::Instant;

use dockerfile_playground::{Project, Report, analyze};

fn of(dockerfile: &str) -> Report {
    analyze(&Project { dockerfile: dockerfile.to_owned(), ..Project::default() })
}

/// Asserts that the evidence of a layer says so.
#[track_caller]
fn assert_says(report: &Report, text: &str) {
    let evidence = report.layers.iter().flat_map(|layer| &layer.evidence);
    let texts: Vec<&str> = evidence.map(|evidence| &*evidence.text).collect();
    assert!(texts.iter().any(|found| found.contains(text)), "{text} is not in {texts:?}");
}

#[test]
fn loops_in_loops_end() {
    let head = "for i in 1 2 3 4 5 6 7 8 9 10; do ".repeat(20);
    let loops = format!("FROM debian:12\nRUN {head}touch /x; {}\n", "done; ".repeat(20));
    assert_says(&of(&loops), "runs more commands than are followed here; the rest is left out");
    // Nothing in them is run.
    assert_says(&of(&loops.replace("touch /x", "x=1")), "runs more commands than are followed");
}

#[test]
fn functions_that_call_themselves_end() {
    let report = of("FROM debian:12\nRUN f() { f; f; }; f\n");
    assert_says(&report, "runs more commands than are followed here; the rest is left out");
}

#[test]
fn braces_do_not_multiply_without_end() {
    let braces = "/{a,b,c,d,e,f,g,h,i,j}".repeat(12);
    let report = of(&format!("FROM debian:12\nRUN mkdir -p {braces}\n"));
    assert_says(&report, "more arguments than are followed here; the rest is left out");
}

#[test]
fn values_do_not_double_without_end() {
    let lines = "ENV A=$A$A\n".repeat(60);
    let report = of(&format!("FROM debian:12\nENV A=xxxxxxxxxx\n{lines}RUN echo $A\n"));
    let [error, ..] = &report.syntax.errors[..] else { panic!("no error") };
    assert!(error.message.contains("longer than 128 kB"), "{}", error.message);
    assert_eq!(error.line, 16, "where 10 bytes, doubled 14 times, get too long");

    let shell = "a=$a$a; ".repeat(60);
    let report = of(&format!("FROM debian:12\nRUN a=xxxxxxxxxx; {shell}echo $a > /x\n"));
    assert!(report.image.size.expected < 1_000_000_000);
}

#[test]
fn long_values_do_not_fill_the_memory_again_and_again() {
    let value = "x".repeat(60_000);
    let lines: String = (0..200).map(|i| format!("ENV A{i}=$A\n")).collect();
    let report = of(&format!("FROM debian:12\nENV A={value}\n{lines}"));
    let [error, ..] = &report.syntax.errors[..] else { panic!("no error") };
    assert!(error.message.contains("longer than 8 MB"), "{}", error.message);
}

#[test]
fn a_long_ignore_file_is_read_in_part() {
    let project = Project {
        dockerfile: "FROM debian:12\nCOPY . /x\n".to_owned(),
        dockerignore: "src\n".repeat(100_000),
        ..Project::default()
    };
    let report = analyze(&project);
    let [problem] = &report.context.problems[..] else { panic!("not one problem") };
    assert_eq!(problem.message, ".dockerignore: More than 2,000 lines; the rest is left out");
    assert_eq!(problem.line, 2_001);
}

#[test]
fn a_file_that_is_read_in_part_says_how_far() {
    let report = of(&format!("FROM debian:12\nRUN {}\n", "x".repeat(1_100_000)));
    let cut = report.findings.iter().find(|finding| finding.rule == "too-many-instructions");
    let message = &cut.expect("the finding").message;
    assert_eq!(
        message,
        "The file is too long: its first instruction is analysed, and nothing is optimized"
    );
}

/// A build of a service of Node.js.
const NODE: &str = "FROM node:22\nCOPY . .\nRUN npm ci\nRUN yarn install\n";

fn seconds(project: &Project) -> f64 {
    let start = Instant::now();
    analyze(project);
    start.elapsed().as_secs_f64()
}

/// Asserts that a project of such a size takes a few times what one of a quarter takes:
/// whatever is quadratic takes sixteen times as long.
#[track_caller]
fn assert_linear(size: usize, project: impl Fn(usize) -> Project) {
    // The best of three: other work on the machine comes and goes.
    let ratios = (0..3).map(|_| seconds(&project(size)) / seconds(&project(size / 4)));
    let best = ratios.fold(f64::INFINITY, f64::min);
    assert!(best < 9.0, "four times as much takes {best:.1} times as long");
}

#[test]
fn lockfiles_cost_what_they_are_long() {
    assert_linear(2_000, |size| {
        let npm = (0..size).map(|i| format!(r#","node_modules/a{i}": {{"version": "1.0.0"}}"#));
        let npm: String = npm.collect();
        let yarn = (0..size).map(|i| {
            format!("a{i}@1:\n  version \"1.0.0\"\n  dependencies:\n    a{} \"1\"\n\n", i + 1)
        });
        let lock = format!(r#"{{"lockfileVersion": 3, "packages": {{"": {{}}{npm}}}}}"#);
        let manifests = [
            ("package.json", r#"{"dependencies": {"a0": "1"}}"#.to_owned()),
            ("package-lock.json", lock),
            ("yarn.lock", yarn.collect()),
        ];
        Project {
            dockerfile: NODE.to_owned(),
            manifests: manifests.map(|(name, text)| (name.to_owned(), text)).into(),
            ..Project::default()
        }
    });
}

#[test]
fn words_of_long_values_cost_no_more_than_a_copy() {
    let project = |value: &str| Project {
        dockerfile: format!("FROM debian:12\nENV A={value}\n{}", "ENV B=$A\n".repeat(1_000)),
        ..Project::default()
    };
    // 60 MB in all: character by character, this takes half a minute without optimization.
    let (short, long) = (seconds(&project("x")), seconds(&project(&"x".repeat(60_000))));
    assert!(long < 10.0 + 5.0 * short, "{long:.1} s for long values, {short:.1} s for short ones");
}

#[test]
fn patterns_of_folders_cost_what_they_are_many() {
    assert_linear(400, |size| {
        let patterns = (0..size).map(|i| format!("{}*a*b*c*{i}\n", "**/".repeat(20)));
        let files = (0..100).map(|i| format!("5\t{}{}{i}\n", "a/".repeat(60), "a".repeat(60)));
        Project {
            dockerfile: "FROM debian:12\nCOPY . /x\n".to_owned(),
            dockerignore: patterns.collect(),
            context: Some(files.collect()),
            ..Project::default()
        }
    });
}

#[test]
fn texts_of_another_sort_are_told_and_cost_what_they_are_long() {
    let latin = "lorem ipsum dolor\n";
    assert_linear(20_000, |size| Project {
        dockerfile: NODE.to_owned(),
        git_log: Some(latin.repeat(size)),
        manifests: [("package.json".to_owned(), r#"{"a":"#.repeat(size))].into(),
        ..Project::default()
    });
    let report = analyze(&Project { git_log: Some(latin.repeat(10)), ..Project::default() });
    let problems = report.replay.expect("a replay").problems;
    assert_eq!(problems[0].message, "the commits of the log name no files");
}
