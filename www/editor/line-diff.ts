/**
 * A comparison by whole lines: a Dockerfile's instructions stay together, where a comparison by
 * characters finds likeness between unlike instructions and calls all between them changed.
 */
/** Above this many pairs of lines, lines are too many to compare each with each. */
const MAX_PAIRS = 4_000_000;

/** What stands in the second text in place of a part of the first, as offsets in both. */
export interface Change {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** A run of lines in both texts, from the first to before the last, that differ. */
export interface Hunk {
  readonly a: readonly [number, number];
  readonly b: readonly [number, number];
}

/** What an instruction that stays is worth; an empty line stays only where nothing else does. */
function worth(line: string): number {
  return line.trim() === '' ? 1 : 8;
}

/** For each pair of lines, the worth of what can stay from there on. */
function table(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      const line = a[i]!;
      best[at] =
        line === b[j]
          ? best[at + width + 1]! + worth(line)
          : Math.max(best[at + width]!, best[at + 1]!);
    }
  }
  return best;
}

export function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] {
  if (a.length * b.length > MAX_PAIRS) return between(a, b);
  const width = b.length + 1;
  const best = table(a, b);
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [fromA, fromB] = [i, j];
    while ((i < a.length || j < b.length) && (i === a.length || a[i] !== b[j])) {
      const down = i < a.length ? best[(i + 1) * width + j]! : -1;
      const right = j < b.length ? best[i * width + j + 1]! : -1;
      if (down >= right) i += 1;
      else j += 1;
    }
    if (i > fromA || j > fromB) hunks.push({ a: [fromA, i], b: [fromB, j] });
    i += 1;
    j += 1;
  }
  return hunks;
}

/** All that stands between the same beginning and the same end. */
function between(a: readonly string[], b: readonly string[]): Hunk[] {
  const [start, end] = alike(a, b);
  const hunk: Hunk = { a: [start, a.length - end], b: [start, b.length - end] };
  return start + end < Math.max(a.length, b.length) ? [hunk] : [];
}

/** How much is the same at the beginning, and at the end of the rest. */
function alike<T>(a: ArrayLike<T>, b: ArrayLike<T>): readonly [start: number, end: number] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  return [start, end];
}

/** Where each line starts, and where the text ends. */
function startsOf(lines: readonly string[], length: number): number[] {
  let at = 0;
  const starts = lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
  return [...starts, length];
}

/** The differences of two texts, as offsets. */
export function lineDiff(a: string, b: string): readonly Change[] {
  const [linesA, linesB] = [a.split('\n'), b.split('\n')];
  const startsA = startsOf(linesA, a.length);
  const startsB = startsOf(linesB, b.length);
  return hunksOf(linesA, linesB).flatMap((hunk) => {
    const [[a0, a1], [b0, b1]] = [hunk.a, hunk.b];
    if (a1 - a0 === b1 - b0) {
      return linesA
        .slice(a0, a1)
        .map((line, at) => within(line, linesB[b0 + at]!, startsA[a0 + at]!, startsB[b0 + at]!));
    }
    // At the very end, a line that comes or goes takes the line break before it along.
    const shift = (a0 === linesA.length || b0 === linesB.length) && a0 > 0 && b0 > 0 ? 1 : 0;
    const fromA = Math.min(startsA[a0]! - (a0 < linesA.length ? shift : 0), a.length);
    const fromB = Math.min(startsB[b0]! - (b0 < linesB.length ? shift : 0), b.length);
    return [{ fromA, toA: startsA[a1]!, fromB, toB: startsB[b1]! }];
  });
}

/** What differs in a line that took another's place: one part, which a person takes in at once. */
export function difference(lineA: string, lineB: string): Change {
  const [start, end] = alike(lineA, lineB);
  return { fromA: start, toA: lineA.length - end, fromB: start, toB: lineB.length - end };
}

/** The same as offsets in the texts. */
function within(lineA: string, lineB: string, startA: number, startB: number): Change {
  const { fromA, toA, fromB, toB } = difference(lineA, lineB);
  return { fromA: fromA + startA, toA: toA + startA, fromB: fromB + startB, toB: toB + startB };
}
