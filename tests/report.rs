//! Whole reports: the promises that the page's examples make, bad input, and
//! invariants on any input.

use dockerfile_playground::report::{Changes, EvidenceKind, Kind, StepStatus};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Project, Report, analyze};
use proptest::prelude::*;

fn example(name: &str) -> Project {
    let folder = format!("{}/www/examples/{name}", env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(format!("{folder}/{file}"));
    Project {
        dockerfile: read("Dockerfile").expect("the example's Dockerfile"),
        dockerignore: read("dockerignore").unwrap_or_default(),
        ..Project::default()
    }
}

fn of(dockerfile: &str) -> Report {
    analyze(&Project { dockerfile: dockerfile.to_owned(), ..Project::default() })
}

fn status(report: &Report, change: usize, instruction: &str) -> (StepStatus, String) {
    let steps = &report.cache[change].steps;
    let line = report
        .layers
        .iter()
        .find(|layer| layer.text.starts_with(instruction))
        .map(|layer| layer.line);
    let step = steps.iter().find(|step| Some(step.line) == line).expect("the step");
    (step.status, step.reason.clone())
}

#[test]
fn the_node_service_becomes_what_the_field_report_says() {
    let report = analyze(&example("node-service"));
    let optimized = &report.optimized.dockerfile;
    for part in [
        "AS build",
        "-alpine",
        "NODE_ENV=production",
        "npm ci --omit=dev && npm cache clean --force",
        "COPY --from=build /app/dist ./dist",
        "USER node",
        "HEALTHCHECK",
    ] {
        assert!(optimized.contains(part), "{part} is missing from\n{optimized}");
    }
    let order = |part: &str| optimized.rfind(part).expect(part);
    assert!(order("NODE_ENV") < order("npm ci --omit=dev"));
    assert!(report.optimized.dockerignore.lines().any(|line| line == "node_modules"));
    let (before, after) =
        (report.image.size.expected as f64, report.optimized.image.size.expected as f64);
    // 1.18 GB and 175 MB, by the model alone.
    let (reported, ratio) = (1180.0 / 175.0, before / after);
    assert!((ratio / reported - 1.0).abs() < 0.25, "{before} / {after} = {ratio}");
    assert!((before / 1.18e9 - 1.0).abs() < 0.15 && (after / 175e6 - 1.0).abs() < 0.15);
}

#[test]
fn an_edit_runs_only_what_is_below_the_copy_of_the_sources() {
    let report = analyze(&example("node-service"));
    assert_eq!(status(&report, 0, "RUN npm ci").0, StepStatus::Cached);
    assert_eq!(status(&report, 0, "COPY . .").0, StepStatus::Run);
    assert_eq!(status(&report, 0, "RUN npm run build").0, StepStatus::Run);
}

#[test]
fn sources_copied_first_run_the_installation_again_and_the_report_says_why() {
    let report = analyze(&example("node-copy-first"));
    let (status, reason) = status(&report, 0, "RUN npm ci");
    assert_eq!(status, StepStatus::Run);
    assert!(reason.contains("COPY . ."), "{reason}");
    assert!(report.findings.iter().any(|finding| finding.rule == "cache-busting-order"));
    assert!(report.optimized.cache[0].seconds < report.cache[0].seconds);
}

#[test]
fn the_other_examples_get_much_smaller() {
    for (name, factor) in [("python-fastapi", 3.0), ("go-service", 20.0), ("static-site", 2.0)] {
        let report = analyze(&example(name));
        let ratio = report.image.size.expected as f64 / report.optimized.image.size.expected as f64;
        assert!(ratio > factor, "{name}: {ratio}\n{}", report.optimized.dockerfile);
    }
}

#[test]
fn the_good_file_is_left_as_it_is_and_praised() {
    let project = example("node-good");
    let report = analyze(&project);
    assert_eq!(report.optimized.dockerfile, project.dockerfile);
    assert_eq!(report.optimized.dockerignore, project.dockerignore);
    assert_eq!(report.optimized.steps, []);
    assert!(report.optimized.praise.len() >= 5, "{:?}", report.optimized.praise);
    assert_eq!(report.findings, []);
}

#[test]
fn an_empty_dockerfile_is_an_error_and_no_image() {
    let report = of("");
    assert!(!report.syntax.valid);
    assert_eq!(report.image.size.expected, 0);
}

#[test]
fn an_unknown_instruction_costs_only_itself() {
    let report = of("FROM alpine:3.20\nRUM echo hi\nRUN apk add --no-cache curl\n");
    let error = &report.syntax.errors[0];
    assert_eq!((error.line, error.column, error.end_column), (2, 1, 4));
    assert!(error.help.as_deref().is_some_and(|help| help.contains("RUN")), "{error:?}");
    assert!(report.layers.iter().any(|layer| layer.line == 3 && layer.size.expected > 1_000_000));
}

#[test]
fn an_unknown_base_image_is_a_stated_guess_with_a_wide_range() {
    let report = of("FROM registry.example.com/team/secret-base:7\nRUN true\n");
    let base = &report.stages[0].base;
    assert_eq!(base.evidence.kind, EvidenceKind::Assumed);
    let size = report.image.size;
    assert!(size.high > 10 * size.low.max(1), "{size:?}");
}

#[test]
fn circular_and_misspelt_stages_are_explained_at_their_place() {
    let circular =
        of("FROM alpine AS a\nCOPY --from=b /x /x\nFROM alpine AS b\nCOPY --from=a /x /x\n");
    assert!(
        circular
            .syntax
            .errors
            .iter()
            .any(|error| error.line == 2 && error.message.contains("circular"))
    );
    let misspelt = of(
        "FROM golang:1.22 AS build\nRUN go build -o /a .\nFROM alpine\nCOPY --from=biuld /a /a\n",
    );
    let finding = misspelt
        .findings
        .iter()
        .find(|finding| finding.rule == "unknown-stage")
        .expect("a finding");
    assert_eq!(finding.line, 4);
    assert!(finding.message.contains("did you mean build?"), "{}", finding.message);
}

#[test]
fn a_listing_gives_exact_sizes_and_dockerignore_takes_files_out() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20\nCOPY . /srv/\n".into(),
        dockerignore: "*.log\n".into(),
        context: Some("100\tindex.html\n2000\tdebug.log\n30\tcss/site.css\n".into()),
        ..Project::default()
    });
    assert!(!report.context.assumed);
    assert_eq!((report.context.files, report.context.sent_bytes), (3, 130));
    assert_eq!((report.context.ignored[0].files, report.context.ignored[0].bytes), (1, 2000));
    assert_eq!(report.context.ignored[0].matches, 1);
    let copy = &report.layers[1];
    assert_eq!((copy.size.low, copy.size.high, copy.files), (130, 130, Some(2)));
}

#[test]
fn files_removed_or_chowned_in_a_later_layer_are_wasted() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20\nCOPY big.bin /a/\nRUN chown -R 1000 /a\nRUN rm /a/big.bin\n"
            .into(),
        context: Some("5000000\tbig.bin\n".into()),
        ..Project::default()
    });
    let wasted: Vec<u64> = report.layers.iter().map(|layer| layer.wasted).collect();
    assert_eq!(wasted, [0, 5_000_000, 5_000_000, 0]);
    assert_eq!(report.image.wasted, 10_000_000);
}

#[test]
fn apt_lists_removed_in_the_same_layer_are_not_stored() {
    let kept = of("FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n");
    let removed = of(
        "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n",
    );
    let caches =
        |report: &Report| report.layers[1].parts.iter().any(|part| part.kind == Kind::Cache);
    assert!(caches(&kept) && !caches(&removed));
    assert!(kept.image.size.expected > removed.image.size.expected + 15_000_000);
}

#[test]
fn a_change_of_a_build_argument_runs_what_sees_it() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20\nRUN echo one\nARG V=1\nRUN echo $V\nENV X=y\nRUN echo two\n"
            .into(),
        changes: vec![
            "arg:V=2".into(),
            "base:alpine:3.20".into(),
            "edit:no/such/file".into(),
            "nonsense".into(),
        ],
        only_changes: true,
        ..Project::default()
    });
    let lines = |change: usize| -> Vec<u32> {
        let run = report.cache[change].steps.iter().filter(|step| step.status == StepStatus::Run);
        run.map(|step| step.line).collect()
    };
    assert_eq!(lines(0), [4, 6]);
    assert_eq!(lines(1), [1, 2, 4, 6]);
    assert!(
        report.cache[2].problem.as_deref().is_some_and(|problem| problem.contains("no/such/file"))
    );
    assert!(report.cache[3].problem.is_some());
}

#[test]
fn a_builder_that_runs_again_with_the_same_result_leaves_the_copy_cached() {
    let report = analyze(&Project {
        dockerfile: "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nCOPY --from=build /app/node_modules /app/node_modules\n".into(),
        changes: vec!["edit:src/index.ts".into()],
        only_changes: true,
        ..Project::default()
    });
    assert_eq!(status(&report, 0, "RUN npm ci").0, StepStatus::Run);
    assert_eq!(status(&report, 0, "COPY --from=build").0, StepStatus::Cached);
}

#[test]
fn manifests_make_the_dependencies_exact() {
    let manifest =
        r#"{"dependencies":{"express":"^5.0.0"},"devDependencies":{"typescript":"^5.0.0"}}"#;
    let report = analyze(&Project {
        dockerfile: "FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\n"
            .into(),
        manifests: Map::from([("package.json".to_owned(), manifest.to_owned())]),
        ..Project::default()
    });
    let modules = &report.layers.last().expect("a layer").parts[0];
    assert!((1_000_000..4_000_000).contains(&modules.bytes.expected), "{modules:?}");
}

#[test]
fn heavy_packages_of_a_lockfile_are_parts_and_go_with_their_half() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"name": "app"},
        "node_modules/express": {"version": "5.0.0"},
        "node_modules/next": {"version": "15.0.0"},
        "node_modules/typescript": {"version": "5.0.0", "dev": true}}}"#;
    let report = |install: &str| {
        analyze(&Project {
            dockerfile: format!("FROM node:22\nWORKDIR /app\nCOPY package*.json ./\n{install}\n"),
            manifests: Map::from([("package-lock.json".to_owned(), lock.to_owned())]),
            ..Project::default()
        })
    };
    let names = |report: &Report| -> Vec<String> {
        let layer = report.layers.last().expect("a layer");
        let sum: u64 = layer.parts.iter().map(|part| part.bytes.expected).sum();
        assert_eq!(sum, layer.size.expected);
        layer.parts.iter().map(|part| part.what.clone()).collect()
    };
    let all = names(&report("RUN npm ci"));
    assert!(all.iter().any(|name| name == "next") && all.iter().any(|name| name == "typescript"));
    let production = names(&report("RUN npm ci && npm prune --omit=dev"));
    assert!(production.iter().any(|name| name == "next"), "{production:?}");
    assert!(production.iter().all(|name| name != "typescript"), "{production:?}");
}

#[test]
fn a_dockerfile_beyond_all_measure_is_cut_and_says_so() {
    let says = |text: String, instructions: &str| {
        let report = of(&text);
        let found = report.findings.iter().find(|one| one.rule == "too-many-instructions");
        let message = format!("The file is too long: its first {instructions} analysed");
        let found = found.is_some_and(|found| found.message.starts_with(&message));
        assert!(found, "{instructions}: {:?}", report.findings);
        assert_eq!(report.optimized.dockerfile, text);
    };
    says(format!("FROM alpine\n{}", "RUN true\n".repeat(10_100)), "10000 instructions are");
    let long = "x".repeat(1_000);
    says(
        format!("FROM alpine\n{}", format!("RUN true {long}\n").repeat(1_100)),
        "991 instructions are",
    );
    says(
        format!("FROM alpine\nRUN <<E\n{}E\n", format!(": {long}\n").repeat(1_100)),
        "instruction is",
    );
    says(
        format!("FROM alpine\nRUN true\n{}", format!("# {long}\n").repeat(11_000)),
        "2 instructions are",
    );
}

/// Lines that make Dockerfiles worth analysing when put together at random.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("FROM node:18 AS build"),
        Just("FROM build"),
        Just("FROM scratch"),
        Just("COPY . ."),
        Just("COPY --from=build /app /srv"),
        Just("ADD https://example.com/a.tar.gz /tmp/"),
        Just("RUN if [ -f x ]; then rm -rf /app/*; else mkdir -p /a/b; fi"),
        Just(
            "RUN for i in 1 2 3; do echo $i > /tmp/$i; done && curl -sL https://x.y/z.tgz | tar -xz -C /opt"
        ),
        Just("RUN f() { f; }; f"),
        Just("RUN --mount=type=cache,target=/root/.npm npm ci"),
        Just("RUN apt-get update && apt-get install -y git"),
        Just("WORKDIR ../../x"),
        Just("ENV A=${B:-c} B=${A}"),
        Just("ARG X"),
        Just("USER 1000:1000"),
        Just("RUN <<EOF\nnpm i\nEOF"),
    ];
    prop::collection::vec(prop_oneof![9 => line.prop_map(str::to_owned), 1 => "\\PC{0,40}"], 0..14)
        .prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn reports_hold_together_on_any_input(dockerfile in lines(), dockerignore in "\\PC{0,30}") {
        let project = Project { dockerfile, dockerignore, ..Project::default() };
        let report = analyze(&project);
        prop_assert_eq!(&report, &analyze(&project), "not deterministic");
        let size = report.image.size;
        prop_assert!(size.low <= size.expected && size.expected <= size.high);
        prop_assert!(report.image.wasted <= size.expected);
        for layer in &report.layers {
            prop_assert!(layer.wasted <= layer.size.expected);
            prop_assert!(layer.compressed.expected <= layer.size.expected.max(layer.compressed.low));
        }
        if !report.syntax.valid {
            prop_assert!(report.optimized.steps.is_empty());
            prop_assert_eq!(&report.optimized.dockerfile, &project.dockerfile);
        }
    }
}

#[test]
fn a_pattern_that_matches_nothing_differs_from_one_that_is_overridden() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20\nCOPY . /srv/\n".into(),
        dockerignore: "logs/a.log\n*.tmp\nlogs\n!logs/**\n".into(),
        context: Some("5\tlogs/a.log\n6\tlogs/b.log\n".into()),
        ..Project::default()
    });
    let rows: Vec<_> = report.context.ignored.iter().map(|row| (row.files, row.matches)).collect();
    assert_eq!(rows, [(0, 1), (0, 0), (0, 2), (2, 2)]);
}

#[test]
fn onbuild_of_a_base_stage_runs_first_in_its_children() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20 AS files\nCOPY a /a\n\
                     FROM alpine:3.20 AS base\nONBUILD ENV DIR=/srv\n\
                     ONBUILD COPY --from=files /a $DIR/\n\
                     FROM base AS child\nRUN rm $DIR/a\n\
                     FROM child\n"
            .into(),
        context: Some("100\ta\n".into()),
        ..Project::default()
    });
    assert!(report.syntax.valid, "{:?}", report.syntax.errors);
    assert!(report.stages.iter().all(|stage| stage.needed));
    assert_eq!(report.stages[3].size, report.stages[1].size);
    let layers = |stage| report.layers.iter().filter(move |layer| layer.stage == stage);
    let child: Vec<_> = layers(2).map(|layer| (layer.line, &*layer.instruction)).collect();
    assert_eq!(child, [(5, "ONBUILD"), (7, "RUN")]);
    assert_eq!(layers(2).next().map(|layer| layer.wasted), Some(100));
    assert_eq!(layers(3).count(), 0);
}

#[test]
fn a_trigger_that_copies_from_its_own_stage_is_circular() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20 AS base\nONBUILD COPY --from=child /a /a\n\
                     FROM base AS child\n"
            .into(),
        ..Project::default()
    });
    let error = &report.syntax.errors[0];
    assert_eq!((error.line, &*error.message), (2, "circular dependency detected on stage: child"));
}

#[test]
fn triggers_cannot_multiply_without_end() {
    let triggers = "ONBUILD ENV A=1\n".repeat(200);
    let children = "FROM base\n".repeat(200);
    let report = analyze(&Project {
        dockerfile: format!("FROM scratch AS base\n{triggers}{children}"),
        ..Project::default()
    });
    assert!(report.layers.len() < 2_000, "{}", report.layers.len());
}

#[test]
fn a_projects_own_changes_follow_the_typical_ones() {
    let project = Project {
        dockerfile: "FROM alpine:3.20\nARG V\nCOPY . /srv/\nRUN echo $V\n".into(),
        context: Some("1\ta.js\n2\tb\n".into()),
        changes: vec!["touch:b".into(), Changes::Together(vec!["edit:b".into(), "arg:V=1".into()])],
        ..Project::default()
    };
    let changes = |project: &Project| -> Vec<String> {
        analyze(project).cache.into_iter().map(|cache| cache.change).collect()
    };
    let all = changes(&project);
    assert!(all[0] == "edit:a.js", "{all:?}");
    assert!(all.ends_with(&["touch:b".to_owned(), "edit:b + arg:V=1".to_owned()]), "{all:?}");
    let only = Project { only_changes: true, ..project };
    assert_eq!(changes(&only), ["touch:b", "edit:b + arg:V=1"]);
}

#[test]
fn stages_that_need_nothing_of_each_other_run_in_parallel() {
    let report = analyze(&Project {
        dockerfile: "FROM alpine:3.20 AS a\nCOPY x /\nRUN make all\n\
                     FROM alpine:3.20 AS b\nCOPY x /\nRUN sleep 1 && make all\n\
                     FROM scratch\nCOPY --from=a /x /a\nCOPY --from=b /x /b\n"
            .into(),
        context: Some("1\tx\n".into()),
        changes: vec!["edit:x".into()],
        only_changes: true,
        ..Project::default()
    });
    let cache = &report.cache[0];
    let step = |line: u32| cache.steps.iter().find(|step| step.line == line).expect("a step");
    assert_eq!((step(2).start, step(5).start), (0.0, 0.0));
    assert!(step(8).start > step(3).start);
    let runs = cache.steps.iter().filter(|step| step.status == StepStatus::Run);
    let sum: f64 = runs.map(|step| step.seconds).sum();
    assert!(cache.seconds < 0.8 * sum, "{} of {sum}", cache.seconds);
    assert_eq!(step(8).text, "COPY --from=a /x /a");
    let critical = cache.steps.iter().filter(|step| step.on_critical_path);
    let critical: f64 = critical.map(|step| step.seconds).sum();
    assert!((critical - cache.seconds).abs() < 0.3, "{critical} is not {}", cache.seconds);
}
