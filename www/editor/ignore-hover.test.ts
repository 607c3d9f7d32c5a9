import { describe, expect, it } from 'vitest';
import { effectOf, ignoreHover } from './ignore-hover';

const row = { pattern: 'node_modules', line: 2, files: 12, bytes: 34_000_000, matches: 12 };

describe('a line of a .dockerignore', () => {
  it('tells what it takes out, brings back, or does not do', () => {
    expect(effectOf(row)).toBe('Takes out 12\u00a0files, 34.0\u00a0MB.');
    expect(effectOf({ ...row, pattern: '!keep', files: 1, bytes: 5 })).toBe(
      'Brings back 1\u00a0file, 5\u00a0B.',
    );
    expect(effectOf({ ...row, files: 0 })).toBe('Another line decides about what it matches.');
    expect(effectOf({ ...row, files: 0, matches: 0 })).toBe('Matches nothing.');
  });

  it('is told of wherever the cursor stands on it', () => {
    const text = '# out\nnode_modules\n\n';
    expect(ignoreHover(text, 10, [row])).toEqual({
      start: 6,
      end: 18,
      title: 'node_modules',
      text: 'Takes out 12\u00a0files, 34.0\u00a0MB.',
    });
    expect(ignoreHover(text, 2, [row])).toBeNull();
  });
});
