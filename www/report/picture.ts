/** The layers' picture as an SVG file that needs nothing else. */
import type { Kind } from '../../pkg/report';
import { type Bar, type Segment, kindTotals, ticks } from '../bars';
import { formatBytes, percentOf } from '../format';
import { fateOf, kindNames, stageName } from '../words';

/** A title and the bars below it. */
export interface PictureGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** Colours as CSS has them. */
export interface Colours {
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly paper: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
}

const WIDTH = 960;
const MARGIN = 20;
const INNER = WIDTH - 2 * MARGIN;
const BAR = 28;
/** Opacity of stages that are thrown away after the build, or not built. */
const FAINT = 0.38;
/** As wide as the longest name of a kind, with its colour. */
const LEGEND_ITEM = 150;

export function pictureOf(groups: readonly PictureGroup[], colours: Colours): string {
  const bars = groups.flatMap((group) => group.bars);
  const max = Math.max(1, ...bars.map((bar) => bar.bytes));
  const parts: string[] = [];
  let y = MARGIN;
  for (const group of groups) {
    parts.push(label(MARGIN, y + 14, group.title, 'font-weight="600"'));
    y += 24;
    for (const bar of group.bars) {
      parts.push(stage(bar, max, y, colours));
      y += BAR + 26;
    }
    y += 8;
  }
  parts.push(axis(max, y, colours));
  y += 34;
  const kinds = kindTotals(bars).map(([kind]) => kind);
  parts.push(legend(kinds, y, colours));
  y += 22 * Math.ceil((kinds.length + 1) / perRow) + MARGIN - 6;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" font-family="system-ui, sans-serif" font-size="13" fill="${colours.text}">
<title>Where the bytes go</title>
<defs><pattern id="wasted" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="6" height="1.5" fill="#0b0f14"/></pattern></defs>
<rect width="${WIDTH}" height="${y}" fill="${colours.paper}"/>
${parts.join('\n')}
</svg>
`;
}

const perRow = Math.floor(INNER / LEGEND_ITEM);

function stage(bar: Bar, max: number, y: number, colours: Colours): string {
  const { stage } = bar;
  const head =
    label(MARGIN, y + 12, `${stageName(stage)} · ${fateOf(stage)}`, `fill="${colours.muted}"`) +
    label(WIDTH - MARGIN, y + 12, formatBytes(bar.bytes), 'text-anchor="end"');
  let x = MARGIN;
  const pieces = bar.layers.flat().map((segment) => {
    const width = (percentOf(segment.bytes, max) / 100) * INNER;
    const drawn = piece(segment, x, y + 18, width, colours);
    x += width;
    return drawn;
  });
  return `${head}<g fill-opacity="${stage.final ? 1 : FAINT}">${pieces.join('')}</g>`;
}

function piece(segment: Segment, x: number, y: number, width: number, colours: Colours): string {
  const { kind, line, instruction, bytes, wasted } = segment;
  const title = `Line ${line}, ${instruction}: ${kindNames[kind]}, ${formatBytes(bytes)}`;
  const waste = (percentOf(wasted, bytes) / 100) * width;
  const rect = (left: number, wide: number, fill: string) =>
    `<rect x="${round(left)}" y="${y}" width="${round(wide)}" height="${BAR}" fill="${fill}"/>`;
  const name = `${instruction} · ${kindNames[kind].toLowerCase()}`;
  const fits = width - waste > name.length * 7 + 12;
  return `<g><title>${escaped(title)}</title>${rect(x, Math.max(0.5, width - 1), colours.kinds[kind])}${
    waste > 0 ? rect(x + width - waste, waste, 'url(#wasted)') : ''
  }${fits ? label(x + 7, y + 18, name, 'fill="#0b0f14" fill-opacity="1" font-size="12"') : ''}</g>`;
}

function axis(max: number, y: number, { line, muted }: Colours): string {
  const rule = `<path d="M${MARGIN} ${y}H${WIDTH - MARGIN}" stroke="${line}"/>`;
  const marks = ticks(max).map((tick) => {
    const share = percentOf(tick, max) / 100;
    const anchor = tick === 0 ? 'start' : share > 0.94 ? 'end' : 'middle';
    const text = tick === 0 ? '0' : formatBytes(tick);
    const style = `fill="${muted}" font-size="11" text-anchor="${anchor}"`;
    return label(MARGIN + share * INNER, y + 16, text, style);
  });
  return rule + marks.join('');
}

function legend(kinds: readonly Kind[], y: number, { kinds: colours }: Colours): string {
  const items = [
    ...kinds.map((kind) => ({ name: kindNames[kind], fill: colours[kind] })),
    { name: 'Wasted', fill: 'url(#wasted)' },
  ];
  return items
    .map(({ name, fill }, at) => {
      const x = MARGIN + (at % perRow) * LEGEND_ITEM;
      const top = y + Math.floor(at / perRow) * 22;
      return `<rect x="${x}" y="${top}" width="11" height="11" rx="2" fill="${fill}"/>${label(x + 17, top + 10, name, 'font-size="12"')}`;
    })
    .join('');
}

function label(x: number, y: number, text: string, style: string): string {
  return `<text x="${round(x)}" y="${y}" ${style}>${escaped(text)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
