import { describe, expect, it } from 'vitest';
import type { CacheReport, Report } from '../../../pkg/report';
import { figuresOf } from '../figures';
import { linesOf } from './hover';

const none = () => [];
const place = { start: 0, end: 4 };

describe('linesOf', () => {
  it('tells a variable with its value and where it was set', () => {
    const hover = { ...place, title: '$A', text: 'From: ENV on line 3.', value: '1' };
    expect(linesOf(hover, none)).toEqual(['$A = 1', 'From: ENV on line 3.']);
  });

  it('tells an image with its size as a range, and its evidence', () => {
    const hover = {
      ...place,
      title: 'node:18',
      text: 'An image on debian:12.',
      size: { low: 1_000_000, expected: 1_200_000, high: 1_300_000 },
      evidence: { kind: 'measured' as const, text: 'as of 2026-06' },
    };
    expect(linesOf(hover, none)).toEqual([
      'node:18',
      'An image on debian:12.',
      '1.20\u00a0MB (1.00\u00a0MB to 1.30\u00a0MB)',
      'measured: as of 2026-06',
    ]);
  });

  it('adds the figures of the instruction that it is about', () => {
    const hover = { ...place, title: 'RUN', text: 'Runs.', line: 7 };
    expect(linesOf(hover, (line) => [`line ${line}`])).toEqual(['RUN', 'Runs.', 'line 7']);
  });
});

describe('figuresOf', () => {
  const exact = (bytes: number) => ({ low: bytes, expected: bytes, high: bytes });
  const layer = {
    line: 3,
    size: { low: 1000, expected: 2000, high: 3000 },
    compressed: exact(500),
    wasted: 100,
    evidence: [1, 2, 3, 4].map((at) => ({ kind: 'typical' as const, text: `fact ${at}` })),
  };
  const report = { layers: [layer] } as unknown as Report;
  const step = { line: 3, status: 'run', reason: 'src changed.', seconds: 12 };
  const cache = { title: 'A source edit', steps: [step] } as unknown as CacheReport;

  it('tells the layer with its range, waste and evidence, and the step of the chosen change', () => {
    expect(figuresOf(report, cache, 3)).toEqual([
      'Layer: 2.00\u00a0kB (1.00\u00a0kB to 3.00\u00a0kB), 500\u00a0B to pull, 100\u00a0B of it wasted.',
      'typical: fact 1',
      'typical: fact 2',
      'typical: fact 3',
      'and 1 more under Layers',
      'A source edit: runs, 12\u00a0s. src changed.',
    ]);
  });

  it('is silent about a line without figures', () => {
    expect(figuresOf(report, undefined, 4)).toEqual([]);
  });
});
