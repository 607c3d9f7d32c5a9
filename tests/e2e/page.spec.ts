/** The built page keeps its promises, with the real analysis. */
import AxeBuilder from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { DRAFT_KEY, expect, holdBack, test } from './helpers';

const examples = join(import.meta.dirname, '../../www/examples');
const source = (id: string, file = 'Dockerfile') => readFileSync(join(examples, id, file), 'utf8');

/** A link's fragment, packed as the page packs it. */
function link(value: unknown): string {
  return `#1.${deflateRawSync(JSON.stringify(value)).toString('base64url')}`;
}

const emptyProject = { dockerignore: '', context: null, manifests: {}, recipes: {}, changes: [] };

test.describe('opening', () => {
  test('opens on the Node service, with figures', async ({ app }) => {
    await app.open();
    await expect.poll(() => app.text()).toBe(source('node-service'));
    await expect(app.summary).toContainText(/\d\sGB.*→.*\d\sMB.*−\d+\s%/s);
    await expect(app.summary).toContainText(/Layers\s*\d+ →.*\d/s);
    await expect(app.summary).toContainText(/Cold pull\s*\d.*\ss/s);
    await expect(app.summary).toContainText(/Rebuild after a source edit\s*\d.*\ss/s);
    await expect(app.panel('Layers').getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
  });

  test('can be typed in before the analysis has loaded', async ({ app, page }) => {
    const release = await holdBack(page, '**/*.wasm');
    await page.goto('./');
    await app.write('FROM nginx\n');
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    release();
    await expect(app.panel('Layers').getByRole('row', { name: /FROM nginx/ })).toBeVisible();
  });

  test('shows its example with the first part of the core, and another text with the rest', async ({
    app,
    page,
  }) => {
    const release = await holdBack(page, '**/*_rest-*.wasm');
    await app.open();
    await expect(app.panel('Layers').getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await expect(app.dockerfile.locator('.dp-token-keyword').first()).toHaveText('FROM');
    await app.write('FROM debian:12\nRUN apt-get update && apt-get install -y curl\n');
    await expect(app.summary).toContainText('Analysing');
    release();
    await expect(app.panel('Layers').getByRole('row', { name: /RUN apt-get/ })).toBeVisible();
    await expect(app.summary).not.toContainText('Analysing');
  });

  test('loads the data that a text needs, and analyses it again', async ({ app, page }) => {
    await app.open();
    const loaded = page.waitForResponse(/debian-bookworm-.*\.pack$/);
    await app.write('FROM debian:12-slim\nRUN apt-get update && apt-get install -y curl\n');
    expect((await loaded).ok()).toBe(true);
    const row = app.panel('Layers').getByRole('row', { name: /RUN apt-get/ });
    await row.getByRole('button', { name: /RUN apt-get/ }).click();
    await expect(app.panel('Layers')).toContainText(/libssl3|libcurl4/);
  });

  test('an analysis that takes long can be cancelled, and tried again', async ({ app, page }) => {
    await app.open();
    const [worker] = page.workers();
    await worker!.evaluate(() => void (self.onmessage = () => undefined));
    await app.write('FROM nginx\n');
    await page.getByText('The analysis takes longer than usual').waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByRole('alert')).toContainText('The analysis was cancelled.');
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(app.panel('Layers').getByRole('row', { name: /FROM nginx/ })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('shows its frame and what it is for before its code runs', async ({ page }) => {
    const release = await holdBack(page, '**/assets/*.js');
    await page.goto('./', { waitUntil: 'commit' });
    const about = page.getByText('Nothing you paste leaves this page.').first();
    await expect(about).toBeVisible();
    await expect(page.locator('.shell')).toBeVisible();
    release();
    await expect(page.getByRole('textbox', { name: 'Dockerfile', exact: true })).toBeVisible();
    await expect(page.locator('.shell')).toBeHidden();
  });

  test('does not move anything while it loads', async ({ app, page }) => {
    await page.addInitScript(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as never)['value']);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await app.open();
    await page.waitForTimeout(300);
    const total = await page.evaluate(() =>
      (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
    );
    expect(total).toBeLessThan(0.02);
  });
});

test.describe('editing', () => {
  test('typing updates all views', async ({ app, page }) => {
    await app.open();
    await app.write('FROM nginx\nCOPY . /usr/share/nginx/html\n');
    await expect(app.panel('Layers').getByRole('row', { name: /COPY \. / })).toBeVisible();
    await expect(app.panel('Layers').getByRole('row', { name: /npm/ })).toHaveCount(0);
    const cache = await app.show('Cache');
    await expect(cache).toContainText('COPY . /usr/share/nginx/html');
    await page.keyboard.press('Tab');
  });

  test('an empty editor is a friendly place', async ({ app }) => {
    await app.open();
    await app.write('');
    await expect(app.summary).toContainText('No image yet');
    await expect(app.panel('Layers')).toContainText('No layers yet');
    await expect(await app.show('Cache')).toContainText('Nothing to rebuild yet');
    await expect(await app.show('Optimized')).toContainText('Nothing to optimize');
    await expect(await app.show('Findings')).toContainText(/Nothing to check yet|FROM/);
  });

  test('garbage is reported, not feared', async ({ app, page }) => {
    await app.open();
    await app.write('\u0001\u0002PNG\uFFFD\u0007 {{{{ \\\\ <<<EOF "\n\u0000\u0003');
    const findings = await app.show('Findings');
    await expect(findings.getByText('Error').first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
  });

  test('a paste of 5 MB leaves the page responsive', async ({ app, page }) => {
    await app.open();
    await app.dockerfile.click();
    // The plain field before it takes no paste that a script makes up.
    await expect(app.dockerfile).toHaveClass(/cm-content/);
    await page.keyboard.press('ControlOrMeta+a');
    await app.dockerfile.evaluate((element) => {
      const data = new DataTransfer();
      data.setData('text/plain', 'FROM node:18\n' + 'RUN echo hello world\n'.repeat(240_000));
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true });
      element.dispatchEvent(event);
    });
    const start = Date.now();
    await app.tab('.dockerignore');
    await expect(app.dockerignore).toBeVisible();
    expect(Date.now() - start).toBeLessThan(3000);
    await expect(page.getByText('the text is over 2 MB')).toBeVisible();
    await app.tab('Dockerfile');
    await app.write('FROM nginx\n');
    await expect(app.panel('Layers').getByRole('row', { name: /FROM nginx/ })).toBeVisible({
      timeout: 30_000,
    });
  });

  test('an unknown instruction is marked and listed at its line', async ({ app, page }) => {
    await app.open();
    await app.write('FROM node:18\nRUNN npm ci\nRUN npm ci\n');
    await expect(
      app.dockerfile.locator('.cm-line').nth(1).locator('.cm-lintRange-error'),
    ).toHaveText('RUNN');
    const findings = await app.show('Findings');
    const entry = findings.getByRole('listitem').filter({ hasText: 'RUNN' });
    await expect(entry).toContainText(/unknown instruction/i);
    await entry.getByRole('button', { name: 'line 2' }).click();
    await expect
      .poll(() => page.evaluate(() => getSelection()?.toString()))
      .toContain('RUNN npm ci');
    const rest = (await app.show('Layers')).getByRole('row', { name: /RUN npm ci/ });
    await expect(rest).toContainText(/\d\sMB/);
  });

  test('an unknown base image is a stated guess with a wide range', async ({ app }) => {
    await app.open();
    await app.write('FROM registry.example.com/team/unheard-of:7\nRUN true\n');
    const layers = app.panel('Layers');
    await layers.getByRole('button', { name: /FROM registry\.example\.com/ }).click();
    await expect(layers).toContainText('assumed');
    await expect(layers).toContainText(/\d+(\s[kMG]B)?–\d/);
  });

  test('a --from that names nothing, or goes in a circle, is explained', async ({ app }) => {
    await app.open();
    await app.write('FROM node:18 AS builder\nFROM nginx\nCOPY --from=buildr /x /y\n');
    const findings = await app.show('Findings');
    const unknown = findings.getByRole('listitem').filter({ hasText: 'unknown-stage' });
    await expect(unknown).toContainText('did you mean builder?');
    await expect(unknown.getByRole('button', { name: 'line 3', exact: true })).toBeVisible();
    await app.write(
      'FROM node:18 AS a\nCOPY --from=b /x /y\nFROM node:18 AS b\nCOPY --from=a /x /y\n',
    );
    const circle = findings.getByRole('listitem').filter({ hasText: 'circular dependency' });
    await expect(circle).toContainText('detected on stage');
    await expect(circle.getByRole('button', { name: 'line 2' })).toBeVisible();
  });

  test('a fix is applied at its place, and undo takes it back', async ({ app, page }) => {
    await app.open();
    const before = await app.text();
    const findings = await app.show('Findings');
    const cache = findings.getByRole('listitem').filter({ hasText: 'cache-left-behind' });
    await cache.getByRole('button', { name: 'Clean the package manager' }).click();
    await expect.poll(() => app.text()).toContain('npm cache clean');
    await expect(cache).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => app.text()).toBe(before);
  });

  test('the .dockerignore decides what is sent, and says by which line', async ({ app, page }) => {
    await app.open();
    await app.tab('.dockerignore');
    await app.write('# mine\ndocs\n', app.dockerignore);
    const context = await app.show('Context');
    const row = context.getByRole('row', { name: /^docs/ }).first();
    await expect(row).toContainText('left out by line 2');
    await row.getByRole('button', { name: 'Go to line 2 of .dockerignore' }).click();
    await expect(app.dockerignore).toBeFocused();
    await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toContain('docs');
  });

  test('a pasted listing takes the place of the assumed files', async ({ app }) => {
    await app.open();
    const context = await app.show('Context');
    await expect(context).toContainText('assumed');
    await context.getByText('Use your own files').click();
    await context
      .getByRole('textbox', { name: 'File listing' })
      .fill('1894\tpackage.json\n310000\tpackage-lock.json\n7000000\tassets/video.mp4\n');
    await context.getByRole('button', { name: 'Use this listing' }).click();
    await expect(context.getByRole('row', { name: /video\.mp4/ })).toContainText(/7\.00\sMB/);
    await expect(context.getByText('assumed', { exact: true })).toHaveCount(0);
  });

  test('manifests are read in the page and can be taken out again', async ({ app }) => {
    await app.open();
    const context = await app.show('Context');
    await context.getByText('Add manifests').click();
    await context.locator('#pick').setInputFiles({
      name: 'package.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"dependencies":{"express":"^4.19.0"}}'),
    });
    const remove = context.getByRole('button', { name: 'Remove package.json' });
    await remove.click();
    await expect(remove).toHaveCount(0);
  });
});

test.describe('examples', () => {
  test('the Node service is made much smaller, with the steps that do it', async ({ app }) => {
    await app.open();
    await expect(app.summary).toContainText(/−8\d\s%/);
    const optimized = await app.show('Optimized');
    await expect.poll(() => optimized.getByRole('switch').count()).toBeGreaterThan(5);
    await expect(optimized).toContainText(/−\d+(\.\d+)?\s[MG]B/);
    const better = optimized.locator('dp-diff-view');
    for (const claim of [
      'FROM node:18 AS build',
      'FROM node:18-alpine',
      'ENV NODE_ENV=production',
      'npm ci --omit=dev && npm cache clean --force',
      'COPY --from=build',
      'USER node',
      'HEALTHCHECK',
    ]) {
      await expect(better).toContainText(claim);
    }
    await optimized.getByRole('tab', { name: '.dockerignore' }).click();
    await expect(better).toContainText('A new file');
    await expect(better).toContainText('node_modules');
  });

  test('sources copied first: npm ci runs after each edit, and the page says why', async ({
    app,
  }) => {
    await app.open();
    await app.example('Node, sources copied first');
    const cache = await app.show('Cache');
    const now = cache.getByRole('region', { name: /^Now/ });
    const install = now.getByRole('listitem').filter({ hasText: 'RUN npm ci' });
    await expect(install).toHaveClass(/run/);
    await expect(install).toContainText(/line 3/);
    const after = cache.getByRole('region', { name: /^Optimized/ });
    await expect(
      after
        .getByRole('listitem')
        .filter({ hasText: /npm ci/ })
        .first(),
    ).toHaveClass(/cached/);
  });

  test('FastAPI: the compiler and the caches show', async ({ app }) => {
    await app.open();
    await app.example('Python with FastAPI');
    const layers = app.panel('Layers');
    await layers.getByRole('button', { name: /RUN apt-get update/ }).click();
    await expect(layers).toContainText('package indexes');
    await layers.getByRole('button', { name: /RUN apt-get install/ }).click();
    await expect(layers).toContainText('build-essential');
    await layers.getByRole('button', { name: /RUN pip install/ }).click();
    await expect(layers).toContainText('pip download cache');
    await expect(layers.getByText('caches', { exact: true })).toHaveCount(2);
    await expect(app.summary).toContainText(/−[5-9]\d\s%/);
  });

  test('Go: one stage of a toolchain becomes a small image', async ({ app }) => {
    await app.open();
    await app.example('Go service, one stage');
    await expect(app.summary).toContainText(/−9\d\s%/);
    const better = (await app.show('Optimized')).locator('dp-diff-view');
    await expect(better).toContainText('FROM golang:1.22 AS build');
    await expect(better).toContainText('COPY --from=build');
  });

  test('static site: the whole folder is copied, and a .dockerignore is proposed', async ({
    app,
  }) => {
    await app.open();
    await app.example('Static site on nginx');
    await expect(app.panel('Layers').getByRole('row', { name: /FROM nginx/ })).toBeVisible();
    const optimized = await app.show('Optimized');
    await optimized.getByRole('tab', { name: '.dockerignore' }).click();
    await expect(optimized.locator('dp-diff-view')).toContainText('.git');
  });

  test('the good file is praised and left unchanged', async ({ app }) => {
    await app.open();
    await app.example('Node, already good');
    await expect(app.summary).toContainText('Already good: nothing to improve');
    await expect(app.summary).not.toContainText('→');
    await expect(app.summary).not.toContainText('%');
    const optimized = await app.show('Optimized');
    await expect(optimized).toContainText('This file is already good');
    await expect.poll(() => optimized.getByRole('listitem').count()).toBeGreaterThan(1);
    await expect(optimized.getByRole('switch')).toHaveCount(0);
    await expect.poll(() => app.text()).toBe(source('node-good'));
  });

  test('choosing an example can be undone', async ({ app, page }) => {
    await app.open();
    await app.write('FROM scratch\nCOPY mine /\n');
    await app.example('Static site on nginx');
    await expect.poll(() => app.text()).toBe(source('static-site'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => app.text()).toBe('FROM scratch\nCOPY mine /\n');
    await app.example('Static site on nginx');
    await app.dockerfile.click();
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => app.text()).toBe('FROM scratch\nCOPY mine /\n');
  });
});

test.describe('what changes', () => {
  test('the chosen change moves the dots in the editor', async ({ app }) => {
    await app.open();
    const cache = await app.show('Cache');
    const chips = cache.getByRole('group', { name: 'What changes?' }).getByRole('button');
    await expect(chips.first()).toBeVisible();
    const dots = () => app.page.locator('.dp-mark-dot.run').count();
    const running = new Set<number>();
    for (const chip of await chips.all()) {
      await chip.click();
      await expect(chip).toHaveAttribute('aria-pressed', 'true');
      await expect.poll(dots).toBeGreaterThan(0);
      running.add(await dots());
    }
    // A moved base image runs everything again; a changed source file does not.
    expect(running.size).toBeGreaterThan(1);
  });
});

test.describe('the better version', () => {
  test('a switched-off step changes the result', async ({ app }) => {
    await app.open();
    const optimized = await app.show('Optimized');
    const better = optimized.locator('dp-diff-view table');
    const before = await better.textContent();
    expect(before).toContain('COPY --from=build');
    const switches = optimized.getByRole('switch');
    const checked = await switches.evaluateAll((all) =>
      all.findIndex((input) => (input as HTMLInputElement).checked),
    );
    const toggle = switches.nth(checked);
    await toggle.click();
    await expect(toggle).not.toBeChecked();
    await expect(better).not.toHaveText(before!);
  });

  test('is put into the editor with one button, and undo takes it back', async ({ app, page }) => {
    await app.open();
    const before = await app.text();
    const optimized = await app.show('Optimized');
    await optimized.getByRole('button', { name: 'Put it in the editor' }).click();
    await expect.poll(() => app.text()).not.toBe(before);
    await app.dockerfile.click();
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => app.text()).toBe(before);
  });

  test('is copied and downloaded', async ({ app, page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await app.open();
    const optimized = await app.show('Optimized');
    const copy = optimized.getByRole('button', { name: 'Copy Dockerfile' });
    await copy.click();
    await expect(optimized.getByRole('button', { name: 'Copied Dockerfile' })).toBeVisible();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toMatch(/^(#|FROM|ARG)/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      optimized.getByRole('button', { name: 'Download Dockerfile' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('Dockerfile');
    expect(readFileSync((await file.path())!, 'utf8')).toBe(text);
  });
});

test.describe('sharing and saving', () => {
  test('a link brings everything back', async ({ app, page, context, browser, baseURL }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await app.open();
    await app.write('FROM node:18\nCOPY . .\nRUN npm ci\n# ünïcode 🐳\n');
    const optimized = await app.show('Optimized');
    const recipe = 'Copy the manifests before the sources';
    await optimized.getByRole('switch', { name: recipe }).click();
    await app.show('Cache');
    await page.getByRole('button', { name: 'Share' }).click();
    await expect(page.getByText('Link copied.')).toBeVisible();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    expect(address).toBe(page.url());
    expect(new URL(address).hash).toMatch(/^#2\.[\w-]+$/);

    const other = await (await browser.newContext({ baseURL: baseURL! })).newPage();
    await other.goto(address);
    await expect(other.getByRole('textbox', { name: 'Dockerfile', exact: true })).toContainText(
      'ünïcode 🐳',
    );
    await expect(other.getByRole('tab', { name: 'Cache' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await other.getByRole('tab', { name: 'Optimized' }).click();
    await expect(other.getByRole('switch', { name: recipe })).not.toBeChecked();
    await other.context().close();
  });

  test('an edit takes the link off the address', async ({ app, page }) => {
    await app.open(link({ ...emptyProject, dockerfile: 'FROM nginx\n' }));
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    await app.write('FROM scratch\n');
    await expect.poll(() => new URL(page.url()).hash).toBe('');
  });

  test('opening a link leaves what is saved alone, and offers the way back', async ({
    app,
    page,
  }) => {
    await app.open();
    await app.write('FROM scratch\n# mine\n');
    await app.kept('# mine');
    await page.goto('about:blank');
    await app.open(link({ ...emptyProject, dockerfile: 'FROM nginx\n' }));
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    const saved = () => page.evaluate((key) => localStorage.getItem(key), DRAFT_KEY);
    await expect.poll(() => saved()).toContain('# mine');
    await page.getByRole('button', { name: 'Back to my text' }).click();
    await expect.poll(() => app.text()).toBe('FROM scratch\n# mine\n');
  });

  const whole = link({ ...emptyProject, dockerfile: 'FROM nginx\n'.repeat(20) });
  for (const [what, fragment] of [
    ['cut short', whole.slice(0, -9)],
    ['of another version', '#7.abcdef'],
    ['no link at all', '#hello'],
    ['a decompression bomb', link({ dockerfile: ' '.repeat(6_000_000) })],
  ] as const) {
    test(`a damaged link is explained and harms nothing: ${what}`, async ({ app, page }) => {
      await app.open();
      await app.write('FROM scratch\n# mine\n');
      await app.kept('# mine');
      await page.goto('about:blank');
      await app.open(fragment);
      await expect(page.getByText(/This link .*Your own text is untouched/)).toBeVisible();
      await expect.poll(() => app.text()).toBe('FROM scratch\n# mine\n');
    });
  }

  test('the text is there again after a reload', async ({ app, page }) => {
    await app.open();
    await app.write('FROM nginx\n# kept\n');
    await app.kept('# kept');
    await page.reload();
    await expect.poll(() => app.text()).toBe('FROM nginx\n# kept\n');
  });
});

test.describe('for everyone', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 360, height: 740 },
    ]) {
      test(`axe finds nothing: ${colorScheme}, ${viewport.width} wide`, async ({ app, page }) => {
        test.slow();
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.setViewportSize(viewport);
        await app.open();
        for (const tab of [
          'Layers',
          'Cache',
          'Optimized',
          'Findings',
          'Report',
          'Context',
          'Settings',
        ]) {
          await app.show(tab);
          const { violations } = await new AxeBuilder({ page })
            .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
            .analyze();
          const found = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
          expect(found, tab).toEqual([]);
        }
      });
    }
  }

  test('nothing is cut off at 360 pixels', async ({ app, page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await app.open();
    for (const tab of [
      'Layers',
      'Cache',
      'Optimized',
      'Findings',
      'Report',
      'Context',
      'Settings',
    ]) {
      await app.show(tab);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, tab).toBe(0);
    }
  });

  test('the keyboard reaches everything, and leaves the editor', async ({ app, page }) => {
    await app.open();
    const focused = () =>
      page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        return `${element?.getAttribute('role') ?? element?.localName}: ${
          element?.getAttribute('aria-label') ?? element?.textContent?.trim()
        }`;
      });
    const walk: string[] = [];
    for (let step = 0; step < 9; step += 1) {
      await page.keyboard.press('Tab');
      walk.push((await focused()).replace(/\s+/g, ' '));
      if (walk.at(-1)?.startsWith('textbox')) await page.keyboard.press('Escape');
    }
    expect(walk.slice(0, 8).map((entry) => entry.slice(0, 24))).toEqual([
      'button: Examples',
      'button: Share',
      'button: Embed',
      expect.stringContaining('select'),
      'tab: Dockerfile',
      'textbox: Dockerfile',
      'button: Step back',
      'tab: Layers',
    ]);
    await page.keyboard.press('Shift+Tab');
    await page.getByRole('tab', { name: 'Layers' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Cache' })).toBeFocused();
    await expect(page.getByRole('tab', { name: 'Cache' })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('End');
    await expect(page.getByRole('tab', { name: 'Report' })).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: 'Layers' })).toBeFocused();
  });

  test('the examples menu works by keyboard', async ({ app, page }) => {
    await app.open();
    await page.getByRole('button', { name: 'Examples' }).press('Enter');
    await expect(page.getByRole('menuitem').first()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toBeHidden();
    await expect(page.getByRole('button', { name: 'Examples' })).toBeFocused();
  });

  test('the theme is kept', async ({ app, page }) => {
    await app.open();
    const scheme = () =>
      page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await page.getByRole('combobox', { name: 'Theme' }).selectOption('Dark theme');
    await expect.poll(() => scheme()).toBe('dark');
    await page.reload();
    await app.settled();
    await expect.poll(() => scheme()).toBe('dark');
  });

  test('a row of the layers opens to its parts and goes to its line', async ({ app, page }) => {
    await app.open();
    const layers = app.panel('Layers');
    await layers.getByRole('button', { name: /RUN npm ci/ }).click();
    await expect(layers).toContainText('node_modules');
    await layers.getByRole('button', { name: 'Go to line 4' }).click();
    await expect(app.dockerfile).toBeFocused();
    await expect
      .poll(() => page.evaluate(() => getSelection()?.toString()))
      .toContain('RUN npm ci');
  });
});
