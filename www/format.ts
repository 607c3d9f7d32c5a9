/** Figures as text: decimal units, three significant digits, a real minus sign. */
import type { Range } from '../pkg/report';

const NBSP = '\u00a0';
const MINUS = '\u2212';
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

interface Scaled {
  readonly value: string;
  readonly unit: string;
}

/** Digits after the point that leave `digits` significant ones. */
function decimals(value: number, digits: number): number {
  return Math.max(0, digits - Math.floor(Math.log10(value)) - 1);
}

function scale(bytes: number, digits: number): Scaled {
  const round = (value: number): number => Number(value.toPrecision(digits));
  let power = 0;
  let value = bytes;
  while (round(value) >= 1000 && power < UNITS.length - 1) {
    value /= 1000;
    power += 1;
  }
  const unit = UNITS[power] ?? 'B';
  if (power === 0) return { value: String(Math.round(value)), unit };
  return { value: round(value).toFixed(decimals(round(value), digits)), unit };
}

/** `1.18 GB`, `175 MB`, `310 B`. */
export function formatBytes(bytes: number): string {
  const { value, unit } = scale(Math.abs(bytes), 3);
  return `${bytes < 0 && value !== '0' ? MINUS : ''}${value}${NBSP}${unit}`;
}

/** `+4.20 MB`, `−280 MB`, `0 B`. */
export function formatSignedBytes(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

/** `60–120 MB`, or a single figure when both ends read the same. */
export function formatRange(range: Range): string {
  const low = scale(range.low, 2);
  const high = scale(range.high, 2);
  if (low.value === high.value && low.unit === high.unit) return formatBytes(range.expected);
  const lowUnit = low.unit === high.unit || low.value === '0' ? '' : `${NBSP}${low.unit}`;
  return `${low.value}${lowUnit}–${high.value}${NBSP}${high.unit}`;
}

/** True when a range is wide enough to be worth a whisker: more than a tenth of the figure. */
export function isWide(range: Range): boolean {
  return range.high - range.low > range.expected / 10;
}

/** `0.4 s`, `45 s`, `4 min 10 s`, `1 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0) return `${MINUS}${formatSeconds(-seconds)}`;
  if (seconds === 0) return `0${NBSP}s`;
  if (seconds < 0.05) return `<0.1${NBSP}s`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))}${NBSP}s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}${NBSP}s`;
  if (whole < 3600) {
    return twoUnits(Math.floor(whole / 60), 'min', whole < 600 ? whole % 60 : 0, 's');
  }
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/** `+0.9 s`, `−14 s`. */
export function formatSignedSeconds(seconds: number): string {
  return seconds > 0 ? `+${formatSeconds(seconds)}` : formatSeconds(seconds);
}

/** True for figures that differ by no more than estimates of this sort do: a twentieth. */
export function isClose(before: number, after: number): boolean {
  return Math.abs(before - after) <= Math.max(before, after) / 20;
}

/** The second of two estimates, or the first where the difference says nothing. */
export function secondOf(before: number, after: number): number {
  return isClose(before, after) ? before : after;
}

function twoUnits(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  const head = `${major}${NBSP}${majorUnit}`;
  return minor === 0 ? head : `${head}${NBSP}${minor}${NBSP}${minorUnit}`;
}

/** The change from one figure to another: `−85 %`; empty when there is nothing to compare with. */
export function formatChange(before: number, after: number): string {
  if (before <= 0) return '';
  const percent = Math.round((after / before - 1) * 100);
  const sign = percent < 0 ? MINUS : percent > 0 ? '+' : '';
  return `${sign}${Math.abs(percent)}${NBSP}%`;
}

/** The share of a whole: `12 %`, `<1 %`. */
export function formatPercent(part: number, whole: number): string {
  const percent = percentOf(part, whole);
  return percent > 0 && percent < 0.5 ? `<1${NBSP}%` : `${Math.round(percent)}${NBSP}%`;
}

/** `14,822`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 file`, `64 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)}${NBSP}${count === 1 ? one : many}`;
}

/** A share of a whole as a percentage for CSS, kept within 0 and 100. */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(100, Math.max(0, (part / whole) * 100));
}

/** `$0.04`, `$16.21`, `$1,204`. */
export function formatMoney(dollars: number): string {
  const digits = dollars < 1000 ? 2 : 0;
  const text = dollars.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `$${text}`;
}
