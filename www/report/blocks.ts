/** The report as a document: one list of blocks, for the page, for print and for Markdown. */
import type { CacheReport, Finding, LayerReport, Range, Report } from '../../pkg/report';
import { toldOnce } from '../findings';
import {
  formatBytes,
  formatChange,
  formatMoney,
  formatRange,
  formatSeconds,
  formatSignedBytes,
  formatSignedSeconds,
  isWide,
  plural,
  secondOf,
} from '../format';
import type { Workspace } from '../state';
import { applicabilityNames, evidenceNames, severityNames, stageName } from '../words';

/** What stands in a table's cell: words, or a piece of code. */
export type Cell = string | { readonly code: string };

export interface Column {
  readonly title: string;
  /** True for figures, which stand at the right. */
  readonly figure?: true;
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly Cell[])[];
    }
  /** The layers' picture; a table says the same. */
  | { readonly kind: 'picture' };

const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
const text = (text: string): Block => ({ kind: 'text', text });
const figures = (...titles: readonly string[]): Column[] =>
  titles.map((title) => ({ title, figure: true }));

/** The whole document; empty where there is no stage to tell of. */
export function blocksOf(report: Report, workspace: Workspace): readonly Block[] {
  if (report.stages.length === 0) return [];
  return [
    { kind: 'heading', level: 1, text: 'Dockerfile report' },
    ...summary(report),
    ...layers(report),
    ...rebuilds(report),
    ...better(report, workspace),
    ...findings(report),
    ...evidence(report),
    heading('The Dockerfile'),
    { kind: 'code', language: 'dockerfile', text: workspace.dockerfile },
  ];
}

function improved({ optimized }: Report): boolean {
  return optimized.steps.some((step) => step.enabled);
}

function summary(report: Report): Block[] {
  const { image, optimized } = report;
  const better = optimized.image;
  const row = (title: string, before: number, after: number, show: (value: number) => string) => [
    title,
    show(before),
    ...(improved(report) ? [show(after), formatChange(before, after) || '–'] : []),
  ];
  const rebuild = (before: CacheReport, after: CacheReport) =>
    row(
      `Rebuild: ${before.title}`,
      before.seconds,
      secondOf(before.seconds, after.seconds),
      formatSeconds,
    );
  const [cache, cacheAfter] = [report.cache[0], optimized.cache[0]];
  const rows = [
    row('Image, uncompressed', image.size.expected, better.size.expected, formatBytes),
    row('Image, compressed', image.compressed.expected, better.compressed.expected, formatBytes),
    row('Wasted, uncompressed', image.wasted, better.wasted, formatBytes),
    row('Layers', image.layers, better.layers, String),
    row('Cold pull', image.pull_seconds, better.pull_seconds, formatSeconds),
    row('Build without a cache', image.build_seconds, better.build_seconds, formatSeconds),
    ...(cache && cacheAfter ? [rebuild(cache, cacheAfter)] : []),
    row('Storage and transfer a month', image.monthly_cost, better.monthly_cost, formatMoney),
  ];
  const columns = improved(report) ? figures('Now', 'Optimized', 'Change') : figures('Now');
  return [{ kind: 'table', columns: [{ title: 'Figure' }, ...columns], rows }];
}

function layers(report: Report): Block[] {
  const rows = report.layers.map((layer) => {
    const stage = report.stages[layer.stage];
    return [
      String(layer.line),
      stage ? stageName(stage) : '',
      { code: layer.text },
      formatBytes(layer.size.expected),
      range(layer.size),
      formatBytes(layer.compressed.expected),
      layer.wasted > 0 ? formatBytes(layer.wasted) : '–',
    ];
  });
  const columns = [
    { title: 'Line' },
    { title: 'Stage' },
    { title: 'Instruction' },
    ...figures('Uncompressed', 'Range', 'Compressed', 'Wasted'),
  ];
  return [heading('Where the bytes go'), { kind: 'picture' }, { kind: 'table', columns, rows }];
}

function range(size: Range): string {
  return isWide(size) ? formatRange(size) : '–';
}

function rebuilds(report: Report): Block[] {
  if (report.cache.length === 0) return [];
  const rows = report.cache.map((change, at) => {
    const after = report.optimized.cache[at];
    const shown =
      improved(report) && after ? [formatSeconds(secondOf(change.seconds, after.seconds))] : [];
    const run = change.steps.filter(({ status }) => status === 'run');
    return [change.title, String(run.length), formatSeconds(change.seconds), ...shown];
  });
  const columns = improved(report) ? figures('Now', 'Optimized') : figures('Now');
  return [
    heading('What a change rebuilds'),
    {
      kind: 'table',
      columns: [{ title: 'Change' }, ...figures('Steps run'), ...columns],
      rows,
    },
  ];
}

function better({ optimized }: Report, workspace: Workspace): Block[] {
  const steps = optimized.steps.filter((step) => step.enabled);
  if (steps.length === 0) return optimized.praise.map(text);
  const rows = steps.map((step) => [
    `${step.title}. ${step.why}`,
    applicabilityNames[step.applicability],
    step.saves_bytes === 0 ? '–' : formatSignedBytes(-step.saves_bytes),
    step.saves_seconds === 0 ? '–' : formatSignedSeconds(-step.saves_seconds),
    step.verify ? { code: step.verify } : '–',
  ]);
  const columns = [
    { title: 'Step' },
    { title: 'Trust' },
    ...figures('Image', 'Rebuild'),
    { title: 'Check with' },
  ];
  const files = (['dockerfile', 'dockerignore'] as const).filter(
    (file) => optimized[file] !== workspace[file],
  );
  return [
    heading('A better version'),
    { kind: 'table', columns, rows },
    ...files.flatMap((file): Block[] => [
      { kind: 'heading', level: 3, text: file === 'dockerfile' ? 'Dockerfile' : '.dockerignore' },
      { kind: 'code', language: file, text: optimized[file] },
    ]),
  ];
}

function findings(report: Report): Block[] {
  const errors = report.syntax.errors.map(({ line, message }) => [
    String(line),
    severityNames.error,
    'syntax',
    message,
  ]);
  const row = ({ line, severity, rule, aliases, message }: Finding) => [
    String(line),
    severityNames[severity],
    [rule, ...aliases].join(', '),
    message,
  ];
  const rows = [...errors, ...toldOnce(report).map(row)];
  if (rows.length === 0) return [heading('Findings'), text('None.')];
  const columns = ['Line', 'Severity', 'Rule', 'Finding'].map((title) => ({ title }));
  return [heading('Findings'), { kind: 'table', columns, rows }];
}

function evidence(report: Report): Block[] {
  const { context, version } = report;
  const rows = report.layers.flatMap((layer: LayerReport) =>
    layer.evidence.map((item) => [String(layer.line), item.text, evidenceNames[item.kind]]),
  );
  const columns = ['Line', 'Evidence', 'Sort'].map((title) => ({ title }));
  const files = plural(context.sent_files, 'file');
  return [
    heading('How the figures are known'),
    text(
      `${context.assumed ? 'No listing of the build context was given: a typical project is assumed' : 'The build context is as listed'}, ` +
        `${files} and ${formatBytes(context.sent_bytes)} sent to the builder. ` +
        `Analysed by Dockerfile Playground ${version}, in the browser.`,
    ),
    ...(rows.length > 0 ? [{ kind: 'table', columns, rows } as const] : []),
  ];
}
