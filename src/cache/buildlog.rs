//! Reads what `docker build` prints, for the seconds that steps really took.
//!
//! `--progress=plain` (`#7 [build 2/5] RUN npm ci`, `#7 DONE 12.3s`), the older
//! form of it with a digest, name and duration a line, and what a terminal shows
//! (`=> [build 2/5] RUN npm ci  12.3s`). Facts: BuildKit's
//! util/progress/progressui, and `prefixCommand` of dockerfile2llb for the labels.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Build, full_seconds, rebuild_seconds};
use crate::context::Problem;
use crate::decimal;
use crate::filesystem::{Cost, Evaluation, Timing};
use crate::graph::{Base, Graph, Operation};
use crate::report::{BuildLogReport, Settings};
use crate::sorted::Map;
use crate::syntax::Dockerfile;

/// Steps that are named where they fit no instruction.
const MOST_UNMATCHED: usize = 20;
/// The measured machine is at most so much slower or faster than the model's.
const LARGEST_FACTOR: f64 = 20.0;

/// The steps of a build, as far as its log tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BuildLog {
    /// Steps of the Dockerfile, in the order in which the log names them.
    pub steps: Vec<LoggedStep>,
    /// Why nothing can be read.
    pub problem: Option<Problem>,
}

/// A step of a build.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedStep {
    /// The stage's label; empty where there is only one.
    pub stage: String,
    /// Its number in the stage, 1-based.
    pub number: usize,
    /// The steps of the stage.
    pub of: usize,
    /// The instruction, its variables expanded.
    pub text: String,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outcome {
    /// It took so many seconds.
    Ran(f64),
    /// It came from the cache.
    Cached,
    /// It failed, or the log ends before it does.
    Unfinished,
}

impl BuildLog {
    /// Reads a log. Never fails: what is no line of a build log is passed over.
    pub fn parse(text: &str) -> Self {
        let mut reader = Reader::default();
        for line in text.lines() {
            reader.line(&plain(line));
        }
        let steps = reader.steps;
        let problem = steps.is_empty().then(|| nothing(text));
        Self { steps, problem }
    }
}

fn nothing(text: &str) -> Problem {
    let classic = text.lines().position(|line| line.trim_start().starts_with("Step 1/"));
    let (line, message) = match classic {
        Some(index) => (index as u32 + 1, "the classic builder prints no times"),
        None => (1, "expected steps such as #7 [build 2/5] RUN npm ci"),
    };
    Problem::in_line(line, "", "", message).with_help(
        "Paste what docker build --progress=plain prints, with BuildKit (DOCKER_BUILDKIT=1)",
    )
}

/// The line without colours, and without the time that CI puts before it.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            text.push(c);
        } else if rest.next() == Some('[') {
            let _ = rest.by_ref().find(|c| c.is_ascii_alphabetic());
        }
    }
    let stamped = text.split_once(' ').filter(|(stamp, _)| {
        let digits = stamp.bytes().filter(u8::is_ascii_digit).count();
        digits >= 12 && stamp.contains('T') && stamp.ends_with('Z')
    });
    stamped.map_or(text.as_str(), |(_, rest)| rest).trim().to_owned()
}

#[derive(Default)]
struct Reader {
    steps: Vec<LoggedStep>,
    /// The step of each number; none for what is no step of the Dockerfile.
    numbers: HashMap<u32, Option<usize>>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("=> ") {
            self.shown(rest);
        } else if let Some((number, rest)) = numbered(line) {
            self.printed(number, rest.trim_start());
        }
    }

    /// A line of `--progress=plain`.
    fn printed(&mut self, number: u32, rest: &str) {
        let name = rest.strip_prefix("name: ").map(|name| name.trim_matches('"'));
        if let Some(step) = label(name.unwrap_or(rest)) {
            self.open(number, step);
            return;
        }
        // Until a step is named, its number stands for something else.
        let Some(Some(step)) = self.numbers.get(&number) else { return };
        let step = &mut self.steps[*step];
        let ended = rest.strip_prefix("DONE ").or_else(|| rest.strip_prefix("duration: "));
        if let Some(seconds) = ended.and_then(seconds) {
            step.outcome = Outcome::Ran(seconds);
        } else if rest == "CACHED" || rest == "cached: true" {
            step.outcome = Outcome::Cached;
        }
    }

    fn open(&mut self, number: u32, step: LoggedStep) {
        let same = |known: &LoggedStep| known.stage == step.stage && known.text == step.text;
        if let Some(Some(known)) = self.numbers.get(&number)
            && same(&self.steps[*known])
        {
            return; // goes on after lines of other steps
        }
        self.numbers.insert(number, Some(self.steps.len()));
        self.steps.push(step);
    }

    /// A line of a terminal: `CACHED [2/5] RUN npm ci  0.0s`.
    fn shown(&mut self, rest: &str) {
        let (rest, cached) = match rest.strip_prefix("CACHED ") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let (rest, failed) = match rest.strip_prefix("ERROR ") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let Some((name, time)) = rest.rsplit_once(' ') else { return };
        let (Some(mut step), Some(seconds)) = (label(name.trim_end()), seconds(time)) else {
            return;
        };
        step.outcome = match () {
            () if cached => Outcome::Cached,
            () if failed => Outcome::Unfinished,
            () => Outcome::Ran(seconds),
        };
        // A terminal repeats a step until it ends: the last line counts.
        let known = self.steps.iter_mut().find(|known| {
            (&known.stage, known.number, &known.text) == (&step.stage, step.number, &step.text)
        });
        match known {
            Some(known) => known.outcome = step.outcome,
            None => self.steps.push(step),
        }
    }
}

/// `#7 text`.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let (number, rest) = line.strip_prefix('#')?.split_once(' ')?;
    Some((number.parse().ok()?, rest))
}

/// `[linux/amd64 build 2/5] RUN npm ci`.
fn label(name: &str) -> Option<LoggedStep> {
    let (label, text) = name.strip_prefix('[')?.split_once("] ")?;
    let mut words = label.split_whitespace().rev();
    let (number, of) = words.next()?.split_once('/')?;
    let stage = words.next().filter(|word| !word.contains('/')).unwrap_or("");
    Some(LoggedStep {
        stage: stage.to_ascii_lowercase(),
        number: number.parse().ok()?,
        of: of.parse().ok()?,
        text: one_line(text),
        outcome: Outcome::Unfinished,
    })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `12.3s`, `1m2.3s`, `350ms`.
fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    let found = if let Some(milliseconds) = text.strip_suffix("ms") {
        decimal::parse(milliseconds)? / 1_000.0
    } else {
        let text = text.strip_suffix('s')?;
        let (minutes, seconds) = text.split_once('m').unwrap_or(("0", text));
        decimal::parse(minutes)? * 60.0 + decimal::parse(seconds)?
    };
    (found.is_finite() && found >= 0.0).then_some(found)
}

/// What a build log tells of the time that steps take.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Seconds by the instruction's text.
    measured: Map<String, f64>,
    /// Measured seconds for each second of the model, over the RUNs.
    factor: f64,
    /// What became of the log.
    pub report: BuildLogReport,
    /// Why nothing of it could be read.
    pub problem: Option<Problem>,
}

impl Calibration {
    /// Finds the log's steps in a build.
    pub fn new(log: &BuildLog, build: Build<'_>, settings: &Settings) -> Self {
        let numbered = numbered_steps(build);
        let mut report = BuildLogReport { factor: 1.0, ..BuildLogReport::default() };
        let mut measured: Map<String, f64> = Map::new();
        let (mut real, mut modelled) = (0.0, 0.0);
        for step in &log.steps {
            report.steps += 1;
            let Some(known) = find(step, &numbered) else {
                report
                    .unmatched
                    .push(format!("{} {}/{} {}", step.stage, step.number, step.of, step.text));
                continue;
            };
            match step.outcome {
                Outcome::Ran(seconds) => {
                    let Some(place) = known.place else { continue };
                    report.measured += 1;
                    measured.insert(known.text.clone(), seconds);
                    let (stage, position) = place;
                    if matches!(
                        build.graph.stages[stage].steps[position].operation,
                        Operation::Run(_)
                    ) {
                        real += seconds;
                        let cost = &build.evaluation.stages[stage].steps[position].cost;
                        modelled += full_seconds(cost, settings);
                    }
                }
                Outcome::Cached => report.cached += 1,
                Outcome::Unfinished => report.unfinished += 1,
            }
        }
        if real > 0.0 && modelled > 0.0 {
            report.factor = (real / modelled).clamp(1.0 / LARGEST_FACTOR, LARGEST_FACTOR);
        }
        let unmatched = report.unmatched.len();
        report
            .unmatched
            .iter_mut()
            .for_each(|text| *text = text.trim().chars().take(120).collect());
        report.unmatched.truncate(MOST_UNMATCHED);
        report.notes = notes(&report, unmatched);
        Self { measured, factor: report.factor, report, problem: log.problem.clone() }
    }

    /// Puts measured seconds in the place of estimates, and corrects the
    /// estimates of the other RUNs.
    pub fn apply(
        &self,
        dockerfile: &Dockerfile,
        graph: &Graph,
        evaluation: &mut Evaluation,
        settings: &Settings,
    ) {
        if self.measured.is_empty() {
            return;
        }
        for (stage, state) in graph.stages.iter().zip(&mut evaluation.stages) {
            let state = Rc::make_mut(state);
            for (step, done) in stage.steps.iter().zip(&mut state.steps) {
                let done = Rc::make_mut(done);
                if !step.operation.makes_layer() {
                    continue;
                }
                let text = dockerfile.one_line(&dockerfile.instructions[step.instruction]);
                let model = full_seconds(&done.cost, settings);
                let (seconds, timing) = match self.measured.get(&text) {
                    Some(seconds) => (*seconds, Timing::Measured),
                    None if matches!(step.operation, Operation::Run(_)) => {
                        (model * self.factor, Timing::Scaled)
                    }
                    None => continue,
                };
                // What a filled cache mount saves stays the same share.
                let saved = model - rebuild_seconds(&done.cost, settings);
                let share = if model > 0.0 { saved / model } else { 0.0 };
                done.cost =
                    Cost { seconds, seconds_cached: seconds * share, timing, ..Cost::default() };
            }
        }
    }
}

fn notes(report: &BuildLogReport, unmatched: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |count: u32, text: &str| {
        if count > 0 {
            let steps = if count == 1 { "1 step".to_owned() } else { format!("{count} steps") };
            notes.push(format!("{steps} {text}"));
        }
    };
    note(report.cached, "came from the cache: the log tells no time, the estimate stays.");
    note(
        report.unfinished,
        "did not end in the log: it was cut off or the build failed; what was read is used.",
    );
    note(unmatched as u32, "of the log fit no instruction of this Dockerfile.");
    if report.measured > 0 && report.factor != 1.0 {
        notes.push(format!(
            "RUNs that were not measured take {} times their estimate, as the measured ones do together.",
            decimal::fixed(report.factor, 2)
        ));
    }
    notes
}

/// An instruction with the number that BuildKit gives it.
struct Numbered {
    stage: String,
    number: usize,
    of: usize,
    text: String,
    /// Stage and step; none for a FROM.
    place: Option<(usize, usize)>,
}

/// FROM of an image, RUN, COPY, ADD and WORKDIR count.
fn numbered_steps(build: Build<'_>) -> Vec<Numbered> {
    let mut all = Vec::new();
    let single = build.graph.stages.len() == 1;
    for (index, stage) in build.graph.stages.iter().enumerate() {
        let label = match &stage.name {
            _ if single => String::new(),
            Some(name) => name.clone(),
            None => format!("stage-{index}"),
        };
        let from = matches!(stage.base, Base::Image(_)).then_some((stage.instruction, None));
        let steps = stage.steps.iter().enumerate().filter(|(_, step)| step.operation.makes_layer());
        let steps = steps.map(|(position, step)| (step.instruction, Some((index, position))));
        let counted: Vec<_> = from.into_iter().chain(steps).collect();
        let of = counted.len();
        all.extend((1..).zip(counted).map(|(number, (instruction, place))| Numbered {
            stage: label.clone(),
            number,
            of,
            text: build.dockerfile.one_line(&build.dockerfile.instructions[instruction]),
            place,
        }));
    }
    all
}

/// The instruction of a step: the one with its text, or else the one with its
/// number, if its keyword and the stage's length fit.
fn find<'n>(step: &LoggedStep, numbered: &'n [Numbered]) -> Option<&'n Numbered> {
    let keyword = |text: &str| text.split(' ').next().unwrap_or("").to_ascii_uppercase();
    let same_stage = |known: &&Numbered| known.stage == step.stage || known.stage.is_empty();
    let same_text = |known: &&Numbered| known.text == step.text;
    let same_place = |known: &&Numbered| {
        (known.number, known.of) == (step.number, step.of)
            && keyword(&known.text) == keyword(&step.text)
    };
    let known = || numbered.iter();
    known()
        .find(|known| same_stage(known) && same_text(known) && same_place(known))
        .or_else(|| known().find(|known| same_stage(known) && same_text(known)))
        .or_else(|| known().find(|known| same_stage(known) && same_place(known)))
        .or_else(|| known().find(same_text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Project, analyze};
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        let log = BuildLog::parse(text);
        assert_eq!(log.problem, None);
        let step = |step: &LoggedStep| {
            let LoggedStep { stage, number, of, text, outcome } = step;
            format!("{stage} {number}/{of} {text}: {outcome:?}")
        };
        log.steps.iter().map(step).collect()
    }

    #[test]
    fn reads_plain_progress() {
        let log = "#0 building with \"default\" instance\n\n#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\n#5 [build 1/4] FROM docker.io/library/node:22@sha256:1\n#5 sha256:2 10MB / 20MB 0.5s\n#5 DONE 4.1s\n\n#6 [build 2/4] RUN npm ci\n#6 0.351 npm warn\n#6 ...\n\n#7 [stage-1 2/2] COPY a b\n#7 CACHED\n\n#6 [build 2/4] RUN npm ci\n#6 9.8 DONE 3s\n#6 DONE 12.3s\n\n#8 exporting to image\n#8 DONE 0.1s\n";
        assert_eq!(
            shown(log),
            [
                "build 1/4 FROM docker.io/library/node:22@sha256:1: Ran(4.1)",
                "build 2/4 RUN npm ci: Ran(12.3)",
                "stage-1 2/2 COPY a b: Cached",
            ]
        );
    }

    #[test]
    fn reads_older_forms_terminals_and_ci() {
        let old = "#7 [2/3] RUN npm ci\n#7       digest: sha256:1\n#7         name: \"[2/3] RUN npm ci\"\n#7      started: 2019-01-01\n#7     duration: 1m2.5s\n";
        assert_eq!(shown(old), [" 2/3 RUN npm ci: Ran(62.5)"]);
        let terminal = "[+] Building 12.3s (9/9) FINISHED\n => [internal] load metadata  0.1s\n => CACHED [2/3] WORKDIR /app      0.0s\n => [3/3] RUN npm   ci             5.0s\n => => # working\n => [3/3] RUN npm ci   12.1s\n => ERROR [4/4] RUN x  1.0s\n";
        assert_eq!(
            shown(terminal),
            [" 2/3 WORKDIR /app: Cached", " 3/3 RUN npm ci: Ran(12.1)", " 4/4 RUN x: Unfinished"]
        );
        let ci = "2026-11-02T09:00:00.1234567Z \u{1b}[34m#7 [linux/amd64->arm64 build  2/10] RUN make\u{1b}[0m\n2026-11-02T09:00:01.1234567Z #7 DONE 1.5s\n";
        assert_eq!(shown(ci), ["build 2/10 RUN make: Ran(1.5)"]);
    }

    #[test]
    fn says_why_nothing_is_read() {
        let classic = BuildLog::parse("Sending build context\nStep 1/2 : FROM node\n ---> 1\n");
        assert!(classic.problem.is_some_and(|p| p.line == 2 && p.message.contains("classic")));
        assert!(BuildLog::parse("hello\n").problem.is_some_and(|p| p.help.is_some()));
    }

    const DOCKERFILE: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv\n";
    const LOG: &str = "#5 [build 2/5] WORKDIR /app\n#5 CACHED\n#6 [build 4/5] RUN npm ci\n#6 DONE 100.0s\n#7 [build 5/5] RUN npm run other\n#7 0.3 working\n#8 [gone 1/1] RUN x\n#8 DONE 1.0s\n";

    #[test]
    fn measured_seconds_replace_estimates_and_correct_the_others() {
        let project = |log: Option<&str>| Project {
            dockerfile: DOCKERFILE.into(),
            build_log: log.map(str::to_owned),
            ..Project::default()
        };
        let (without, with) = (analyze(&project(None)), analyze(&project(Some(LOG))));
        let report = with.build_log.expect("what became of the log");
        assert_eq!((report.steps, report.measured, report.cached, report.unfinished), (4, 1, 1, 1));
        assert_eq!(report.unmatched, ["gone 1/1 RUN x"]);
        assert_eq!(report.notes.len(), 4, "{:?}", report.notes);
        let step = |report: &crate::report::CacheReport, line: u32| {
            report.steps.iter().find(|step| step.line == line).expect("the step").clone()
        };
        let install = step(&with.cache[0], 4);
        assert_eq!(install.seconds, 100.0);
        assert_eq!(install.seconds_from, crate::units::EvidenceKind::Measured);
        let (build, estimate) = (step(&with.cache[0], 5), step(&without.cache[0], 5));
        assert_eq!(build.seconds_from, crate::units::EvidenceKind::Derived);
        assert!((build.seconds / estimate.seconds / report.factor - 1.0).abs() < 0.05);
        assert!(with.image.build_seconds > without.image.build_seconds);
        assert!(with.optimized.image.build_seconds > without.optimized.image.build_seconds);
    }

    proptest! {
        #[test]
        fn never_panics(lines in prop::collection::vec(prop_oneof![
            "#[0-9]{1,3} (\\[[a-z/]{0,6} ?[0-9]{0,3}/[0-9]{0,3}\\] )?(RUN|DONE|CACHED|FROM) ?[0-9.]{0,6}s?",
            " ?=> ?(CACHED |ERROR )?\\[?[a-z0-9 /]{0,8}\\]? \\PC{0,8} [0-9.m]{0,4}s",
            "\\PC{0,20}",
        ], 0..20)) {
            let log = BuildLog::parse(&lines.join("\n"));
            prop_assert_eq!(log.steps.is_empty(), log.problem.is_some());
        }
    }
}
