import { describe, expect, it } from 'vitest';
import { listingOf, parseBytes, parsePath } from './listing';

describe('an edited listing', () => {
  it('marks guesses and folders as the core reads them', () => {
    const rows = [
      { path: 'package.json', bytes: 1894, files: 1, folder: false, assumed: false },
      { path: 'src', bytes: 40_000, files: 12, folder: true, assumed: true },
    ];
    expect(listingOf(rows)).toBe('1894\tpackage.json\n~40000\tsrc/\t12\n');
  });

  it.each([
    ['1894', 1894],
    ['2.5 MB', 2_500_000],
    ['2,5mb', 2_500_000],
    ['12\u00a0kB', 12_000],
    ['0', 0],
    ['', null],
    ['-3', null],
    ['5 XB', null],
    ['1e400', null],
    ['99999999999 GB', null],
  ])('reads the size %j', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each([
    ['./src/', { path: 'src', folder: true }],
    [' /a b.txt ', { path: 'a b.txt', folder: false }],
    ['/', null],
    ['  ', null],
  ])('reads the path %j', (text, path) => expect(parsePath(text)).toEqual(path));
});
