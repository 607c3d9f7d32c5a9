/** What a line of a .dockerignore does, in words. */
import type { Hover, IgnoredReport } from '../../pkg/report';
import { formatBytes, plural } from '../format';

export function effectOf({ pattern, files, bytes, matches }: IgnoredReport): string {
  const verb = pattern.startsWith('!') ? 'Brings back' : 'Takes out';
  if (files > 0) return `${verb} ${plural(files, 'file')}, ${formatBytes(bytes)}.`;
  return matches > 0 ? 'Another line decides about what it matches.' : 'Matches nothing.';
}

/** What stands at a place. */
export function ignoreHover(
  text: string,
  offset: number,
  rows: readonly IgnoredReport[],
): Hover | null {
  const before = text.slice(0, offset).split('\n');
  const row = rows.find(({ line }) => line === before.length);
  if (!row) return null;
  const start = offset - (before.at(-1)?.length ?? 0);
  const end = start + (text.slice(start).split('\n')[0]?.length ?? 0);
  return { start, end, title: row.pattern, text: effectOf(row) };
}
