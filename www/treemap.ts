/** The geometry of the treemaps: which part of a stage is which rectangle. Only arithmetic on a report. */
import type { Evidence, Kind, LayerReport, Range, StageReport } from '../pkg/report';
import type { Measure } from './state';

/** A rectangle in CSS pixels, from the map's top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What one rectangle stands for. */
export interface Leaf {
  /** A path, a package, or a group of either. */
  readonly what: string;
  readonly kind: Kind;
  /** The layer that stores it; null for parts of several. */
  readonly layer: LayerReport | null;
  /** Bytes under the chosen measure. */
  readonly bytes: Range;
  /** Expected bytes of it that are not visible at the end. */
  readonly wasted: number;
  /** Null for several parts. */
  readonly evidence: Evidence | null;
  /** How many parts it stands for. */
  readonly parts: number;
}

/** The leaves of a kind, largest first. */
export interface KindGroup {
  readonly kind: Kind;
  readonly bytes: number;
  readonly wasted: number;
  readonly leaves: readonly Leaf[];
}

/** What one stage stores. */
export interface StageMap {
  readonly stage: StageReport;
  readonly bytes: number;
  readonly groups: readonly KindGroup[];
}

/** A leaf at its place. */
export interface Tile {
  readonly leaf: Leaf;
  readonly box: Box;
}

type Span = readonly [start: number, end: number];
export type Direction = 'left' | 'right' | 'up' | 'down';

function expectedSum(leaves: readonly Leaf[]): number {
  return leaves.reduce((sum, leaf) => sum + leaf.bytes.expected, 0);
}

function bySize(a: Leaf, b: Leaf): number {
  return b.bytes.expected - a.bytes.expected;
}

function wastedSum(leaves: readonly Leaf[]): number {
  return leaves.reduce((sum, leaf) => sum + leaf.wasted, 0);
}

function leavesOf(layer: LayerReport, measure: Measure): Leaf[] {
  return layer.parts.map(({ what, kind, bytes, compressed, wasted, evidence }) => {
    const range = measure === 'size' ? bytes : compressed;
    const share = bytes.expected > 0 ? range.expected / bytes.expected : 0;
    return { what, kind, layer, bytes: range, wasted: wasted * share, evidence, parts: 1 };
  });
}

function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** What layers store, by kind; the largest first. */
export function kindGroups(layers: readonly LayerReport[], measure: Measure): KindGroup[] {
  const stored = layers
    .flatMap((layer) => leavesOf(layer, measure))
    .filter((leaf) => leaf.bytes.expected > 0);
  const kinds = grouped(stored, (leaf) => leaf.kind);
  const groups = [...kinds].map(([kind, leaves]) => ({
    kind,
    bytes: expectedSum(leaves),
    wasted: wastedSum(leaves),
    leaves: leaves.sort(bySize),
  }));
  return groups.sort((a, b) => b.bytes - a.bytes);
}

/** What each stage stores; stages without anything are left out. */
export function stageMaps(
  stages: readonly StageReport[],
  layers: readonly LayerReport[],
  measure: Measure,
): StageMap[] {
  const own = grouped(layers, (layer) => layer.stage);
  const maps = stages.map((stage) => {
    const groups = kindGroups(own.get(stage.index) ?? [], measure);
    return { stage, groups, bytes: groups.reduce((sum, group) => sum + group.bytes, 0) };
  });
  return maps.filter((map) => map.bytes > 0);
}

/**
 * Leaves of fewer bytes than `least` put together into one, which comes last: too small a rectangle
 * can be neither seen nor hit.
 */
export function merged(leaves: readonly Leaf[], least: number): Leaf[] {
  const first = leaves.findIndex((leaf) => leaf.bytes.expected < least);
  const [small, kind] = [leaves.slice(first), leaves[first]?.kind];
  if (first < 0 || small.length < 2 || kind === undefined) return [...leaves];
  const sum = (end: keyof Range) => small.reduce((total, leaf) => total + leaf.bytes[end], 0);
  const layers = new Set(small.map((leaf) => leaf.layer));
  const [layer] = layers;
  const rest: Leaf = {
    what: `${small.length} smaller parts`,
    kind,
    layer: layers.size === 1 && layer ? layer : null,
    bytes: { low: sum('low'), expected: sum('expected'), high: sum('high') },
    wasted: wastedSum(small),
    evidence: null,
    parts: small.length,
  };
  return [...leaves.slice(0, first), rest];
}

/**
 * A squarified treemap (Bruls, Huizing and van Wijk, 2000): the box in rectangles whose areas are as
 * the weights, in rows along the shorter side, each row as long as its worst rectangle gets squarer.
 * Weights are positive, the largest first.
 */
export function squarify(weights: readonly number[], box: Box): Box[] {
  const boxes: Box[] = [];
  const left = sumsFromEach(weights);
  let free = box;
  for (let start = 0; start < weights.length;) {
    const all = left[start] ?? 0;
    const side = Math.min(free.width, free.height);
    const end = rowEnd(weights, start, side, (free.width * free.height) / all);
    const share = 1 - (left[end] ?? 0) / all;
    boxes.push(...rowOf(weights.slice(start, end), free, share));
    free = without(free, share);
    start = end;
  }
  return boxes;
}

/** For each weight, the sum of it and all after it. */
function sumsFromEach(weights: readonly number[]): number[] {
  let sum = 0;
  return weights.map((_, at) => (sum += weights[weights.length - 1 - at] ?? 0)).reverse();
}

/** Where the row that begins at `start` ends: before the weight that would make its worst box worse. */
function rowEnd(weights: readonly number[], start: number, side: number, area: number): number {
  let sum = 0;
  let worst = Infinity;
  const largest = (weights[start] ?? 0) * area;
  for (let end = start; end < weights.length; end += 1) {
    const smallest = (weights[end] ?? 0) * area;
    sum += smallest;
    const next = Math.max(
      (side * side * largest) / (sum * sum),
      (sum * sum) / (side * side * smallest),
    );
    if (next > worst) return end;
    worst = next;
  }
  return weights.length;
}

/** A row of boxes at the free box's start, across its shorter side. */
function rowOf(row: readonly number[], free: Box, share: number): Box[] {
  const sum = row.reduce((total, weight) => total + weight, 0);
  const wide = free.width >= free.height;
  let done = 0;
  return row.map((weight) => {
    const [from, part] = [done / sum, weight / sum];
    done += weight;
    return wide
      ? {
          x: free.x,
          y: free.y + from * free.height,
          width: share * free.width,
          height: part * free.height,
        }
      : {
          x: free.x + from * free.width,
          y: free.y,
          width: part * free.width,
          height: share * free.height,
        };
  });
}

/** What is free after a row that takes this share of the box. */
function without({ x, y, width, height }: Box, share: number): Box {
  return width >= height
    ? { x: x + share * width, y, width: (1 - share) * width, height }
    : { x, y: y + share * height, width, height: (1 - share) * height };
}

/** The rectangles of some groups, one group beside the other; small parts of a group are together. */
export function tilesOf(groups: readonly KindGroup[], box: Box, leastArea: number): Tile[] {
  const bytes = groups.reduce((sum, group) => sum + group.bytes, 0);
  const least = (leastArea * bytes) / (box.width * box.height);
  const places = squarify(
    groups.map((group) => group.bytes),
    box,
  );
  return groups.flatMap((group, at) => {
    // The rest may be larger than the last of the others.
    const leaves = merged(group.leaves, least).sort(bySize);
    const weights = leaves.map((leaf) => leaf.bytes.expected);
    const boxes = squarify(weights, places[at] ?? box);
    return leaves.map((leaf, index) => ({ leaf, box: boxes[index] ?? box }));
  });
}

/** The box next to one in a direction: of those beside it the nearest; else none. */
export function neighbour(
  boxes: readonly Box[],
  index: number,
  direction: Direction,
): number | null {
  const from = boxes[index];
  if (!from) return null;
  let best: number | null = null;
  let least = Infinity;
  for (const [other, box] of boxes.entries()) {
    const [ahead, aside] = distance(from, box, direction);
    const far = ahead + 4 * aside;
    // Half a pixel for rounding.
    if (other === index || ahead < -0.5 || far >= least) continue;
    [best, least] = [other, far];
  }
  return best;
}

/** How far a box begins ahead of another, and how far it is beside what lies straight ahead. */
function distance(from: Box, to: Box, direction: Direction): [ahead: number, aside: number] {
  const across = ({ x, width }: Box): Span => [x, x + width];
  const along = ({ y, height }: Box): Span => [y, y + height];
  const [main, other] =
    direction === 'left' || direction === 'right' ? [across, along] : [along, across];
  const [a, b] = [main(from), main(to)];
  const ahead = direction === 'left' || direction === 'up' ? a[0] - b[1] : b[0] - a[1];
  return [ahead, apart(other(from), other(to))];
}

/** The gap between two spans; for those that overlap a little of the distance of their starts. */
function apart([a, aEnd]: Span, [b, bEnd]: Span): number {
  return Math.max(0, b - aEnd, a - bEnd) + Math.abs(a - b) / 1000;
}
