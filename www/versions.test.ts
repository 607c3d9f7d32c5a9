import { describe, expect, it } from 'vitest';
import { changedLines, versionTitle } from './version-words';
import { type Version, readVersions, withVersion, withVersions } from './versions';

const version = (text: string, kind: Version['kind'] = 'typed', at = 0): Version => {
  return { text, kind, at };
};
const all = (...versions: Version[]) =>
  versions.reduce<readonly Version[]>((list, next) => withVersion(list, next), []);

describe('versions', () => {
  it('keeps each text once, the newest last', () => {
    const texts = all(version('a'), version('b'), version('a'), version('')).map((v) => v.text);
    expect(texts).toEqual(['a', 'b']);
    const shared = all(version('a'), version('b'), version('a', 'shared'));
    expect(shared.map(({ text, kind }) => `${text} ${kind}`)).toEqual(['b typed', 'a shared']);
  });

  it('keeps what another tab kept', () => {
    const [ours, theirs] = [all(version('a'), version('b')), all(version('a'), version('c'))];
    expect(withVersions(theirs, ours).map(({ text }) => text)).toEqual(['a', 'c', 'b']);
  });

  it('lets go of what was typed first', () => {
    const many = Array.from({ length: 40 }, (_, at) => version(`text ${at}`));
    const kept = all(version('first', 'opened'), ...many);
    expect(kept).toHaveLength(24);
    expect(kept[0]?.text).toBe('first');
    expect(kept.at(-1)?.text).toBe('text 39');
  });

  it('keeps no more characters than it may', () => {
    const long = all(version('a'), version('x'.repeat(390_000)), version('y'.repeat(20_000)));
    expect(long.map(({ text }) => text.length)).toEqual([20_000]);
    expect(all(version('z'.repeat(500_000)))).toEqual([]);
  });

  it('reads what it wrote, and leaves out nonsense', () => {
    const list = [version('a', 'shared', 5)];
    expect(readVersions(JSON.parse(JSON.stringify(list)))).toEqual(list);
    expect(readVersions([{ text: 1 }, null, { text: 'a', kind: 'x', at: 1 }])).toEqual([]);
    expect(readVersions('what')).toEqual([]);
  });

  it('says when, and how much differs', () => {
    const at = new Date(2026, 10, 24, 14, 5);
    const title = versionTitle(version('a', 'opened', at.getTime()), at);
    expect(title).toMatch(/^Opened .*0?2?:?05/);
    const later = versionTitle(version('a', 'shared', at.getTime()), new Date(2026, 10, 26));
    expect(later).toMatch(/^Shared .*24.*,/);
    expect(changedLines('a\nb\nc\n', 'a\nx\nc\n')).toBe('1\u00a0line differs');
    expect(changedLines('a\nc\n', 'a\nb\nb\nc\n')).toBe('2\u00a0lines differ');
    expect(changedLines('a\nb\n', 'a\n')).toBe('1\u00a0line differs');
    expect(changedLines('a\nb\nc\nd\n', 'x\nb\nc\ny\n')).toBe('2\u00a0lines differ');
  });
});
