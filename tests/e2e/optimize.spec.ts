/** The Optimized tab: steps with toggles, the waterfall, and what goes beside the files. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';
import { expect, test } from './helpers';

/** A step of the waterfall by its title. */
function step(optimized: Locator, title: string): Locator {
  return optimized.getByRole('listitem').filter({ hasText: title });
}

test.describe('the waterfall', () => {
  test("falls as the field report's table does", async ({ app }) => {
    await app.open();
    const optimized = await app.show('Optimized');
    const first = optimized.getByRole('listitem').filter({ hasText: 'Now' }).first();
    await expect(first).toContainText(/1\.\d+\sGB/);
    const split = step(optimized, 'Build in one stage, ship another');
    await expect(split).toContainText(/3\d\d\sMB/);
    await expect(split).toContainText('likely safe');
    await expect(split).toContainText('docker build');
  });

  test('switching a step off gives another result, and its saving stays to be seen', async ({
    app,
  }) => {
    await app.open();
    const optimized = await app.show('Optimized');
    const better = optimized.locator('dp-diff-view');
    await expect(better).toContainText('alpine');
    const alpine = step(optimized, 'Alpine');
    await alpine.getByRole('switch').click();
    await expect(better).not.toContainText('alpine');
    await expect(alpine.getByRole('switch')).not.toBeChecked();
    await expect(alpine).toContainText(/−\d+(\.\d+)?\s[MG]B/);
    await expect(optimized).toContainText('off: what they would save is in grey');
    await alpine.getByRole('switch').click();
    await expect(better).toContainText('alpine');
  });
});

test.describe('the files', () => {
  test('each line of .dockerignore says why and what it saves', async ({ app }) => {
    await app.open();
    await app.tab('.dockerignore');
    await app.write('nothing-here\n', app.dockerignore);
    const optimized = await app.show('Optimized');
    await optimized.getByRole('tab', { name: '.dockerignore' }).click();
    const lines = optimized.getByRole('table', { name: /each line/ });
    const git = lines.getByRole('row', { name: /^\.git / });
    await expect(git).toContainText('history');
    await expect(git).toContainText(/\d\sMB/);
    const dead = lines.getByRole('row', { name: /nothing-here/ });
    await expect(dead).toContainText('Dead: it matches nothing');
  });

  test('a job for GitHub Actions and the commands are right for this file', async ({
    app,
    page,
  }) => {
    await app.open();
    await app.write(
      'FROM debian:12\nARG COMMIT\nRUN --mount=type=secret,id=token apt-get update && apt-get install -y jq\n',
    );
    const optimized = await app.show('Optimized');
    await optimized.getByRole('heading', { name: 'GitHub Actions job' }).click();
    const job = optimized.getByRole('region', { name: 'GitHub Actions job' });
    await expect(job).toContainText('docker/build-push-action@v7');
    await expect(job).toContainText('cache-to: type=gha,mode=max');
    await expect(job).toContainText('token=${{ secrets.TOKEN }}');
    const saved = page.waitForEvent('download');
    await optimized.getByRole('button', { name: 'Download image.yml' }).click();
    expect((await saved).suggestedFilename()).toBe('image.yml');
    await optimized.getByRole('heading', { name: 'Commands to verify' }).click();
    const commands = optimized.getByRole('region', { name: 'Commands to verify' });
    await expect(commands).toContainText('--secret id=token,env=TOKEN');
    await expect(commands).toContainText('docker history');
  });

  for (const scheme of ['light', 'dark'] as const) {
    test(`nothing keeps anybody out, ${scheme}`, async ({ app, page }) => {
      await page.emulateMedia({ colorScheme: scheme });
      await app.open();
      const optimized = await app.show('Optimized');
      await optimized.getByRole('tab', { name: '.dockerignore' }).click();
      await optimized.getByRole('heading', { name: 'Commands to verify' }).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    });
  }

  test('a narrow page scrolls nothing but the code', async ({ app, page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await app.open();
    const optimized = await app.show('Optimized');
    await optimized.getByRole('heading', { name: 'GitHub Actions job' }).click();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
  });
});
