import { ChangeSet } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { changesTo } from './formatting';

describe('changesTo', () => {
  it('leads to the text, and leaves alone what stays', async () => {
    const before = 'from a\nRUN x\n\n\nCOPY . .  \n';
    const after = 'FROM a\nRUN x\n\nCOPY . .\n';
    const changes = ChangeSet.of(await changesTo(before, after), before.length);
    const { Text } = await import('@codemirror/state');
    expect(changes.apply(Text.of(before.split('\n'))).toString()).toBe(after);
    expect(changes.touchesRange(before.indexOf('RUN'), before.indexOf('RUN') + 4)).toBe(false);
    expect(await changesTo(after, after)).toEqual([]);
  });
});
