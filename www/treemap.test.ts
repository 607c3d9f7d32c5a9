import { describe, expect, it } from 'vitest';
import type { Kind, LayerReport, StageReport } from '../pkg/report';
import { type Box, kindGroups, merged, neighbour, squarify, stageMaps, tilesOf } from './treemap';

const range = (expected: number) => ({ low: expected / 2, expected, high: expected * 2 });

function layer(stage: number, parts: [string, Kind, number, number?][]): LayerReport {
  const size = parts.reduce((sum, [, , bytes]) => sum + bytes, 0);
  return {
    stage,
    line: 3,
    instruction: 'RUN',
    text: 'RUN x',
    size: range(size),
    compressed: range(size / 4),
    wasted: 0,
    in_image: true,
    evidence: [],
    parts: parts.map(([what, kind, bytes, wasted = 0]) => ({
      what,
      kind,
      bytes: range(bytes),
      compressed: range(bytes / 4),
      wasted,
      evidence: { kind: 'measured', text: '' },
    })),
  };
}

const area = ({ width, height }: Box) => width * height;
const inside = (box: Box, outer: Box) =>
  box.x >= outer.x - 1e-6 &&
  box.y >= outer.y - 1e-6 &&
  box.x + box.width <= outer.x + outer.width + 1e-6 &&
  box.y + box.height <= outer.y + outer.height + 1e-6;
const overlap = (a: Box, b: Box) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

describe('squarify', () => {
  it('lays out the example of its authors', () => {
    const boxes = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    const sizes = boxes.map(({ width, height }) => [width, height].map((n) => +n.toFixed(2)));
    expect(sizes.slice(0, 4)).toEqual([
      [3, 2],
      [3, 2],
      [1.71, 2.33],
      [1.29, 2.33],
    ]);
  });

  it('fills the box: areas as the weights, nothing outside, nothing twice', () => {
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 100; round += 1) {
      const count = 1 + Math.floor(random() * 30);
      const weights = Array.from({ length: count }, () => 10 ** (random() * 9)).sort(
        (a, b) => b - a,
      );
      const outer = { x: 5, y: 9, width: 10 + random() * 900, height: 10 + random() * 400 };
      const boxes = squarify(weights, outer);
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      const off = boxes.map((box, at) => Math.abs(area(box) / area(outer) - weights[at]! / all));
      expect(Math.max(...off)).toBeLessThan(1e-9);
      expect(boxes.every((box) => inside(box, outer))).toBe(true);
      const twice = boxes.flatMap((box, at) => boxes.slice(0, at).map((o) => overlap(box, o)));
      expect(Math.max(0, ...twice)).toBeLessThan(1e-6);
    }
  });

  it('keeps rectangles near squares', () => {
    const boxes = squarify(Array(24).fill(1), { x: 0, y: 0, width: 600, height: 400 });
    for (const { width, height } of boxes) {
      expect(Math.max(width / height, height / width)).toBeLessThan(1.6);
    }
  });

  it('has none for nothing', () =>
    expect(squarify([], { x: 0, y: 0, width: 9, height: 9 })).toEqual([]));
});

describe('kindGroups', () => {
  it('puts the parts of a kind together, largest first', () => {
    const one = layer(0, [
      ['npm', 'package', 30],
      ['cache', 'cache', 50],
      ['nothing', 'temp', 0],
    ]);
    const groups = kindGroups([one, layer(0, [['pip', 'package', 40]])], 'size');
    expect(
      groups.map(({ kind, bytes, leaves }) => [kind, bytes, leaves.map((l) => l.what)]),
    ).toEqual([
      ['package', 70, ['pip', 'npm']],
      ['cache', 50, ['cache']],
    ]);
  });

  it('shows the compressed bytes of what is wasted, too', () => {
    const [group] = kindGroups([layer(0, [['npm', 'package', 80, 40]])], 'compressed');
    expect([group?.bytes, group?.wasted]).toEqual([20, 10]);
  });
});

describe('stageMaps', () => {
  it('gives each stage its own, and leaves out the empty ones', () => {
    const stages = [{ index: 0 }, { index: 1 }, { index: 2 }] as StageReport[];
    const layers = [layer(0, [['a', 'os', 9]]), layer(2, [['b', 'os', 4]])];
    const maps = stageMaps(stages, layers, 'size');
    expect(maps.map(({ stage, bytes }) => [stage.index, bytes])).toEqual([
      [0, 9],
      [2, 4],
    ]);
  });
});

describe('merged', () => {
  const [group] = kindGroups(
    [
      layer(0, [
        ['large', 'package', 100],
        ['b', 'package', 9, 9],
        ['c', 'package', 8],
      ]),
    ],
    'size',
  );
  const leaves = group!.leaves;

  it('puts the small ones together, with their sums', () => {
    const [large, rest] = merged(leaves, 10);
    expect(large).toBe(leaves[0]);
    expect(rest).toMatchObject({
      bytes: { low: 8.5, expected: 17, high: 34 },
      wasted: 9,
      parts: 2,
    });
    expect(rest!.layer).toBe(leaves[1]!.layer);
  });

  it('leaves a single small one as it is', () => {
    expect(merged(leaves, 9)).toEqual(leaves);
    expect(merged(leaves, 1)).toEqual(leaves);
  });

  it('says of no layer that it holds all', () => {
    const [two] = kindGroups([layer(0, [['a', 'os', 3]]), layer(0, [['b', 'os', 2]])], 'size');
    expect(merged(two!.leaves, 10)).toMatchObject([{ layer: null, parts: 2 }]);
  });
});

describe('tilesOf', () => {
  it('gives no tile less than the least area unless a kind has no more', () => {
    const parts = Array.from({ length: 300 }, (_, i): [string, Kind, number] => [
      `p${i}`,
      'package',
      1 + i,
    ]);
    const groups = kindGroups([layer(0, [...parts, ['x', 'cache', 1]])], 'size');
    const outer = { x: 0, y: 0, width: 400, height: 200 };
    const tiles = tilesOf(groups, outer, 200);
    expect(tiles.reduce((sum, { leaf }) => sum + leaf.parts, 0)).toBe(301);
    expect(tiles.reduce((sum, { box }) => sum + area(box), 0)).toBeCloseTo(area(outer), 3);
    expect(tiles.filter(({ box }) => area(box) < 199).map(({ leaf }) => leaf.what)).toEqual(['x']);
  });
});

describe('neighbour', () => {
  // One on the left; on the right two above each other; below all a wide one.
  const boxes: Box[] = [
    { x: 0, y: 0, width: 50, height: 60 },
    { x: 50, y: 0, width: 50, height: 20 },
    { x: 50, y: 20, width: 50, height: 40 },
    { x: 0, y: 60, width: 100, height: 30 },
  ];

  it('is what lies beside', () => {
    expect(neighbour(boxes, 0, 'right')).toBe(1);
    expect(neighbour(boxes, 1, 'down')).toBe(2);
    expect(neighbour(boxes, 2, 'left')).toBe(0);
    expect(neighbour(boxes, 2, 'down')).toBe(3);
    expect(neighbour(boxes, 3, 'up')).toBe(0);
  });

  it('is none at the edge', () => {
    expect(neighbour(boxes, 0, 'left')).toBeNull();
    expect(neighbour(boxes, 3, 'down')).toBeNull();
  });
});
