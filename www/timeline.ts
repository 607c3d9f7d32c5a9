/** What the builder does, and when: the steps of a simulation on a time axis. Pure. */
import type { CacheMode, CacheReport, StageReport, StepReport } from '../pkg/report';

/** A step, and what takes its time: its own work, or fetching its cached result. */
export interface TimedStep extends StepReport {
  readonly work: 'run' | 'fetch' | null;
}

/** A simulation where the cache lives in one place. */
export interface Simulation {
  readonly title: string;
  readonly seconds: number;
  readonly pushedBytes: number;
  readonly steps: readonly TimedStep[];
}

/** A stage on the time axis. */
export interface Lane {
  readonly stage: StageReport;
  readonly steps: readonly TimedStep[];
  /** Rows of bars that do not overlap. */
  readonly rows: readonly (readonly TimedStep[])[];
}

/** Seconds that a start may lie before an end and still come after it: figures are rounded. */
const ROUNDING = 0.06;
/** Distances between marks of the time axis, in seconds. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** The simulation of a change where the cache lives. */
export function simulationOf(report: CacheReport, mode: CacheMode): Simulation {
  const { title } = report;
  const other = report.modes.find((known) => known.mode === mode);
  if (mode === 'local' || !other) {
    const steps = report.steps.map((step) => {
      return { ...step, work: step.status === 'run' ? ('run' as const) : null };
    });
    return { title, seconds: report.seconds, pushedBytes: report.pushed_bytes, steps };
  }
  const runs = new Set(other.runs);
  const spans = new Map(other.spans.map((span) => [span.step, span]));
  const steps = report.steps.map((step, at): TimedStep => {
    const { start = 0, seconds = 0, on_critical_path = false } = spans.get(at) ?? {};
    const timed = { ...step, start, seconds, on_critical_path };
    if (step.status === 'unneeded') return { ...timed, work: null };
    if (runs.has(at)) {
      const reason = step.status === 'run' ? step.reason : reasonToRun(step, mode);
      return { ...timed, status: 'run', reason, work: 'run' };
    }
    if (spans.has(at)) {
      const reason = 'Its cached result is downloaded: a step that runs needs its files.';
      return { ...timed, status: 'cached', reason, work: 'fetch' };
    }
    const reason = step.status === 'run' ? 'Nothing that runs needs it.' : step.reason;
    return { ...timed, status: 'cached', reason, work: null };
  });
  return { title, seconds: other.seconds, pushedBytes: other.pushed_bytes, steps };
}

function reasonToRun({ instruction }: StepReport, mode: CacheMode): string {
  if (instruction === 'FROM') return 'Pulled: this machine is new, and a step needs its files.';
  if (mode === 'none') return 'There is no cache.';
  return 'This cache does not hold its result, and something needs its files.';
}

export function lanesOf({ steps }: Simulation, stages: readonly StageReport[]): Lane[] {
  return stages.map((stage) => {
    const own = steps.filter((step) => step.stage === stage.index);
    return { stage, steps: own, rows: packed(own.filter((step) => step.work !== null)) };
  });
}

/** Puts bars in as few rows as they fit in: a COPY --link runs beside the steps above it. */
function packed(bars: readonly TimedStep[]): TimedStep[][] {
  const rows: TimedStep[][] = [];
  for (const bar of [...bars].sort((a, b) => a.start - b.start)) {
    const isFree = (row: readonly TimedStep[]) => endOf(row) <= bar.start + ROUNDING;
    const row = rows.find(isFree);
    if (row) row.push(bar);
    else rows.push([bar]);
  }
  return rows;
}

function endOf(row: readonly TimedStep[]): number {
  const last = row.at(-1);
  return last ? last.start + last.seconds : 0;
}

/** Round marks for a time axis: at most six. */
export function timeTicks(max: number): number[] {
  if (max <= 0) return [];
  const step = STEPS.find((size) => max / size <= 5) ?? max / 4;
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, at) => at * step);
}
