/** A week of building: caches elsewhere, weights, a project's history, measured times. */
import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type Playground, expect, test } from './helpers';

const fixtures = join(import.meta.dirname, '../fixtures/replay');
const fixture = (name: string) => readFileSync(join(fixtures, name), 'utf8');

const BUILD_LOG = '#6 [2/5] WORKDIR /app\n#6 CACHED\n#7 [4/5] RUN npm ci\n#7 DONE 99.0s\n';

/** Opens the Cache panel on the history's own project. */
async function cache(app: Playground) {
  await app.open();
  await app.write(fixture('node.Dockerfile'));
  const panel = await app.show('Cache');
  await expect(panel.getByRole('heading', { name: 'A week of builds' })).toBeVisible();
  return panel;
}

async function paste(page: Page, what: string, text: string): Promise<void> {
  await page.getByText(`Paste your ${what}`).click();
  const box = page.getByRole('textbox', { name: what });
  await box.fill(text);
  await page.locator('dp-log-paste', { has: box }).getByRole('button', { name: 'Use it' }).click();
}

test('replays a pasted git log, before and after', async ({ app, page }) => {
  const panel = await cache(app);
  await paste(page, 'git log', fixture('node.log'));
  const replay = panel.locator('dp-replay-view');
  await expect(replay.locator('.result')).toContainText(/s\s*→.*of building for 4\scommits/s);
  await expect(replay).toContainText('1 merge left out');
  const now = replay.getByRole('region', { name: 'Now: history' });
  await expect(now.getByRole('row', { name: /RUN npm ci/ })).toContainText(/\d+ %.*runs?/s);
  await expect(replay.getByRole('region', { name: 'Optimized: history' })).toContainText('%');
  await expect(now).toContainText('Update express');
  await page.reload();
  await app.settled();
  await app.show('Cache');
  await expect(replay.locator('.result')).toContainText(/4\scommits/);
  await replay.getByText('Your git log').click();
  await replay.getByRole('button', { name: 'Remove it' }).click();
  await expect(replay.locator('.result')).toHaveCount(0);
});

test('says what is wrong with a log', async ({ app, page }) => {
  const panel = await cache(app);
  await paste(page, 'git log', 'commit 0c3b5e7a9d\n\n    Fix\n\nM\tsrc/a.ts\nwhat is this\n');
  await expect(panel.locator('dp-replay-view')).toContainText(/Line 6, column 1: expected/);
  await expect(panel.locator('dp-replay-view .result')).toContainText(/1\scommit/);
  await paste(page, 'build log', 'Step 1/2 : FROM node\n');
  await expect(panel.locator('dp-measured-times')).toContainText(/Line 1.*prints no times/s);
});

test('takes the times of a real build', async ({ app, page }) => {
  const panel = await cache(app);
  await paste(page, 'build log', BUILD_LOG);
  await expect(panel.locator('dp-measured-times .result')).toContainText(/1\sstep of 2/);
  await expect(panel.getByRole('region', { name: /^Now: Edit the source/ })).toContainText(
    /1\smin\s39\ss/,
  );
});

test('sums up a week as often as the user says', async ({ app }) => {
  const panel = await cache(app);
  const week = panel.locator('dp-weekly-sum');
  const total = week.getByRole('row', { name: /^All/ });
  const before = await total.textContent();
  const times = week.getByRole('spinbutton', { name: /Edit the source/ });
  await times.fill('400');
  await times.blur();
  await expect(total).not.toHaveText(before ?? '');
  await times.fill('');
  await times.blur();
  await expect(times).toHaveValue('40');
  await expect(total).toHaveText(before ?? '');
});

test('shows the steps where the cache lives elsewhere', async ({ app }) => {
  const panel = await cache(app);
  const now = panel.getByRole('region', { name: /^Now: / });
  await expect(now).not.toContainText('There is no cache.');
  await panel.getByRole('button', { name: 'No cache' }).click();
  await expect(now).toContainText('There is no cache.');
  await expect(panel.locator('dp-cache-modes')).toContainText('cache mounts are empty');
  await panel.getByRole('button', { name: 'On this builder' }).click();
  await expect(now).not.toContainText('There is no cache.');
});

for (const width of [1440, 390]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`is readable at ${width} px, ${colorScheme}`, async ({ app, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const panel = await cache(app);
      await paste(page, 'git log', fixture('node.log'));
      await paste(page, 'build log', BUILD_LOG);
      await expect(panel.locator('dp-replay-view .result')).toBeVisible();
      const overflow = () =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth;
      await expect.poll(() => page.evaluate(overflow)).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      const shots = process.env['SHOTS'];
      if (shots) await panel.screenshot({ path: `${shots}/cache-${width}-${colorScheme}.png` });
    });
  }
}
