/** What the report tells of one instruction, for its hover. */
import type { CacheReport, LayerReport, Report } from '../../pkg/report';
import { formatBytes, formatSeconds } from '../format';
import { evidenceNames, statusNames } from '../words';

/** More evidence than this is read under Layers. */
const MOST_EVIDENCE = 3;

/** Sentences about an instruction's layer and its step under the chosen change. */
export function figuresOf(report: Report, cache: CacheReport | undefined, line: number): string[] {
  const layer = report.layers.find((one) => one.line === line);
  const step = cache?.steps.find((one) => one.line === line);
  const about: string[] = [];
  if (layer) about.push(...layerLines(layer));
  if (cache && step) {
    const time = step.status === 'run' ? `, ${formatSeconds(step.seconds)}` : '';
    about.push(`${cache.title}: ${statusNames[step.status]}${time}. ${step.reason}`);
  }
  return about;
}

function layerLines({ size, compressed, wasted, evidence }: LayerReport): string[] {
  const { low, expected, high } = size;
  const range = low < high ? ` (${formatBytes(low)} to ${formatBytes(high)})` : '';
  const waste = wasted > 0 ? `, ${formatBytes(wasted)} of it wasted` : '';
  const first = `Layer: ${formatBytes(expected)}${range}, ${formatBytes(compressed.expected)} to pull${waste}.`;
  const known = evidence
    .slice(0, MOST_EVIDENCE)
    .map(({ kind, text }) => `${evidenceNames[kind]}: ${text}`);
  const more = evidence.length - known.length;
  return [first, ...known, ...(more > 0 ? [`and ${more} more under Layers`] : [])];
}
