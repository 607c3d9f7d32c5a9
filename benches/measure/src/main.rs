//! Times the core and the parsers of crates.io on the same texts.
//!
//! `measure time INPUTS` prints the times as JSON; `measure memory INPUTS NAME
//! PART` runs one part on one text and prints the most memory it took, in bytes.

#[path = "../../fixtures/mod.rs"]
mod fixtures;
mod parsers;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cpu_time::ThreadTime;
use measure::Subject;
use serde::{Deserialize, Serialize};

/// What `cargo xtask bench` wrote.
#[derive(Deserialize)]
struct Inputs {
    /// Seconds that a part is repeated for.
    seconds: f64,
    sizes: Vec<Text>,
    /// 100 lines.
    typed: Text,
    real: Vec<Text>,
    listing: String,
    log: String,
}

#[derive(Deserialize)]
struct Text {
    name: String,
    text: String,
}

/// Runs of a part; as many again make no difference any more.
const MOST_RUNS: usize = 10_000;

/// Nanoseconds of a part on an input.
#[derive(Serialize)]
struct Reading {
    tool: &'static str,
    part: &'static str,
    input: String,
    #[serde(flatten)]
    times: Times,
}

#[derive(Serialize)]
struct Times {
    runs: usize,
    first: f64,
    least: f64,
    median: f64,
    p95: f64,
}

const PARTS: [&str; 5] = ["parse", "check", "optimize", "replay", "report"];

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["time", inputs] => {
            fixtures::keep_memory();
            println!("{}", serde_json::to_string(&readings(&read(inputs)?))?);
        }
        ["memory", inputs, name, part] => println!("{}", memory(&read(inputs)?, name, part)?),
        _ => bail!("measure time INPUTS | measure memory INPUTS NAME PART"),
    }
    Ok(())
}

fn read(path: &str) -> Result<Inputs> {
    Ok(serde_json::from_slice(&std::fs::read(path).with_context(|| path.to_owned())?)?)
}

#[derive(Serialize)]
struct Readings {
    readings: Vec<Reading>,
    /// Real files that a parser accepts, and our own time on the same ones.
    accepted: BTreeMap<&'static str, Accepted>,
}

#[derive(Serialize)]
struct Accepted {
    files: usize,
    lines: usize,
    theirs: f64,
    ours: f64,
}

fn readings(inputs: &Inputs) -> Readings {
    let limit = Duration::from_secs_f64(inputs.seconds);
    let mut readings = Vec::new();
    for text in inputs.sizes.iter().chain([&inputs.typed]) {
        for part in PARTS {
            let subject = subject(inputs, text, part);
            let times = repeat(limit, || run(&subject, part, &inputs.log));
            readings.push(Reading { tool: "playground", part, input: text.name.clone(), times });
        }
        for (tool, parse) in parsers::ALL {
            if parse(&text.text) {
                let times = repeat(limit, || usize::from(parse(&text.text)));
                readings.push(Reading { tool, part: "parse", input: text.name.clone(), times });
            }
        }
    }
    let real = inputs.real.iter().map(|text| Subject::new(text.text.clone(), None));
    let real: Vec<Subject> = real.collect();
    for part in PARTS.into_iter().filter(|part| *part != "replay") {
        let times = each(limit, &real, |subject| run(subject, part, ""));
        readings.push(Reading { tool: "playground", part, input: "real".to_owned(), times });
    }
    let accepted = parsers::ALL.map(|(tool, parse)| (tool, accepted(inputs, parse, limit)));
    Readings { readings, accepted: accepted.into() }
}

fn accepted(inputs: &Inputs, parse: parsers::Parse, limit: Duration) -> Accepted {
    let texts: Vec<&Text> = inputs.real.iter().filter(|text| parse(&text.text)).collect();
    let subjects: Vec<Subject> =
        texts.iter().map(|text| Subject::new(text.text.clone(), None)).collect();
    let theirs = each(limit, &texts, |text| usize::from(parse(&text.text)));
    let ours = each(limit, &subjects, Subject::parse);
    Accepted {
        files: texts.len(),
        lines: texts.iter().map(|text| text.text.lines().count()).sum(),
        theirs: theirs.least,
        ours: ours.least,
    }
}

/// A history is one of the files in the listing.
fn subject(inputs: &Inputs, text: &Text, part: &str) -> Subject {
    let listing = (part == "replay").then(|| inputs.listing.clone());
    Subject::new(text.text.clone(), listing)
}

fn run(subject: &Subject, part: &str, log: &str) -> usize {
    match part {
        "parse" => subject.parse(),
        "check" => subject.check(),
        "optimize" => subject.optimize(),
        "replay" => subject.replay(log),
        _ => subject.report(),
    }
}

/// Runs something over and over for that long, twice at least.
fn repeat(limit: Duration, mut action: impl FnMut() -> usize) -> Times {
    let first = time(&mut action);
    let start = Instant::now();
    let mut runs = Vec::new();
    while runs.len() < 2 || (start.elapsed() < limit && runs.len() < MOST_RUNS) {
        runs.push(time(&mut action));
    }
    runs.sort_by(f64::total_cmp);
    Times {
        runs: runs.len(),
        first,
        least: runs[0],
        median: runs[runs.len() / 2],
        p95: runs[runs.len() * 95 / 100],
    }
}

/// Does the same with each of some items, and adds up.
fn each<T>(limit: Duration, items: &[T], action: impl Fn(&T) -> usize) -> Times {
    let times = items.iter().map(|item| {
        let share = limit.div_f64(items.len() as f64);
        repeat(share, || action(item))
    });
    let none = Times { runs: 0, first: 0.0, least: 0.0, median: 0.0, p95: 0.0 };
    times.fold(none, |sum, one| Times {
        runs: sum.runs + one.runs,
        first: sum.first + one.first,
        least: sum.least + one.least,
        median: sum.median + one.median,
        p95: sum.p95 + one.p95,
    })
}

/// Nanoseconds of the processor: what other programs take does not count.
fn time(action: &mut impl FnMut() -> usize) -> f64 {
    let start = ThreadTime::now();
    black_box(action());
    start.elapsed().as_nanos() as f64
}

/// The most memory of this process after one run.
fn memory(inputs: &Inputs, name: &str, part: &str) -> Result<u64> {
    let text = inputs.sizes.iter().find(|text| text.name == name).context("no such text")?;
    black_box(run(&subject(inputs, text, part), part, &inputs.log));
    let status = std::fs::read_to_string("/proc/self/status").context("only Linux tells")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kilobytes * 1024)
}
