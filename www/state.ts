/** The page's one state, and every way it may change. Pure: no DOM, no clock, no storage. */
import type { CacheMode, CacheReport, LabelKind, Project, Report, Settings } from '../pkg/report';
import { type Scenario, keyOf, together } from './changes';
import { type Version, withVersion } from './versions';

export const sourceTabs = ['dockerfile', 'dockerignore', 'context', 'settings'] as const;
export const resultTabs = ['layers', 'cache', 'optimized', 'findings', 'report'] as const;
export const measures = ['size', 'compressed'] as const;
export const pictures = ['bars', 'treemap'] as const;
export const cacheModes = [
  'local',
  'none',
  'registry_min',
  'registry_max',
  'gha',
  'inline',
] as const satisfies readonly CacheMode[];
export const themes = ['system', 'light', 'dark'] as const;

export type SourceTab = (typeof sourceTabs)[number];
export type ResultTab = (typeof resultTabs)[number];
/** Which of a layer's two figures the pictures show. */
export type Measure = (typeof measures)[number];
/** How the layers view draws the bytes. */
export type Picture = (typeof pictures)[number];
export type Theme = (typeof themes)[number];
/** The assumptions that may be edited, by their names in the core. */
export const settingNames = [
  'bandwidth',
  'unpack_rate',
  'pulls_per_month',
  'transfer_price',
  'storage_price',
] as const satisfies readonly (keyof Settings)[];
/** What the value of a label may be. */
export const labelKinds = [
  'text',
  'url',
  'semver',
  'rfc3339',
  'hash',
  'spdx',
  'email',
] as const satisfies readonly LabelKind[];
export type SettingName = (typeof settingNames)[number];
/** The two texts with an editor. */
export type TextFile = 'dockerfile' | 'dockerignore';

/** What the user has put in; what autosave and a shared link hold. */
export interface Workspace {
  readonly dockerfile: string;
  readonly dockerignore: string;
  /** The pasted listing of the build context; null assumes a typical project. */
  readonly context: string | null;
  readonly manifests: Readonly<Record<string, string>>;
  readonly recipes: Readonly<Record<string, boolean>>;
  /** What the user wants simulated beside the typical changes; each may be several at once. */
  readonly changes: readonly Scenario[];
  /** What container tools printed of the built image, below each other; empty: nothing. */
  readonly measured: string;
  /** The settings that the user changed; the others have their defaults. */
  readonly settings: Settings;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** The stage to build; null is the last one. */
  readonly target: string | null;
  /** Times a week, by change, where the user knows better than the usual. */
  readonly weekly: Readonly<Record<string, number>>;
  /** The pasted history of the project. */
  readonly gitLog: string | null;
  /** The pasted output of a real build. */
  readonly buildLog: string | null;
}

/** The input without an editor: what is known of the folder's files. */
export type Files = Pick<Workspace, 'context' | 'manifests'>;

/** What the user is looking at. */
export interface View {
  readonly source: SourceTab;
  readonly result: ResultTab;
  /** The chosen simulation, by its key; null is the first. */
  readonly change: string | null;
  readonly measure: Measure;
  readonly picture: Picture;
  /** Where the build cache lives that steps are shown for. */
  readonly mode: CacheMode;
}

/** A workspace as it was being looked at. */
export interface Snapshot {
  readonly workspace: Workspace;
  readonly view: View;
}

/** A report together with the input it speaks of. */
export interface Analysed {
  readonly report: Report;
  readonly workspace: Workspace;
}

/**
 * How the analysis stands. `busy` is set only when an answer is slow enough to notice, `long` when it
 * is slow enough to give it up.
 */
export type AnalysisStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy'; readonly long: boolean }
  | { readonly kind: 'failed'; readonly message: string };

/** Whether the workspace is kept in this browser. */
export type SaveState = 'unsaved' | 'saved' | 'disabled' | 'full' | 'too-large';

/** One line to tell the user, with at most one thing to do about it. */
export interface Notice {
  readonly text: string;
  readonly tone: 'plain' | 'problem';
  /** Offered as a button: goes back to this snapshot. */
  readonly restore?: { readonly label: string; readonly snapshot: Snapshot };
}

export interface State extends Snapshot {
  readonly analysed: Analysed | null;
  readonly status: AnalysisStatus;
  readonly saved: SaveState;
  readonly notice: Notice | null;
  readonly theme: Theme;
  /** Earlier versions of the Dockerfile, the newest last. */
  readonly versions: readonly Version[];
}

export type Action =
  | { readonly type: 'edit'; readonly file: TextFile; readonly text: string }
  | { readonly type: 'set-context'; readonly listing: string | null }
  /** The folder's files as they were at another time. */
  | { readonly type: 'set-files'; readonly files: Files }
  | { readonly type: 'add-manifests'; readonly files: Readonly<Record<string, string>> }
  | { readonly type: 'remove-manifest'; readonly path: string }
  | { readonly type: 'toggle-recipe'; readonly recipe: string; readonly enabled: boolean }
  | { readonly type: 'set-measured'; readonly text: string }
  | { readonly type: 'set-settings'; readonly settings: Settings }
  | { readonly type: 'set-build-arg'; readonly name: string; readonly value: string | null }
  | { readonly type: 'set-target'; readonly target: string | null }
  | { readonly type: 'show-source'; readonly tab: SourceTab }
  | { readonly type: 'show-result'; readonly tab: ResultTab }
  | { readonly type: 'measure'; readonly measure: Measure }
  | { readonly type: 'picture'; readonly picture: Picture }
  | { readonly type: 'choose-change'; readonly change: string }
  /** One more change: at once with the chosen ones, or alone. */
  | { readonly type: 'pick-change'; readonly change: string; readonly together: boolean }
  /** One change less in the chosen simulation. */
  | { readonly type: 'drop-change'; readonly change: string }
  | { readonly type: 'remove-change'; readonly change: string }
  | { readonly type: 'set-weekly'; readonly change: string; readonly times: number | null }
  | { readonly type: 'set-git-log'; readonly log: string | null }
  | { readonly type: 'set-build-log'; readonly log: string | null }
  | { readonly type: 'choose-mode'; readonly mode: CacheMode }
  | { readonly type: 'open'; readonly snapshot: Snapshot; readonly notice: Notice | null }
  | { readonly type: 'analysed'; readonly analysed: Analysed }
  | { readonly type: 'status'; readonly status: AnalysisStatus }
  | { readonly type: 'saved'; readonly saved: SaveState }
  | { readonly type: 'notice'; readonly notice: Notice | null }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'keep-version'; readonly version: Version };

export const defaultView: View = {
  source: 'dockerfile',
  result: 'layers',
  change: null,
  measure: 'size',
  picture: 'bars',
  mode: 'local',
};

/** A workspace that holds the two texts and nothing else. */
export function workspaceOf(dockerfile: string, dockerignore = ''): Workspace {
  return {
    dockerfile: normalise(dockerfile),
    dockerignore: normalise(dockerignore),
    context: null,
    manifests: {},
    recipes: {},
    changes: [],
    measured: '',
    settings: {},
    buildArgs: {},
    target: null,
    weekly: {},
    gitLog: null,
    buildLog: null,
  };
}

/** Line ends as the editor keeps them, so that offsets in a report are offsets in the editor. */
export function normalise(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

export function initialState(
  snapshot: Snapshot,
  theme: Theme,
  versions: readonly Version[] = [],
): State {
  return {
    ...snapshot,
    analysed: null,
    status: { kind: 'loading' },
    saved: 'unsaved',
    notice: null,
    theme,
    versions,
  };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'edit': {
      // What a notice offers to go back to would take the edit along.
      const next = withWorkspace(state, { [action.file]: action.text });
      return next === state ? state : { ...next, notice: null };
    }
    case 'set-context':
      return withWorkspace(state, { context: action.listing });
    case 'set-files':
      return withWorkspace(state, action.files);
    case 'add-manifests':
      return withWorkspace(state, { manifests: { ...state.workspace.manifests, ...action.files } });
    case 'remove-manifest':
      return withWorkspace(state, { manifests: without(state.workspace.manifests, action.path) });
    case 'toggle-recipe': {
      const recipes = { ...state.workspace.recipes, [action.recipe]: action.enabled };
      return withWorkspace(state, { recipes });
    }
    case 'set-measured':
      return withWorkspace(state, { measured: action.text });
    case 'set-settings':
      return withWorkspace(state, { settings: action.settings });
    case 'set-build-arg': {
      const others = without(state.workspace.buildArgs, action.name);
      const { name, value } = action;
      return withWorkspace(state, {
        buildArgs: value === null ? others : { ...others, [name]: value },
      });
    }
    case 'set-target':
      return withWorkspace(state, { target: action.target });
    case 'show-source':
      return withView(state, { source: action.tab });
    case 'show-result':
      return withView(state, { result: action.tab });
    case 'measure':
      return withView(state, { measure: action.measure });
    case 'picture':
      return withView(state, { picture: action.picture });
    case 'choose-change':
      return withView(state, { change: action.change });
    case 'pick-change':
      return pickChange(state, action.change, action.together);
    case 'drop-change': {
      const left = chosenChanges(state).filter((change) => change !== action.change);
      return replaceChosen(state, left);
    }
    case 'remove-change':
      return removeChange(state, action.change);
    case 'set-weekly':
      return withWorkspace(state, { weekly: weeklyWith(state, action.change, action.times) });
    case 'set-git-log':
      return withWorkspace(state, { gitLog: action.log });
    case 'set-build-log':
      return withWorkspace(state, { buildLog: action.log });
    case 'choose-mode':
      return withView(state, { mode: action.mode });
    case 'open':
      return { ...state, ...action.snapshot, notice: action.notice };
    case 'analysed':
      return { ...state, analysed: action.analysed, status: { kind: 'idle' } };
    case 'status':
      return { ...state, status: action.status };
    case 'saved':
      return state.saved === action.saved ? state : { ...state, saved: action.saved };
    case 'notice':
      return { ...state, notice: action.notice };
    case 'theme':
      return { ...state, theme: action.theme };
    case 'keep-version':
      return { ...state, versions: withVersion(state.versions, action.version) };
  }
}

/** The analysis core's input. */
export function projectOf(workspace: Workspace): Project {
  return {
    dockerfile: workspace.dockerfile,
    dockerignore: workspace.dockerignore,
    context: workspace.context,
    manifests: { ...workspace.manifests },
    recipes: { ...workspace.recipes },
    changes: workspace.changes.map((scenario) => [...scenario]),
    measured: [workspace.measured],
    settings: { ...workspace.settings },
    build_args: { ...workspace.buildArgs },
    target: workspace.target,
    weekly: { ...workspace.weekly },
    git_log: workspace.gitLog,
    build_log: workspace.buildLog,
  };
}

/** The simulation that the user chose, or the first when it is no longer offered. */
export function chosenIndex(cache: readonly CacheReport[], change: string | null): number {
  return Math.max(
    0,
    cache.findIndex((report) => report.change === change),
  );
}

/** True while the report speaks of a text that is no longer in the editor. */
export function isStale(state: State): boolean {
  return state.analysed?.workspace !== state.workspace;
}

function withWorkspace(state: State, change: Partial<Workspace>): State {
  const keys = Object.keys(change) as (keyof Workspace)[];
  if (keys.every((key) => state.workspace[key] === change[key])) return state;
  return { ...state, workspace: { ...state.workspace, ...change } };
}

function withView(state: State, change: Partial<View>): State {
  return { ...state, view: { ...state.view, ...change } };
}

/** True for a simulation that the user put together. */
export function isOwn({ changes }: Workspace, key: string | null): boolean {
  return changes.some((scenario) => keyOf(scenario) === key);
}

/** The changes of the chosen simulation. */
export function chosenChanges({ workspace, view, analysed }: State): Scenario {
  const own = workspace.changes.find((scenario) => keyOf(scenario) === view.change);
  const cache = analysed?.report.cache ?? [];
  return own ?? cache[chosenIndex(cache, view.change)]?.changes ?? [];
}

function pickChange(state: State, change: string, isTogether: boolean): State {
  return isTogether
    ? replaceChosen(state, together(chosenChanges(state), change))
    : choose(state, [change]);
}

/** Chooses a simulation, which is added to the user's own when there is none like it. */
function choose(state: State, scenario: Scenario): State {
  const change = keyOf(scenario);
  const known = state.analysed?.report.cache.some((report) => report.change === change) ?? false;
  const { changes } = state.workspace;
  const isNew = !known && !isOwn(state.workspace, change);
  const next = isNew ? withWorkspace(state, { changes: [...changes, scenario] }) : state;
  return withView(next, { change });
}

/** Puts others in the place of the chosen changes; a typical simulation stays beside them. */
function replaceChosen(state: State, scenario: Scenario): State {
  const { change } = state.view;
  const rest = change === null ? state : removeChange(state, change);
  return scenario.length === 0 ? rest : choose(rest, scenario);
}

function weeklyWith(state: State, change: string, times: number | null): Record<string, number> {
  const others = without(state.workspace.weekly, change);
  return times === null ? others : { ...others, [change]: times };
}

function removeChange(state: State, change: string): State {
  if (!isOwn(state.workspace, change)) return state;
  const changes = state.workspace.changes.filter((own) => keyOf(own) !== change);
  const next = withWorkspace(state, { changes, weekly: weeklyWith(state, change, null) });
  return state.view.change === change ? withView(next, { change: null }) : next;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}
