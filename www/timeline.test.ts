import { describe, expect, it } from 'vitest';
import type { CacheReport, StageReport } from '../pkg/report';
import { lanesOf, simulationOf, timeTicks } from './timeline';

const step = (stage: number, line: number, status: string, start = 0, seconds = 0) => {
  return { stage, line, status, start, seconds, reason: 'r', on_critical_path: false };
};
const report = {
  title: 'Edit',
  seconds: 9,
  pushed_bytes: 5,
  steps: [
    step(0, 1, 'cached', 0, 30),
    step(0, 2, 'run', 0, 4),
    step(0, 3, 'run', 4.04, 5),
    step(0, 4, 'run', 0, 1),
    step(1, 5, 'unneeded'),
  ],
  modes: [
    { mode: 'local', runs: [1, 2, 3], spans: [], seconds: 9, pushed_bytes: 5 },
    {
      mode: 'registry_min',
      runs: [0, 2],
      spans: [
        { step: 0, start: 0, seconds: 30, on_critical_path: true },
        { step: 1, start: 30, seconds: 2, on_critical_path: true },
      ],
      seconds: 40,
      pushed_bytes: 7,
    },
  ],
} as unknown as CacheReport;
const stages = [{ index: 0 }, { index: 1 }] as StageReport[];

describe('a simulation', () => {
  it('is that of the local builder as it stands', () => {
    const { seconds, steps } = simulationOf(report, 'local');
    expect(seconds).toBe(9);
    expect(steps.map(({ work }) => work)).toEqual([null, 'run', 'run', 'run', null]);
  });

  it('tells of pulls and downloads where the cache lives elsewhere', () => {
    const { seconds, pushedBytes, steps } = simulationOf(report, 'registry_min');
    expect([seconds, pushedBytes]).toEqual([40, 7]);
    expect(steps.map(({ work }) => work)).toEqual(['run', 'fetch', 'run', null, null]);
    expect(steps[1]).toMatchObject({ status: 'cached', start: 30, seconds: 2 });
    expect(steps[3]).toMatchObject({ status: 'cached', reason: 'Nothing that runs needs it.' });
    expect(steps[4]?.status).toBe('unneeded');
  });

  it('puts what runs at once in rows of its own', () => {
    const [first, second] = lanesOf(simulationOf(report, 'local'), stages);
    expect(first?.rows.map((row) => row.map(({ line }) => line))).toEqual([[2, 3], [4]]);
    expect(first?.steps).toHaveLength(4);
    expect(second?.rows).toEqual([]);
  });

  it('has an axis of round times', () => {
    expect(timeTicks(34)).toEqual([0, 10, 20, 30]);
    expect(timeTicks(150)).toEqual([0, 30, 60, 90, 120, 150]);
    expect(timeTicks(0)).toEqual([]);
    expect(timeTicks(1e6).length).toBeLessThanOrEqual(6);
  });
});
