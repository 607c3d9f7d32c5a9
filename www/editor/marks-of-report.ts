/** The marks beside the lines, from a report. */
import type { CacheReport, Report, StepReport, StepStatus } from '../../pkg/report';
import { formatBytes, formatSeconds } from '../format';
import { statusNames } from '../words';

/** What is shown beside one line. */
export interface LineMark {
  readonly line: number;
  /** Length of the bar, 0 to 1. */
  readonly share: number;
  readonly status: StepStatus | null;
  /** All of it in words. */
  readonly title: string;
}

/** A bar's greatest length, in pixels. */
const LONGEST = 34;

/** A mark as an element; `lineMarkStyles` are its styles. */
export function markElement({ share, status, title }: LineMark): HTMLElement {
  const root = document.createElement('div');
  root.className = 'dp-mark';
  root.title = title;
  const bar = root.appendChild(document.createElement('span'));
  bar.className = 'dp-mark-bar';
  if (share > 0) bar.style.width = `${Math.max(2, share * LONGEST)}px`;
  const dot = root.appendChild(document.createElement('span'));
  dot.className = `dp-mark-dot ${status ?? 'none'}`;
  return root;
}

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
