import { describe, expect, it } from 'vitest';
import { lineDiff } from './line-diff';

/** The second text, made from the first by the changes. */
function apply(a: string, b: string): string {
  let [at, text] = [0, ''];
  for (const { fromA, toA, fromB, toB } of lineDiff(a, b)) {
    text += a.slice(at, fromA) + b.slice(fromB, toB);
    at = toA;
  }
  return text + a.slice(at);
}

const lines = (...all: string[]): string => all.join('\n');

describe('lineDiff', () => {
  it.each([
    ['', ''],
    ['', 'FROM x'],
    ['FROM x', ''],
    ['FROM x', 'FROM x AS y'],
    ['a\nb', 'a\nb\nc'],
    ['a\nb\nc', 'a\nb'],
    ['b\nc', 'a\nb\nc'],
    ['a\nb\nc', 'x\nb\ny\nz'],
    ['a\n\nb\n\nc', '\na\nb\nc\n\nd'],
    ['a\nb', 'c\nd\ne'],
  ])('leads from %j to %j', (a, b) => {
    expect(apply(a, b)).toBe(b);
  });

  it('leaves an instruction alone that stays between two that change', () => {
    const a = lines('FROM a', 'RUN one', 'WORKDIR /app', 'COPY . .', 'RUN pip install');
    const b = lines('FROM a AS b', 'RUN two', 'RUN three', 'WORKDIR /app', 'RUN pip install');
    const at = a.indexOf('WORKDIR');
    expect(lineDiff(a, b).some(({ fromA, toA }) => fromA < at + 12 && toA > at)).toBe(false);
  });

  it('marks only what is new in a line', () => {
    const [change] = lineDiff('FROM node:18', 'FROM node:18 AS build');
    expect(change).toMatchObject({ fromA: 12, toA: 12, fromB: 12, toB: 21 });
  });

  it('finds a way through long texts too', () => {
    const long = 'RUN true\n'.repeat(3000);
    expect(apply(long, `${long}CMD x`)).toBe(`${long}CMD x`);
  });
});
