/** Measured sizes, the assumed project, and the settings behind pull time and cost. */
import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { Part, Report } from '../../pkg/report';
import { type Playground, expect, test } from './helpers';

const fixtures = join(import.meta.dirname, '../fixtures/calibration/service');
const fixture = (file: string) => readFileSync(join(fixtures, file), 'utf8');

async function isAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

test.describe('measured sizes', () => {
  test('a pasted history and manifest take the place of estimates', async ({ app, page }) => {
    await app.open();
    await app.write(fixture('Dockerfile'));
    const layers = app.panel('Layers');
    await layers.getByText('Built it already?').click();
    const text = layers.getByRole('textbox', { name: /Output of docker history/ });
    await text.fill(fixture('buildkit.history.txt') + fixture('buildkit.manifest.json'));
    await layers.getByRole('button', { name: 'Use these sizes' }).click();
    await expect(layers.getByText('8 layers measured')).toBeVisible();
    await expect(layers.getByText(/docker history, 14 rows; a manifest, 8 layers/)).toBeVisible();
    await expect(app.summary).toContainText('181 MB');
    const row = layers.getByRole('row', { name: /RUN apt-get update/ });
    await expect(row).toContainText('100 MB');
    await row.getByRole('button', { name: /apt-get/ }).click();
    await expect(layers.getByText(/line 10 of the pasted docker history/)).toBeVisible();
    await layers.getByRole('button', { name: 'Compressed', exact: true }).click();
    await expect(row).toContainText('45.9 MB');
    await isAccessible(page);
    await layers.getByRole('button', { name: 'Go back to estimates' }).click();
    await expect(layers.getByText('Built it already?')).toBeVisible();
  });

  test('what does not fit is said, and the estimates stay', async ({ app }) => {
    await app.open();
    const layers = app.panel('Layers');
    const before = await app.summary.textContent();
    await layers.getByText('Built it already?').click();
    await layers.getByRole('textbox', { name: /Output of/ }).fill('hello');
    await layers.getByRole('button', { name: 'Use these sizes' }).click();
    await expect(layers.getByText(/none of the outputs that are read here/)).toBeVisible();
    await expect(layers.getByText('0 layers measured')).toBeVisible();
    expect(await app.summary.textContent()).toBe(before);
  });

  test('a link carries them', async ({ app, page }) => {
    await app.open();
    await app.write(fixture('Dockerfile'));
    const layers = app.panel('Layers');
    await layers.getByText('Built it already?').click();
    await layers.getByRole('textbox', { name: /Output of/ }).fill(fixture('buildkit.history.txt'));
    await layers.getByRole('button', { name: 'Use these sizes' }).click();
    await expect(layers.getByText('8 layers measured')).toBeVisible();
    await page.getByRole('button', { name: 'Share' }).click();
    await expect(page).toHaveURL(/#2\./);
    const address = page.url();
    await page.evaluate(() => localStorage.clear());
    await page.goto('about:blank');
    await page.goto(address);
    await expect(app.panel('Layers').getByText('8 layers measured')).toBeVisible();
  });
});

test.describe('a layer', () => {
  test('opens down to packages by keyboard, with evidence one step away', async ({ app, page }) => {
    await app.open();
    await app.write('FROM debian:12-slim\nRUN apt-get update && apt-get install -y git\n');
    const layers = app.panel('Layers');
    const toggle = layers.getByRole('button', { name: /RUN apt-get update/ });
    await toggle.focus();
    await page.keyboard.press('Enter');
    const git = layers.locator('summary', { hasText: /^\s*git\s+packages/ });
    await expect(git).toBeVisible();
    await git.focus();
    await page.keyboard.press('Enter');
    await expect(layers.getByText(/^git: /)).toBeVisible();
    const rows = layers.locator('.parts tbody tr');
    await expect(rows).toHaveCount(12);
    await layers.getByRole('button', { name: /Show all \d+ parts/ }).click();
    await expect.poll(() => rows.count()).toBeGreaterThan(30);
  });
});

test('a bar of thousands of layers is no longer than its size', async ({ app }) => {
  await app.open();
  const runs = Array.from({ length: 3_000 }, (_, at) => `RUN truncate -s 1M /f${at}`);
  await app.write(`FROM debian:12-slim\n${runs.join('\n')}\n`);
  const track = app.panel('Layers').locator('dp-stage-bars .track').first();
  await expect(track.locator('.layer')).toHaveCount(3_001);
  const over = () =>
    track.evaluate((bar) => {
      const ends = [...bar.children].map((layer) => layer.getBoundingClientRect().right);
      return Math.max(...ends) - bar.getBoundingClientRect().right;
    });
  await expect.poll(over).toBeLessThanOrEqual(1);
});

test('no entry of the key to the colours stands alone in its line', async ({ app, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await app.open();
  const entries = app.panel('Layers').locator('.legend li');
  await expect(entries).toHaveCount(8);
  const lines = () =>
    entries.evaluateAll((all) => {
      const tops = all.map((entry) => Math.round(entry.getBoundingClientRect().top));
      return [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
    });
  await expect.poll(async () => Math.min(...(await lines()))).toBeGreaterThan(1);
});

test.describe('the treemap', () => {
  const CURL = 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y git\nCOPY . /app\n';

  async function treemap(app: Playground): Promise<Locator> {
    const layers = app.panel('Layers');
    await layers.getByRole('button', { name: 'Treemap' }).click();
    return layers.locator('dp-stage-treemap');
  }

  test('shows before and after in one scale: the same bytes, the same area', async ({ app }) => {
    await app.open();
    const map = await treemap(app);
    const now = map.getByRole('listbox', { name: /^Now, final stage, shipped/ });
    const after = map.getByRole('listbox', { name: /^Optimized, final stage, shipped/ });
    const area = async (place: Locator) => {
      const box = (await place.boundingBox())!;
      return box.width * box.height;
    };
    const perByte = (await area(now)) / 1.24e9;
    expect((await area(after)) / 153e6 / perByte).toBeCloseTo(1, 1);
    const base = now.getByRole('option', { name: /^base image node:18/ });
    expect((await area(base)) / 1.07e9 / perByte).toBeCloseTo(1, 1);
    await expect(map.getByRole('group', { name: /^Packages, 125.MB/ }).first()).toBeAttached();
  });

  test('leads to the source line, and tells where a figure comes from', async ({ app, page }) => {
    await app.open();
    const map = await treemap(app);
    await map
      .getByRole('option', { name: /^npm download cache/ })
      .first()
      .click();
    await expect(map.locator('.about')).toContainText(/30\.0.MB.*2.% of final stage/);
    await expect(map.locator('.about .badge')).toHaveText(['caches', /measured|typical|assumed/]);
    await map.getByRole('button', { name: 'Go to line 4' }).click();
    await expect(app.dockerfile).toBeFocused();
    await expect
      .poll(() => page.evaluate(() => getSelection()?.toString()))
      .toContain('RUN npm ci');
  });

  test('keeps the focus and what is chosen when a report renews it', async ({ app }) => {
    await app.open();
    await app.write(CURL);
    const map = await treemap(app);
    const now = map.getByRole('listbox', { name: /^Now, final stage/ });
    const git = now.getByRole('option', { name: /^git, Packages/ });
    // The first report with the packages' sizes lays the map out anew, maybe below the pointer.
    await expect(async () => {
      await git.click();
      await expect(git).toHaveAttribute('aria-selected', 'true', { timeout: 1_000 });
    }).toPass();
    await expect(git).toBeFocused();
    const before = await git.getAttribute('data-spot');
    // Reports come while the focus is here: a pack of data has arrived, and tells less or more.
    const renew = (name: string) =>
      app.panel('Layers').evaluate((view, kept) => {
        const host = view as unknown as { report: Report };
        const isLeft = ({ what, kind }: Part) => kind !== 'package' || what.startsWith(kept);
        const layers = host.report.layers.map((layer) => {
          return { ...layer, parts: layer.parts.filter(isLeft) };
        });
        host.report = { ...host.report, layers };
      }, name);
    await renew('git');
    await expect(git).toBeFocused();
    await expect(git).toHaveAttribute('aria-selected', 'true');
    await expect.poll(() => git.getAttribute('data-spot')).not.toBe(before);
    // Without it, the focus stays in its map.
    await renew('nothing of that name');
    await expect(git).toHaveCount(0);
    await expect(now.locator('.tile:focus')).toHaveCount(1);
  });

  test('is walked by arrow keys, down to packages and back', async ({ app, page }) => {
    await app.open();
    await app.write(CURL);
    const map = await treemap(app);
    await expect(map.getByRole('option', { name: /^git, Packages/ }).first()).toBeVisible();
    const list = map.getByRole('listbox').first();
    await list.getByRole('option').first().focus();
    await page.keyboard.press('ArrowRight');
    const chosen = list.getByRole('option', { selected: true });
    await expect(chosen).toBeFocused();
    await expect(chosen).toHaveAttribute('tabindex', '0');
    const name = await chosen.getAttribute('aria-label');
    await expect(map.locator('.about h4')).toContainText(name!.split(',')[0]!);
    await page.keyboard.press('ArrowLeft');
    await expect(list.getByRole('option').first()).toBeFocused();
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await expect(list.getByRole('option').first()).toBeFocused();
    const packages = list.getByRole('group', { name: /^Packages/ }).getByRole('option');
    const before = await packages.count();
    await packages.first().click();
    await map.getByRole('button', { name: /^Enlarge packages: \d+ parts/ }).focus();
    await page.keyboard.press('Enter');
    await expect(map.getByRole('option').first()).toBeFocused();
    await expect.poll(() => map.getByRole('option').count()).toBeGreaterThan(before);
    await map.getByRole('option', { name: /smaller parts/ }).click();
    await map.getByRole('button', { name: /^Enlarge these \d+ parts/ }).click();
    await expect(map.getByRole('option').first()).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(packages.first()).toBeFocused();
  });

  test('has patterns beside colours, a table, and what is wasted hatched', async ({ app }) => {
    await app.open();
    const map = await treemap(app);
    const patterns = await map
      .locator('.legend [data-kind]')
      .evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundImage));
    // Caches and temporary files share the dots.
    expect(new Set(patterns).size).toBe(patterns.length - 1);
    await expect(map.locator('.tile[data-kind=manifest] .wasted').first()).toBeAttached();
    await map.getByText('Table by stage and kind').click();
    const row = map.getByRole('row', { name: /^final stage Packages/ }).first();
    await expect(row).toContainText(/125.MB\s+10.%/);
    const compressed = app.panel('Layers').getByRole('button', { name: 'Compressed', exact: true });
    await compressed.click();
    await expect(row).not.toContainText(/125.MB/);
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`is accessible in ${theme}, and kept by a reload and a link`, async ({ app, page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await app.open();
      const map = await treemap(app);
      await map.getByRole('option').first().click();
      await isAccessible(page);
      await page.getByRole('button', { name: 'Share' }).click();
      await expect(page).toHaveURL(/#2\./);
      await page.reload();
      await expect(app.panel('Layers').getByRole('listbox').first()).toBeVisible();
    });
  }

  test('draws the largest of many stages, and says so', async ({ app }) => {
    await app.open();
    const map = await treemap(app);
    await app.write('FROM alpine:3.20\nRUN apk add curl\n'.repeat(200));
    const hint = map.getByText('176 smaller stages are in the table').first();
    await expect(hint).toBeVisible();
    await expect.poll(() => map.getByRole('listbox').count()).toBeLessThan(60);
  });
});

test.describe('the assumed project', () => {
  test('is a table to put right, and says what is still a guess', async ({ app, page }) => {
    await app.open();
    const context = await app.show('Context');
    await expect(context.getByText('Assumed files')).toBeVisible();
    const size = context.getByRole('textbox', { name: /^Size of package\.json/ });
    await size.fill('5 kB');
    await size.press('Enter');
    await expect(context.getByText('partly assumed')).toBeVisible();
    await expect(size).toHaveValue(/5\.00.kB/);
    await expect(context.getByRole('row', { name: /package\.json/ }).first()).toContainText(
      'yours',
    );
    await context.getByRole('textbox', { name: 'Path of a new row' }).fill('models/');
    await context.getByRole('textbox', { name: 'Size of a new row' }).fill('300 MB');
    await context.getByRole('button', { name: 'Add row' }).click();
    await expect(context.getByRole('textbox', { name: 'Path of models' })).toHaveValue('models/');
    await expect(context.locator('.total')).toContainText(/30\d\sMB sent/);
    await isAccessible(page);
    await context.getByRole('button', { name: 'Remove row models' }).click();
    await expect(context.getByRole('textbox', { name: 'Path of models' })).toHaveCount(0);
    await context.getByRole('textbox', { name: 'Size of a new row' }).fill('much');
    await context.getByRole('button', { name: 'Add row' }).click();
    await expect(context.getByRole('alert')).toContainText('path');
  });
});

test.describe('settings', () => {
  test('change pull time and cost, say their defaults and are reset', async ({ app, page }) => {
    await app.open();
    const settings = await app.show('Settings');
    const bandwidth = settings.getByRole('textbox', { name: 'Download' });
    await expect(bandwidth).toHaveValue('100');
    await expect(settings.getByText('Default 100: assumed', { exact: true })).toBeVisible();
    const figures = settings.locator('dl');
    const before = await figures.textContent();
    await bandwidth.fill('10');
    await bandwidth.press('Enter');
    await settings.getByRole('textbox', { name: 'Pulls' }).fill('9000');
    await page.keyboard.press('Tab');
    await expect(figures).not.toHaveText(before ?? '');
    await expect(figures).toContainText(/Cold pull\s*\d+\smin/);
    await isAccessible(page);
    await bandwidth.fill('fast');
    await bandwidth.press('Enter');
    await expect(settings.getByText(/Give a number, 0 or more/)).toBeVisible();
    await settings.getByRole('button', { name: 'Reset all' }).click();
    await expect(figures).toHaveText(before ?? '');
  });

  test('build arguments and the target reach the build', async ({ app }) => {
    await app.open();
    await app.write(
      'ARG NODE=22\nFROM node:$NODE AS build\nRUN true\nFROM nginx:1.27\nCOPY --from=build /a /a\n',
    );
    const settings = await app.show('Settings');
    await settings.getByRole('textbox', { name: 'NODE' }).fill('18-alpine');
    await settings.getByRole('textbox', { name: 'NODE' }).press('Enter');
    await expect(app.panel('Layers')).toContainText('from node:18-alpine');
    await settings.getByRole('combobox', { name: 'Target stage' }).selectOption('build');
    await expect(app.panel('Layers')).toContainText(/nginx:1\.27 · not built/);
    await settings.getByRole('button', { name: 'Reset NODE' }).click();
    await expect(app.panel('Layers')).toContainText('from node:22');
  });
});
