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

/// A stage and a place in it: 0 is its FROM, its steps follow.
type Place = (usize, usize);

/// The change under every mode.
pub(super) fn modes(comparison: &Comparison<'_>, settings: &Settings) -> Vec<ModeReport> {
    let [local, none, min, max] =
        [CacheMode::Local, CacheMode::None, CacheMode::RegistryMin, CacheMode::RegistryMax]
            .map(|mode| report(mode, comparison, settings));
    // What these two store is what a registry does, elsewhere.
    let uploaded = max.cache_uploaded_bytes + max.pushed_bytes;
    let gha = ModeReport { mode: CacheMode::Gha, cache_uploaded_bytes: uploaded, ..max.clone() };
    let inline = ModeReport { mode: CacheMode::Inline, ..min.clone() };
    let modes = [local, none, min, max, gha, inline];
    let evidence =
        |mode: ModeReport| ModeReport { evidence: evidence(mode.mode, comparison.after), ..mode };
    modes.map(evidence).into()
}

fn report(mode: CacheMode, comparison: &Comparison<'_>, settings: &Settings) -> ModeReport {
    let build = comparison.after;
    let places = &comparison.places;
    let machine = Machine::after(mode, comparison);
    let seconds = |stage: usize, place: usize| {
        let number = places.number((stage, place));
        match place.checked_sub(1) {
            None if machine.ran[number] => pull_seconds(build, stage, settings),
            None => 0.0,
            Some(step) => {
                let cost = &build.evaluation.stages[stage].steps[step].cost;
                match machine.ran[number] {
                    true if mode == CacheMode::Local => rebuild_seconds(cost, settings),
                    true => full_seconds(cost, settings),
                    false if machine.fetched[number] => {
                        layer(build, (stage, place)) as f64 / settings.bandwidth.max(1.0)
                    }
                    false => 0.0,
                }
            }
        }
    };
    let schedule = Schedule::new(build.graph, &seconds);
    let image = image_stages(build.graph);
    let mut runs = Vec::new();
    let (mut new, mut new_elsewhere) = (0, 0);
    for (number, (stage, place)) in self::places(build.graph).enumerate() {
        if machine.ran[number] {
            runs.push(number as u32);
            *(if image[stage] { &mut new } else { &mut new_elsewhere }) +=
                layer(build, (stage, place));
        }
    }
    ModeReport {
        mode,
        runs,
        spans: spans(build.graph, &schedule, seconds),
        seconds: round(schedule.seconds),
        downloaded_bytes: machine.downloaded(build),
        pushed_bytes: new,
        cache_uploaded_bytes: if mode == CacheMode::RegistryMax { new_elsewhere } else { 0 },
        evidence: Vec::new(),
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

/// For each stage, whether the target is it or is built on it.
fn image_stages(graph: &Graph) -> Vec<bool> {
    let mut image = vec![false; graph.stages.len()];
    for stage in graph.target.into_iter().flat_map(|target| graph.chain(target)) {
        image[stage] = true;
    }
    image
}

/// Compressed bytes of what a step stores. A FROM stores nothing of its own.
fn layer(build: Build<'_>, (stage, place): Place) -> u64 {
    let step = place.checked_sub(1).and_then(|step| build.evaluation.stages[stage].steps.get(step));
    step.map_or(0, |step| step.compressed().expected)
}

/// A machine that has built the change. What it knows of places is by their
/// number.
struct Machine<'c> {
    comparison: &'c Comparison<'c>,
    /// The stages whose results the cache holds.
    exported: Vec<bool>,
    /// What ran; of a FROM: whose image was pulled.
    ran: Vec<bool>,
    /// Cached results that were downloaded.
    fetched: Vec<bool>,
    /// Places whose files were asked for.
    demanded: Vec<bool>,
}

impl<'c> Machine<'c> {
    fn after(mode: CacheMode, comparison: &'c Comparison<'c>) -> Self {
        let graph = comparison.after.graph;
        let nothing = vec![false; comparison.places.count()];
        let mut machine = Self {
            comparison,
            exported: match mode {
                CacheMode::RegistryMin | CacheMode::Inline => image_stages(graph),
                CacheMode::Local | CacheMode::None => Vec::new(),
                CacheMode::RegistryMax | CacheMode::Gha => vec![true; graph.stages.len()],
            },
            ran: nothing.clone(),
            fetched: nothing.clone(),
            demanded: nothing,
        };
        match mode {
            CacheMode::Local => {
                let runs = |status: &StepStatus| *status == StepStatus::Run;
                machine.ran = comparison.statuses.iter().map(runs).collect();
            }
            CacheMode::None => {
                let runs = |(stage, place): Place| {
                    graph.stages[stage].needed && comparison.executes(stage, place)
                };
                machine.ran = places(graph).map(runs).collect();
            }
            _ => machine.build(),
        }
        machine
    }

    /// Builds the target on a fresh machine: each step of the image in turn.
    fn build(&mut self) {
        let graph = self.comparison.after.graph;
        let changed = self.changed();
        let image = image_stages(graph);
        for (stage, place) in places(graph).filter(|(stage, _)| image[*stage]) {
            self.look_up(&changed, (stage, place));
            if self.comparison.status(stage, place) == StepStatus::Run {
                self.demand((stage, place));
            }
        }
    }

    /// Works out the key of a step: content that it takes from a stage that is
    /// not what it was must be there.
    fn look_up(&mut self, changed: &[bool], place: Place) {
        for origin in self.origins(place) {
            if changed[origin] {
                self.demand(self.last(origin));
            }
        }
    }

    /// Asks for the files after a step, and for all that this takes.
    fn demand(&mut self, first: Place) {
        let graph = self.comparison.after.graph;
        let mut pending = vec![first];
        while let Some((stage, place)) = pending.pop() {
            let number = self.comparison.places.number((stage, place));
            if !graph.stages[stage].needed || std::mem::replace(&mut self.demanded[number], true) {
                continue;
            }
            let Some(step) = place.checked_sub(1) else {
                match graph.stages[stage].base.stage() {
                    Some(base) => pending.push(self.last(base)),
                    None => self.ran[number] |= self.comparison.executes(stage, 0),
                }
                continue;
            };
            let operation = &graph.stages[stage].steps[step].operation;
            let linked = matches!(operation, Operation::Copy(copy) if copy.link);
            let cached = self.comparison.status(stage, place) == StepStatus::Cached;
            if !operation.makes_layer() {
                pending.push((stage, step));
            } else if cached && self.exported[stage] {
                self.fetched[number] = true;
                pending.push((stage, step));
            } else {
                self.ran[number] = true;
                pending.extend((!linked).then_some((stage, step)));
                pending.extend(self.origins((stage, place)).map(|stage| self.last(stage)));
            }
        }
    }

    /// For each stage, whether it or one that it is made from has a step to run.
    fn changed(&self) -> Vec<bool> {
        let graph = self.comparison.after.graph;
        let mut changed = vec![false; graph.stages.len()];
        for stage in graph.build_order() {
            let own = &self.comparison.statuses[self.comparison.places.of(*stage)];
            changed[*stage] = own.contains(&StepStatus::Run)
                || graph.dependencies(*stage).any(|other| changed[other]);
        }
        changed
    }

    fn origins(&self, (stage, place): Place) -> impl Iterator<Item = usize> + use<'c> {
        let steps = &self.comparison.after.graph.stages[stage].steps;
        let step = place.checked_sub(1).map(|step| &steps[step]);
        step.into_iter().flat_map(|step| step.operation.stages())
    }

    fn last(&self, stage: usize) -> Place {
        (stage, self.comparison.after.graph.stages[stage].steps.len())
    }

    /// Compressed bytes of the base images and cached results that it took.
    fn downloaded(&self, build: Build<'_>) -> u64 {
        let stages = &build.graph.stages;
        let pulled = |stage: &usize| self.ran[self.comparison.places.number((*stage, 0))];
        let mut bytes = 0;
        for stage in (0..stages.len()).filter(pulled) {
            let same = |other: &usize| stages[*other].base == stages[stage].base;
            // What two stages start from is pulled once.
            if matches!(stages[stage].base, Base::Image(_))
                && !(0..stage).filter(pulled).any(|other| same(&other))
            {
                bytes += build.evaluation.stages[stage].image.compressed.expected;
            }
        }
        for (number, place) in places(build.graph).enumerate() {
            if self.fetched[number] {
                bytes += layer(build, place);
            }
        }
        bytes
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
