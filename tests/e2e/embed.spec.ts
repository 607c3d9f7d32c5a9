/** The playground in other pages: as an element and as a frame. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from './helpers';

const emptyProject = { dockerignore: '', context: null, manifests: {}, recipes: {}, changes: [] };

/** A shared link's state. */
function packed(value: object): string {
  const json = JSON.stringify({ ...emptyProject, ...value });
  return `1.${deflateRawSync(json).toString('base64url')}`;
}

/** Names of the scripts that the page loaded, without hashes. */
async function scripts(page: Page): Promise<string[]> {
  const urls = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => entry.name),
  );
  const names = urls.flatMap((url) => /([\w-]+?)(?:-[\w-]{8})?\.js$/.exec(url)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** What an element shows, without the text inside of it. */
function shown(page: Page, selector = 'dockerfile-playground'): Locator {
  return page.locator(`${selector} dp-embed`);
}

async function violations(page: Page): Promise<unknown[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
}

/** Puts HTML at an address of our own server's host, as a stranger's page. */
async function host(page: Page, url: string, body: string, head = ''): Promise<void> {
  await page.route(url, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html>${head}<body>${body}` }),
  );
  await page.goto(url);
}

const NODE = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n';

test.describe('the element on a plain page', () => {
  test('shows a view of the text inside, twice on one page', async ({ app: { page } }) => {
    await page.goto('./docs/plain.html');
    const first = shown(page, '#first');
    await expect(first.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await expect(first.getByRole('group', { name: 'Summary' })).toContainText(/\d.[GM]B/);
    await expect(first.getByRole('tab')).toHaveCount(0);

    const second = shown(page, '#second');
    await second.scrollIntoViewIfNeeded();
    await expect(second.getByRole('tab')).toHaveText([
      'Dockerfile',
      '.dockerignore',
      'Layers',
      'Cache',
      'Optimized',
      'Findings',
      'Report',
    ]);
    await expect(second.getByRole('textbox', { name: 'Dockerfile' })).toContainText('RUN npm ci');
    await second.getByRole('tab', { name: '.dockerignore' }).click();
    await expect(second.getByRole('textbox', { name: '.dockerignore' })).toContainText('.git');
    expect((await page.locator('#second').boundingBox())?.height).toBe(560);
  });

  test('loads nothing but itself before it comes into view', async ({ app: { page }, baseURL }) => {
    await host(
      page,
      `${baseURL}tall.html`,
      `<script type="module" src="embed.js"></script>
       <p style="height: 2000px">Down below:</p>
       <dockerfile-playground view="layers">${NODE}</dockerfile-playground>`,
    );
    await page.evaluate(() => customElements.whenDefined('dockerfile-playground'));
    await expect(page.locator('dockerfile-playground')).toContainText('RUN npm ci');
    await expect.poll(() => scripts(page)).toEqual(['embed', 'options', 'preload-helper']);
    await page.locator('dockerfile-playground').scrollIntoViewIfNeeded();
    await expect(shown(page).getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
  });

  test('does not load the editor for a text that is only read', async ({ app: { page } }) => {
    await page.goto('./docs/mkdocs.html');
    const embed = shown(page);
    await expect(embed.getByText('RUN npm ci')).toBeVisible();
    await expect(embed.getByRole('textbox')).toHaveCount(0);
    const loaded = await scripts(page);
    expect(loaded).toContain('embed-view');
    expect(loaded).not.toContain('code-editor');
    expect(loaded).not.toContain('codemirror');
  });

  test('shows the plain text where scripts are off', async ({ browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${baseURL}docs/plain.html`);
    await expect(page.locator('#first pre')).toBeVisible();
    await expect(page.locator('#first pre')).toContainText('RUN npm ci');
    await context.close();
  });

  test('tells the page of reports and changes', async ({ app: { page } }) => {
    await page.addInitScript(() => {
      const log: unknown[] = [];
      Object.assign(window, { log });
      const listen = (type: string, listener: (element: any, detail: any) => void) =>
        document.addEventListener(
          type,
          ({ target, detail }: any) => target.id === 'second' && listener(target, detail),
          true,
        );
      listen('report', (element, report) =>
        log.push(['report', report.stages.length, report === element.report]),
      );
      listen('change', (_, detail) => log.push(detail));
    });
    await page.goto('./docs/plain.html');
    const second = shown(page, '#second');
    const log = () => page.evaluate(() => (window as unknown as { log: unknown[] }).log);
    await second.scrollIntoViewIfNeeded();
    await expect.poll(log).toContainEqual(['report', 1, true]);
    await second.getByRole('textbox', { name: 'Dockerfile' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('FROM node AS a\nFROM scratch\n');
    await expect.poll(log).toContainEqual(['report', 2, true]);
    await expect
      .poll(() => log())
      .toContainEqual({
        dockerfile: 'FROM node AS a\nFROM scratch\n',
        dockerignore: 'node_modules\n.git\n',
      });
  });

  test('follows its attributes and its text', async ({ app: { page } }) => {
    await page.goto('./docs/plain.html');
    const first = shown(page, '#first');
    await expect(first.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await page.locator('#first').evaluate((element) => element.setAttribute('view', 'findings'));
    await expect(first.locator('dp-findings-view')).toBeVisible();
    await page.locator('#first').evaluate((element) => element.setAttribute('view', 'layers'));
    await page
      .locator('#first')
      .evaluate((element) => (element.textContent = 'FROM nginx\nRUN apt-get update\n'));
    await expect(first.getByRole('row', { name: /RUN apt-get update/ })).toBeVisible();
    await page.locator('#first').evaluate((element) => element.setAttribute('height', '300'));
    await expect.poll(async () => (await first.boundingBox())?.height).toBe(300);
    await page.locator('#first').evaluate((element) => element.setAttribute('theme', 'dark'));
    const scheme = await first.evaluate((element) => getComputedStyle(element).colorScheme);
    expect(scheme).toBe('dark');
  });

  test('goes on after it was moved in the page', async ({ app: { page } }) => {
    await page.goto('./docs/plain.html');
    const first = shown(page, '#first');
    await expect(first.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await page.locator('#first').evaluate((element) => {
      document.body.append(element);
      element.textContent = 'FROM nginx\nRUN apt-get update\n';
    });
    await expect(first.getByRole('row', { name: /RUN apt-get update/ })).toBeVisible();
  });

  test('a reader finds no button that does nothing', async ({ app: { page } }) => {
    await page.goto('./docs/plain.html');
    const first = shown(page, '#first');
    const show = (view: string) =>
      page.locator('#first').evaluate((element, name) => element.setAttribute('view', name), view);
    await show('optimized');
    await expect(first.getByText('The better version')).toBeVisible();
    await expect(first.getByRole('button', { name: 'Put it in the editor' })).toHaveCount(0);
    await first.getByRole('switch').first().click();
    await expect(first.getByRole('switch').first()).not.toBeChecked();
    await show('findings');
    await first
      .getByRole('button', { name: /line \d/ })
      .first()
      .click();
    await expect(first.locator('dp-source-text .chosen')).toBeVisible();
  });

  test('opens what it shows in the playground', async ({ app: { page } }) => {
    await page.goto('./docs/plain.html');
    const link = page
      .locator('#first')
      .getByRole('link', { name: 'Open in Dockerfile Playground' });
    await expect(link).toHaveAttribute('href', /#2\./);
    await page.goto((await link.getAttribute('href')) ?? '');
    await expect(page.getByRole('textbox', { name: 'Dockerfile', exact: true })).toContainText(
      'RUN npm ci',
    );
  });

  test('says so when src is not there, and shows the text inside', async ({ app }) => {
    const { page } = app;
    app.allow(/404/);
    await page.goto('./docs/plain.html');
    const first = shown(page, '#first');
    await expect(first.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await page
      .locator('#first')
      .evaluate((element) => element.setAttribute('src', 'none.Dockerfile'));
    await expect(page.locator('#first').getByRole('alert')).toContainText(
      'none.Dockerfile could not be loaded',
    );
    await expect(page.locator('#first > pre')).toBeVisible();
    await page.locator('#first').evaluate((element) => element.setAttribute('state', '1.abc'));
    await expect(page.locator('#first').getByRole('alert')).toContainText('damaged');
  });
});

test.describe('in the pages of others', () => {
  test('reads highlighted code as MkDocs makes it', async ({ app: { page } }) => {
    await page.goto('./docs/mkdocs.html');
    const embed = shown(page);
    await expect(embed.locator('code')).toHaveText([
      /^FROM node:22\s*$/,
      /^WORKDIR \/app\s*$/,
      /^COPY \. \.\s*$/,
      /^RUN npm ci\s*$/,
      /^CMD \["node", "server.js"\]\s*$/,
    ]);
  });

  test('reads highlighted code as Docusaurus makes it', async ({ app: { page } }) => {
    await page.goto('./docs/docusaurus.html');
    const embed = shown(page);
    await expect(embed.getByRole('heading', { name: 'The better version' })).toBeVisible();
    await expect(embed.getByRole('link')).toHaveAttribute('href', /#2\./);
    await page.goto((await embed.getByRole('link').getAttribute('href')) ?? '');
    await expect(page.locator('#dockerfile .cm-line')).toHaveText([
      'FROM node:22',
      'WORKDIR /app',
      'COPY . .',
      'RUN npm ci',
      'CMD ["node", "server.js"]',
      '',
    ]);
  });

  test('takes the dark theme of the page, and none of its styles', async ({ app: { page } }) => {
    const look = (url: string) =>
      test.step(url, async () => {
        await page.goto(url);
        const embed = shown(page);
        await expect(embed.getByRole('group', { name: 'Summary' })).toContainText(/\d.[GM]B/);
        return embed.evaluate((element) => {
          const summary = element.shadowRoot!.querySelector('dp-summary-line')!;
          const term = summary.shadowRoot!.querySelector('dt')!;
          const { fontSize, letterSpacing, textAlign, wordSpacing, color } = getComputedStyle(term);
          const { backgroundColor, borderRadius } = getComputedStyle(element);
          const type = { fontSize, letterSpacing, textAlign, wordSpacing };
          return { ...type, color, backgroundColor, borderRadius };
        });
      });
    const expected = {
      fontSize: '12px',
      letterSpacing: 'normal',
      textAlign: 'start',
      wordSpacing: '0px',
      color: 'rgb(161, 170, 183)',
      backgroundColor: 'rgb(18, 20, 23)',
      borderRadius: '8px',
    };
    expect(await look('./docs/docusaurus.html')).toEqual(expected);
    expect(await look('./docs/mkdocs.html')).toEqual(expected);
  });

  test('takes custom properties that are set on it', async ({ app: { page } }) => {
    await page.goto('./docs/embed.html');
    const embed = shown(page, '.violet');
    await page.locator('.violet').scrollIntoViewIfNeeded();
    await expect(embed.getByText('RUN apk add')).toBeVisible();
    const { colour, radius } = await embed.evaluate((element) => ({
      colour: getComputedStyle(element.shadowRoot!.querySelector('.foot a')!).color,
      radius: getComputedStyle(element).borderRadius,
    }));
    expect([colour, radius]).toEqual(['rgb(122, 47, 184)', '0px']);
  });

  test('a page of another origin, under a policy of its own', async ({ page, baseURL }) => {
    const home = baseURL!;
    const { origin } = new URL(home);
    const policy = [
      "default-src 'none'",
      `script-src ${origin} 'wasm-unsafe-eval'`,
      `connect-src ${origin}`,
      'worker-src blob:',
    ].join('; ');
    const body = `<!doctype html><script type="module" src="${home}embed.js"></script>
      <dockerfile-playground view="layers"><pre>${NODE}</pre></dockerfile-playground>`;
    const stranger = createServer((request, response) => {
      const found = request.url === '/';
      response.writeHead(found ? 200 : 204, {
        'Content-Type': 'text/html',
        'Content-Security-Policy': policy,
      });
      response.end(found ? body : '');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
    const embed = shown(page);
    await expect(embed.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await expect(embed.getByRole('link')).toHaveAttribute('href', new RegExp(`^${home}#2\\.`));
    stranger.close();
    // The browser asks for an icon, and the policy forbids it.
    expect(complaints.filter((text) => !text.includes('favicon.ico'))).toEqual([]);
  });

  test('a page that Vite bundles with the npm package', async ({ page, baseURL }, info) => {
    const root = info.outputPath('site');
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    const folder = join(import.meta.dirname, '../../pkg');
    symlinkSync(folder, join(root, 'node_modules/dockerfile-playground'), 'dir');
    writeFileSync(join(root, 'main.js'), `import 'dockerfile-playground/element';`);
    writeFileSync(
      join(root, 'index.html'),
      `<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>
       <dockerfile-playground><pre>FROM debian:12\nRUN apt-get install -y jq\n</pre></dockerfile-playground>`,
    );
    await build({ root, base: './', configFile: false, logLevel: 'error' });
    await page.route(`${baseURL}bundled/**`, (route) => {
      const path = new URL(route.request().url()).pathname.replace('/bundled/', '');
      return route.fulfill({ path: join(root, 'dist', path) });
    });
    await page.goto(`${baseURL}bundled/index.html`);
    const embed = shown(page);
    await expect(embed.getByRole('row', { name: /RUN apt-get/ })).toContainText(/\d\s[kM]B/);
    // From a data pack.
    await embed.getByRole('button', { name: /RUN apt-get/ }).click();
    await expect(embed).toContainText('libjq1');
    await expect(embed.getByRole('textbox', { name: 'Dockerfile', exact: true })).toBeVisible();
    // There is no playground beside it to open the text in.
    await expect(embed.getByRole('link')).toHaveCount(0);
  });

  test('a module that is loaded twice does no harm', async ({ page, baseURL }) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await host(
      page,
      `${baseURL}twice.html`,
      `<dockerfile-playground view="layers">${NODE}</dockerfile-playground>
       <script type="module" src="embed.js"></script>
       <script type="module" src="embed.js?again"></script>`,
    );
    await expect(page.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    expect(errors).toEqual([]);
  });
});

test.describe('the frame', () => {
  test('shows what its address holds', async ({ app: { page } }) => {
    const state = packed({ dockerfile: NODE, view: { measure: 'compressed' } });
    await page.goto(`./embed.html#${state}&view=layers&theme=dark&readonly`);
    await expect(page.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Compressed', exact: true })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    const scheme = await page.evaluate(
      () => getComputedStyle(document.documentElement).colorScheme,
    );
    expect(scheme).toBe('dark');
    await expect.poll(() => scripts(page)).not.toContain('source-editor');
  });

  test('stands in a page', async ({ app: { page } }) => {
    await page.goto('./docs/mkdocs.html');
    const frame = page.frameLocator('iframe');
    await expect(frame.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
  });

  test('follows its address', async ({ app: { page } }) => {
    await page.goto(`./embed.html#${packed({ dockerfile: NODE })}&view=source&readonly`);
    await expect(page.getByText('RUN npm ci')).toBeVisible();
    await page.goto(`./embed.html#${packed({ dockerfile: 'FROM nginx\n' })}&view=source`);
    await expect(page.getByRole('textbox', { name: 'Dockerfile' })).toContainText('FROM nginx');
  });

  test('has an editor that colours, completes and undoes as the playground’s', async ({
    app: { page },
  }) => {
    await page.goto(`./embed.html#${packed({ dockerfile: 'FROM nginx\n' })}&view=source`);
    const editor = page.getByRole('textbox', { name: 'Dockerfile', exact: true });
    await expect(editor.locator('.dp-token-keyword')).toHaveText(['FROM']);
    await editor.press('ControlOrMeta+End');
    await page.keyboard.type('WOR', { delay: 40 });
    await expect(page.locator('.cm-tooltip-autocomplete')).toContainText('WORKDIR');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+z');
    await expect(editor).not.toContainText('WOR');
    await page.keyboard.press('F1');
    await expect(page.getByRole('dialog', { name: 'Keys of the editor' })).toBeVisible();
  });

  for (const [what, fragment, text] of [
    ['without a text', '', 'holds no Dockerfile'],
    ['damaged', '#1.abc', 'damaged'],
    ['of another version', '#9.abc', 'another version'],
  ] as const) {
    test(`says so when its address is ${what}`, async ({ app: { page } }) => {
      await page.goto(`./embed.html${fragment}`);
      await expect(page.getByRole('alert')).toContainText(text);
    });
  }

  test('leaves nothing in the browser', async ({ app: { page } }) => {
    await page.goto(`./embed.html#${packed({ dockerfile: NODE })}`);
    const editor = page.getByRole('textbox', { name: 'Dockerfile' });
    await editor.click();
    await page.keyboard.insertText('# mine\n');
    await expect(page.getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });
});

test.describe('the dialog', () => {
  test('gives an element that shows the same in another page', async ({ app, baseURL }) => {
    const { page } = app;
    await app.open();
    await app.write('FROM nginx\n\nRUN apt-get update && echo "<b>"\n');
    await page.getByRole('button', { name: 'Embed' }).click();
    const dialog = page.getByRole('dialog', { name: 'Embed in your page' });
    await dialog.getByRole('combobox', { name: 'View' }).selectOption('Layers');
    await dialog.getByLabel('Theme').selectOption('Dark');
    await dialog.getByLabel('Height').fill('400');
    await dialog.getByLabel('Readers cannot change the text').check();
    const preview = dialog.getByRole('group', { name: 'Preview' }).locator('dp-embed');
    await expect(preview.getByRole('row', { name: /RUN apt-get/ })).toBeVisible();
    expect((await preview.boundingBox())?.height).toBe(400);
    const snippet = await dialog.getByRole('group', { name: 'HTML' }).textContent();
    expect(snippet).toContain('view="layers" readonly theme="dark" height="400px"');

    await host(page, `${baseURL}made.html`, snippet ?? '');
    await expect(shown(page).getByRole('row', { name: /RUN apt-get .*"<b>"/ })).toBeVisible();
    expect((await page.locator('dockerfile-playground').boundingBox())?.height).toBe(400);
  });

  test('gives a frame that shows the same in another page', async ({ app, baseURL }) => {
    const { page } = app;
    await app.open();
    await app.write('FROM nginx\nRUN apt-get update\n');
    await page.getByRole('button', { name: 'Embed' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'View' }).selectOption('Findings');
    await dialog.getByRole('button', { name: 'Frame' }).click();
    const html = dialog.getByRole('group', { name: 'HTML' });
    await expect(html).toContainText('embed.html#2.');
    await host(page, `${baseURL}made.html`, (await html.textContent()) ?? '');
    const frame = page.frameLocator('iframe');
    await expect(frame.locator('dp-findings-view')).toContainText(/line 2/);
  });

  test('changes nothing on the page, and closes', async ({ app }) => {
    const { page } = app;
    await app.open();
    const before = await app.text();
    await page.getByRole('button', { name: 'Embed' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Dockerfile' }).click();
    await page.keyboard.insertText('# of the preview\n');
    await expect(dialog.getByRole('textbox', { name: 'Dockerfile' })).toContainText(
      'of the preview',
    );
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Embed' })).toBeFocused();
    await expect.poll(() => app.text()).toBe(before);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing: ${colorScheme}`, async ({ app }) => {
      const { page } = app;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await app.open();
      await page.getByRole('button', { name: 'Embed' }).click();
      await expect(page.getByRole('dialog').getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  }
});

test('axe finds nothing on the docs page', async ({ app: { page } }) => {
  await page.goto('./docs/embed.html');
  await expect(
    shown(page)
      .first()
      .getByRole('row', { name: /RUN npm ci/ }),
  ).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('the docs page shows the element and the frame as they are', async ({ app: { page } }) => {
  await page.goto('./docs/embed.html');
  await expect(page.getByRole('heading', { name: 'Embed it in your pages' })).toBeVisible();
  await expect(page.locator('dockerfile-playground').first()).toContainText(/RUN npm ci/);
});

test('the element is small', async () => {
  const module = readFileSync(new URL('../../dist/embed.js', import.meta.url));
  expect(module.byteLength).toBeLessThan(10_000);
});
