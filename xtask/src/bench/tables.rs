//! The tables of `docs/benchmarks.md` and the short one of the README.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::inputs::Inputs;
use super::readings::{Readings, Runtime};
use super::{HADOLINT, MANIFEST};
use crate::{paths, steps};

const PARTS: [&str; 5] = ["parse", "check", "optimize", "replay", "report"];
const OURS: &str = "playground";
/// The README's table stands between these.
const MARKS: [&str; 2] = ["<!-- cargo xtask bench -->\n", "<!-- end -->\n"];

/// Writes both.
pub fn write(inputs: &Inputs, readings: &Readings) -> Result<()> {
    let tables = Tables { inputs, readings };
    let date = steps::output(Command::new("date").arg("+%F"), "needs date(1)")?;
    let when = format!("{}, {}", date.trim(), machine()?);
    let place = |name: &str| paths::root().join(name);
    let file = place("docs/benchmarks.md");
    fs::write(&file, tables.page(&when)?).with_context(|| file.display().to_string())?;
    let readme = fs::read_to_string(place("README.md"))?;
    let (before, rest) = readme.split_once(MARKS[0]).context("README.md has no place for it")?;
    let (_, after) = rest.split_once(MARKS[1]).context("README.md has no end of the table")?;
    let short = tables.short(&when);
    let text = format!("{before}{}{short}{}{after}", MARKS[0], MARKS[1]);
    Ok(fs::write(place("README.md"), text)?)
}

/// The processor, as Linux calls it, and how busy it is.
fn machine() -> Result<String> {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("a processor", |name| name.trim_start_matches(['\t', ' ', ':']));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    let cores = std::thread::available_parallelism()?;
    Ok(format!("{cores} × {model}, load {load} at the end"))
}

struct Tables<'a> {
    inputs: &'a Inputs,
    readings: &'a Readings,
}

impl Tables<'_> {
    fn runtimes(&self) -> [(&'static str, &dyn Runtime); 3] {
        let Readings { native, scripts, .. } = self.readings;
        [("native", native), ("Chromium", &scripts.browser), ("Node", &scripts.node)]
    }

    /// Nanoseconds a line on the real Dockerfiles.
    fn real(&self, runtime: &dyn Runtime, tool: &str, part: &str) -> Option<f64> {
        let reading = runtime.find(tool, part, "real")?;
        Some(reading.least / self.inputs.real_lines() as f64)
    }

    fn short(&self, when: &str) -> String {
        let mut text = String::from(
            "| | where | what | a line | Dockerfile Playground | ratio |\n| --- | --- | --- | --- | --- | --- |\n",
        );
        for row in self.rivals() {
            text += &row.markdown();
        }
        text + &format!(
            "\n{} Dockerfiles, {} lines; {when}. [All figures](docs/benchmarks.md).\n",
            self.inputs.real.len(),
            self.inputs.real_lines(),
        )
    }

    /// Everything else beside us, on the real Dockerfiles.
    fn rivals(&self) -> Vec<Row> {
        let Readings { native, hadolint, .. } = self.readings;
        let lines = self.inputs.real_lines() as f64;
        let mut rows = Vec::new();
        for (tool, accepted) in &native.accepted {
            let lines = accepted.lines as f64;
            let note = format!("parse ({} files that it accepts)", accepted.files);
            let [theirs, ours] = [accepted.theirs / lines, accepted.ours / lines];
            rows.push(Row { tool: tool.clone(), place: "native", part: note, theirs, ours });
        }
        for (place, runtime) in &self.runtimes()[1..] {
            let pairs = [
                ("dockerfile-ast", "parse", "parse"),
                ("dockerfile-utils", "check", "parse"),
                ("dockerfile-utils", "check", "check"),
            ];
            for (tool, part, own) in pairs {
                let times = (self.real(*runtime, tool, part), self.real(*runtime, OURS, own));
                let (Some(theirs), Some(ours)) = times else { continue };
                let note = if part == own { String::new() } else { format!(" (ours: {own})") };
                rows.push(Row {
                    tool: tool.to_owned(),
                    place,
                    part: format!("{part}{note}"),
                    theirs,
                    ours,
                });
            }
        }
        if let Some(ours) = self.real(native, OURS, "check") {
            let calls =
                [("a process for each file", hadolint.alone), ("one for all", hadolint.together)];
            rows.extend(calls.map(|(how, time)| Row {
                tool: "hadolint".to_owned(),
                place: "native",
                part: format!("check, {how}"),
                theirs: time / lines,
                ours,
            }));
        }
        rows
    }

    fn page(&self, when: &str) -> Result<String> {
        Ok([
            format!(
                "# Benchmarks\n\n`cargo xtask bench` wrote this: {when}.\n\n{}\n",
                INTRODUCTION.trim()
            ),
            self.versions()?,
            format!("\n## Beside others\n\n{}\n\n{}", BESIDE.trim(), self.short(when)),
            self.by_size(),
            self.growth(),
            self.keys(),
            self.memory(),
        ]
        .concat())
    }

    fn versions(&self) -> Result<String> {
        let root = paths::root();
        let lock = fs::read_to_string(root.join(MANIFEST).with_extension("lock"))?;
        let mut names: Vec<String> = self.readings.native.accepted.keys().cloned().collect();
        names.push("tree-sitter".to_owned());
        let mut versions: Vec<String> = names.iter().map(|name| of_crate(&lock, name)).collect();
        let npm: serde_json::Value = serde_json::from_slice(&fs::read(
            Path::new(&root).join("benches/measure/package-lock.json"),
        )?)?;
        for name in ["dockerfile-ast", "dockerfile-utils"] {
            let version = npm["packages"][format!("node_modules/{name}")]["version"].as_str();
            versions.push(format!("{name} {}", version.unwrap_or("?")));
        }
        let rustc = steps::output(Command::new("rustc").arg("--version"), "install Rust")?;
        versions.extend([
            HADOLINT.replace("==", " "),
            format!("Node {}", self.readings.scripts.node.version),
            format!("Chromium {}", self.readings.scripts.browser.version),
            rustc.trim().to_owned(),
        ]);
        Ok(format!("\nVersions: {}.\n", versions.join(", ")))
    }

    /// Parsing by size, beside others.
    fn by_size(&self) -> String {
        let sizes = &self.inputs.sizes;
        let mut text = format!("\n## By size\n\n{}\n\n| | where | what |", BY_SIZE.trim());
        for size in sizes {
            text += &format!(" {} ({} lines) |", size.name, size.lines());
        }
        text += &format!("\n|{}\n", " --- |".repeat(3 + sizes.len()));
        let parsers = self.readings.native.accepted.keys().map(|name| (&**name, "parse"));
        let others = [("dockerfile-ast", "parse"), ("dockerfile-utils", "check")];
        let tools = [(OURS, "parse"), (OURS, "check")];
        let tools: Vec<(&str, &str)> = tools.into_iter().chain(parsers).chain(others).collect();
        for (tool, part) in tools {
            for (place, runtime) in self.runtimes() {
                let found = sizes.iter().map(|size| {
                    let reading = runtime.find(tool, part, &size.name)?;
                    Some(format!(" {} |", time(reading.least / size.lines() as f64)))
                });
                let cells: Vec<Option<String>> = found.collect();
                if cells.iter().any(Option::is_some) {
                    let cells = cells.into_iter().map(|cell| cell.unwrap_or(" refused |".into()));
                    text +=
                        &format!("| {tool} | {place} | {part} |{}\n", cells.collect::<String>());
                }
            }
        }
        text
    }

    /// Our own parts, and how they grow.
    fn growth(&self) -> String {
        let sizes = &self.inputs.sizes;
        let mut text = format!("\n## Growth\n\n{}\n\n| what | where |", GROWTH.trim());
        for size in sizes {
            text += &format!(" {} |", size.name);
        }
        text += &format!(" slope | first | repeated |\n|{}\n", " --- |".repeat(5 + sizes.len()));
        for part in PARTS {
            for (place, runtime) in self.runtimes() {
                let readings = sizes.iter().filter_map(|size| runtime.find(OURS, part, &size.name));
                let readings: Vec<_> = readings.collect();
                let [_, hundred, _, most] = readings[..] else { continue };
                let lines = sizes[3].lines() as f64 / sizes[1].lines() as f64;
                let slope = (most.least / hundred.least).log(lines);
                let cells = readings.iter().map(|one| format!(" {} |", time(one.least)));
                text += &format!(
                    "| {part} | {place} |{} {slope:.2} | {} | {} |\n",
                    cells.collect::<String>(),
                    hundred.first.map_or("-".to_owned(), time),
                    time(hundred.median),
                );
            }
        }
        text
    }

    /// What a key costs.
    fn keys(&self) -> String {
        let mut text = format!(
            "\n## At every key\n\n{}\n\n| 100 lines | where | runs | first | median | p95 |\n|{}\n",
            KEYS.trim(),
            " --- |".repeat(6)
        );
        for (input, what) in [("typed", "being typed in"), ("real100", "real Dockerfiles")] {
            for (place, runtime) in self.runtimes() {
                let Some(reading) = runtime.find(OURS, "report", input) else { continue };
                text += &format!(
                    "| {what} | {place} | {} | {} | {} | {} |\n",
                    reading.runs,
                    reading.first.map_or("-".to_owned(), time),
                    time(reading.median),
                    time(reading.p95),
                );
            }
        }
        text
    }

    fn memory(&self) -> String {
        let mut text = format!("\n## Memory\n\n{}\n\n", MEMORY.trim());
        text += "| instructions | native, parse | native, report | WebAssembly in Chromium |\n";
        text += "| --- | --- | --- | --- |\n";
        let browser = &self.readings.scripts.browser.memory;
        let cell = |input: &str| {
            let found = browser.iter().find(|memory| memory.input == input);
            found.map_or("-".to_owned(), |memory| megabytes(memory.bytes))
        };
        text += &format!("| none, all packs loaded | - | - | {} |\n", cell("packs"));
        for (name, [parse, report]) in &self.readings.memory {
            let [parse, report] = [megabytes(*parse), megabytes(*report)];
            text += &format!("| {name} | {parse} | {report} | {} |\n", cell(name));
        }
        text
    }
}

/// A tool beside us, in nanoseconds a line.
struct Row {
    tool: String,
    place: &'static str,
    part: String,
    theirs: f64,
    ours: f64,
}

impl Row {
    fn markdown(&self) -> String {
        let Row { tool, place, part, theirs, ours } = self;
        let ratio = theirs / ours;
        let ratio = if ratio < 10.0 { format!("{ratio:.1}") } else { format!("{ratio:.0}") };
        let [theirs, ours] = [time(*theirs), time(*ours)];
        format!("| {tool} | {place} | {part} | {theirs} | {ours} | {ratio} |\n")
    }
}

/// A crate with its version in a lockfile.
fn of_crate(lock: &str, name: &str) -> String {
    let entry = lock.split("[[package]]").find(|part| part.contains(&format!("\"{name}\"\nv")));
    let version = entry.and_then(|part| part.split("version = \"").nth(1)?.split('"').next());
    format!("{name} {}", version.unwrap_or("?"))
}

/// Nanoseconds for a person.
fn time(nanoseconds: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1.0, "ns")];
    let (unit, name) = units.into_iter().find(|unit| nanoseconds >= unit.0).unwrap_or(units[3]);
    let value = nanoseconds / unit;
    if value < 10.0 { format!("{value:.1} {name}") } else { format!("{value:.0} {name}") }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

const INTRODUCTION: &str = "
All are given the same texts in one run. The fastest of many runs is taken, unless the table
says otherwise: what other programs do on the machine disturbs it least. Native times are
times of the processor, hadolint's those of all its threads; times in Chromium and in Node
are of the clock, so that those over some milliseconds tell little unless the machine was
idle. Nothing is kept from one run to the next: every analysis begins with the text.

- **parse**: the text to a syntax tree. Ours covers every byte, keeps all errors, and reads
  flags, words and heredocs. dockerfile-ast reads arguments later, when they are asked for.
- **check**: the text parsed, its variables resolved, every RUN followed on a model of the
  filesystem, its layers measured, and all rules of BuildKit's, hadolint's and our own; of
  dockerfile-utils `validate`, of hadolint what it does.
- **optimize**: the analysis, then every recipe, each measured by another analysis.
- **replay**: the analysis, in a folder of 1,500 files, then 100 commits.
- **report**: all of that but the history, with the rebuilds of five changes, as the page
  asks for it; in Chromium and Node as a plain object of JavaScript, with all data packs.

The stages of 10 to 10,000 instructions are those of `benches/fixtures`; `real` are the
Dockerfiles of the tests and of the folders that the command was given, each once.
";

const BESIDE: &str = "
Times a line, on real Dockerfiles. Parsers that stop at the first error are timed on the
files that they accept, and we on the same ones. dockerfile-utils finds errors of syntax
and little more: ours come with the syntax tree, so it stands beside both. parse-dockerfile
borrows the text where ours copies it, and is faster: a ratio under 1.
";

const BY_SIZE: &str = "
Times a line.
";

const GROWTH: &str = "
Times of the whole. The slope is that from 100 to 10,000 instructions on a logarithmic scale: 1.0
is linear, 2.0 quadratic. First and repeated: 100 instructions, the first run and the
median of the others; what differs is the tables of data, which are unpacked once, and in
Chromium and Node the compiler.
";

const KEYS: &str = "
The report anew after every key, 500 of them, no text twice; and five times over each real
Dockerfile of 90 to 110 lines.
";

const MEMORY: &str = "
The most that a native process took, program and data included; the WebAssembly memory,
which never shrinks, after the reports of that and all smaller sizes.
";
