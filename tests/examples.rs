//! Whole projects, built and run before and after optimizing: the images'
//! measured sizes against today's analysis.
//!
//! `tests/truth/optimize` holds them, and what a real engine made of them
//! (`cargo xtask truth optimize`); these tests need no engine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dockerfile_playground::{Report, analyze};

#[path = "truth/example.rs"]
mod example;
use example::{Example, Side};

/// The image that the estimate gives may be so far off, as a share.
const AIM: f64 = 0.2;

/// What a version of an example weighs, in content bytes.
struct Image {
    /// The measured base image: a stand-in, so it is given to both sums.
    base: u64,
    /// All above it.
    measured: u64,
    /// The same by today's analysis.
    expected: u64,
    /// The bounds of that.
    low: u64,
    high: u64,
}

impl Image {
    /// Distance from the measured image, as a share of it.
    fn error(&self) -> f64 {
        let measured = self.base + self.measured;
        (self.expected as f64 - self.measured as f64) / measured as f64
    }

    /// Distance from what was measured above the base, as a share of that; below
    /// 100 kB as a share of 100 kB, as for single layers.
    fn error_above(&self) -> f64 {
        (self.expected as f64 - self.measured as f64) / self.measured.max(100_000) as f64
    }

    fn is_in_range(&self) -> bool {
        (self.low..=self.high).contains(&self.measured)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth/optimize")
}

fn report(example: &Example, side: Side) -> Report {
    analyze(&example.project(side).unwrap_or_else(|error| panic!("{}: {error}", example.name)))
}

/// The version's stored rows beside today's analysis of the same text.
fn image(table: &str, example: &Example, side: Side) -> Image {
    let report = report(example, side);
    let mut image = Image { base: 0, measured: 0, expected: 0, low: 0, high: 0 };
    let mut rows = 0;
    for row in table.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [name, version, line, instruction, bytes, ..] = cells[..] else {
            panic!("not a row: {row}")
        };
        if (name, version) != (&*example.name, side.name()) {
            continue;
        }
        rows += 1;
        let (line, bytes): (u32, u64) = (line.parse().unwrap(), bytes.parse().unwrap());
        if instruction == "FROM" {
            image.base = bytes;
            continue;
        }
        let layer = report.layers.iter().find(|layer| layer.line == line);
        let layer = layer.unwrap_or_else(|| panic!("no layer for {row}"));
        assert_eq!(layer.instruction, instruction, "{row}");
        image.measured += bytes;
        image.expected += layer.size.expected;
        image.low += layer.size.low;
        image.high += layer.size.high;
    }
    assert!(rows > 0, "{} was never built {}", example.name, side.name());
    image
}

/// Both versions of every example.
fn images() -> BTreeMap<String, [Image; 2]> {
    let table = fs::read_to_string(folder().join("images.tsv")).expect("images.tsv");
    let examples = example::read_all(&folder()).expect("examples");
    examples
        .into_iter()
        .map(|example| {
            let images = Side::ALL.map(|side| image(&table, &example, side));
            (example.name, images)
        })
        .collect()
}

/// The page's table.
fn table(images: &BTreeMap<String, [Image; 2]>) -> String {
    let mut text =
        "| example | version | base | above it | estimate of that | range | off by | image off by |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    let mega = |bytes: u64| format!("{:.2} MB", bytes as f64 / 1e6);
    for (name, images) in images {
        for (side, image) in Side::ALL.into_iter().zip(images) {
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {} | {} | {} to {} | {:+.0} % | {:+.1} % |",
                side.name(),
                mega(image.base),
                mega(image.measured),
                mega(image.expected),
                mega(image.low),
                mega(image.high),
                image.error_above() * 100.0,
                image.error() * 100.0
            );
        }
    }
    text
}

/// What the examples are, and what shows that their images work.
fn described() -> String {
    let mut text = "| example | what it is | shown by |\n| --- | --- | --- |\n".to_owned();
    for example in example::read_all(&folder()).expect("examples") {
        let example::Settings { about, port, says, .. } = &example.settings;
        let how = if port.is_some() { "answers" } else { "prints" };
        let _ = writeln!(text, "| {} | {about} | {how} `{says}` |", example.name);
    }
    text
}

#[test]
fn built_images_are_near_the_estimates() {
    let images = images();
    println!("{}", table(&images));
    assert!(images.len() >= 12);
    for (name, versions) in &images {
        for (side, image) in Side::ALL.into_iter().zip(versions) {
            let error = image.error();
            assert!(error.abs() <= AIM, "{name} {}: {:+.1} %", side.name(), error * 100.0);
            assert!(image.is_in_range(), "{name} {}: out of range", side.name());
        }
        let [before, after] = versions;
        let (before, after) = (before.base + before.measured, after.base + after.measured);
        assert!(after < before, "{name} grew from {before} to {after}");
    }
}

/// What was built may be an older result of the optimizer; today's must not be
/// worse than what was proven.
#[test]
fn todays_result_is_no_larger_than_the_built_one() {
    for example in example::read_all(&folder()).expect("examples") {
        let built = report(&example, Side::After).image.size.expected;
        let today = report(&example, Side::Before).optimized.image.size.expected;
        let slack = built / 100;
        assert!(today <= built + slack, "{}: {built} bytes were built, now {today}", example.name);
    }
}

#[test]
fn the_page_shows_the_current_table() {
    let path = folder().with_file_name("README.md");
    let page = fs::read_to_string(&path).expect("README.md");
    let table = format!("{}\n{}", described(), table(&images()));
    let (start, end) = ("<!-- examples -->\n", "<!-- end of the examples -->");
    let (before, rest) = page.split_once(start).expect("the table's start");
    let (_, after) = rest.split_once(end).expect("the table's end");
    let current = format!("{before}{start}{table}{end}{after}");
    if std::env::var_os("UPDATE_TRUTH").is_some() {
        fs::write(&path, current).expect("the page is written");
    } else {
        assert!(page == current, "run UPDATE_TRUTH=1 cargo test --test examples; now:\n{table}");
    }
}
