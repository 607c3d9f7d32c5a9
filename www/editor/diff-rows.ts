/** Two texts beside each other, line by line, as a comparison shows them. */
import { difference, hunksOf } from './line-diff';

/** A part of a line, as columns from 0. */
export type Part = readonly [from: number, to: number];

/** A line of one of the texts. */
export interface Side {
  /** From 1. */
  readonly line: number;
  /** What differs from the line beside it, where that took its place. */
  readonly part: Part | null;
}

export interface Row {
  readonly isSame: boolean;
  readonly a: Side | null;
  readonly b: Side | null;
}

export function diffRows(a: string, b: string): Row[] {
  const [linesA, linesB] = [a.split('\n'), b.split('\n')];
  const rows: Row[] = [];
  let [atA, atB] = [0, 0];
  const same = (until: number): void => {
    for (; atA < until; atA += 1, atB += 1) {
      rows.push({ isSame: true, a: side(atA), b: side(atB) });
    }
  };
  for (const { a: hunkA, b: hunkB } of hunksOf(linesA, linesB)) {
    same(hunkA[0]);
    const isPaired = hunkA[1] - hunkA[0] === hunkB[1] - hunkB[0];
    while (atA < hunkA[1] || atB < hunkB[1]) {
      const [inA, inB] = [atA < hunkA[1], atB < hunkB[1]];
      const part = isPaired ? difference(linesA[atA] ?? '', linesB[atB] ?? '') : null;
      rows.push({
        isSame: false,
        a: inA ? side(atA, part && [part.fromA, part.toA]) : null,
        b: inB ? side(atB, part && [part.fromB, part.toB]) : null,
      });
      if (inA) atA += 1;
      if (inB) atB += 1;
    }
  }
  same(linesA.length);
  return rows;
}

function side(index: number, part: Part | null = null): Side {
  return { line: index + 1, part };
}

/** The rows in one column: what was taken out stands above what took its place. */
export function inOneColumn(rows: readonly Row[]): Row[] {
  const column: Row[] = [];
  let added: Row[] = [];
  for (const row of rows) {
    if (row.isSame) {
      column.push(...added, row);
      added = [];
      continue;
    }
    if (row.a) column.push({ ...row, b: null });
    if (row.b) added.push({ ...row, a: null });
  }
  return [...column, ...added];
}
