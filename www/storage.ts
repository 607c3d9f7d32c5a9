/** Autosave in this browser. Storage may be off, full or hold nonsense: nothing here throws. */
import { readSnapshot } from './share';
import { type SaveState, type Snapshot, type Theme, themes } from './state';
import { type Version, readVersions } from './versions';

const DRAFT = 'dockerfile-playground.draft';
const VERSIONS = 'dockerfile-playground.versions';
const THEME = 'dockerfile-playground.theme';
/** Longer texts are not saved: browsers give a page about 5 MB in all. */
const MAX_LENGTH = 2_000_000;

/** A way to get at storage that may itself throw, as `localStorage` does when it is off. */
export type StorageSource = () => Pick<Storage, 'getItem' | 'setItem'>;

const browserStorage: StorageSource = () => localStorage;
/** What one tab of the browser keeps for itself until it is closed. */
const tabStorage: StorageSource = () => sessionStorage;

/** Saves for the next visit, and for this tab: another tab may save its own text after this. */
export function saveDraft(
  snapshot: Snapshot,
  source = browserStorage,
  tab = tabStorage,
): SaveState {
  const json = JSON.stringify({ ...snapshot.workspace, view: snapshot.view });
  if (json.length > MAX_LENGTH) return 'too-large';
  write(DRAFT, json, tab);
  return write(DRAFT, json, source);
}

/** The workspace saved by this tab, or else by any; null when there is none that can be read. */
export function loadDraft(source = browserStorage, tab = tabStorage): Snapshot | null {
  return readDraft(tab) ?? readDraft(source);
}

function readDraft(source: StorageSource): Snapshot | null {
  const json = read(DRAFT, source);
  if (json === null) return null;
  try {
    return readSnapshot(JSON.parse(json));
  } catch {
    return null;
  }
}

export function saveVersions(versions: readonly Version[], source = browserStorage): void {
  write(VERSIONS, JSON.stringify(versions), source);
}

export function loadVersions(source = browserStorage): readonly Version[] {
  try {
    return readVersions(JSON.parse(read(VERSIONS, source) ?? '[]'));
  } catch {
    return [];
  }
}

export function saveTheme(theme: Theme, source = browserStorage): void {
  write(THEME, theme, source);
}

export function loadTheme(source = browserStorage): Theme {
  const saved = read(THEME, source);
  return themes.find((theme) => theme === saved) ?? 'system';
}

function write(key: string, value: string, source: StorageSource): SaveState {
  try {
    source().setItem(key, value);
    return 'saved';
  } catch (error) {
    return isQuotaError(error) ? 'full' : 'disabled';
  }
}

function read(key: string, source: StorageSource): string | null {
  try {
    return source().getItem(key);
  } catch {
    return null;
  }
}

function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
