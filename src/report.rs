//! The one contract with the page, the command line and the npm package.
//!
//! A [`Project`] goes in, a [`Report`] comes out. All sizes are bytes, all
//! times are seconds, all lines are 1-based and all columns are 1-based UTF-16
//! code units. `pkg/report.d.ts` is generated from this file.

#[cfg(feature = "typescript")]
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::sorted::Map;

pub use crate::units::{Evidence, EvidenceKind, Kind, Range};

/// Everything the analysis may know. Only `dockerfile` is required.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// The Dockerfile's text.
    pub dockerfile: String,
    /// The `.dockerignore` text; empty when there is none.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub dockerignore: String,
    /// The build context's files, as `size<TAB>path` lines or the output of
    /// `find -printf`, `du -ab` or `git ls-tree -r -l`. A line
    /// `size<TAB>folder/<TAB>files` is a folder as a whole, and `~` before the
    /// size says that it is a guess. `None`: assume a typical project, inferred
    /// from the Dockerfile and the manifests.
    pub context: Option<String>,
    /// Manifests and lockfiles by their path in the context (`package.json`).
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, String>>", optional))]
    pub manifests: Map<String, String>,
    /// `--build-arg` values.
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, String>>", optional))]
    pub build_args: Map<String, String>,
    /// `--target` stage; `None` builds the last one.
    pub target: Option<String>,
    /// Changes to simulate besides the typical ones, each as `KIND:VALUE` (see
    /// [`crate::cache::Change`]); those of a list happen at once.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub changes: Vec<Changes>,
    /// True to simulate `changes` alone; false puts the typical ones first.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub only_changes: bool,
    /// Recipes switched on or off by id, over their defaults.
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, bool>>", optional))]
    pub recipes: Map<String, bool>,
    /// Bandwidth and prices.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub settings: Settings,
    /// The output of `git log --name-status` (or `--name-only`, `--stat`) of the
    /// project: every commit is replayed.
    pub git_log: Option<String>,
    /// What was measured of the built image, as printed: the outputs of
    /// `docker history --no-trunc` (table or JSON), `docker image inspect`,
    /// `docker manifest inspect -v` or `docker buildx imagetools inspect
    /// --raw`; one text may hold several, below each other.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub measured: Vec<String>,
    /// The output of `docker build --progress=plain`: the seconds that steps
    /// took replace the estimates.
    pub build_log: Option<String>,
    /// Times a week that a change happens, by its `CacheReport.change`; the
    /// others happen as often as is usual.
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, f64>>", optional))]
    pub weekly: Map<String, f64>,
}

/// What changes between two builds, as [`Project::changes`] has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Changes {
    /// One change, as `KIND:VALUE`.
    One(String),
    /// Several at once.
    Together(Vec<String>),
}

impl From<&str> for Changes {
    fn from(change: &str) -> Self {
        Self::One(change.to_owned())
    }
}

impl Changes {
    /// The changes, each as `KIND:VALUE`.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(change) => std::slice::from_ref(change),
            Self::Together(changes) => changes,
        }
    }
}

/// Assumptions that the user may edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Download bandwidth in bytes per second (100 Mbit/s by default).
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub bandwidth: f64,
    /// Unpacking speed in uncompressed bytes per second (docker pull on an SSD
    /// unpacks gzip layers one after another at about this rate).
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub unpack_rate: f64,
    /// Image pulls a month, over all hosts and zones.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub pulls_per_month: f64,
    /// Price of transferring one gigabyte (10⁹ bytes), US dollars.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub transfer_price: f64,
    /// Price of storing one gigabyte for a month, US dollars.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub storage_price: f64,
    /// What rules cannot know by themselves.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub rules: RuleSettings,
}

/// Settings of the rules that need some, named as in hadolint's configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    /// Registries that FROM may take images from (`docker.io`, `*.example.com`,
    /// `*`); empty allows all.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub trusted_registries: Vec<String>,
    /// Labels that every image must have, by name, and what their values are.
    #[cfg_attr(feature = "typescript", ts(as = "Option<BTreeMap<String, LabelKind>>", optional))]
    pub label_schema: Map<String, LabelKind>,
    /// True allows no other labels than those of the schema.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub strict_labels: bool,
    /// Rules that are off unless they are named here: `DL1001`, `DL3057`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>", optional))]
    pub enable: Vec<String>,
}

/// What the value of a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// Any text.
    Text,
    /// An absolute URL.
    Url,
    /// A semantic version, `1.2.3`.
    Semver,
    /// A date and time as in RFC 3339.
    Rfc3339,
    /// A Git commit id: 40 hexadecimal digits, or its first 7.
    Hash,
    /// An SPDX licence identifier.
    Spdx,
    /// An e-mail address.
    Email,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bandwidth: 12.5e6,
            unpack_rate: 100e6,
            // 100 pulls a day: the field report's own case.
            pulls_per_month: 3_000.0,
            // Amazon ECR list prices, us-east-1, read 2026-11: $0.09 a GB
            // transferred out, $0.10 a GB-month stored.
            transfer_price: 0.09,
            storage_price: 0.10,
            rules: RuleSettings::default(),
        }
    }
}

/// What the analysis found, and what it would do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Report {
    /// Version of the analysis core (semver).
    pub version: String,
    /// Whether the Dockerfile parses, and where not.
    pub syntax: SyntaxReport,
    /// The build context before and after `.dockerignore`.
    pub context: ContextReport,
    /// The build's stages, in the file's order.
    pub stages: Vec<StageReport>,
    /// One row an instruction that makes a layer, in every stage, base images
    /// included; in the file's order.
    pub layers: Vec<LayerReport>,
    /// The image that the target stage gives.
    pub image: ImageReport,
    /// One simulation a change: the typical ones, that of the source first,
    /// then the project's own in their order.
    pub cache: Vec<CacheReport>,
    /// What is wrong or could be better, in the file's order.
    pub findings: Vec<Finding>,
    /// The better version.
    pub optimized: OptimizedReport,
    /// A week of building, as often as each of the changes in `cache` happens.
    pub weekly: WeeklyReport,
    /// What became of the build log; none without [`Project::build_log`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build_log: Option<BuildLogReport>,
    /// The project's history, replayed; none without [`Project::git_log`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<ReplayReport>,
    /// The build arguments that the Dockerfile declares, each once, in its order.
    pub arguments: Vec<ArgumentReport>,
    /// The settings that hold where the project names none.
    pub default_settings: Settings,
    /// What the measured texts changed; nothing when there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationReport>,
    /// Names of data packs that were not there and would have told more:
    /// `images`, `debian-bookworm` …
    pub wants: Vec<String>,
}

/// A build argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ArgumentReport {
    /// Its name.
    pub name: String,
    /// The line of its first declaration.
    pub line: u32,
    /// The default of its first declaration, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// Whether the Dockerfile parses.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SyntaxReport {
    /// True when BuildKit would accept the text.
    pub valid: bool,
    /// Every error, in the file's order.
    pub errors: Vec<Problem>,
}

/// A message at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Problem {
    /// What is wrong, and what was expected.
    pub message: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// The likely fix.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The build context.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ContextReport {
    /// True when no listing was given and a typical project is assumed.
    pub assumed: bool,
    /// Files in the folder.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files left after `.dockerignore`.
    pub sent_files: u64,
    /// Their bytes.
    pub sent_bytes: u64,
    /// One row a pattern of `.dockerignore`, in its order.
    pub ignored: Vec<IgnoredReport>,
    /// Every entry, largest first; at most 1,000.
    pub entries: Vec<ContextEntry>,
    /// Lines of the listing or of `.dockerignore` that could not be read.
    pub problems: Vec<Problem>,
}

/// What one `.dockerignore` pattern does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct IgnoredReport {
    /// The pattern as written.
    pub pattern: String,
    /// Its line in `.dockerignore`.
    pub line: u32,
    /// Files whose fate it decides (taken out, or with `!` put back).
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that lie at or below a path it matches, whichever pattern
    /// decides: 0 matches nothing, more with `files` 0 decides nothing.
    pub matches: u64,
}

/// A file of the context, or a folder that stands for many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ContextEntry {
    /// Path from the context's root, without a leading slash.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// Files (more than one for a folder in an assumed project).
    pub files: u64,
    /// The line of `.dockerignore` that decides, if any does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<u32>,
    /// True when the entry is sent to the builder.
    pub sent: bool,
    /// True when its size is a guess.
    pub assumed: bool,
    /// True for a folder that stands for the files below it.
    pub folder: bool,
}

/// A stage of the build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct StageReport {
    /// 0-based position.
    pub index: u32,
    /// The name after `AS`, in lower case as BuildKit compares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the stage starts from.
    pub base: BaseReport,
    /// Line of its FROM.
    pub line: u32,
    /// True when the target needs it.
    pub needed: bool,
    /// True for the target itself.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Uncompressed size of the stage's whole file system.
    pub size: Range,
}

/// A stage's base.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct BaseReport {
    /// The reference after expansion, or the stage's name, or `scratch`.
    pub reference: String,
    /// The known image whose figures are used, when it is not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<String>,
    /// Where its figures come from.
    pub evidence: Evidence,
}

/// What one instruction adds to its stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct LayerReport {
    /// Index of the stage.
    pub stage: u32,
    /// First line of the instruction.
    pub line: u32,
    /// Its keyword in upper case; FROM for the base image's layers together.
    pub instruction: String,
    /// The instruction on one line, comments and continuations taken out.
    pub text: String,
    /// Uncompressed bytes stored in the layer.
    pub size: Range,
    /// Bytes as pushed and pulled (gzip).
    pub compressed: Range,
    /// Expected bytes of it that the stage's end does not show any more:
    /// deleted, overwritten or moved by a later layer.
    pub wasted: u64,
    /// Files stored in the layer, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// True when the layer is part of the final image.
    pub in_image: bool,
    /// Where the size comes from.
    pub evidence: Vec<Evidence>,
    /// What the layer is made of, largest first.
    pub parts: Vec<Part>,
}

/// A piece of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Part {
    /// A path, a package or a group of either.
    pub what: String,
    /// What sort of bytes they are.
    pub kind: Kind,
    /// Uncompressed bytes.
    pub bytes: Range,
    /// Its bytes as pushed and pulled (gzip).
    pub compressed: Range,
    /// Expected bytes of it that are not visible at the end.
    pub wasted: u64,
    /// Where the figure comes from.
    pub evidence: Evidence,
}

/// The final image in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ImageReport {
    /// Uncompressed bytes, all layers.
    pub size: Range,
    /// Compressed bytes, all layers.
    pub compressed: Range,
    /// Expected bytes stored and not visible.
    pub wasted: u64,
    /// Layers with files, those of the base image included.
    pub layers: u32,
    /// Seconds to pull onto a host that has none of the layers.
    pub pull_seconds: f64,
    /// Seconds to build with an empty cache.
    pub build_seconds: f64,
    /// US dollars a month for storage and transfer.
    pub monthly_cost: f64,
}

/// Which measured figures took the place of estimates. All figures are those of
/// the original version; the optimized one keeps them for layers that are the
/// same instruction on the same content.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CalibrationReport {
    /// What the pasted texts are, one row an output.
    pub outputs: Vec<MeasuredOutput>,
    /// Base images and layers whose figures were replaced, in the file's order.
    pub rows: Vec<CalibrationRow>,
    /// Rows of the texts with bytes that no instruction was found for.
    pub unmatched: Vec<UnmatchedRow>,
    /// What could not be read or does not fit together.
    pub problems: Vec<MeasuredProblem>,
    /// The image's uncompressed bytes without the measured figures.
    pub estimated: Range,
    /// The same as pushed (gzip).
    pub estimated_compressed: Range,
}

/// An output of a container tool that was recognised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MeasuredOutput {
    /// Which of the texts it is in, from 0.
    pub text: u32,
    /// Its first line there.
    pub line: u32,
    /// What it is.
    pub kind: MeasuredKind,
    /// The same in words, with what it holds.
    pub title: String,
}

/// The outputs that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MeasuredKind {
    /// `docker history`: uncompressed bytes of each layer.
    History,
    /// An image's configuration: what made each layer.
    Config,
    /// `docker image inspect`: uncompressed bytes of the image.
    Inspect,
    /// A manifest: compressed bytes of each layer.
    Manifest,
}

/// One layer, or a base image's layers together, with measured figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CalibrationRow {
    /// Index of the stage.
    pub stage: u32,
    /// First line of the instruction.
    pub line: u32,
    /// Its keyword in upper case; FROM for a base image.
    pub instruction: String,
    /// Uncompressed bytes by the model alone.
    pub estimated: Range,
    /// Uncompressed bytes now.
    pub size: Range,
    /// Compressed bytes by the model alone.
    pub estimated_compressed: Range,
    /// Compressed bytes now.
    pub compressed: Range,
    /// How the figures were found.
    pub evidence: Vec<Evidence>,
}

/// A row of a pasted text that no instruction was found for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UnmatchedRow {
    /// Which of the texts it is in, from 0.
    pub text: u32,
    /// Its line there.
    pub line: u32,
    /// What made the layer, as the text says.
    pub created_by: String,
    /// Its bytes.
    pub bytes: Range,
    /// Why it was not used.
    pub reason: String,
}

/// A message at its place in one of the measured texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MeasuredProblem {
    /// Which of the texts it is in, from 0.
    pub text: u32,
    /// The message and its place there.
    pub problem: Problem,
}

/// What one change rebuilds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CacheReport {
    /// The change as `KIND:VALUE`; several at once are joined by ` + `.
    pub change: String,
    /// The changes that it is made of, each as `KIND:VALUE`.
    pub changes: Vec<String>,
    /// The change in words.
    pub title: String,
    /// Every step of every stage, each stage's FROM first, in the file's order.
    pub steps: Vec<StepReport>,
    /// Seconds of the rebuild: the longest path, stages in parallel.
    pub seconds: f64,
    /// Compressed bytes of the final image that are pushed and pulled again.
    pub pushed_bytes: u64,
    /// The same change where the build cache lives elsewhere; the first is the
    /// local builder, which the other fields tell of. Empty with a problem.
    pub modes: Vec<ModeReport>,
    /// Why the change could not be simulated as asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// One step under a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct StepReport {
    /// Index of the stage.
    pub stage: u32,
    /// First line of the instruction.
    pub line: u32,
    /// Its keyword in upper case.
    pub instruction: String,
    /// The instruction on one line, comments and continuations taken out.
    pub text: String,
    /// What the builder does with the step.
    pub status: StepStatus,
    /// Why, in one sentence.
    pub reason: String,
    /// Seconds that the step takes if it runs; FROM: to pull the base image.
    pub seconds: f64,
    /// Seconds from the build's begin until the step may start, when all that
    /// it needs is there: stages and steps that need nothing of each other run
    /// in parallel.
    pub start: f64,
    /// True when the step runs and the build would end earlier if it were
    /// faster.
    pub on_critical_path: bool,
    /// How the seconds are known: `measured` from the build log, `derived` from
    /// it or from bytes, `typical` of such steps.
    pub seconds_from: EvidenceKind,
    /// Why running it again may give another result, where the step hangs on
    /// more than its inputs: the time, or what moves on the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unrepeatable: Option<String>,
}

/// What the builder does with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Taken from the build cache.
    Cached,
    /// Executed.
    Run,
    /// The target does not need it.
    Unneeded,
}

/// Where the build cache lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CacheMode {
    /// On the builder, which keeps it.
    Local,
    /// Nowhere: a fresh CI machine.
    None,
    /// In a registry, `--cache-to type=registry,mode=min`.
    RegistryMin,
    /// In a registry, `--cache-to type=registry,mode=max`.
    RegistryMax,
    /// At GitHub Actions, `--cache-to type=gha,mode=max`.
    Gha,
    /// In the image, `--cache-to type=inline`.
    Inline,
}

/// One change under one cache. All but the local one start on a fresh machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ModeReport {
    /// Where the cache lives.
    pub mode: CacheMode,
    /// The steps that run, by their index in `CacheReport.steps`; a FROM does
    /// when its image is pulled.
    pub runs: Vec<u32>,
    /// When each step that takes time does so: those that run and those whose
    /// cached results are downloaded. Empty where the build has more than 500
    /// steps.
    pub spans: Vec<Span>,
    /// Seconds of the rebuild, downloads of cache and base images included,
    /// uploads and unpacking not.
    pub seconds: f64,
    /// Compressed bytes of base images and cached results that are downloaded.
    pub downloaded_bytes: u64,
    /// Compressed bytes of the image's new layers, which are pushed.
    pub pushed_bytes: u64,
    /// Compressed bytes that storing the cache uploads besides them.
    pub cache_uploaded_bytes: u64,
    /// What this rests on.
    pub evidence: Vec<Evidence>,
}

/// A step in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Span {
    /// The step, by its index in `CacheReport.steps`.
    pub step: u32,
    /// Seconds from the build's begin.
    pub start: f64,
    /// Seconds that it takes.
    pub seconds: f64,
    /// True when the build would end earlier if it were faster.
    pub on_critical_path: bool,
}

/// A week of building.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeeklyReport {
    /// The changes that can be simulated, in the order of `cache`.
    pub changes: Vec<WeeklyChange>,
    /// Their sum under the given Dockerfile.
    pub now: WeeklySum,
    /// Their sum under the optimized one.
    pub optimized: WeeklySum,
    /// Pulls of each build, from `Settings.pulls_per_month`.
    pub pulls_per_build: f64,
    /// What the bytes rest on.
    pub evidence: Vec<Evidence>,
    /// What of [`Project::weekly`] cannot be.
    pub problems: Vec<String>,
}

/// A change in a week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeeklyChange {
    /// The change, as `CacheReport.change` has it.
    pub change: String,
    /// The change in words.
    pub title: String,
    /// Times a week.
    pub times: f64,
    /// Where the number comes from.
    pub evidence: Evidence,
    /// What it costs under the given Dockerfile.
    pub now: WeeklySum,
    /// What it costs under the optimized one.
    pub optimized: WeeklySum,
}

/// What a week of builds costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeeklySum {
    /// Seconds of building on a local builder.
    pub seconds: f64,
    /// Compressed bytes pushed.
    pub pushed_bytes: u64,
    /// Compressed bytes pulled, over all hosts.
    pub pulled_bytes: u64,
}

/// What a build log told of the time that steps take.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BuildLogReport {
    /// Steps that the log names.
    pub steps: u32,
    /// Steps whose seconds replace the estimate.
    pub measured: u32,
    /// Steps that came from the cache: the log tells no time.
    pub cached: u32,
    /// Steps that did not end in the log.
    pub unfinished: u32,
    /// Steps that fit no instruction; at most 20.
    pub unmatched: Vec<String>,
    /// Measured seconds for each second of the estimate, over the RUNs; the
    /// estimates of the other RUNs are multiplied by it.
    pub factor: f64,
    /// What to know of the result, a sentence each.
    pub notes: Vec<String>,
    /// Why nothing could be read.
    pub problems: Vec<Problem>,
}

/// What the commits of a log rebuild, each simulated against the build before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplayReport {
    /// Commits that were replayed.
    pub commits: u32,
    /// Of these, commits that touch no file of the build context.
    pub outside: u32,
    /// Commits without files, such as merges: not replayed.
    pub without_files: u32,
    /// Files of the build context that the commits touch.
    pub files: u32,
    /// Of these, files that the context's listing does not have.
    pub unlisted: u32,
    /// The folder of the repository that is taken for the build context; empty
    /// for its root.
    pub prefix: String,
    /// What was assumed, a sentence each.
    pub notes: Vec<String>,
    /// Lines of the log that could not be read or placed.
    pub problems: Vec<Problem>,
    /// The history under the given Dockerfile.
    pub now: ReplayRun,
    /// The history under the optimized one.
    pub optimized: ReplayRun,
}

/// A history under one Dockerfile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplayRun {
    /// Seconds of all rebuilds together.
    pub seconds: f64,
    /// Share of steps taken from the cache, over all commits: 0 to 1.
    pub hit_rate: f64,
    /// Every step that the target needs and that has work to do, in the file's
    /// order.
    pub steps: Vec<ReplayStep>,
    /// The steps that cost the most time, by their index in `steps`; at most 5.
    pub worst_steps: Vec<u32>,
    /// The commits that cost the most time; at most 5.
    pub worst_commits: Vec<ReplayCommit>,
}

/// A step over all commits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplayStep {
    /// Index of the stage.
    pub stage: u32,
    /// First line of the instruction.
    pub line: u32,
    /// Its keyword in upper case.
    pub instruction: String,
    /// Commits that run it.
    pub runs: u32,
    /// Share of commits that find it in the cache: 0 to 1.
    pub hit_rate: f64,
    /// Seconds that it takes over all commits.
    pub seconds: f64,
}

/// A commit and what it costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplayCommit {
    /// Its hash as the log has it; empty when the log leaves it out.
    pub id: String,
    /// Its title; empty when the log leaves it out.
    pub title: String,
    /// Seconds of the rebuild.
    pub seconds: f64,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The build fails, or a secret leaks.
    Error,
    /// Likely wrong or costly.
    Warning,
    /// Worth knowing.
    Info,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Bytes in the image.
    Size,
    /// Work repeated by the builder.
    Cache,
    /// Safety of what runs or of what is stored.
    Security,
    /// The build or the image does not do what it seems to.
    Correctness,
    /// Readability.
    Style,
}

/// Something wrong or improvable, at its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Finding {
    /// Stable id, kebab-case.
    pub rule: String,
    /// Names of the same rule elsewhere (BuildKit, DLxxxx).
    pub aliases: Vec<String>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: FindingKind,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// One line.
    pub message: String,
    /// The rule of the finding in the same line that tells of the same thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// A ready change of the Dockerfile that resolves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A ready change of the Dockerfile, of `.dockerignore` or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Fix {
    /// What it does, for a button.
    pub title: String,
    /// Non-overlapping edits of the Dockerfile, in the file's order.
    pub edits: Vec<TextEdit>,
    /// The whole new text of `.dockerignore`; left out where it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerignore: Option<String>,
}

/// Replace `start..end` (UTF-16 offsets into the Dockerfile) by `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TextEdit {
    /// First UTF-16 code unit replaced.
    pub start: u32,
    /// The one after the last replaced.
    pub end: u32,
    /// The new text.
    pub text: String,
}

/// How far a recipe can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Applicability {
    /// The image behaves the same.
    Safe,
    /// Very likely the same; check with the stated command.
    Likely,
    /// May change behaviour; off unless switched on.
    Risky,
}

/// The better version and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OptimizedReport {
    /// The optimized Dockerfile; the input's text where nothing is to be done.
    pub dockerfile: String,
    /// The proposed `.dockerignore`.
    pub dockerignore: String,
    /// Every recipe that applies, in the order applied; switched-off ones too.
    pub steps: Vec<RecipeStep>,
    /// Stages of the optimized version.
    pub stages: Vec<StageReport>,
    /// Layers of the optimized version.
    pub layers: Vec<LayerReport>,
    /// The optimized image in figures.
    pub image: ImageReport,
    /// The same changes under the optimized version, in the same order.
    pub cache: Vec<CacheReport>,
    /// What is good about a file that needs no change; empty otherwise.
    pub praise: Vec<String>,
    /// The lines of the proposed `.dockerignore` that are patterns.
    pub dockerignore_lines: Vec<IgnoreLine>,
    /// What goes beside the files; none for a text without a stage.
    pub companions: Vec<Companion>,
}

/// A pattern of the proposed `.dockerignore`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct IgnoreLine {
    /// Its line in `optimized.dockerignore`.
    pub line: u32,
    /// The pattern as written.
    pub pattern: String,
    /// True for a line that the project's own file has not.
    pub added: bool,
    /// Why what it takes out is not needed; none for a line of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Files whose fate it decides (taken out, or with `!` put back).
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that lie at or below a path it matches, whichever pattern decides;
    /// 0 for a line that is dead as the context is now.
    pub matches: u64,
}

/// A text that belongs beside the Dockerfile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Companion {
    /// What it is.
    pub title: String,
    /// What it does.
    pub why: String,
    /// Where it belongs in the project; none for commands to type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The text.
    pub text: String,
}

/// One applied or applicable recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RecipeStep {
    /// The recipe's stable id, kebab-case.
    pub recipe: String,
    /// What it does.
    pub title: String,
    /// Why, in a sentence or two.
    pub why: String,
    /// How far to trust it.
    pub applicability: Applicability,
    /// True when it is part of the result.
    pub enabled: bool,
    /// Expected image bytes that this step saves over the one before
    /// (negative: adds); the difference of two analyses.
    pub saves_bytes: i64,
    /// Seconds that this step saves on the first change's rebuild.
    pub saves_seconds: f64,
    /// Expected image bytes after this step.
    pub size_after: u64,
    /// A command that shows whether the image still works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<String>,
}
