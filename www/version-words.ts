/** What is said of an earlier version of the Dockerfile. */
import { lineDiff } from './editor/line-diff';
import { plural } from './format';
import type { Version, VersionKind } from './versions';

const kindWords: Readonly<Record<VersionKind, string>> = {
  opened: 'Opened',
  shared: 'Shared',
  typed: 'Edited until',
};

/** `Opened 14:05`; with the date when that is not today's. */
export function versionTitle({ kind, at }: Version, now: Date): string {
  const date = new Date(at);
  const isToday = date.toDateString() === now.toDateString();
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const day = date.toLocaleDateString([], { day: 'numeric', month: 'short' });
  return `${kindWords[kind]} ${isToday ? '' : `${day}, `}${time}`;
}

/** How many lines of the text now are not those of the one before. */
export function changedLines(before: string, now: string): string {
  const lines = new Set<number>();
  for (const { fromA, toA, fromB, toB } of lineDiff(before, now)) {
    const first = now.slice(0, fromB).split('\n').length;
    const count = Math.max(linesIn(before.slice(fromA, toA)), linesIn(now.slice(fromB, toB)));
    for (let line = 0; line < count; line += 1) lines.add(first + line);
  }
  return `${plural(lines.size, 'line')} differ${lines.size === 1 ? 's' : ''}`;
}

/** The lines of a difference: whole ones bring their line break, what is within one has none. */
function linesIn(text: string): number {
  const breaks = text.split('\n').length - 1;
  return /^\n|\n$/.test(text) ? breaks : breaks + 1;
}
