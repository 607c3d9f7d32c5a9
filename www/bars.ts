/** The geometry of the stage bars: which piece of a layer is how long. Only arithmetic on a report. */
import type { Kind, LayerReport, StageReport } from '../pkg/report';
import type { Measure } from './state';

/** The bytes of one kind in one layer. */
export interface Segment {
  readonly line: number;
  readonly instruction: string;
  readonly kind: Kind;
  readonly bytes: number;
  readonly wasted: number;
}

/** One stage's bar. */
export interface Bar {
  readonly stage: StageReport;
  readonly bytes: number;
  /** One group of segments a layer. */
  readonly layers: readonly (readonly Segment[])[];
}

/**
 * Splits a layer by kind. Parts are known uncompressed; under the compressed measure each keeps its
 * share of the layer.
 */
export function segmentsOf(layer: LayerReport, measure: Measure): Segment[] {
  const total = layer.parts.reduce((sum, part) => sum + part.bytes.expected, 0);
  if (total === 0) return [];
  const factor = layer[measure].expected / total;
  const kinds = new Map<Kind, { bytes: number; wasted: number }>();
  for (const part of layer.parts) {
    const sum = kinds.get(part.kind) ?? { bytes: 0, wasted: 0 };
    sum.bytes += part.bytes.expected * factor;
    sum.wasted += part.wasted * factor;
    kinds.set(part.kind, sum);
  }
  const { line, instruction } = layer;
  return [...kinds].map(([kind, sum]) => ({ line, instruction, kind, ...sum }));
}

export function barsOf(
  stages: readonly StageReport[],
  layers: readonly LayerReport[],
  measure: Measure,
): Bar[] {
  return stages.map((stage) => {
    const own = layers.filter((layer) => layer.stage === stage.index);
    const bytes = own.reduce((sum, layer) => sum + layer[measure].expected, 0);
    return { stage, bytes, layers: own.map((layer) => segmentsOf(layer, measure)) };
  });
}

/** Bytes of each kind over some bars, largest first. */
export function kindTotals(bars: readonly Bar[]): [Kind, number][] {
  const totals = new Map<Kind, number>();
  for (const segment of bars.flatMap((bar) => bar.layers.flat())) {
    totals.set(segment.kind, (totals.get(segment.kind) ?? 0) + segment.bytes);
  }
  return [...totals].sort(([, a], [, b]) => b - a);
}

/** Round marks for an axis: at most five, of the form 1, 2, 2.5 or 5 times a power of ten. */
export function ticks(max: number): number[] {
  if (max <= 0) return [];
  const power = 10 ** Math.floor(Math.log10(max / 4));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => max / s <= 4.5) ?? max;
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, i) => i * step);
}
