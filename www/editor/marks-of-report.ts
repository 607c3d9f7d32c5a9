/** The gutter's marks from a report. */
import type { CacheReport, Report, StepReport } from '../../pkg/report';
import { formatBytes, formatSeconds } from '../format';
import { statusNames } from '../words';
import type { LineMark } from './line-marks';

/** One mark a line that has a layer or a step, in the order of the lines. */
export function marksOf(report: Report, cache: CacheReport | undefined): LineMark[] {
  const sizes = new Map(report.layers.map((layer) => [layer.line, layer.size.expected]));
  const steps = new Map(cache?.steps.map((step) => [step.line, step]));
  const max = Math.max(1, ...sizes.values());
  const lines = [...new Set([...sizes.keys(), ...steps.keys()])].sort((a, b) => a - b);
  return lines.map((line) => {
    const size = sizes.get(line) ?? 0;
    const step = steps.get(line);
    return { line, share: size / max, status: step?.status ?? null, title: titleOf(size, step) };
  });
}

function titleOf(size: number, step: StepReport | undefined): string {
  const bytes = size > 0 ? `${formatBytes(size)} in the layer` : 'adds no bytes';
  if (!step) return bytes;
  const time = step.status === 'run' ? `, ${formatSeconds(step.seconds)}` : '';
  return `${bytes}; ${statusNames[step.status]}${time}: ${step.reason}`;
}
