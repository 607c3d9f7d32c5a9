import { describe, expect, it } from 'vitest';
import { isWanted, isWhole, offeredOf } from './completion';

describe('completions', () => {
  it('show sizes, and go on where there is more to write', () => {
    const offered = offeredOf({
      start: 5,
      wants: [],
      items: [
        { text: 'node:', kind: 'repository' },
        { text: 'node:22-slim', kind: 'image', size: { low: 1, expected: 245_000_000, high: 3e8 } },
        { text: '--from=', kind: 'flag', info: 'Where from.' },
        { text: 'src/', kind: 'folder' },
        { text: 'RUN', kind: 'keyword' },
      ],
    });
    expect(offered.map(({ label, type, detail }) => [label, type, detail])).toEqual([
      ['node:', 'repository goes-on', 'image'],
      ['node:22-slim', 'image', '245\u00a0MB'],
      ['--from=', 'flag goes-on', undefined],
      ['src/', 'folder goes-on', undefined],
      ['RUN', 'keyword', undefined],
    ]);
    expect(offered[2]?.info).toBe('Where from.');
  });

  it('come by themselves while a word is typed, and after what begins one', () => {
    for (const before of ['RU', 'FROM ', 'COPY --', 'RUN apt-get install c', 'copy ', '# sy']) {
      expect(isWanted(before), before).toBe(true);
    }
    for (const before of ['', '  ', 'RUN ', 'ENV A=1 ', '# a comment']) {
      expect(isWanted(before), before).toBe(false);
    }
  });

  it('leave alone what is written to its end', () => {
    const options = [{ label: 'node:18' }, { label: 'node:18-alpine' }];
    expect(isWhole('node:18', options)).toBe(true);
    expect(isWhole('.', [{ label: '.env' }])).toBe(true);
    expect(isWhole('node:1', options)).toBe(false);
  });
});
