/** Measured sizes, the assumed project, and the settings behind pull time and cost. */
import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './helpers';

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
    expect(await rows.count()).toBe(12);
    await layers.getByRole('button', { name: /Show all \d+ parts/ }).click();
    expect(await rows.count()).toBeGreaterThan(30);
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
