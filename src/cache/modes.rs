//! The same change where the build cache lives elsewhere: on the builder, on no
//! machine, in a registry, in GitHub Actions, in the image.
//!
//! What BuildKit does (read at 73ed6825, 2026-08):
//! - `solver/exporter.go`, `ExportTo`: keys of all steps are exported. Of results,
//!   mode=max exports all; mode=min the topmost, and below it only those that
//!   have transferable layers already (`CacheExportModeRemoteOnly`): the layers of
//!   the image. Inline is mode=min kept in the image (README, "Inline").
//! - A COPY --from whose stage is not changed has the key that it had, and the
//!   stage is not asked for. Where the stage is changed, its content must be known,
//!   to tell whether the COPY may still be cached.
//! - A step that runs needs the files of what lies below it and of what it takes:
//!   cached results and base images are downloaded then, and only then.
//! - Cache mounts are never exported: on a fresh machine they are empty.
//! - `cache/remotecache/gha`: every layer of the cache that is not stored yet is
//!   uploaded; README, "GitHub Actions cache": 10 GB a repository.

use std::collections::HashSet;

use super::schedule::Schedule;
use super::{Build, Comparison, full_seconds, pull_seconds, rebuild_seconds};
use crate::decimal;
use crate::graph::{Base, Graph, Operation};
use crate::layers::round;
use crate::report::{CacheMode, ModeReport, Settings, Span, StepStatus};
use crate::units::{Evidence, EvidenceKind};

/// What GitHub keeps of all caches of a repository, in bytes.
const GHA_LIMIT: u64 = 10_000_000_000;

/// Steps of a build whose times are told.
const MOST_SPANS: usize = 500;

const MODES: [CacheMode; 6] = [
    CacheMode::Local,
    CacheMode::None,
    CacheMode::RegistryMin,
    CacheMode::RegistryMax,
    CacheMode::Gha,
    CacheMode::Inline,
];

/// A stage and a place in it: 0 is its FROM, its steps follow.
type Place = (usize, usize);

/// The change under every mode.
pub(super) fn modes(comparison: &Comparison<'_>, settings: &Settings) -> Vec<ModeReport> {
    MODES.map(|mode| report(mode, comparison, settings)).into()
}

fn report(mode: CacheMode, comparison: &Comparison<'_>, settings: &Settings) -> ModeReport {
    let build = comparison.after;
    let machine = Machine::after(mode, comparison);
    let numbered = (0..).zip(places(build.graph));
    let runs = numbered.filter(|(_, place)| machine.ran.contains(place)).map(|(number, _)| number);
    let seconds = |stage: usize, place: usize| match place.checked_sub(1) {
        None if machine.ran.contains(&(stage, 0)) => pull_seconds(build, stage, settings),
        None => 0.0,
        Some(step) => {
            let cost = &build.evaluation.stages[stage].steps[step].cost;
            match machine.ran.contains(&(stage, place)) {
                true if mode == CacheMode::Local => rebuild_seconds(cost, settings),
                true => full_seconds(cost, settings),
                false if machine.fetched.contains(&(stage, place)) => {
                    layer(build, (stage, place)) as f64 / settings.bandwidth.max(1.0)
                }
                false => 0.0,
            }
        }
    };
    let schedule = Schedule::new(build.graph, seconds);
    let image = image_stages(build.graph);
    let new = |image_too: bool, others_too: bool| -> u64 {
        let ran = machine.ran.iter().filter(|(stage, _)| match image.contains(stage) {
            true => image_too,
            false => others_too,
        });
        ran.map(|place| layer(build, *place)).sum()
    };
    ModeReport {
        mode,
        runs: runs.collect(),
        spans: spans(build.graph, &schedule, seconds),
        seconds: round(schedule.seconds),
        downloaded_bytes: machine.downloaded(build),
        pushed_bytes: new(true, false),
        cache_uploaded_bytes: match mode {
            CacheMode::Local | CacheMode::None | CacheMode::RegistryMin | CacheMode::Inline => 0,
            CacheMode::RegistryMax => new(false, true),
            CacheMode::Gha => new(true, true),
        },
        evidence: evidence(mode, build),
    }
}

/// The steps that take time, unless there are too many to look at.
fn spans(graph: &Graph, schedule: &Schedule, seconds: impl Fn(usize, usize) -> f64) -> Vec<Span> {
    if places(graph).nth(MOST_SPANS).is_some() {
        return Vec::new();
    }
    let timed = (0..).zip(places(graph)).map(|(step, (stage, place))| Span {
        step,
        start: round(schedule.start(stage, place)),
        seconds: round(seconds(stage, place)),
        on_critical_path: schedule.is_critical(stage, place),
    });
    timed.filter(|span| span.seconds > 0.0).collect()
}

/// Every FROM and every step, in the order of the report.
fn places(graph: &Graph) -> impl Iterator<Item = Place> + '_ {
    let stages = graph.stages.iter().enumerate();
    stages.flat_map(|(index, stage)| (0..=stage.steps.len()).map(move |place| (index, place)))
}

/// The target and the stages that it is built on.
fn image_stages(graph: &Graph) -> HashSet<usize> {
    graph.target.into_iter().flat_map(|target| graph.chain(target)).collect()
}

/// Compressed bytes of what a step stores. A FROM stores nothing of its own.
fn layer(build: Build<'_>, (stage, place): Place) -> u64 {
    let step = place.checked_sub(1).and_then(|step| build.evaluation.stages[stage].steps.get(step));
    step.map_or(0, |step| step.compressed().expected)
}

/// A machine that has built the change.
struct Machine<'c> {
    comparison: &'c Comparison<'c>,
    /// The stages whose results the cache holds.
    exported: HashSet<usize>,
    /// What ran; of a FROM: whose image was pulled.
    ran: HashSet<Place>,
    /// Cached results that were downloaded.
    fetched: HashSet<Place>,
    /// Places whose files were asked for.
    demanded: HashSet<Place>,
}

impl<'c> Machine<'c> {
    fn after(mode: CacheMode, comparison: &'c Comparison<'c>) -> Self {
        let graph = comparison.after.graph;
        let all = || (0..graph.stages.len()).collect();
        let mut machine = Self {
            comparison,
            exported: match mode {
                CacheMode::None => HashSet::new(),
                CacheMode::RegistryMin | CacheMode::Inline => image_stages(graph),
                CacheMode::Local | CacheMode::RegistryMax | CacheMode::Gha => all(),
            },
            ran: HashSet::new(),
            fetched: HashSet::new(),
            demanded: HashSet::new(),
        };
        let needed = places(graph).filter(|(stage, _)| graph.stages[*stage].needed);
        match mode {
            CacheMode::Local => {
                machine.ran =
                    needed.filter(|(s, p)| comparison.status(*s, *p) == StepStatus::Run).collect();
            }
            CacheMode::None => {
                machine.ran = needed.filter(|(s, p)| comparison.executes(*s, *p)).collect();
            }
            _ => machine.build(),
        }
        machine
    }

    /// Builds the target on a fresh machine: each step of the image in turn.
    fn build(&mut self) {
        let graph = self.comparison.after.graph;
        let mut stages: Vec<usize> = image_stages(graph).into_iter().collect();
        stages.sort_unstable();
        for stage in stages {
            for place in 0..=graph.stages[stage].steps.len() {
                self.look_up(stage, place);
                if self.comparison.status(stage, place) == StepStatus::Run {
                    self.demand((stage, place));
                }
            }
        }
    }

    /// Works out the key of a step: content that it takes from a stage that is
    /// not what it was must be there.
    fn look_up(&mut self, stage: usize, place: usize) {
        for origin in self.origins((stage, place)) {
            if self.is_changed(origin) {
                self.demand(self.last(origin));
            }
        }
    }

    /// Asks for the files after a step, and for all that this takes.
    fn demand(&mut self, first: Place) {
        let graph = self.comparison.after.graph;
        let mut pending = vec![first];
        while let Some((stage, place)) = pending.pop() {
            if !graph.stages[stage].needed || !self.demanded.insert((stage, place)) {
                continue;
            }
            let Some(step) = place.checked_sub(1) else {
                match graph.stages[stage].base.stage() {
                    Some(base) => pending.push(self.last(base)),
                    None if self.comparison.executes(stage, 0) => drop(self.ran.insert((stage, 0))),
                    None => {}
                }
                continue;
            };
            let operation = &graph.stages[stage].steps[step].operation;
            let linked = matches!(operation, Operation::Copy(copy) if copy.link);
            let cached = self.comparison.status(stage, place) == StepStatus::Cached;
            if !operation.makes_layer() {
                pending.push((stage, step));
            } else if cached && self.exported.contains(&stage) {
                self.fetched.insert((stage, place));
                pending.push((stage, step));
            } else {
                self.ran.insert((stage, place));
                pending.extend((!linked).then_some((stage, step)));
                pending.extend(self.origins((stage, place)).into_iter().map(|s| self.last(s)));
            }
        }
    }

    /// True when a stage, or one that it is made from, has a step to run.
    fn is_changed(&self, stage: usize) -> bool {
        let graph = self.comparison.after.graph;
        let mut seen = HashSet::new();
        let mut pending = vec![stage];
        while let Some(stage) = pending.pop().filter(|stage| *stage < graph.stages.len()) {
            if !seen.insert(stage) {
                continue;
            }
            let mut places = 0..=graph.stages[stage].steps.len();
            if places.any(|place| self.comparison.status(stage, place) == StepStatus::Run) {
                return true;
            }
            pending.extend(graph.dependencies(stage));
        }
        false
    }

    fn origins(&self, (stage, place): Place) -> Vec<usize> {
        let step =
            place.checked_sub(1).map(|step| &self.comparison.after.graph.stages[stage].steps[step]);
        step.map(|step| step.operation.stages()).unwrap_or_default()
    }

    fn last(&self, stage: usize) -> Place {
        (stage, self.comparison.after.graph.stages[stage].steps.len())
    }

    /// Compressed bytes of the base images and cached results that it took.
    fn downloaded(&self, build: Build<'_>) -> u64 {
        let images: HashSet<&str> = self
            .ran
            .iter()
            .filter_map(|(stage, place)| match &build.graph.stages[*stage].base {
                Base::Image(reference) if *place == 0 => Some(reference.as_str()),
                _ => None,
            })
            .collect();
        let bytes = |reference: &&str| {
            let from = |stage: &usize| matches!(&build.graph.stages[*stage].base, Base::Image(other) if other == reference);
            let stage = (0..build.graph.stages.len()).find(from);
            stage.map_or(0, |stage| build.evaluation.stages[stage].image.compressed.expected)
        };
        let layers: u64 = self.fetched.iter().map(|place| layer(build, *place)).sum();
        images.iter().map(bytes).sum::<u64>() + layers
    }
}

fn evidence(mode: CacheMode, build: Build<'_>) -> Vec<Evidence> {
    let says = |text: &str| Evidence::new(EvidenceKind::Derived, text);
    let assumes = |text: &str| Evidence::new(EvidenceKind::Assumed, text);
    let fresh = assumes(
        "A fresh machine: base images and cached results are downloaded when a step that runs needs them, cache mounts are empty.",
    );
    let stores = "The cache was stored by the build before.";
    match mode {
        CacheMode::Local => vec![assumes(
            "The builder keeps everything, cache mounts included, and has built the project before.",
        )],
        CacheMode::None => vec![assumes(
            "A fresh machine without any cache: base images are pulled, every step runs, cache mounts are empty.",
        )],
        CacheMode::RegistryMin => vec![
            fresh,
            says(
                "mode=min stores the results of the image's own stages only (BuildKit, solver/exporter.go): the other stages run as soon as something needs their files.",
            ),
            assumes("The cache lies in the image's repository, which holds these layers already."),
        ],
        CacheMode::Inline => vec![
            fresh,
            says(
                "The inline cache is mode=min, kept in the image itself (BuildKit's README): it adds next to nothing, and knows only the stages of the image.",
            ),
            assumes("The image of the build before is given to --cache-from."),
        ],
        CacheMode::RegistryMax => vec![
            fresh,
            says("mode=max stores the results of every stage (BuildKit, solver/exporter.go)."),
            assumes(
                "The cache lies in the image's repository: layers of the image are not uploaded twice.",
            ),
            assumes(stores),
        ],
        CacheMode::Gha => {
            let mut all = vec![
                fresh,
                says(
                    "Every new layer is stored a second time, at GitHub (BuildKit, cache/remotecache/gha).",
                ),
                assumes(
                    "With mode=max, and one scope to an image: without mode=max it behaves as the registry's mode=min does.",
                ),
                assumes(stores),
            ];
            let size = cache_bytes(build);
            if size > GHA_LIMIT {
                all.push(says(&format!(
                    "One build's cache is about {} GB; GitHub keeps 10 GB a repository and evicts what is older: expect misses.",
                    decimal::fixed(size as f64 / 1e9, 0)
                )));
            }
            all
        }
    }
}

/// Compressed bytes of all that a build makes and starts from.
fn cache_bytes(build: Build<'_>) -> u64 {
    let stages = build.graph.stages.iter().zip(&build.evaluation.stages);
    let images = stages.filter(|(stage, _)| stage.needed && matches!(stage.base, Base::Image(_)));
    let images: u64 = images.map(|(_, state)| state.image.compressed.expected).sum();
    let layers = places(build.graph).filter(|(stage, _)| build.graph.stages[*stage].needed);
    images + layers.map(|place| layer(build, place)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::CacheReport;
    use crate::{Project, analyze};

    const TWO_STAGES: &str = "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src ./src\nRUN npm run build\nFROM nginx:1.27\nRUN apt-get update && apt-get install -y curl\nCOPY --from=build /app/dist /usr/share/nginx/html\n";

    fn under(dockerfile: &str, change: &str) -> CacheReport {
        let project = Project {
            dockerfile: dockerfile.to_owned(),
            changes: vec![change.into()],
            only_changes: true,
            ..Project::default()
        };
        analyze(&project).cache.remove(0)
    }

    fn of(report: &CacheReport, mode: CacheMode) -> &ModeReport {
        report.modes.iter().find(|other| other.mode == mode).expect("every mode")
    }

    /// The lines whose instruction runs; of a FROM: is pulled.
    fn runs(report: &CacheReport, mode: CacheMode) -> Vec<u32> {
        of(report, mode).runs.iter().map(|index| report.steps[*index as usize].line).collect()
    }

    #[test]
    fn a_local_builder_runs_what_the_simulation_says() {
        let report = under(TWO_STAGES, "edit:src");
        let local = of(&report, CacheMode::Local);
        let steps = report.steps.iter().filter(|step| step.status == StepStatus::Run);
        let lines: Vec<u32> = steps.map(|step| step.line).collect();
        assert_eq!(runs(&report, CacheMode::Local), lines);
        assert_eq!((local.seconds, local.pushed_bytes), (report.seconds, report.pushed_bytes));
    }

    #[test]
    fn no_cache_runs_everything_and_pulls_every_base() {
        let report = under(TWO_STAGES, "edit:src");
        assert_eq!(runs(&report, CacheMode::None), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(of(&report, CacheMode::None).pushed_bytes > report.pushed_bytes);
    }

    #[test]
    fn max_runs_what_changed_and_downloads_what_lies_below() {
        let report = under(TWO_STAGES, "edit:src");
        // Both bases are pulled: a changed step needs what it stands on.
        assert_eq!(runs(&report, CacheMode::RegistryMax), [1, 5, 6, 7, 9]);
        let max = of(&report, CacheMode::RegistryMax);
        assert!(max.downloaded_bytes > 0 && max.cache_uploaded_bytes > 0);
        assert!(max.seconds > of(&report, CacheMode::Local).seconds);
        assert!(of(&report, CacheMode::Gha).cache_uploaded_bytes > max.cache_uploaded_bytes);
    }

    #[test]
    fn min_and_inline_run_the_whole_of_a_changed_stage_that_is_not_in_the_image() {
        let report = under(TWO_STAGES, "edit:src");
        for mode in [CacheMode::RegistryMin, CacheMode::Inline] {
            assert_eq!(runs(&report, mode), [1, 2, 3, 4, 5, 6, 7, 9], "{mode:?}");
        }
        let (min, max) = (of(&report, CacheMode::RegistryMin), of(&report, CacheMode::RegistryMax));
        assert!(min.seconds > max.seconds && min.cache_uploaded_bytes == 0);
    }

    #[test]
    fn a_stage_that_nothing_asks_for_does_not_run_under_min() {
        let report = under(TWO_STAGES, "edit:README.md");
        assert_eq!(runs(&report, CacheMode::RegistryMin), [0; 0]);
        assert_eq!(of(&report, CacheMode::RegistryMin).downloaded_bytes, 0);
    }

    #[test]
    fn a_copy_that_must_run_again_asks_for_an_unchanged_stage_under_min() {
        let report = under(TWO_STAGES, "base:nginx:1.27");
        // Line 1: the files of the stage lie on its base image.
        assert_eq!(runs(&report, CacheMode::RegistryMax), [1, 7, 8, 9]);
        assert_eq!(runs(&report, CacheMode::RegistryMin), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn a_changed_stage_runs_even_if_the_copy_from_it_stays_cached() {
        let dockerfile = "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm test\nFROM node:22-slim\nCOPY --from=build /app/node_modules /srv/node_modules\n";
        let report = under(dockerfile, "edit:README.md");
        // Line 8 is cached in the end; only the content of the stage tells.
        assert_eq!(runs(&report, CacheMode::RegistryMax), [1, 5, 6]);
        assert_eq!(runs(&report, CacheMode::Inline), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn cache_mounts_are_empty_on_a_fresh_machine() {
        let dockerfile = "FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm npm ci\n";
        let report = under(dockerfile, "edit:package-lock.json");
        let step = |mode| of(&report, mode).seconds;
        let pull = of(&report, CacheMode::RegistryMax).downloaded_bytes as f64 / 12.5e6;
        assert!(step(CacheMode::RegistryMax) > step(CacheMode::Local) + pull);
    }
}
