// Generated from src/report.rs and src/editor/mod.rs by `cargo xtask types`; do not edit.
//
// All sizes are bytes, all times are seconds, all lines are 1-based and all
// columns are 1-based UTF-16 code units.

/** Where a figure comes from. */
export interface Evidence {
  /** How the figure is known. */
  kind: EvidenceKind;
  /** One sentence for a person. */
  text: string;
}

/** How a figure is known, strongest first. */
export type EvidenceKind =
  | 'given'
  | 'measured'
  | 'derived'
  | 'typical'
  | 'assumed';

/** What sort of bytes an entry holds. */
export type Kind =
  | 'os'
  | 'package'
  | 'cache'
  | 'manifest'
  | 'source'
  | 'build_output'
  | 'temp';

/** A size or another quantity, honest about what is not known. */
export interface Range {
  /** Lower bound, bytes. */
  low: number;
  /** Best single estimate, bytes. */
  expected: number;
  /** Upper bound, bytes. */
  high: number;
}

/** Everything the analysis may know. Only `dockerfile` is required. */
export interface Project {
  /** The Dockerfile's text. */
  dockerfile: string;
  /** The `.dockerignore` text; empty when there is none. */
  dockerignore?: string;
  /**
   * The build context's files, as `size<TAB>path` lines or the output of
   * `find -printf`, `du -ab` or `git ls-tree -r -l`. A line
   * `size<TAB>folder/<TAB>files` is a folder as a whole, and `~` before the
   * size says that it is a guess. `None`: assume a typical project, inferred
   * from the Dockerfile and the manifests.
   */
  context?: string | null;
  /** Manifests and lockfiles by their path in the context (`package.json`). */
  manifests?: Record<string, string>;
  /** `--build-arg` values. */
  build_args?: Record<string, string>;
  /** `--target` stage; `None` builds the last one. */
  target?: string | null;
  /**
   * Changes to simulate besides the typical ones, each as `KIND:VALUE` (see
   * [`crate::cache::Change`]); those of a list happen at once.
   */
  changes?: Array<Changes>;
  /** True to simulate `changes` alone; false puts the typical ones first. */
  only_changes?: boolean;
  /** Recipes switched on or off by id, over their defaults. */
  recipes?: Record<string, boolean>;
  /** Bandwidth and prices. */
  settings?: Settings;
  /**
   * The output of `git log --name-status` (or `--name-only`, `--stat`) of the
   * project: every commit is replayed.
   */
  git_log?: string | null;
  /**
   * What was measured of the built image, as printed: the outputs of
   * `docker history --no-trunc` (table or JSON), `docker image inspect`,
   * `docker manifest inspect -v` or `docker buildx imagetools inspect
   * --raw`; one text may hold several, below each other.
   */
  measured?: Array<string>;
  /**
   * The output of `docker build --progress=plain`: the seconds that steps
   * took replace the estimates.
   */
  build_log?: string | null;
  /**
   * Times a week that a change happens, by its `CacheReport.change`; the
   * others happen as often as is usual.
   */
  weekly?: Record<string, number>;
}

/** What changes between two builds, as [`Project::changes`] has it. */
export type Changes =
  /** One change, as `KIND:VALUE`. */
  | string
  /** Several at once. */
  | Array<string>;

/** Assumptions that the user may edit. */
export interface Settings {
  /** Download bandwidth in bytes per second (100 Mbit/s by default). */
  bandwidth?: number;
  /**
   * Unpacking speed in uncompressed bytes per second (docker pull on an SSD
   * unpacks gzip layers one after another at about this rate).
   */
  unpack_rate?: number;
  /** Image pulls a month, over all hosts and zones. */
  pulls_per_month?: number;
  /** Price of transferring one gigabyte (10⁹ bytes), US dollars. */
  transfer_price?: number;
  /** Price of storing one gigabyte for a month, US dollars. */
  storage_price?: number;
  /** What rules cannot know by themselves. */
  rules?: RuleSettings;
}

/** Settings of the rules that need some, named as in hadolint's configuration. */
export interface RuleSettings {
  /**
   * Registries that FROM may take images from (`docker.io`, `*.example.com`,
   * `*`); empty allows all.
   */
  trusted_registries?: Array<string>;
  /** Labels that every image must have, by name, and what their values are. */
  label_schema?: Record<string, LabelKind>;
  /** True allows no other labels than those of the schema. */
  strict_labels?: boolean;
  /** Rules that are off unless they are named here: `DL1001`, `DL3057`. */
  enable?: Array<string>;
}

/** What the value of a label is. */
export type LabelKind =
  /** Any text. */
  | 'text'
  /** An absolute URL. */
  | 'url'
  /** A semantic version, `1.2.3`. */
  | 'semver'
  /** A date and time as in RFC 3339. */
  | 'rfc3339'
  /** A Git commit id: 40 hexadecimal digits, or its first 7. */
  | 'hash'
  /** An SPDX licence identifier. */
  | 'spdx'
  /** An e-mail address. */
  | 'email';

/** What the analysis found, and what it would do about it. */
export interface Report {
  /** Version of the analysis core (semver). */
  version: string;
  /** Whether the Dockerfile parses, and where not. */
  syntax: SyntaxReport;
  /** The build context before and after `.dockerignore`. */
  context: ContextReport;
  /** The build's stages, in the file's order. */
  stages: Array<StageReport>;
  /**
   * One row an instruction that makes a layer, in every stage, base images
   * included; in the file's order.
   */
  layers: Array<LayerReport>;
  /** The image that the target stage gives. */
  image: ImageReport;
  /**
   * One simulation a change: the typical ones, that of the source first,
   * then the project's own in their order.
   */
  cache: Array<CacheReport>;
  /** What is wrong or could be better, in the file's order. */
  findings: Array<Finding>;
  /** The better version. */
  optimized: OptimizedReport;
  /** A week of building, as often as each of the changes in `cache` happens. */
  weekly: WeeklyReport;
  /** What became of the build log; none without [`Project::build_log`]. */
  build_log?: BuildLogReport;
  /** The project's history, replayed; none without [`Project::git_log`]. */
  replay?: ReplayReport;
  /** The build arguments that the Dockerfile declares, each once, in its order. */
  arguments: Array<ArgumentReport>;
  /** The settings that hold where the project names none. */
  default_settings: Settings;
  /** What the measured texts changed; nothing when there are none. */
  calibration?: CalibrationReport;
  /**
   * Names of data packs that were not there and would have told more:
   * `images`, `debian-bookworm` …
   */
  wants: Array<string>;
}

/** A build argument. */
export interface ArgumentReport {
  /** Its name. */
  name: string;
  /** The line of its first declaration. */
  line: number;
  /** The default of its first declaration, as written. */
  default?: string;
}

/** Whether the Dockerfile parses. */
export interface SyntaxReport {
  /** True when BuildKit would accept the text. */
  valid: boolean;
  /** Every error, in the file's order. */
  errors: Array<Problem>;
}

/** A message at its place. */
export interface Problem {
  /** What is wrong, and what was expected. */
  message: string;
  /** First line. */
  line: number;
  /** First column. */
  column: number;
  /** Last line. */
  end_line: number;
  /** Column after the last character. */
  end_column: number;
  /** The likely fix. */
  help?: string;
}

/** The build context. */
export interface ContextReport {
  /** True when no listing was given and a typical project is assumed. */
  assumed: boolean;
  /** Files in the folder. */
  files: number;
  /** Their bytes. */
  bytes: number;
  /** Files left after `.dockerignore`. */
  sent_files: number;
  /** Their bytes. */
  sent_bytes: number;
  /** One row a pattern of `.dockerignore`, in its order. */
  ignored: Array<IgnoredReport>;
  /** Every entry, largest first; at most 1,000. */
  entries: Array<ContextEntry>;
  /** Lines of the listing or of `.dockerignore` that could not be read. */
  problems: Array<Problem>;
}

/** What one `.dockerignore` pattern does. */
export interface IgnoredReport {
  /** The pattern as written. */
  pattern: string;
  /** Its line in `.dockerignore`. */
  line: number;
  /** Files whose fate it decides (taken out, or with `!` put back). */
  files: number;
  /** Their bytes. */
  bytes: number;
  /**
   * Files that lie at or below a path it matches, whichever pattern
   * decides: 0 matches nothing, more with `files` 0 decides nothing.
   */
  matches: number;
}

/** A file of the context, or a folder that stands for many. */
export interface ContextEntry {
  /** Path from the context's root, without a leading slash. */
  path: string;
  /** Bytes. */
  bytes: number;
  /** Files (more than one for a folder in an assumed project). */
  files: number;
  /** The line of `.dockerignore` that decides, if any does. */
  decided_by?: number;
  /** True when the entry is sent to the builder. */
  sent: boolean;
  /** True when its size is a guess. */
  assumed: boolean;
  /** True for a folder that stands for the files below it. */
  folder: boolean;
}

/** A stage of the build. */
export interface StageReport {
  /** 0-based position. */
  index: number;
  /** The name after `AS`, in lower case as BuildKit compares it. */
  name?: string;
  /** What the stage starts from. */
  base: BaseReport;
  /** Line of its FROM. */
  line: number;
  /** True when the target needs it. */
  needed: boolean;
  /** True for the target itself. */
  final: boolean;
  /** Uncompressed size of the stage's whole file system. */
  size: Range;
}

/** A stage's base. */
export interface BaseReport {
  /** The reference after expansion, or the stage's name, or `scratch`. */
  reference: string;
  /** The known image whose figures are used, when it is not the same. */
  resolved?: string;
  /** Where its figures come from. */
  evidence: Evidence;
}

/** What one instruction adds to its stage. */
export interface LayerReport {
  /** Index of the stage. */
  stage: number;
  /** First line of the instruction. */
  line: number;
  /** Its keyword in upper case; FROM for the base image's layers together. */
  instruction: string;
  /** The instruction on one line, comments and continuations taken out. */
  text: string;
  /** Uncompressed bytes stored in the layer. */
  size: Range;
  /** Bytes as pushed and pulled (gzip). */
  compressed: Range;
  /**
   * Expected bytes of it that the stage's end does not show any more:
   * deleted, overwritten or moved by a later layer.
   */
  wasted: number;
  /** Files stored in the layer, where known. */
  files?: number;
  /** True when the layer is part of the final image. */
  in_image: boolean;
  /** Where the size comes from. */
  evidence: Array<Evidence>;
  /** What the layer is made of, largest first. */
  parts: Array<Part>;
}

/** A piece of a layer. */
export interface Part {
  /** A path, a package or a group of either. */
  what: string;
  /** What sort of bytes they are. */
  kind: Kind;
  /** Uncompressed bytes. */
  bytes: Range;
  /** Its bytes as pushed and pulled (gzip). */
  compressed: Range;
  /** Expected bytes of it that are not visible at the end. */
  wasted: number;
  /** Where the figure comes from. */
  evidence: Evidence;
}

/** The final image in figures. */
export interface ImageReport {
  /** Uncompressed bytes, all layers. */
  size: Range;
  /** Compressed bytes, all layers. */
  compressed: Range;
  /** Expected bytes stored and not visible. */
  wasted: number;
  /** Layers with files, those of the base image included. */
  layers: number;
  /** Seconds to pull onto a host that has none of the layers. */
  pull_seconds: number;
  /** Seconds to build with an empty cache. */
  build_seconds: number;
  /** US dollars a month for storage and transfer. */
  monthly_cost: number;
}

/**
 * Which measured figures took the place of estimates. All figures are those of
 * the original version; the optimized one keeps them for layers that are the
 * same instruction on the same content.
 */
export interface CalibrationReport {
  /** What the pasted texts are, one row an output. */
  outputs: Array<MeasuredOutput>;
  /** Base images and layers whose figures were replaced, in the file's order. */
  rows: Array<CalibrationRow>;
  /** Rows of the texts with bytes that no instruction was found for. */
  unmatched: Array<UnmatchedRow>;
  /** What could not be read or does not fit together. */
  problems: Array<MeasuredProblem>;
  /** The image's uncompressed bytes without the measured figures. */
  estimated: Range;
  /** The same as pushed (gzip). */
  estimated_compressed: Range;
}

/** An output of a container tool that was recognised. */
export interface MeasuredOutput {
  /** Which of the texts it is in, from 0. */
  text: number;
  /** Its first line there. */
  line: number;
  /** What it is. */
  kind: MeasuredKind;
  /** The same in words, with what it holds. */
  title: string;
}

/** The outputs that are read. */
export type MeasuredKind =
  /** `docker history`: uncompressed bytes of each layer. */
  | 'history'
  /** An image's configuration: what made each layer. */
  | 'config'
  /** `docker image inspect`: uncompressed bytes of the image. */
  | 'inspect'
  /** A manifest: compressed bytes of each layer. */
  | 'manifest';

/** One layer, or a base image's layers together, with measured figures. */
export interface CalibrationRow {
  /** Index of the stage. */
  stage: number;
  /** First line of the instruction. */
  line: number;
  /** Its keyword in upper case; FROM for a base image. */
  instruction: string;
  /** Uncompressed bytes by the model alone. */
  estimated: Range;
  /** Uncompressed bytes now. */
  size: Range;
  /** Compressed bytes by the model alone. */
  estimated_compressed: Range;
  /** Compressed bytes now. */
  compressed: Range;
  /** How the figures were found. */
  evidence: Array<Evidence>;
}

/** A row of a pasted text that no instruction was found for. */
export interface UnmatchedRow {
  /** Which of the texts it is in, from 0. */
  text: number;
  /** Its line there. */
  line: number;
  /** What made the layer, as the text says. */
  created_by: string;
  /** Its bytes. */
  bytes: Range;
  /** Why it was not used. */
  reason: string;
}

/** A message at its place in one of the measured texts. */
export interface MeasuredProblem {
  /** Which of the texts it is in, from 0. */
  text: number;
  /** The message and its place there. */
  problem: Problem;
}

/** What one change rebuilds. */
export interface CacheReport {
  /** The change as `KIND:VALUE`; several at once are joined by ` + `. */
  change: string;
  /** The changes that it is made of, each as `KIND:VALUE`. */
  changes: Array<string>;
  /** The change in words. */
  title: string;
  /** Every step of every stage, each stage's FROM first, in the file's order. */
  steps: Array<StepReport>;
  /** Seconds of the rebuild: the longest path, stages in parallel. */
  seconds: number;
  /** Compressed bytes of the final image that are pushed and pulled again. */
  pushed_bytes: number;
  /**
   * The same change where the build cache lives elsewhere; the first is the
   * local builder, which the other fields tell of. Empty with a problem.
   */
  modes: Array<ModeReport>;
  /** Why the change could not be simulated as asked. */
  problem?: string;
}

/** One step under a change. */
export interface StepReport {
  /** Index of the stage. */
  stage: number;
  /** First line of the instruction. */
  line: number;
  /** Its keyword in upper case. */
  instruction: string;
  /** The instruction on one line, comments and continuations taken out. */
  text: string;
  /** What the builder does with the step. */
  status: StepStatus;
  /** Why, in one sentence. */
  reason: string;
  /** Seconds that the step takes if it runs; FROM: to pull the base image. */
  seconds: number;
  /**
   * Seconds from the build's begin until the step may start, when all that
   * it needs is there: stages and steps that need nothing of each other run
   * in parallel.
   */
  start: number;
  /**
   * True when the step runs and the build would end earlier if it were
   * faster.
   */
  on_critical_path: boolean;
  /**
   * How the seconds are known: `measured` from the build log, `derived` from
   * it or from bytes, `typical` of such steps.
   */
  seconds_from: EvidenceKind;
  /**
   * Why running it again may give another result, where the step hangs on
   * more than its inputs: the time, or what moves on the network.
   */
  unrepeatable?: string;
}

/** What the builder does with a step. */
export type StepStatus =
  /** Taken from the build cache. */
  | 'cached'
  /** Executed. */
  | 'run'
  /** The target does not need it. */
  | 'unneeded';

/** Where the build cache lives. */
export type CacheMode =
  /** On the builder, which keeps it. */
  | 'local'
  /** Nowhere: a fresh CI machine. */
  | 'none'
  /** In a registry, `--cache-to type=registry,mode=min`. */
  | 'registry_min'
  /** In a registry, `--cache-to type=registry,mode=max`. */
  | 'registry_max'
  /** At GitHub Actions, `--cache-to type=gha,mode=max`. */
  | 'gha'
  /** In the image, `--cache-to type=inline`. */
  | 'inline';

/** One change under one cache. All but the local one start on a fresh machine. */
export interface ModeReport {
  /** Where the cache lives. */
  mode: CacheMode;
  /**
   * The steps that run, by their index in `CacheReport.steps`; a FROM does
   * when its image is pulled.
   */
  runs: Array<number>;
  /**
   * When each step that takes time does so: those that run and those whose
   * cached results are downloaded. Empty where the build has more than 500
   * steps.
   */
  spans: Array<Span>;
  /**
   * Seconds of the rebuild, downloads of cache and base images included,
   * uploads and unpacking not.
   */
  seconds: number;
  /** Compressed bytes of base images and cached results that are downloaded. */
  downloaded_bytes: number;
  /** Compressed bytes of the image's new layers, which are pushed. */
  pushed_bytes: number;
  /** Compressed bytes that storing the cache uploads besides them. */
  cache_uploaded_bytes: number;
  /** What this rests on. */
  evidence: Array<Evidence>;
}

/** A step in time. */
export interface Span {
  /** The step, by its index in `CacheReport.steps`. */
  step: number;
  /** Seconds from the build's begin. */
  start: number;
  /** Seconds that it takes. */
  seconds: number;
  /** True when the build would end earlier if it were faster. */
  on_critical_path: boolean;
}

/** A week of building. */
export interface WeeklyReport {
  /** The changes that can be simulated, in the order of `cache`. */
  changes: Array<WeeklyChange>;
  /** Their sum under the given Dockerfile. */
  now: WeeklySum;
  /** Their sum under the optimized one. */
  optimized: WeeklySum;
  /** Pulls of each build, from `Settings.pulls_per_month`. */
  pulls_per_build: number;
  /** What the bytes rest on. */
  evidence: Array<Evidence>;
  /** What of [`Project::weekly`] cannot be. */
  problems: Array<string>;
}

/** A change in a week. */
export interface WeeklyChange {
  /** The change, as `CacheReport.change` has it. */
  change: string;
  /** The change in words. */
  title: string;
  /** Times a week. */
  times: number;
  /** Where the number comes from. */
  evidence: Evidence;
  /** What it costs under the given Dockerfile. */
  now: WeeklySum;
  /** What it costs under the optimized one. */
  optimized: WeeklySum;
}

/** What a week of builds costs. */
export interface WeeklySum {
  /** Seconds of building on a local builder. */
  seconds: number;
  /** Compressed bytes pushed. */
  pushed_bytes: number;
  /** Compressed bytes pulled, over all hosts. */
  pulled_bytes: number;
}

/** What a build log told of the time that steps take. */
export interface BuildLogReport {
  /** Steps that the log names. */
  steps: number;
  /** Steps whose seconds replace the estimate. */
  measured: number;
  /** Steps that came from the cache: the log tells no time. */
  cached: number;
  /** Steps that did not end in the log. */
  unfinished: number;
  /** Steps that fit no instruction; at most 20. */
  unmatched: Array<string>;
  /**
   * Measured seconds for each second of the estimate, over the RUNs; the
   * estimates of the other RUNs are multiplied by it.
   */
  factor: number;
  /** What to know of the result, a sentence each. */
  notes: Array<string>;
  /** Why nothing could be read. */
  problems: Array<Problem>;
}

/** What the commits of a log rebuild, each simulated against the build before. */
export interface ReplayReport {
  /** Commits that were replayed. */
  commits: number;
  /** Of these, commits that touch no file of the build context. */
  outside: number;
  /** Commits without files, such as merges: not replayed. */
  without_files: number;
  /** Files of the build context that the commits touch. */
  files: number;
  /** Of these, files that the context's listing does not have. */
  unlisted: number;
  /**
   * The folder of the repository that is taken for the build context; empty
   * for its root.
   */
  prefix: string;
  /** What was assumed, a sentence each. */
  notes: Array<string>;
  /** Lines of the log that could not be read or placed. */
  problems: Array<Problem>;
  /** The history under the given Dockerfile. */
  now: ReplayRun;
  /** The history under the optimized one. */
  optimized: ReplayRun;
}

/** A history under one Dockerfile. */
export interface ReplayRun {
  /** Seconds of all rebuilds together. */
  seconds: number;
  /** Share of steps taken from the cache, over all commits: 0 to 1. */
  hit_rate: number;
  /**
   * Every step that the target needs and that has work to do, in the file's
   * order.
   */
  steps: Array<ReplayStep>;
  /** The steps that cost the most time, by their index in `steps`; at most 5. */
  worst_steps: Array<number>;
  /** The commits that cost the most time; at most 5. */
  worst_commits: Array<ReplayCommit>;
}

/** A step over all commits. */
export interface ReplayStep {
  /** Index of the stage. */
  stage: number;
  /** First line of the instruction. */
  line: number;
  /** Its keyword in upper case. */
  instruction: string;
  /** Commits that run it. */
  runs: number;
  /** Share of commits that find it in the cache: 0 to 1. */
  hit_rate: number;
  /** Seconds that it takes over all commits. */
  seconds: number;
}

/** A commit and what it costs. */
export interface ReplayCommit {
  /** Its hash as the log has it; empty when the log leaves it out. */
  id: string;
  /** Its title; empty when the log leaves it out. */
  title: string;
  /** Seconds of the rebuild. */
  seconds: number;
}

/** How much a finding matters. */
export type Severity =
  /** The build fails, or a secret leaks. */
  | 'error'
  /** Likely wrong or costly. */
  | 'warning'
  /** Worth knowing. */
  | 'info';

/** What a finding is about. */
export type FindingKind =
  /** Bytes in the image. */
  | 'size'
  /** Work repeated by the builder. */
  | 'cache'
  /** Safety of what runs or of what is stored. */
  | 'security'
  /** The build or the image does not do what it seems to. */
  | 'correctness'
  /** Readability. */
  | 'style';

/** Something wrong or improvable, at its place. */
export interface Finding {
  /** Stable id, kebab-case. */
  rule: string;
  /** Names of the same rule elsewhere (BuildKit, DLxxxx). */
  aliases: Array<string>;
  /** How much it matters. */
  severity: Severity;
  /** What it is about. */
  kind: FindingKind;
  /** First line. */
  line: number;
  /** First column. */
  column: number;
  /** Last line. */
  end_line: number;
  /** Column after the last character. */
  end_column: number;
  /** One line. */
  message: string;
  /** The rule of the finding in the same line that tells of the same thing. */
  same_as?: string;
  /** A ready change of the Dockerfile that resolves it. */
  fix?: Fix;
}

/** A ready change of the Dockerfile, of `.dockerignore` or both. */
export interface Fix {
  /** What it does, for a button. */
  title: string;
  /** Non-overlapping edits of the Dockerfile, in the file's order. */
  edits: Array<TextEdit>;
  /** The whole new text of `.dockerignore`; left out where it stays. */
  dockerignore?: string | null;
}

/** Replace `start..end` (UTF-16 offsets into the Dockerfile) by `text`. */
export interface TextEdit {
  /** First UTF-16 code unit replaced. */
  start: number;
  /** The one after the last replaced. */
  end: number;
  /** The new text. */
  text: string;
}

/** How far a recipe can be trusted. */
export type Applicability =
  /** The image behaves the same. */
  | 'safe'
  /** Very likely the same; check with the stated command. */
  | 'likely'
  /** May change behaviour; off unless switched on. */
  | 'risky';

/** The better version and how it came about. */
export interface OptimizedReport {
  /** The optimized Dockerfile; the input's text where nothing is to be done. */
  dockerfile: string;
  /** The proposed `.dockerignore`. */
  dockerignore: string;
  /** Every recipe that applies, in the order applied; switched-off ones too. */
  steps: Array<RecipeStep>;
  /** Stages of the optimized version. */
  stages: Array<StageReport>;
  /** Layers of the optimized version. */
  layers: Array<LayerReport>;
  /** The optimized image in figures. */
  image: ImageReport;
  /** The same changes under the optimized version, in the same order. */
  cache: Array<CacheReport>;
  /** What is good about a file that needs no change; empty otherwise. */
  praise: Array<string>;
  /** The lines of the proposed `.dockerignore` that are patterns. */
  dockerignore_lines: Array<IgnoreLine>;
  /** What goes beside the files; none for a text without a stage. */
  companions: Array<Companion>;
}

/** A pattern of the proposed `.dockerignore`. */
export interface IgnoreLine {
  /** Its line in `optimized.dockerignore`. */
  line: number;
  /** The pattern as written. */
  pattern: string;
  /** True for a line that the project's own file has not. */
  added: boolean;
  /** Why what it takes out is not needed; none for a line of one's own. */
  reason?: string;
  /** Files whose fate it decides (taken out, or with `!` put back). */
  files: number;
  /** Their bytes. */
  bytes: number;
  /**
   * Files that lie at or below a path it matches, whichever pattern decides;
   * 0 for a line that is dead as the context is now.
   */
  matches: number;
}

/** A text that belongs beside the Dockerfile. */
export interface Companion {
  /** What it is. */
  title: string;
  /** What it does. */
  why: string;
  /** Where it belongs in the project; none for commands to type. */
  path?: string;
  /** The text. */
  text: string;
}

/** One applied or applicable recipe. */
export interface RecipeStep {
  /** The recipe's stable id, kebab-case. */
  recipe: string;
  /** What it does. */
  title: string;
  /** Why, in a sentence or two. */
  why: string;
  /** How far to trust it. */
  applicability: Applicability;
  /** True when it is part of the result. */
  enabled: boolean;
  /**
   * Expected image bytes that this step saves over the one before
   * (negative: adds); the difference of two analyses.
   */
  saves_bytes: number;
  /** Seconds that this step saves on the first change's rebuild. */
  saves_seconds: number;
  /** Expected image bytes after this step. */
  size_after: number;
  /** A command that shows whether the image still works. */
  verify?: string;
}

/**
 * The parts of a text, for colours and folding. All offsets are UTF-16 code
 * units.
 */
export interface Outline {
  /**
   * Three numbers a token: its start, its end, and the index of its kind in
   * `kinds`; in the text's order, plain arguments and blanks left out.
   */
  tokens: Array<number>;
  /** The kinds of tokens. */
  kinds: Array<TokenClass>;
  /**
   * Two numbers a part that may be folded: where what is hidden starts (the
   * end of the line that stays) and ends; in the text's order.
   */
  folds: Array<number>;
}

/** What a token is, as far as it has a colour of its own. */
export type TokenClass =
  /** A comment. */
  | 'comment'
  /** A parser directive. */
  | 'directive'
  /** An instruction's keyword, `AS`, and the like. */
  | 'keyword'
  /** A flag. */
  | 'flag'
  /** A quoted string. */
  | 'string'
  /** A variable. */
  | 'variable'
  /** `<<EOF` and the line that ends it. */
  | 'delimiter'
  /** The lines of a heredoc. */
  | 'heredoc'
  /** Continuations, brackets, commas, `=`. */
  | 'punctuation'
  /** What cannot be read. */
  | 'error';

/** What may be written at a place. */
export interface Completions {
  /**
   * Where what was typed so far starts, UTF-16 code units; a completion takes
   * its place, up to the place that was asked about.
   */
  start: number;
  /** The completions, the likeliest first. */
  items: Array<Completion>;
  /** Data packs that were not there and would have given more. */
  wants: Array<string>;
}

/** One thing that may be written. */
export interface Completion {
  /** The text. */
  text: string;
  /** What it is. */
  kind: CompletionKind;
  /**
   * Its bytes: of an image, of a package with what it needs, of a stage, file
   * or folder.
   */
  size?: Range;
  /** What it does, or what its value is. */
  info?: string;
}

/** What a completion is. */
export type CompletionKind =
  /** A parser directive line. */
  | 'directive'
  /** An instruction's keyword, or another word of the language. */
  | 'keyword'
  /** A flag, or an option within one; one that ends with `=` takes a value. */
  | 'flag'
  /** A value of a flag or an instruction. */
  | 'value'
  /** A stage. */
  | 'stage'
  /** A repository of images; a tag follows. */
  | 'repository'
  /** An image. */
  | 'image'
  /** A package. */
  | 'package'
  /** A variable. */
  | 'variable'
  /** A folder; more may follow. */
  | 'folder'
  /** A file. */
  | 'file';

/** What stands at a place. */
export interface Hover {
  /** Where it starts, UTF-16 code units. */
  start: number;
  /** Where it ends. */
  end: number;
  /** What it is. */
  title: string;
  /** What it does or where it comes from. */
  text: string;
  /** A variable's value at this place. */
  value?: string;
  /** Bytes of an image, a stage, or a package with what it needs. */
  size?: Range;
  /** Where the bytes are known from. */
  evidence?: Evidence;
  /**
   * The instruction's first line, where this is about the instruction itself:
   * its layer and its steps in the report belong here.
   */
  line?: number;
}
