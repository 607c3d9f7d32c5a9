import { describe, expect, it } from 'vitest';
import type { Kind, LayerReport, StageReport } from '../pkg/report';
import { barsOf, kindTotals, segmentsOf, ticks } from './bars';

const range = (expected: number) => ({ low: expected, expected, high: expected });
const evidence = { kind: 'measured', text: '' } as const;

function layer(stage: number, parts: [Kind, number, number][], compressed = 0): LayerReport {
  const size = parts.reduce((sum, [, bytes]) => sum + bytes, 0);
  return {
    stage,
    line: 3,
    instruction: 'RUN',
    text: 'RUN x',
    size: range(size),
    compressed: range(compressed),
    wasted: 0,
    in_image: true,
    evidence: [],
    parts: parts.map(([kind, bytes, wasted]) => ({
      what: kind,
      kind,
      bytes: range(bytes),
      compressed: range(bytes),
      wasted,
      evidence,
    })),
  };
}

describe('segmentsOf', () => {
  it('adds up the parts of a kind', () => {
    const segments = segmentsOf(
      layer(0, [
        ['package', 60, 0],
        ['cache', 30, 30],
        ['package', 10, 5],
      ]),
      'size',
    );
    expect(segments.map(({ kind, bytes, wasted }) => [kind, bytes, wasted])).toEqual([
      ['package', 70, 5],
      ['cache', 30, 30],
    ]);
  });

  it('keeps the shares under the compressed measure', () => {
    const [one, two] = segmentsOf(
      layer(
        0,
        [
          ['package', 75, 75],
          ['source', 25, 0],
        ],
        40,
      ),
      'compressed',
    );
    expect([one?.bytes, one?.wasted, two?.bytes]).toEqual([30, 30, 10]);
  });

  it('has none for an empty layer', () => expect(segmentsOf(layer(0, []), 'size')).toEqual([]));
});

describe('barsOf', () => {
  it('gives each stage its own layers', () => {
    const stages = [{ index: 0 }, { index: 1 }] as StageReport[];
    const layers = [
      layer(0, [['os', 100, 0]]),
      layer(1, [['os', 7, 0]]),
      layer(1, [['temp', 3, 3]]),
    ];
    const bars = barsOf(stages, layers, 'size');
    expect(bars.map((bar) => bar.bytes)).toEqual([100, 10]);
    expect(kindTotals(bars)).toEqual([
      ['os', 107],
      ['temp', 3],
    ]);
  });
});

describe('ticks', () => {
  it('marks round figures', () => {
    expect(ticks(1180)).toEqual([0, 500, 1000]);
    expect(ticks(400)).toEqual([0, 100, 200, 300, 400]);
    expect(ticks(0)).toEqual([]);
  });
});
