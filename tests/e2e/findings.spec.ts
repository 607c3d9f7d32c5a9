/** What the page finds, why, and what it does about it. */
import { expect, test } from './helpers';

const dockerfile = `FROM debian:12 as Base
MAINTAINER me
RUN apt-get update && apt-get install curl
RUN apt-get install git
CMD node server.js`;

test.beforeEach(async ({ app }) => {
  await app.open();
  await app.write(dockerfile);
});

test('findings are shown by kind, each cause once', async ({ app }) => {
  const findings = await app.show('Findings');
  const items = findings.getByRole('listitem');
  await expect(items.filter({ hasText: 'from-as-casing' })).toBeVisible();
  const kinds = findings.getByRole('group', { name: 'Kinds of findings' });
  // Data that comes later may bring others.
  await expect(async () => {
    const all = await items.count();
    const texts = await kinds.getByRole('button').allTextContents();
    expect(texts[0]?.trim()).toBe(`all ${all}`);
    const counts = texts.slice(1).map((text) => Number(/\d+/.exec(text)?.[0]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all);
  }).toPass();

  const style = kinds.getByRole('button', { name: /^style/ });
  await style.click();
  await expect(style).toHaveAttribute('aria-pressed', 'true');
  await expect(items.filter({ hasText: 'apt-assume-yes' })).toHaveCount(0);
  const maintainer = items.filter({ hasText: 'maintainer-deprecated' });
  await expect(maintainer).toContainText('DL4000');
  await expect(items.filter({ hasText: /MAINTAINER is deprecated/ })).toHaveCount(0);
});

test('a finding tells why', async ({ app }) => {
  const findings = await app.show('Findings');
  const item = findings.getByRole('listitem').filter({ hasText: 'stage-name-casing' });
  const why = item.getByRole('button', { name: /^Why/ });
  await why.click();
  await expect(why).toHaveAttribute('aria-expanded', 'true');
  await expect(item.getByRole('heading', { name: 'Better' })).toBeVisible();
  await expect(item).toContainText('FROM debian:12 AS base');
  await why.click();
  await expect(item.getByRole('heading')).toHaveCount(0);
});

test('one fix, or all of a kind, is one step of the editor', async ({ app, page }) => {
  const findings = await app.show('Findings');
  const asks = findings.getByRole('listitem').filter({ hasText: 'apt-assume-yes' }).first();
  await asks.getByRole('button', { name: 'Add -y' }).click();
  await expect.poll(() => app.text()).toContain('apt-get install -y curl');
  await expect(findings.getByRole('listitem').filter({ hasText: 'apt-assume-yes' })).toHaveCount(1);

  await findings.getByRole('button', { name: /^style/ }).click();
  await findings.getByRole('button', { name: /^Apply \d+ fixes/ }).click();
  await expect.poll(() => app.text()).toContain('FROM debian:12 AS base');
  await expect.poll(() => app.text()).toContain('LABEL org.opencontainers.image.authors="me"');
  await app.dockerfile.click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(() => app.text()).toContain('FROM debian:12 as Base');
  await expect.poll(() => app.text()).toContain('MAINTAINER me');
});

test('rules take settings', async ({ app, page }) => {
  await app.tab('Settings');
  await page.getByLabel('Trusted registries').fill('ghcr.io');
  await page.getByLabel('Trusted registries').press('Tab');
  const labels = page.getByRole('textbox', { name: 'Labels' });
  await labels.fill('version: nothing');
  await labels.press('Tab');
  await expect(page.getByText('Not a label: version: nothing.')).toBeVisible();
  await labels.fill('version: semver');
  await labels.press('Tab');
  await page.getByLabel('stages without HEALTHCHECK').check();
  const findings = await app.show('Findings');
  for (const rule of ['trusted-registries', 'label-missing', 'no-healthcheck']) {
    await expect(findings.getByRole('listitem').filter({ hasText: rule })).toBeVisible();
  }
  await page.reload();
  await app.settled();
  await app.tab('Settings');
  await expect(labels).toHaveValue('version: semver');
});

test('a fix of the .dockerignore writes it, and undo takes it back', async ({ app, page }) => {
  await app.write('FROM node:18\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "a.js"]\n');
  const findings = await app.show('Findings');
  const unwanted = findings.getByRole('listitem').filter({ hasText: 'copies-unwanted-files' });
  await unwanted.getByRole('button', { name: /^Keep what the image/ }).click();
  await expect(unwanted).toHaveCount(0);
  await app.tab('.dockerignore');
  const ignore = page.getByRole('textbox', { name: '.dockerignore' });
  await expect(ignore).toContainText('.git');
  await ignore.click();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(ignore).not.toContainText('.git');
});

test('a finding has room in a narrow view', async ({ app, page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  const findings = await app.show('Findings');
  const finding = findings.getByRole('listitem').filter({ hasText: 'apt-assume-yes' }).first();
  const words = finding.getByRole('paragraph').first();
  await expect.poll(async () => (await words.boundingBox())?.width).toBeGreaterThan(300);
});
