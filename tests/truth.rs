//! Estimates against measured truth.
//!
//! `tests/truth` holds cases and what a real engine made of their layers
//! (`cargo xtask truth`); these tests need no engine. One more table lives in
//! `../shared/truth` (override: `TRUTH_DIR`); where it is absent, its test says
//! so and passes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dockerfile_playground::report::Range;
use dockerfile_playground::{Project, Report, analyze};
use serde_json::Value;

/// Errors of layers smaller than this are taken relative to it: nobody minds
/// a few kilobytes, and of nothing no share can be taken.
const SMALL: u64 = 100_000;
/// Layers that are measured and shown, and not held against the estimates: the
/// registry that the builder reached forbids caching, and pip then keeps
/// nothing of what it downloads, as it does elsewhere.
const NOT_AS_ELSEWHERE: &str = "pip-cached";
/// Files that the analysis may be given the text of.
const MANIFESTS: [&str; 3] = ["package.json", "package-lock.json", "requirements.txt"];

/// A row of `layers.tsv` beside what the analysis says of that layer.
struct Layer {
    case: String,
    line: u32,
    kind: String,
    measured: u64,
    size: Range,
}

impl Layer {
    /// Distance from the measured bytes, as a share of these.
    fn error(&self) -> f64 {
        let distance = self.size.expected as f64 - self.measured as f64;
        distance / self.measured.max(SMALL) as f64
    }

    fn is_in_range(&self) -> bool {
        (self.size.low..=self.size.high).contains(&self.measured)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth")
}

/// The case as its builder saw it.
fn project(case: &Path) -> Project {
    let text = |name: &str| fs::read_to_string(case.join(name)).ok();
    let manifests = MANIFESTS
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), text(&format!("files/{name}"))?)));
    Project {
        dockerfile: text("Dockerfile").expect("a Dockerfile"),
        dockerignore: text("dockerignore").unwrap_or_default(),
        context: text("listing.tsv"),
        manifests: manifests.collect(),
        ..Project::default()
    }
}

/// Every measured layer with our estimate.
fn layers() -> Vec<Layer> {
    let table = fs::read_to_string(folder().join("layers.tsv")).expect("layers.tsv");
    let mut reports: BTreeMap<String, Report> = BTreeMap::new();
    for case in fs::read_dir(folder().join("cases")).expect("cases") {
        let name = case.expect("a case").file_name().into_string().expect("a name");
        assert!(table.contains(&format!("\n{name}\t")), "{name} was never measured");
    }
    let rows = table.lines().skip(1).map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let [case, line, instruction, kind, bytes, ..] = cells[..] else {
            panic!("not a row: {row}")
        };
        let report = reports
            .entry(case.to_owned())
            .or_insert_with(|| analyze(&project(&folder().join("cases").join(case))));
        let line: u32 = line.parse().expect("a line");
        let layer = report
            .layers
            .iter()
            .find(|layer| layer.line == line)
            .unwrap_or_else(|| panic!("{case} has no layer in line {line}"));
        assert_eq!(layer.instruction, instruction, "{case}:{line}");
        Layer {
            case: case.to_owned(),
            line,
            kind: kind.to_owned(),
            measured: bytes.parse().expect("bytes"),
            size: layer.size,
        }
    });
    rows.collect()
}

/// How far off the estimates of one kind of layer are.
struct Accuracy {
    layers: usize,
    median: f64,
    p95: f64,
    in_range: f64,
}

impl Accuracy {
    fn of(layers: &[&Layer]) -> Self {
        let mut errors: Vec<f64> = layers.iter().map(|layer| layer.error().abs()).collect();
        errors.sort_by(f64::total_cmp);
        // The smallest error that at least this share of the layers stays within.
        let at = |share: f64| errors[((errors.len() as f64 * share).ceil() as usize).max(1) - 1];
        let within = layers.iter().filter(|layer| layer.is_in_range()).count();
        Self {
            layers: layers.len(),
            median: at(0.5),
            p95: at(0.95),
            in_range: within as f64 / layers.len() as f64,
        }
    }
}

fn accuracy_by_kind(layers: &[Layer]) -> BTreeMap<&str, Accuracy> {
    let mut kinds: BTreeMap<&str, Vec<&Layer>> = BTreeMap::new();
    for layer in layers {
        kinds.entry(&layer.kind).or_default().push(layer);
        if layer.kind != NOT_AS_ELSEWHERE {
            kinds.entry("all").or_default().push(layer);
        }
    }
    kinds.into_iter().map(|(kind, layers)| (kind, Accuracy::of(&layers))).collect()
}

/// The page's table.
fn table(accuracy: &BTreeMap<&str, Accuracy>) -> String {
    let mut text = "| kind of layer | layers | median error | 95th percentile | truth in range |\n\
                    | --- | --- | --- | --- | --- |\n"
        .to_owned();
    let last = accuracy.iter().filter(|(kind, _)| **kind == "all");
    for (kind, of) in accuracy.iter().filter(|(kind, _)| **kind != "all").chain(last) {
        let [median, p95, in_range] =
            [of.median, of.p95, of.in_range].map(|share| format!("{:.1} %", share * 100.0));
        let _ = writeln!(text, "| {kind} | {} | {median} | {p95} | {in_range} |", of.layers);
    }
    text
}

#[test]
fn layers_are_near_the_measured_ones() {
    let layers = layers();
    for layer in &layers {
        let mark = if layer.is_in_range() { ' ' } else { '!' };
        println!(
            "{:+8.2} %{mark} {:10} {:>12} {:>12}  {}:{}",
            layer.error() * 100.0,
            layer.kind,
            layer.measured,
            layer.size.expected,
            layer.case,
            layer.line
        );
    }
    let accuracy = accuracy_by_kind(&layers);
    println!("{}", table(&accuracy));
    let (apt, all) = (&accuracy["apt"], &accuracy["all"]);
    assert!(apt.median < 0.02 && apt.p95 < 0.08, "apt layers are further off than the aim");
    assert!(all.median < 0.05 && all.p95 < 0.20, "layers are further off than the aim");
    assert!(all.in_range >= 0.90, "too many layers lie outside of their range");
}

#[test]
fn the_page_shows_the_current_table() {
    let path = folder().join("README.md");
    let page = fs::read_to_string(&path).expect("README.md");
    let table = table(&accuracy_by_kind(&layers()));
    let (start, end) = ("<!-- table -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(start).expect("the table's start");
    let (_, after) = rest.split_once(end).expect("the table's end");
    let current = format!("{before}{start}{table}{end}{after}");
    if std::env::var_os("UPDATE_TRUTH").is_some() {
        fs::write(&path, current).expect("the page is written");
    } else {
        assert!(page == current, "run UPDATE_TRUTH=1 cargo test --test truth; now:\n{table}");
    }
}

/// Rows of a table of measurements; `None` where it is absent.
fn rows(name: &str) -> Option<Vec<Value>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/truth");
    let folder = std::env::var_os("TRUTH_DIR").map_or(shared, PathBuf::from);
    let Ok(text) = std::fs::read_to_string(folder.join(name)) else {
        println!("skipped: {} is not there", folder.join(name).display());
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect())
}

#[test]
fn apt_layers_are_near_the_measured_ones() {
    let Some(rows) = rows("apt.jsonl") else { return };
    let mut errors = Vec::new();
    let mut in_range = 0;
    for row in &rows {
        let set = row["set"].as_str().expect("a set");
        let truth = row["bytes_nolists"].as_u64().expect("bytes");
        let run = format!("apt-get update && apt-get install -y --no-install-recommends {set}");
        let dockerfile =
            format!("FROM debian:bookworm-slim\nRUN {run} && rm -rf /var/lib/apt/lists/*\n");
        let report = analyze(&Project { dockerfile, ..Project::default() });
        let size = report.layers[1].size;
        let error = (size.expected as f64 - truth as f64) / truth as f64;
        println!("{:+7.2} %  {set}", error * 100.0);
        errors.push(error.abs());
        in_range += usize::from((size.low..=size.high).contains(&truth));
    }
    errors.sort_by(f64::total_cmp);
    let median = errors[errors.len() / 2];
    println!("median {:.2} %, in range {in_range} of {}", median * 100.0, errors.len());
    assert!(median < 0.02, "median error {median}");
}
