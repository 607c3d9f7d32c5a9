/** Links and files that hold what is on the page. */
import AxeBuilder from '@axe-core/playwright';
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Playground, expect, test } from './helpers';

const fixtures = join(import.meta.dirname, '../fixtures/share');
const text = (path: string) => readFileSync(join(fixtures, path), 'utf8');

test('a link of 60 lines and a .dockerignore has under 2,000 characters', async ({ app }) => {
  const { page } = app;
  await app.open();
  await app.write(text('sixty-lines/Dockerfile'));
  await app.tab('.dockerignore');
  await app.write(text('sixty-lines/dockerignore'), app.dockerignore);
  await page.getByRole('button', { name: 'Share' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link).toBe(page.url());
  expect(link.length).toBeLessThan(2000);
});

for (const name of readdirSync(join(fixtures, 'links'))) {
  test(`a link of the past opens: ${name}`, async ({ app, page }) => {
    const { link, expected } = JSON.parse(text(`links/${name}`));
    await app.open(`#${link}`);
    const { dockerfile } = expected.workspace;
    await expect
      .poll(() => app.text(page.locator('#dockerfile [aria-label=Dockerfile]')))
      .toBe(dockerfile);
    const chosen = page
      .getByRole('tablist', { name: 'Results' })
      .getByRole('tab', { selected: true });
    await expect(chosen).toHaveText(new RegExp(expected.view.result, 'i'));
  });
}

test('a link and a file hold settings, and say what they hold', async ({ app, page }) => {
  const { link } = JSON.parse(text('links/1-whole.json'));
  await app.open(`#${link}`);
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toContainText(
    /the Dockerfile, the \.dockerignore, the listing of the context, 1.manifest, 1.build argument, the measured sizes, the git log, the build log/,
  );
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save a file' }).click(),
  ]);
  const saved = readFileSync((await file.path())!, 'utf8');
  const { workspace, view } = JSON.parse(text('links/1-whole.json')).expected;
  // What is as usual is left out.
  const { changes: _, ...told } = workspace;
  expect(JSON.parse(saved)).toEqual({ ...told, view });
});

test('a text that is too long for a link goes into a file, and comes back', async ({
  app,
  page,
}) => {
  await app.open();
  const lines = Array.from({ length: 900 }, () => `# ${randomBytes(40).toString('base64')}`);
  await app.write(['FROM scratch', ...lines, '# the end', ''].join('\n'));
  await page.getByRole('button', { name: 'Share' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share' });
  await expect(dialog).toContainText('too long for a link');
  await expect(dialog.getByRole('textbox', { name: 'Link' })).toHaveCount(0);
  expect(new URL(page.url()).hash).toBe('');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Save a file' }).click(),
  ]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await app.write('FROM nginx\n');

  await page.getByRole('button', { name: 'Share' }).click();
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Open a file' }).click();
  await (await chooser).setFiles((await file.path())!);
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(/^Opened /)).toBeVisible();
  await expect(app.dockerfile).toContainText('FROM scratch');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => app.text()).toBe('FROM nginx\n');
});

test('tabs of the browser keep their own texts; a new one has the last', async ({
  context,
  baseURL,
}) => {
  const open = async () => {
    const page = await context.newPage();
    await page.goto(baseURL!);
    const tab = new Playground(page);
    await tab.settled();
    return tab;
  };
  const write = async (tab: Playground, text: string) => {
    await tab.write(text);
    await tab.kept(text);
  };
  const [one, two] = [await open(), await open()];
  await write(one, 'FROM one\n');
  await write(two, 'FROM two\n');
  for (const tab of [one, two]) {
    await tab.page.reload();
    await tab.settled();
  }
  await expect.poll(() => one.text()).toBe('FROM one\n');
  await expect.poll(() => two.text()).toBe('FROM two\n');
  const third = await open();
  await expect.poll(() => third.text()).toBe('FROM two\n');
});

test('a file of something else harms nothing', async ({ app, page }) => {
  await app.open();
  await app.write('FROM nginx\n');
  await page.getByRole('button', { name: 'Share' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open a file' }).click();
  const buffer = Buffer.from('{"name": "x"}');
  await (await chooser).setFiles({ name: 'package.json', mimeType: 'application/json', buffer });
  await expect(page.getByText(/package.json was not saved by this page/)).toBeVisible();
  await expect.poll(() => app.text()).toBe('FROM nginx\n');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the dialog: ${colorScheme}`, async ({ app, page }) => {
    await page.emulateMedia({ colorScheme });
    await app.open();
    await page.getByRole('button', { name: 'Share' }).click();
    await expect(page.getByRole('dialog', { name: 'Share' })).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
}
