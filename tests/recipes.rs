//! What must hold for every optimized file.

use std::fs;
use std::path::Path;

use dockerfile_playground::report::Report;
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Project, analyze};
use proptest::prelude::*;

fn project(dockerfile: &str, dockerignore: &str) -> Project {
    Project {
        dockerfile: dockerfile.to_owned(),
        dockerignore: dockerignore.to_owned(),
        ..Project::default()
    }
}

/// Checks the invariants and gives the report.
fn optimized(name: &str, dockerfile: &str, dockerignore: &str) -> Report {
    optimized_in(name, &project(dockerfile, dockerignore))
}

/// The same for a project with more than these texts.
fn optimized_in(name: &str, project: &Project) -> Report {
    let dockerfile = &project.dockerfile;
    let report = analyze(project);
    let optimized = &report.optimized;
    let again = analyze(&Project {
        dockerfile: optimized.dockerfile.clone(),
        dockerignore: optimized.dockerignore.clone(),
        ..project.clone()
    });
    if report.syntax.valid {
        let text = &optimized.dockerfile;
        assert!(again.syntax.valid, "{name}: {:?}\n{text}", again.syntax.errors);
        let steps: Vec<_> =
            again.optimized.steps.iter().filter(|s| s.enabled).map(|s| &s.recipe).collect();
        assert!(steps.is_empty(), "{name}: {steps:?} apply again to\n{text}");
        // The image grows only where a step says so.
        let admitted: i64 = optimized.steps.iter().map(|step| (-step.saves_bytes).max(0)).sum();
        let (before, after) = (report.image.size.expected, optimized.image.size.expected);
        assert!(after as i64 <= before as i64 + admitted, "{name}: {before} to {after}");
    } else {
        assert_eq!(optimized.dockerfile, *dockerfile, "{name}: rewrote what does not parse");
    }
    report
}

/// The texts of a folder's files by their names; none where there is no folder.
fn texts(folder: &Path) -> Map<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(Result::unwrap);
    let text = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    entries.map(text).collect()
}

#[test]
fn fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recipes");
    let mut paths: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "Dockerfile"));
    paths.sort();
    assert!(paths.len() >= 25);
    for path in paths {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let ignore = fs::read_to_string(path.with_extension("dockerignore")).unwrap_or_default();
        let manifests = texts(&path.with_extension(""));
        // Recipes that are off by default, one a line.
        let on = fs::read_to_string(path.with_extension("recipes")).unwrap_or_default();
        let recipes = on.lines().map(|id| (id.to_owned(), true)).collect();
        let project = Project { manifests, recipes, ..project(&text, &ignore) };
        let report = optimized_in(name, &project);
        // Line ends are shown: CRLF must stay.
        let shown = report.optimized.dockerfile.replace('\r', "<CR>");
        insta::with_settings!({ snapshot_path => "fixtures/recipes/snapshots", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

#[test]
fn a_good_file_stays_as_it_is() {
    let text = include_str!("fixtures/recipes/node_good.Dockerfile");
    let ignore = include_str!("fixtures/recipes/node_good.dockerignore");
    let report = optimized("node_good", text, ignore);
    assert!(report.optimized.steps.is_empty(), "{:?}", report.optimized.steps);
}

/// Steps of the field report that the product began with, and what each left
/// of its image: bytes, and the recipe that does the same.
const FIELD_REPORT: [(f64, &str); 3] =
    [(380e6, "node-multi-stage"), (182e6, "alpine-runtime"), (175e6, "npm-cache-clean")];

#[test]
fn the_field_reports_steps_are_reached_by_the_rules_alone() {
    let text = include_str!("../www/examples/node-service/Dockerfile");
    let report = optimized("node-service", text, "");
    let near = |what: &str, ours: u64, theirs: f64| {
        let off = ours as f64 / theirs - 1.0;
        println!("{what}: {ours} against {theirs}: {:+.1} %", off * 100.0);
        assert!(off.abs() < 0.15, "{what}: {ours} is not near {theirs}");
    };
    near("as written", report.image.size.expected, 1180e6);
    for (theirs, recipe) in FIELD_REPORT {
        let steps = &report.optimized.steps;
        let step = steps.iter().find(|step| step.recipe == recipe && step.enabled);
        near(recipe, step.expect(recipe).size_after, theirs);
    }
}

const FROMS: [&str; 8] = [
    "FROM python:3.12",
    "from python:3.12-slim",
    "FROM golang:1.22",
    "FROM node:20 AS base",
    "FROM debian:12",
    "FROM nginx",
    "FROM base",
    "FROM scratch",
];

const LINES: [&str; 36] = [
    "WORKDIR /app",
    "COPY . .",
    "COPY . /app/",
    "COPY requirements.txt ./",
    "COPY package*.json ./",
    "# a comment",
    "",
    "RUN apt-get update",
    "RUN apt-get install -y gcc libpq-dev",
    "RUN apt-get update && \\\n    apt-get install -y curl",
    "RUN apt-get update \\\n # why\n && apt-get install -y build-essential",
    "RUN <<EOF\napt-get update\napt-get install -y jq\nEOF",
    "RUN apt-get update; apt-get install -y git;",
    "RUN (apt-get update && apt-get install -y jq)",
    "RUN pip install -r requirements.txt",
    "run pip install flask",
    "RUN --mount=type=cache,target=/root/.cache/pip pip install .",
    "RUN npm ci",
    "RUN npm ci && npm run build",
    "RUN npm run build",
    "RUN yarn",
    "RUN go mod download",
    "RUN go build -o /usr/bin/server .",
    "RUN GOOS=linux go build -o server ./cmd/server",
    "ENV A=1 B=\"two words\"",
    "ENV PIP_NO_CACHE_DIR=1",
    "ARG V",
    "USER app",
    "EXPOSE 8000",
    "LABEL a=b",
    "VOLUME /data",
    "CMD uvicorn app:app --port 8000",
    "CMD [\"server\"]",
    "CMD node dist/index.js",
    "ENTRYPOINT ./server",
    "HEALTHCHECK CMD curl -f http://localhost",
];

/// Stages of any lines, with any line ends.
fn dockerfile() -> impl Strategy<Value = String> {
    let stage =
        (prop::sample::select(&FROMS), prop::collection::vec(prop::sample::select(&LINES), 0..9));
    (prop::collection::vec(stage, 1..3), any::<bool>(), any::<bool>()).prop_map(
        |(stages, crlf, ends)| {
            let lines = stages.iter().flat_map(|(from, lines)| std::iter::once(from).chain(lines));
            let mut text = lines.copied().collect::<Vec<_>>().join("\n");
            if ends {
                text.push('\n');
            }
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_is_optimized_once(text in dockerfile()) {
        optimized("generated", &text, "");
    }
}
