import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatMoney,
  formatPercent,
  formatRange,
  formatSeconds,
  formatSignedSeconds,
  isClose,
  formatSignedBytes,
  isWide,
  percentOf,
  plural,
} from './format';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [310, '310 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [175_000_000, '175 MB'],
    [999_600_000, '1.00 GB'],
    [9_996_000, '10.0 MB'],
    [1_180_000_000, '1.18 GB'],
    [-280_000_000, '−280 MB'],
  ])('%d is %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text));

  it('signs what is added', () => {
    expect(plain(formatSignedBytes(4_200_000))).toBe('+4.20 MB');
    expect(plain(formatSignedBytes(0))).toBe('0 B');
  });
});

describe('formatRange', () => {
  it.each([
    [60e6, 80e6, 120e6, '60–120 MB'],
    [0, 1e6, 2e6, '0–2.0 MB'],
    [900e6, 1.0e9, 1.1e9, '900 MB–1.1 GB'],
    [5e6, 5e6, 5e6, '5.00 MB'],
  ])('%d %d %d', (low, expected, high, text) =>
    expect(plain(formatRange({ low, expected, high }))).toBe(text),
  );

  it('calls a range wide from a tenth of the figure', () => {
    expect(isWide({ low: 95, expected: 100, high: 104 })).toBe(false);
    expect(isWide({ low: 60, expected: 80, high: 120 })).toBe(true);
  });
});

describe('formatSeconds', () => {
  it.each([
    [0, '0 s'],
    [0.01, '<0.1 s'],
    [0.42, '0.4 s'],
    [9.97, '10 s'],
    [45.2, '45 s'],
    [59.7, '1 min'],
    [250, '4 min 10 s'],
    [605, '10 min'],
    [3900, '1 h 5 min'],
    [-42, '−42 s'],
  ])('%d is %s', (seconds, text) => expect(plain(formatSeconds(seconds))).toBe(text));
});

describe('the rest', () => {
  it('shows a change in per cent', () => {
    expect(plain(formatChange(1180, 175))).toBe('−85 %');
    expect(plain(formatChange(100, 100))).toBe('0 %');
    expect(formatChange(0, 5)).toBe('');
  });

  it('signs a change', () => {
    expect(plain(formatSignedSeconds(0.9))).toBe('+0.9 s');
    expect(plain(formatSignedSeconds(-14))).toBe('−14 s');
    expect(plain(formatSignedSeconds(0))).toBe('0 s');
  });

  it('calls estimates close when they differ by a twentieth at most', () => {
    expect(isClose(8.2, 8.4)).toBe(true);
    expect(isClose(0, 0)).toBe(true);
    expect(isClose(8, 9)).toBe(false);
  });

  it('counts', () => {
    expect(plain(plural(1, 'file'))).toBe('1 file');
    expect(plain(plural(14_822, 'file'))).toBe('14,822 files');
  });

  it('keeps shares within the bar', () => {
    expect(percentOf(5, 0)).toBe(0);
    expect(percentOf(30, 20)).toBe(100);
    expect(percentOf(5, 20)).toBe(25);
  });
});

describe('formatMoney', () => {
  it.each([
    [0, '$0.00'],
    [16.21, '$16.21'],
    [1204.4, '$1,204'],
  ])('%d is %s', (dollars, text) => expect(formatMoney(dollars)).toBe(text));
});

describe('formatPercent', () => {
  it.each([
    [0, 10, '0 %'],
    [1, 8, '13 %'],
    [1, 1000, '<1 %'],
    [10, 10, '100 %'],
    [1, 0, '0 %'],
  ])('%d of %d is %s', (part, whole, text) => expect(plain(formatPercent(part, whole))).toBe(text));
});
