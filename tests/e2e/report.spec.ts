/** The report to print and to pass on. */
import { readFileSync } from 'node:fs';
import { expect, test } from './helpers';
import type { Download, Page } from '@playwright/test';

async function download(page: Page, name: string): Promise<{ name: string; text: string }> {
  const [file] = await Promise.all([
    page.waitForEvent('download') as Promise<Download>,
    page.getByRole('button', { name: `Download ${name}` }).click(),
  ]);
  return { name: file.suggestedFilename(), text: readFileSync((await file.path())!, 'utf8') };
}

test('tells all of it on one page', async ({ app }) => {
  await app.open();
  const report = await app.show('Report');
  await expect(report.getByRole('heading')).toContainText([
    'Dockerfile report',
    'Where the bytes go',
    'What a change rebuilds',
    'A better version',
    'Dockerfile',
    'Findings',
    'How the figures are known',
    'The Dockerfile',
  ]);
  await expect(
    report.getByRole('row', { name: /Image, uncompressed.*GB.*MB.*−\d+.%/ }),
  ).toBeVisible();
  await expect(report.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
});

test('has one figure for the rebuild after a change', async ({ app }) => {
  await app.open();
  const report = await app.show('Report');
  const seconds = async (row: RegExp): Promise<(string | undefined)[]> => {
    const text = await report.getByRole('row', { name: row }).innerText();
    return text.match(/[\d.]+\u00a0(?:min|s)\b/g) ?? [];
  };
  await expect.poll(() => seconds(/^Rebuild: Edit the source/)).toHaveLength(2);
  const summed = await seconds(/^Rebuild: Edit the source/);
  await expect.poll(() => seconds(/^Edit the source/)).toEqual(summed);
});

test('is Markdown, with the figures of the page', async ({ app, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.open();
  const report = await app.show('Report');
  const { name, text } = await download(page, 'Markdown');
  expect(name).toBe('dockerfile-report.md');
  expect(text).toMatch(/^# Dockerfile report\n/);
  const size = await report.getByRole('row', { name: /Image, uncompressed/ }).innerText();
  const [, before, after] = size.replaceAll('\u00a0', ' ').split('\t');
  expect(text).toContain(`| Image, uncompressed | ${before} | ${after} |`);
  expect(text).toMatch(/\| 4 \| final stage \| `RUN npm ci` \| [\d.]+ MB \|/);
  // Every row of a table has as many cells as its head.
  for (const table of text.split('\n\n').filter((block) => block.startsWith('|'))) {
    const cells = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)?.length);
    expect(new Set(cells).size, table).toBe(1);
  }
  await page.getByRole('button', { name: 'Copy Markdown' }).click();
  await expect(page.getByRole('button', { name: 'Copied Markdown' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
});

test('is JSON, the whole analysis', async ({ app, page }) => {
  await app.open();
  await app.show('Report');
  const { name, text } = await download(page, 'JSON');
  expect(name).toBe('dockerfile-report.json');
  const report = JSON.parse(text);
  expect(report.layers[3].text).toBe('RUN npm ci');
  expect(report.image.size.low).toBeLessThanOrEqual(report.image.size.expected);
});

test('is a picture that needs nothing else', async ({ app, page }) => {
  await app.open();
  await app.show('Report');
  const { name, text } = await download(page, 'Picture');
  expect(name).toBe('dockerfile-layers.svg');
  expect(text).not.toMatch(/var\(|light-dark|NaN|undefined|href/);
  await page.goto('about:blank');
  const { error, titles, fits } = await page.evaluate((svg) => {
    const root = new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
    document.body.append(root);
    const { width } = root.getBoundingClientRect();
    const texts = [...root.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
    return {
      error: root.querySelector('parsererror')?.textContent ?? null,
      titles: [...root.querySelectorAll('title')].map((title) => title.textContent),
      fits: texts.every((box) => box.left >= 8 && box.right <= 8 + width),
    };
  }, text);
  expect(error).toBeNull();
  expect(titles).toContainEqual(expect.stringMatching(/^Line 4, RUN: Packages, [\d.]+.MB$/));
  expect(fits).toBe(true);
});

test('prints without the editor, in light, and nothing is cut off', async ({ app, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await app.open();
  const report = await app.show('Report');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.setViewportSize({ width: 718, height: 1000 });
  await expect(app.dockerfile).toBeHidden();
  await expect(page.getByRole('button', { name: 'Share' })).toBeHidden();
  await expect(page.getByRole('tablist')).toHaveCount(0);
  const { scheme, height, content, overflow } = await report.evaluate((element) => ({
    scheme: getComputedStyle(document.documentElement).colorScheme,
    height: document.documentElement.scrollHeight,
    content: element.getBoundingClientRect().height,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }));
  expect(scheme).toBe('light');
  expect(height).toBeGreaterThanOrEqual(Math.floor(content));
  expect(overflow).toBe(0);
  const pdf = (await page.pdf({ format: 'A4' })).toString('latin1');
  expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(1);
});

test('says what to do where there is nothing', async ({ app }) => {
  await app.open();
  await app.write('');
  const report = await app.show('Report');
  await expect(report).toContainText('Write a FROM line first.');
});

test('stays quick for a file of thousands of lines', async ({ app }) => {
  await app.open();
  await app.write(`FROM alpine\n${'RUN true\n'.repeat(3000)}`);
  const report = await app.show('Report');
  await expect(report.getByText(/more rows are in the files/).first()).toBeVisible({
    timeout: 15_000,
  });
});

test('needs no scrolling sideways on a telephone, and says what each figure is', async ({
  app,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await app.open();
  const report = await app.show('Report');
  const row = report.getByRole('row', { name: /RUN npm ci/ }).first();
  await expect(row).toBeVisible();
  const over = () =>
    report
      .locator('.scroll')
      .evaluateAll((all) => all.map((one) => one.scrollWidth - one.clientWidth));
  await expect.poll(over).toEqual([0, 0, 0, 0, 0, 0]);
  const size = row.getByRole('cell').nth(3);
  await expect
    .poll(() => size.evaluate((cell) => getComputedStyle(cell, '::before').content))
    .toMatch(/"Uncompressed" " "|"Uncompressed "/);
});
