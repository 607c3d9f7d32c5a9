/** The page without a network, and new versions of it. */
import { expect, type Page, test } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

test.use({ serviceWorkers: 'allow' });
// Each visit stores the whole site.
test.beforeEach(() => test.slow());

const dist = join(import.meta.dirname, '../../dist');
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

/** The built site at an address of its own, which can be changed and switched off. */
class Host {
  private readonly changed = new Map<string, string>();

  readonly url: string;

  private constructor(private readonly server: Server) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (request, response) => {
      const path = new URL(request.url ?? '/', 'http://host').pathname;
      const name = path.endsWith('/') ? `${path}index.html` : path;
      const body = this.changed.get(name) ?? readFile(join(dist, name));
      Promise.resolve(body).then(
        (found) => {
          const type = types[extname(name)] ?? 'application/octet-stream';
          response.writeHead(200, { 'Content-Type': type }).end(found);
        },
        () => response.writeHead(404).end(),
      );
    });
  }

  static async start(): Promise<Host> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Host(server);
  }

  /** Serves another version of the page from now on. */
  async release(): Promise<void> {
    const read = (name: string) => readFile(join(dist, name), 'utf8');
    const worker = await read('sw.js');
    this.changed.set('/sw.js', worker.replace(/const VERSION = "/, 'const VERSION = "new-'));
    const page = await read('index.html');
    this.changed.set('/index.html', page.replace('<title>', '<title>New '));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function withHost(run: (host: Host) => Promise<void>): Promise<void> {
  const host = await Host.start();
  try {
    await run(host);
  } finally {
    await host.stop();
  }
}

/** Opens the page and waits until it is stored, data and all. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settled(page);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 50));
  });
}

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('region', { name: 'Summary' })).toContainText(/\d\s[kMG]?B/);
}

function editor(page: Page) {
  return page.getByRole('textbox', { name: 'Dockerfile', exact: true });
}

async function write(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('a second visit needs no network', async ({ page }) => {
  const host = await Host.start();
  await visit(page, host.url);
  await write(page, 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n');
  const row = page.getByRole('row', { name: /RUN apt-get update/ });
  await row.getByRole('button', { name: /RUN apt-get/ }).click();
  await expect(page.locator('dp-layers-view')).toContainText(/libcurl4/);
  await host.stop();

  await page.reload();
  await settled(page);
  await row.getByRole('button', { name: /RUN apt-get/ }).click();
  await expect(page.locator('dp-layers-view')).toContainText(/libcurl4/);
  for (const tab of ['Cache', 'Optimized', 'Findings', 'Layers']) {
    await page.getByRole('tab', { name: tab }).first().click();
    await expect(page.locator(`dp-${tab.toLowerCase()}-view`)).toContainText(/\w/);
  }
  await page.getByRole('button', { name: 'Embed' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expect(page.getByText(/could not be loaded/)).toHaveCount(0);
  await page.goto(`${host.url}embed.html?x#1.abc`).catch(() => undefined);
  await expect(page.getByRole('alert')).toContainText('damaged');
});

test('data that was not used yet is missing without a network, and nothing else', async ({
  page,
}) => {
  const host = await Host.start();
  await visit(page, host.url);
  await host.stop();
  await page.reload();
  await settled(page);
  await write(page, 'FROM debian:11\nRUN apt-get update && apt-get install -y curl\n');
  await expect(page.getByText(/data about Debian 11 packages could not be loaded/)).toBeVisible();
  await expect(page.getByRole('row', { name: /RUN apt-get update/ })).toBeVisible();
});

test('a new version is announced, and comes when the user says so', async ({ page, context }) => {
  await withHost(async (host) => {
    await visit(page, host.url);
    const other = await context.newPage();
    await visit(other, host.url);
    await write(page, 'FROM nginx\n# mine\n');
    await write(other, 'FROM alpine\n# of the other tab\n');
    for (const tab of [page, other]) await tab.evaluate(() => Object.assign(window, { here: 1 }));

    await host.release();
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect(page.getByText('A new version is ready.')).toBeVisible();
    await expect(other.getByText('A new version is ready.')).toBeVisible();
    await expect(page).toHaveTitle('Dockerfile Playground');
    await write(page, 'FROM nginx\n# mine, and more\n');

    await page.getByRole('button', { name: 'Reload' }).click();
    await expect(page).toHaveTitle('New Dockerfile Playground');
    await expect(editor(page)).toContainText('# mine, and more');
    expect(await other.evaluate(() => 'here' in window)).toBe(true);
    await expect(editor(other)).toContainText('# of the other tab');
    await other.getByRole('tab', { name: 'Findings' }).click();
    await expect(other.locator('dp-findings-view')).toContainText(/\w/);
  });
});

test('a reload without a new version changes nothing', async ({ page }) => {
  await withHost(async (host) => {
    await visit(page, host.url);
    await page.reload();
    await settled(page);
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  });
});

test('the text comes along where the browser keeps none', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await withHost(async (host) => {
    await visit(page, host.url);
    await write(page, 'FROM nginx\n# mine\n');
    await host.release();
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await page.getByRole('button', { name: 'Reload' }).click();
    await expect(page).toHaveTitle('New Dockerfile Playground');
    await expect(editor(page)).toContainText('# mine');
  });
});

test('the page can be installed', async ({ page }) => {
  await withHost(async (host) => {
    await visit(page, host.url);
    const browser = await page.context().newCDPSession(page);
    const { errors, data } = await browser.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { icons } = JSON.parse(data ?? '{}');
    for (const { src } of icons) {
      expect((await page.request.get(host.url + src)).headers()['content-type']).toBe('image/png');
    }
    const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
    // Windows of tests are private ones.
    const found = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
    expect(found).toEqual([]);
  });
});
