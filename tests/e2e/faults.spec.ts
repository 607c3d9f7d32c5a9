/** What goes wrong around the page: the text stays, and the page says what it cannot do. */
import type { BrowserContext, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DRAFT_KEY, expect, Playground, test, trapping } from './helpers';

const example = join(import.meta.dirname, '../../www/examples/node-service/Dockerfile');
const CURL = 'FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n';

function row(app: Playground, name: RegExp) {
  return app.panel('Layers').getByRole('row', { name });
}

/** The packages of a layer are known only with the data about them. */
async function expectPackages(app: Playground): Promise<void> {
  const button = row(app, /RUN apt-get/).getByRole('button', { name: /RUN apt-get/ });
  await expect(button).toBeVisible();
  if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  await expect(app.panel('Layers')).toContainText(/libcurl4/);
}

async function denyStorage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const denied = {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    };
    Object.defineProperties(window, { localStorage: denied, sessionStorage: denied });
  });
}

test.describe('the analysis', () => {
  test('says so when it cannot be loaded, and keeps the text', async ({ page }) => {
    await page.route('**/*.wasm', (route) => route.fulfill({ status: 404 }));
    await page.goto('./');
    const app = new Playground(page);
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
    await expect(app.dockerfile).toContainText('FROM node:18');
    await page.unroute('**/*.wasm');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(app.summary).toContainText(/GB/);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('says so when the rest of it cannot be loaded, and keeps the text', async ({
    app,
    page,
  }) => {
    await page.route('**/*_rest-*.wasm', (route) => route.fulfill({ status: 404 }));
    app.allow(/404/);
    await app.open();
    await app.write('FROM nginx\n# mine\n');
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
    await page.unroute('**/*_rest-*.wasm');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => app.text()).toBe('FROM nginx\n# mine\n');
  });

  test('starts anew after a trap, and keeps the text', async ({ app, page }) => {
    await page.route('**/*_first-*.wasm', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: trapping(await response.body(), 'analyzer_analyze') });
    });
    await page.goto('./');
    await expect(page.getByRole('alert')).toContainText('The analysis stopped on this text');
    await expect.poll(() => app.text()).toBe(await readFile(example, 'utf8'));
    await page.unroute('**/*_first-*.wasm');
    await app.write('FROM nginx\n# mine\n');
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => app.text()).toBe('FROM nginx\n# mine\n');
  });

  test('survives a worker that breaks while it is at work', async ({ app, page }) => {
    await app.open();
    await page.workers()[0]!.evaluate(() => {
      // Not at a question of the editor's, which may come first.
      self.onmessage = ({ data }) => {
        if ('project' in data) throw new WebAssembly.RuntimeError('unreachable');
      };
    });
    app.allow(/unreachable/);
    await app.write('FROM nginx\n');
    await expect(page.getByRole('alert')).toContainText('The analysis stopped on this text');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
  });

  test('says at once when the browser ends the worker at its work', async ({ app, page }) => {
    await app.open();
    await page.workers()[0]!.evaluate(() => {
      self.onmessage = ({ data }) => {
        if ('project' in data) self.close();
      };
    });
    await app.write('FROM nginx\n# mine\n');
    await expect(page.getByRole('alert')).toContainText('The browser ended the analysis');
    await expect(page.getByRole('alert')).toContainText('figures are those of the text before');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => app.text()).toBe('FROM nginx\n# mine\n');
  });

  test('replaces in silence a worker that was ended while it was idle', async ({ app, page }) => {
    await app.open();
    const ended = page.waitForEvent('worker');
    await page.workers()[0]!.evaluate(() => self.close());
    await app.write('FROM nginx\n');
    await ended;
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test.describe('data packs', () => {
  for (const [what, answer] of [
    ['missing', { status: 404 }],
    ['no pack', { body: 'DPK1 and then not' }],
  ] as const) {
    test(`says which data is ${what}, and shows its guess`, async ({ app, page }) => {
      await page.route('**/*.pack', (route) => route.fulfill(answer));
      app.allow(/data pack debian-bookworm could not be loaded|status of 404/);
      await app.open();
      await app.write(CURL);
      await expect(page.getByText(/data about Debian 12 packages could not be/)).toBeVisible();
      await expect(row(app, /RUN apt-get/)).toContainText(/\d\s[kM]B/);
    });
  }

  test('data that takes long says so, and one can go on without', async ({ app, page }) => {
    await page.route('**/*.pack', () => undefined);
    app.allow(/data pack debian-bookworm could not be loaded/);
    await app.open();
    await app.write(CURL);
    const loading = page.getByText(/Loading the data about Debian 12 packages/);
    await expect(loading).toBeVisible();
    await loading.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText(/data about Debian 12 packages could not be/)).toBeVisible();
    await expect(loading).toHaveCount(0);
  });

  test('one bit that has changed makes a pack a damaged one', async ({ app, page }) => {
    await page.route('**/*.pack', async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      body[body.length >> 1]! ^= 1;
      await route.fulfill({ response, body });
    });
    app.allow(/data pack debian-bookworm could not be loaded.*damaged/s);
    await app.open();
    await app.write(CURL);
    await expect(page.getByText(/data about Debian 12 packages could not be/)).toBeVisible();
    await page.unrouteAll({ behavior: 'wait' });
    await page.reload();
    await expectPackages(app);
  });

  test('a pack that was damaged where it is kept is fetched anew', async ({ app, page }) => {
    await app.open();
    await app.write(CURL);
    await expectPackages(app);
    await page.evaluate(async () => {
      const cache = await caches.open('packs');
      for (const request of await cache.keys()) await cache.put(request, new Response('DPK1'));
    });
    await page.reload();
    await expectPackages(app);
    await expect(page.getByText(/could not be loaded/)).toHaveCount(0);
  });
});

test.describe('the network', () => {
  test('is lost in the middle: the work goes on, and better figures come back with it', async ({
    app,
    page,
    context,
  }) => {
    app.allow(/could not be loaded|ERR_INTERNET_DISCONNECTED|Failed to fetch/);
    const rest = page.waitForResponse(/_rest-.*\.wasm$/);
    await app.open();
    await (await rest).finished();
    await context.setOffline(true);
    await app.write(CURL);
    const missing = page.getByText(/data about Debian 12 packages could not be loaded/);
    await expect(missing).toBeVisible();
    await expect(row(app, /RUN apt-get/)).toContainText(/\d\s[kM]B/);
    await app.kept(CURL);

    await page.getByRole('button', { name: 'Share' }).click();
    await expect(page.getByText(/part of the page could not be loaded/)).toBeVisible();
    await expect.poll(() => app.text()).toBe(CURL);

    await context.setOffline(false);
    await expectPackages(app);
    await expect(missing).toHaveCount(0);
    await page.getByRole('button', { name: 'Share' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  });
});

test.describe('storage', () => {
  test('is off: said, and the browser asks before it drops the text', async ({ app, page }) => {
    await denyStorage(page);
    await app.open();
    await app.write('FROM nginx\n');
    await expect(page.getByText('Not saved: this browser keeps no data')).toBeVisible();
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expectQuestion(page);
    // The address holds it once it was shared.
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await expect(app.dockerfile).toContainText('FROM nginx');
  });

  test('is full: said, and the tab keeps the text itself', async ({ app, page }) => {
    await app.open();
    await page.evaluate((draft) => {
      localStorage.removeItem(draft);
      for (let size = 1 << 22; size > 0; size >>= 1) {
        try {
          localStorage.setItem(`other ${size}`, 'x'.repeat(size));
        } catch {
          // It does not fit: half of it may.
        }
      }
    }, DRAFT_KEY);
    await app.write('FROM nginx\n# mine\n');
    await expect(page.getByText('Not saved: this browser’s storage is full.')).toBeVisible();
    await expect(row(app, /FROM nginx/)).toBeVisible();
    await expectQuestion(page);
    await page.reload();
    await expect(app.dockerfile).toContainText('# mine');
  });

  test('holds nonsense: the page opens as for the first time', async ({ app, page }) => {
    await page.addInitScript((draft) => {
      localStorage.setItem(draft, '{"dockerfile": 7, "view": []}');
      localStorage.setItem('dockerfile-playground.versions', '[{"text": "a", "at": 1e300}]');
      localStorage.setItem('dockerfile-playground.theme', '<b>');
    }, DRAFT_KEY);
    await app.open();
    await expect.poll(() => app.text()).toBe(await readFile(example, 'utf8'));
  });

  /** The browser's own question when a text would be dropped; here it is stayed. */
  async function expectQuestion(page: Page): Promise<void> {
    const asked = page.waitForEvent('dialog');
    void page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
  }
});

test('the clock may go back, and years ahead', async ({ app, page }) => {
  test.slow();
  await page.clock.setFixedTime(new Date('2026-11-24T12:00:00'));
  await app.open();
  const times = ['2026-11-23T08:00:00', '2051-01-01T00:00:00', '1970-01-01T00:00:00'];
  for (const [index, time] of times.entries()) {
    await page.clock.setFixedTime(new Date(time));
    await app.write(`FROM nginx\nRUN echo ${index}\n`);
    await expect(row(app, new RegExp(`RUN echo ${index}`))).toBeVisible();
    await expect.poll(() => keptVersions(page)).toContain(`RUN echo ${index}`);
    await app.kept(`RUN echo ${index}`);
  }
  await page.reload();
  await expect(app.dockerfile).toContainText('RUN echo 2');
  const kept = await keptVersions(page);
  const places = times.map((_, index) => kept.indexOf(`RUN echo ${index}`));
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test.describe('two tabs', () => {
  async function open(context: BrowserContext, baseURL: string): Promise<Playground> {
    const tab = new Playground(await context.newPage());
    await tab.page.goto(baseURL);
    await tab.settled();
    return tab;
  }

  test('each keeps its own text, and the versions of both', async ({ context, baseURL }) => {
    test.slow();
    const [one, two] = [await open(context, baseURL!), await open(context, baseURL!)];
    for (const [tab, name] of [
      [one, 'one'],
      [two, 'two'],
      [one, 'one again'],
    ] as const) {
      await tab.write(`FROM nginx\nRUN echo ${name}\n`);
      await expect.poll(() => keptVersions(tab.page)).toContain(`RUN echo ${name}\\n`);
    }
    await two.page.close();
    const kept = await keptVersions(one.page);
    for (const name of ['one', 'two', 'one again']) expect(kept).toContain(`RUN echo ${name}\\n`);
    await one.page.reload();
    await expect(one.dockerfile).toContainText('RUN echo one again');
  });

  test('one crashes: its text is saved, and the other goes on', async ({ context, baseURL }) => {
    const [one, two] = [await open(context, baseURL!), await open(context, baseURL!)];
    await one.write('FROM nginx\n# of the first\n');
    await one.kept('# of the first');
    const crashed = one.page.waitForEvent('crash');
    void one.page.goto('chrome://crash').catch(() => undefined);
    await crashed;
    await two.write('FROM alpine\n');
    await expect(row(two, /FROM alpine/)).toBeVisible();
    await two.kept('FROM alpine');
    const next = await open(context, baseURL!);
    await expect(next.dockerfile).toContainText('FROM alpine');
  });
});

/** The texts of earlier versions, as they are kept. */
function keptVersions(page: Page): Promise<string> {
  return page.evaluate(() => localStorage.getItem('dockerfile-playground.versions') ?? '');
}
