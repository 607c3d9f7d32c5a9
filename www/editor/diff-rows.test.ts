import { describe, expect, it } from 'vitest';
import { type Row, diffRows, inOneColumn } from './diff-rows';

const numbers = (rows: readonly Row[]): string[] =>
  rows.map(({ isSame, a, b }) => `${a?.line ?? ''}${isSame ? '=' : '|'}${b?.line ?? ''}`);

describe('diffRows', () => {
  it('puts what stays side by side, and what differs beside what took its place', () => {
    const rows = diffRows('FROM a\nRUN x\nCMD z', 'FROM a AS b\nRUN x\nRUN y\nCMD z');
    expect(numbers(rows)).toEqual(['1|1', '2=2', '|3', '3=4']);
    expect(rows[0]).toMatchObject({ a: { part: [6, 6] }, b: { part: [6, 11] } });
  });

  it.each([
    ['', ''],
    ['a', ''],
    ['', 'b\nc'],
    ['a\nb\nc', 'c\nb\na'],
    ['RUN true\n'.repeat(3000), `x\n${'RUN true\n'.repeat(3000)}y`],
  ])('has each line of both once, in its order', (a, b) => {
    const rows = diffRows(a, b);
    const lines = (text: string) => text.split('\n').map((_, index) => index + 1);
    expect(rows.flatMap((row) => row.a?.line ?? [])).toEqual(lines(a));
    expect(rows.flatMap((row) => row.b?.line ?? [])).toEqual(lines(b));
  });
});

it('in one column, what was taken out comes first', () => {
  const rows = diffRows('a\nb\nc', 'x\ny\nc');
  expect(numbers(inOneColumn(rows))).toEqual(['1|', '2|', '|1', '|2', '3=3']);
});
