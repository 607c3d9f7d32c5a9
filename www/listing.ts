/** The listing of an assumed project that the user edits: rows, and the text that the core reads. */
import type { ContextEntry } from '../pkg/report';

/** A file, or a folder that stands for the files below it. */
export interface Row {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
  readonly folder: boolean;
  /** True while the figures are a guess: until the user edits the row. */
  readonly assumed: boolean;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

export function rowsOf(entries: readonly ContextEntry[]): Row[] {
  const rows = entries.map(({ path, bytes, files, folder, assumed }) => {
    return { path, bytes, files, folder, assumed };
  });
  return rows.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The rows as a listing: `size<TAB>path`, `size<TAB>folder/<TAB>files`, `~` before a guess. */
export function listingOf(rows: readonly Row[]): string {
  return rows
    .map(({ path, bytes, files, folder, assumed }) => {
      const size = `${assumed ? '~' : ''}${bytes}`;
      return folder ? `${size}\t${path}/\t${files}\n` : `${size}\t${path}\n`;
    })
    .join('');
}

/** Reads a size as people write it: `1894`, `2.5 MB`, `12kB`; null when it is none. */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(text.replaceAll('\u00a0', ' '));
  const unit = UNITS[match?.[2]?.toLowerCase() ?? ''];
  if (!match || unit === undefined) return null;
  const bytes = Math.round(Number(match[1]!.replace(',', '.')) * unit);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Reads a path as the user types it; a slash at its end makes a folder. Null when there is none. */
export function parsePath(text: string): { path: string; folder: boolean } | null {
  const clean = text
    .trim()
    .replaceAll(/[\t\n\r]/g, ' ')
    .replace(/^(\.?\/)+/, '');
  const path = clean.replace(/\/+$/, '');
  return path === '' ? null : { path, folder: clean.endsWith('/') };
}
