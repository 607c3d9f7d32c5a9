//! Calibration with what Docker really printed: see
//! `tests/fixtures/calibration/README.md`.

use std::time::{Duration, Instant};

use dockerfile_playground::report::{CalibrationReport, EvidenceKind, MeasuredKind, Range};
use dockerfile_playground::sorted::Map;
use dockerfile_playground::{Project, Report, analyze};
use proptest::prelude::*;

fn fixture(path: &str) -> String {
    let path = format!("{}/tests/fixtures/calibration/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

fn project(image: &str, files: &[&str]) -> Project {
    Project {
        dockerfile: fixture(&format!("{image}/Dockerfile")),
        context: Some(fixture(&format!("{image}/listing.txt"))),
        build_args: Map::from([("VERSION".into(), "7".into())]),
        measured: files.iter().map(|file| fixture(&format!("{image}/{file}"))).collect(),
        ..Project::default()
    }
}

fn report(image: &str, files: &[&str]) -> Report {
    analyze(&project(image, files))
}

fn calibration(report: &Report) -> &CalibrationReport {
    report.calibration.as_ref().expect("a calibration")
}

/// Line and uncompressed size of the layers in the image.
fn sizes(report: &Report) -> Vec<(u32, Range)> {
    let layers = report.layers.iter().filter(|layer| layer.in_image);
    layers.map(|layer| (layer.line, layer.size)).collect()
}

fn compressed(report: &Report) -> Vec<(u32, u64)> {
    let layers = report.layers.iter().filter(|layer| layer.in_image);
    layers.map(|layer| (layer.line, layer.compressed.expected)).collect()
}

/// The exact figures of the service, by `docker history --human=false`.
const SERVICE: [(u32, u64); 8] = [
    (1, 74_442_533),
    (4, 0),
    (5, 100_463_145),
    (9, 59),
    (10, 3_000_000),
    (11, 268_986),
    (12, 3_268_986),
    (13, 2),
];

#[test]
fn every_layer_of_a_history_is_found_and_rounding_is_its_range() {
    for builder in ["classic", "buildkit"] {
        let report = report("service", &[&format!("{builder}.history.txt")]);
        let found = sizes(&report);
        assert_eq!(found.len(), SERVICE.len());
        for ((line, size), (there, exact)) in found.into_iter().zip(SERVICE) {
            assert_eq!(line, there);
            assert!((size.low..=size.high).contains(&exact), "{builder} {line}: {size:?}");
            assert!(size.high - size.low <= exact / 100, "{builder} {line}: {size:?}");
        }
        let calibration = calibration(&report);
        assert_eq!((calibration.rows.len(), calibration.unmatched.len()), (8, 0), "{builder}");
        assert_eq!(calibration.problems, []);
        for layer in report.layers.iter().filter(|layer| layer.in_image) {
            assert_eq!(layer.evidence[0].kind, EvidenceKind::Measured, "{}", layer.text);
        }
        let exact: u64 = SERVICE.iter().map(|(_, bytes)| bytes).sum();
        let Range { low, high, .. } = report.image.size;
        assert!((low..=high).contains(&exact), "{builder}: {:?}", report.image.size);
    }
}

#[test]
fn a_history_in_bytes_is_exact_and_json_says_what_the_table_says() {
    for builder in ["classic", "buildkit"] {
        let report = report("service", &[&format!("{builder}.history-bytes.txt")]);
        let mut exact = SERVICE.map(|(line, bytes)| (line, Range::exact(bytes)));
        if builder == "classic" {
            exact[2].1 = Range::exact(100_479_097); // installed anew, with other logs
        }
        assert_eq!(sizes(&report), exact, "{builder}");
    }
    let table = report("service", &["buildkit.history.txt"]);
    let json = report("service", &["buildkit.history.jsonl"]);
    assert_eq!(sizes(&table), sizes(&json));
    assert_eq!(calibration(&json).outputs.len(), 1);
}

#[test]
fn a_history_that_was_cut_still_finds_its_instructions() {
    let report = report("service", &["classic.history-short.txt"]);
    assert_eq!(calibration(&report).rows.len(), 8);
    assert_eq!(sizes(&report)[2].1.expected, 100_000_000);
}

#[test]
fn stages_flags_and_exec_forms_are_matched() {
    for builder in ["classic", "buildkit"] {
        let report = report("copies", &[&format!("{builder}.history.txt")]);
        let expected: Vec<u64> = sizes(&report).iter().map(|(_, size)| size.expected).collect();
        assert_eq!(expected, [1_980_000, 869_000, 894_000, 8_900, 0, 0], "{builder}");
        // The builder stage starts from the same image, and its layers are not
        // in the history.
        assert_eq!(report.stages[0].base.evidence.kind, EvidenceKind::Measured);
        assert_eq!(calibration(&report).rows.len(), 7, "{builder}");
        assert_eq!(calibration(&report).unmatched, []);
    }
}

#[test]
fn a_manifest_gives_compressed_bytes_by_place_or_by_its_history() {
    let service = [29_478_285, 98, 45_930_116, 224, 3_001_313, 259_902, 3_261_347, 187];
    let lines = SERVICE.map(|(line, _)| line);
    for files in [
        &["buildkit.manifest.json"][..],
        &["buildkit.manifest-raw.json"],
        &["buildkit.manifest.json", "buildkit.history.txt"],
    ] {
        let report = report("service", files);
        let expected: Vec<(u32, u64)> = lines.into_iter().zip(service).collect();
        assert_eq!(compressed(&report), expected, "{files:?}");
        assert_eq!(calibration(&report).problems, []);
        assert_eq!(report.image.layers, 8);
        assert_eq!(report.image.compressed, Range::exact(service.iter().sum()));
    }
    let alone = report("service", &["buildkit.manifest.json"]);
    for (layer, (line, exact)) in alone.layers.iter().zip(SERVICE) {
        let Range { low, high, .. } = layer.size;
        assert!((low..=high).contains(&exact), "{line}: {:?}", layer.size);
        let says = layer.evidence.iter().any(|e| e.text.contains("of the pasted manifest"));
        assert!(says, "{:?}", layer.evidence);
    }
}

#[test]
fn a_total_is_shared_out_over_the_estimates() {
    let report = report("service", &["buildkit.inspect.json"]);
    let total = 74_442_533 + 100_463_145 + 59 + 3_000_000 + 268_986 + 3_268_986 + 2;
    assert!(report.image.size.expected.abs_diff(total) < 10, "{:?}", report.image.size);
    assert_eq!(calibration(&report).outputs[0].kind, MeasuredKind::Inspect);
    assert!(report.layers[0].evidence[0].text.contains("Fitted"));
}

#[test]
fn several_outputs_may_stand_in_one_text_with_their_commands() {
    let parts = ["history.txt", "inspect.json", "manifest.json"]
        .map(|file| fixture(&format!("service/buildkit.{file}")));
    let text = format!(
        "$ docker history --no-trunc service\n{}\n$ docker image inspect service\n{}\n\
         me@host:~$ docker manifest inspect -v service\n{}",
        parts[0], parts[1], parts[2]
    );
    let together = analyze(&Project { measured: vec![text], ..project("service", &[]) });
    let kinds: Vec<_> = calibration(&together).outputs.iter().map(|output| output.kind).collect();
    assert_eq!(kinds, [MeasuredKind::History, MeasuredKind::Inspect, MeasuredKind::Manifest]);
    assert_eq!(calibration(&together).problems, []);
    let apart = report(
        "service",
        &["buildkit.history.txt", "buildkit.inspect.json", "buildkit.manifest.json"],
    );
    assert_eq!(sizes(&together), sizes(&apart));
    assert_eq!(compressed(&together), compressed(&apart));
}

#[test]
fn a_changed_instruction_is_not_measured_and_its_row_says_so() {
    let mut project = project("service", &["buildkit.history.txt"]);
    project.dockerfile = project.dockerfile.replace("--no-install-recommends", "");
    let report = analyze(&project);
    let unmatched = &calibration(&report).unmatched;
    assert_eq!(unmatched.len(), 1, "{unmatched:?}");
    assert!(unmatched[0].reason.contains("line 5"), "{}", unmatched[0].reason);
    assert_eq!(unmatched[0].bytes.expected, 100_000_000);
    // What is above it is the same, and so is the base image.
    assert_eq!(report.layers[0].size.expected, 74_400_000);
    assert!(calibration(&report).rows.iter().all(|row| row.line != 5));
}

#[test]
fn the_history_of_another_image_is_refused_with_a_reason() {
    let mut project = project("service", &[]);
    project.measured = vec![
        "IMAGE   CREATED   CREATED BY   SIZE   COMMENT\n\
         <missing>      2 weeks ago   /bin/sh -c #(nop)  CMD [\"nginx\"]   0B   \n\
         <missing>      2 weeks ago   /bin/sh -c #(nop) ADD file:0 in /   70MB   \n"
            .into(),
    ];
    let report = analyze(&project);
    let calibration = calibration(&report);
    assert_eq!(calibration.rows, []);
    assert!(calibration.problems[0].problem.message.contains("No row"));
    project.measured.clear();
    assert_eq!(analyze(&project).layers, report.layers);
}

#[test]
fn what_cannot_be_read_is_named_at_its_place() {
    for (text, line, column, part) in [
        ("hello\nworld", 1, 1, "none of the outputs"),
        ("\n[{\"layers\": }]", 2, 13, "not JSON"),
        ("{\"manifests\": []}", 1, 1, "several platforms"),
        ("{\"layers\": [{\"size\": 5}]}", 1, 1, "1 layers and the Dockerfile makes 7"),
    ] {
        let report = analyze(&Project { measured: vec![text.into()], ..project("service", &[]) });
        let problem = &calibration(&report).problems[0].problem;
        assert!(problem.message.contains(part), "{text}: {}", problem.message);
        assert_eq!((problem.line, problem.column), (line, column), "{text}");
        assert!(problem.help.is_some());
    }
    let blank = analyze(&Project { measured: vec![" \n".into()], ..project("service", &[]) });
    assert_eq!(blank.calibration, None);
}

#[test]
fn the_optimized_version_keeps_what_is_still_the_same_layer() {
    let dockerfile = "FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n\
                      COPY . /srv\nCMD [\"/srv/run.sh\"]\n";
    let history = "<missing>   1 day ago   CMD [\"/srv/run.sh\"]   0B   buildkit.dockerfile.v0\n\
                   <missing>   1 day ago   COPY . /srv # buildkit   5MB   buildkit.dockerfile.v0\n\
                   <missing>   1 day ago   RUN /bin/sh -c apt-get update && apt-get install -y curl # buildkit   123MB   buildkit.dockerfile.v0\n\
                   <missing>   9 days ago   # debian.sh --arch 'amd64' out/ 'bookworm'   77.7MB   debuerreotype 0.15\n";
    let report = analyze(&Project {
        dockerfile: dockerfile.into(),
        context: Some("4000000\tdata.bin\n20\trun.sh\n".into()),
        measured: vec![history.into()],
        ..Project::default()
    });
    assert_eq!(calibration(&report).rows.len(), 3);
    let optimized = &report.optimized.layers;
    assert_ne!(report.optimized.dockerfile, dockerfile, "the lists are still kept");
    assert_eq!(optimized[0].size.expected, 77_700_000);
    let apt = optimized.iter().find(|layer| layer.instruction == "RUN").expect("a RUN");
    assert!(apt.evidence.iter().all(|evidence| evidence.kind != EvidenceKind::Measured), "{apt:?}");
    // What the files cannot explain is a part of its own, and counts as pushed
    // again when a file is edited.
    let copy = &report.layers[2];
    assert!(copy.parts.iter().any(|part| part.what == "not explained by the model"), "{copy:?}");
    let after = analyze(&Project {
        dockerfile: dockerfile.into(),
        context: Some("4000000\tdata.bin\n20\trun.sh\n".into()),
        measured: vec![history.into()],
        changes: vec!["edit:run.sh".into()],
        ..Project::default()
    });
    assert_eq!(after.cache[0].pushed_bytes, copy.compressed.expected);
}

/// The worked example of data/README.md: its rows are what the code gives for
/// images of exactly these sizes.
#[test]
fn the_documented_costs_are_those_of_the_code() {
    let path = format!("{}/data/README.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("data/README.md");
    let rows = text.lines().filter(|line| line.starts_with('|') && line.contains(" s | $"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').map(str::trim).collect()).collect();
    assert_eq!(rows.len(), 2);
    for row in rows {
        let (size, compressed) = (row[2], row[3]);
        let measured = vec![
            format!(
                "IMAGE  CREATED  CREATED BY  SIZE\n<missing>  x  COPY . / # buildkit  {size}\n"
            ),
            format!("{{\"layers\": [{{\"size\": {compressed}}}]}}"),
        ];
        let mut project = Project {
            dockerfile: "FROM scratch\nCOPY . /\n".into(),
            measured,
            ..Project::default()
        };
        let image = analyze(&project).image;
        assert_eq!(image.size.expected.to_string(), size);
        assert_eq!(image.compressed.expected.to_string(), compressed);
        assert_eq!(format!("{} s", image.pull_seconds), row[6]);
        assert_eq!(format!("${:.2}", image.monthly_cost), row[7]);
        if row[1] == "as written" {
            project.settings.pulls_per_month = 9_000.0;
            assert!(text.contains(&format!("= ${:.2}.", analyze(&project).image.monthly_cost)));
        }
    }
}

#[test]
fn a_layer_that_the_model_takes_for_nothing_is_compared_with_nothing() {
    let history = "<missing>   x   RUN /bin/sh -c true # buildkit   9kB\n\
                   <missing>   x   WORKDIR /a   7kB\n\
                   <missing>   x   WORKDIR /a   0B\n";
    let report = analyze(&Project {
        dockerfile: "FROM alpine\nWORKDIR /a\nWORKDIR /a\nRUN true\n".into(),
        measured: vec![history.into()],
        ..Project::default()
    });
    let rows = calibration(&report).rows.iter();
    let rows: Vec<_> = rows.map(|r| (r.line, r.estimated.expected, r.size.expected)).collect();
    assert_eq!(rows, [(2, 0, 0), (3, 0, 7_000), (4, 0, 9_000)]);
}

#[test]
fn large_and_hostile_texts_take_no_long_time() {
    let rows = |row: &str| row.repeat(4_000_000 / row.len());
    let steps: String = (0..200).map(|n| format!("RUN echo {n} {}\n", "x".repeat(50))).collect();
    let project = Project { dockerfile: format!("FROM alpine\n{steps}"), ..Project::default() };
    for text in [
        rows("<missing>   x   RUN /bin/sh -c echo 1 xxxx # buildkit   1MB\n"),
        format!("<missing>   x   RUN {}", rows("a\n")),
        rows("[x]\n"),
        rows("["),
        rows("{\"CreatedBy\":\"x\",\"Size\":1}\n"),
    ] {
        let before = Instant::now();
        analyze(&Project { measured: vec![text], ..project.clone() });
        // A second, or many on a busy machine; what is not linear takes an hour.
        assert!(before.elapsed() < Duration::from_secs(120), "{:?}", before.elapsed());
    }
}

/// Texts put together of pieces of real ones.
fn pasted() -> impl Strategy<Value = String> {
    let files = [
        "service/buildkit.history.txt",
        "service/classic.history.txt",
        "service/buildkit.history.jsonl",
        "service/buildkit.inspect.json",
        "copies/buildkit.manifest.json",
        "copies/classic.history.txt",
    ];
    let lines: Vec<String> = files
        .iter()
        .flat_map(|file| fixture(file).lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let piece = prop_oneof![
        6 => prop::sample::select(lines),
        2 => prop::sample::select(files.map(fixture).to_vec()),
        1 => "\\PC{0,40}",
        1 => "[0-9.]{1,5} ?(B|kB|MB|GB|KiB|)",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_text_leaves_a_report_that_holds_together(text in pasted(), cut in 0usize..4_000) {
        let end = (0..=cut.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
        let measured = vec![text[end.unwrap_or(0)..].to_owned(), text];
        for image in ["service", "copies"] {
            let report = analyze(&Project { measured: measured.clone(), ..project(image, &[]) });
            for layer in &report.layers {
                let Range { low, expected, high } = layer.size;
                prop_assert!(low <= expected && expected <= high, "{:?}", layer);
                prop_assert!(layer.wasted <= expected, "{:?}", layer);
            }
        }
    }
}
