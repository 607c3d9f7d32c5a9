/** Files and folders of the user's own: read in the page, by real drops and a real file dialog. */
import type { Page } from '@playwright/test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from './helpers';

const fixtures = join(import.meta.dirname, '../fixtures');
const calibration = (name: string) =>
  readFileSync(join(fixtures, 'calibration/service', name), 'utf8');

/** Makes a folder of these files. */
function folder(root: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return root;
}

const project = {
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n',
  '.dockerignore': 'node_modules\n',
  'package.json': '{"name": "x", "dependencies": {"left-pad": "1.3.0"}}',
  'src/index.js': 'x'.repeat(1_234_567),
  'node_modules/left-pad/index.js': 'y'.repeat(50_000),
  'node_modules/left-pad/package.json': '{"name": "left-pad"}',
};

/** Drops files of this machine on the page, as its user does. */
async function drop(page: Page, files: readonly string[]): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}

test('a dropped folder brings its texts, its listing and its manifests', async ({ app }, info) => {
  await app.open();
  await drop(app.page, [folder(info.outputPath('shop'), project)]);
  await expect(app.page.getByText('Opened 6 files, read in this page.')).toBeVisible();
  await expect.poll(() => app.text()).toBe(project.Dockerfile);
  const context = await app.show('Context');
  await expect(context).toContainText(/1\.23.MB sent/);
  await expect(context).toContainText('package.json');
  await expect(context.getByRole('row', { name: /node_modules/ }).first()).toBeVisible();
  await expect(context.getByRole('button', { name: 'Remove package.json' })).toHaveCount(1);
  await expect(context.getByRole('button', { name: /Remove node_modules.left-pad/ })).toHaveCount(
    0,
  );
  await app.page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.dockerfile).toContainText('FROM node:18');
});

test('a folder can be chosen, by keyboard too', async ({ app }, info) => {
  const { page } = app;
  await app.open();
  await page.getByRole('button', { name: 'Examples' }).press('Enter');
  await page.keyboard.press('End');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(folder(info.outputPath('shop'), project));
  await expect(page.getByText('Opened 6 files, read in this page.')).toBeVisible();
  await expect.poll(() => app.text()).toBe(project.Dockerfile);
  await expect(await app.show('Context')).toContainText(/1\.23.MB sent/);
});

test('single files take the place of those of their names', async ({ app }, info) => {
  await app.open();
  await app.write('FROM nginx\n');
  const root = folder(info.outputPath('some'), project);
  await drop(app.page, [join(root, '.dockerignore'), join(root, 'package.json')]);
  await expect(app.page.getByText('Opened 2 files, read in this page.')).toBeVisible();
  await expect.poll(() => app.text()).toBe('FROM nginx\n');
  await app.tab('.dockerignore');
  await expect.poll(() => app.text(app.dockerignore)).toBe('node_modules\n');
  await drop(app.page, [join(root, 'Dockerfile')]);
  await app.tab('Dockerfile');
  await expect(app.dockerfile).toContainText('RUN npm ci');
});

test('a file that was saved in place of a link opens by a drop', async ({ app }, info) => {
  await app.open();
  const saved = { 'saved.json': '{"dockerfile": "FROM saved\\n"}' };
  await drop(app.page, [join(folder(info.outputPath('saved'), saved), 'saved.json')]);
  await expect(app.page.getByText('Opened saved.json.')).toBeVisible();
  await expect.poll(() => app.text()).toBe('FROM saved\n');
});

test('reading a large folder can be stopped, and changes nothing then', async ({ app }, info) => {
  test.slow();
  await app.open();
  const many = Array.from({ length: 6000 }, (_, i) => [`f${i % 60}/${i}.txt`, 'x'] as const);
  const root = folder(info.outputPath('large'), Object.fromEntries(many));
  await drop(app.page, [root]);
  await app.page.getByRole('button', { name: 'Cancel' }).click();
  await expect(app.page.getByText(/^\s*Reading/)).toHaveCount(0);
  await expect(app.page.getByText(/^Opened/)).toHaveCount(0);
  await expect(app.dockerfile).toContainText('FROM node:18');
});

test('logs of real builds are known by what is in them', async ({ app }, info) => {
  await app.open();
  const root = folder(info.outputPath('logs'), {
    'history.txt': calibration('buildkit.history.txt'),
    'manifest.json': calibration('buildkit.manifest.json'),
    'git.log': readFileSync(join(fixtures, 'replay/node.log'), 'utf8'),
    'build.txt': '#6 [2/5] WORKDIR /app\n#6 CACHED\n#7 [4/5] RUN npm ci\n#7 DONE 99.0s\n',
    'notes.txt': 'Buy milk.\n',
  });
  await app.write(calibration('Dockerfile'));
  const names = ['history.txt', 'manifest.json', 'git.log', 'build.txt', 'notes.txt'];
  await drop(
    app.page,
    names.map((name) => join(root, name)),
  );
  const told = 'Opened 5 files, read in this page. Of no use here: 1 file.';
  await expect(app.page.getByText(told)).toBeVisible();
  await expect(app.panel('Layers').getByText('8 layers measured')).toBeVisible();
  const cache = await app.show('Cache');
  await expect(cache.getByText('Your git log')).toBeVisible();
  await expect(cache.getByText('Your build log')).toBeVisible();
  await app.page.getByRole('button', { name: 'Undo' }).click();
  await app.show('Cache');
  await expect(cache.getByText('Paste your git log')).toBeVisible();
});

test('a listing whose folders are taken together is not said to be assumed', async ({ app }) => {
  await app.open();
  const context = await app.show('Context');
  await context.getByText('Use your own files').click();
  // At once: a browser takes its time to type so much.
  await context.getByRole('textbox', { name: 'File listing' }).evaluate((field) => {
    const lines = Array.from({ length: 21_000 }, (_, at) => `5\tsrc/${at % 10}/${at}.js\n`);
    (field as HTMLTextAreaElement).value = lines.join('');
  });
  await context.getByRole('button', { name: 'Use this listing' }).click();
  await expect(context).toContainText('are taken together');
  await expect(context.getByRole('heading', { name: 'Files', exact: true })).toBeVisible();
  await expect(context.getByText('partly assumed')).toHaveCount(0);
  await expect(context).not.toContainText('still a guess');
});
