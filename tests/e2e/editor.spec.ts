/** The editor knows what the analysis knows: colours, hover, completion, folds, format, undo. */
import AxeBuilder from '@axe-core/playwright';
import { type Locator, type Page } from '@playwright/test';
import { expect, holdBack, type Playground, test } from './helpers';

/** Writes a text into the editor, once that has all its aids, and leaves the cursor at its end. */
async function open(app: Playground, text: string): Promise<void> {
  await app.open();
  await expect(app.dockerfile).toHaveAttribute('aria-autocomplete', 'list');
  await app.write(text);
  await expect.poll(() => app.text()).toBe(text);
}

const list = (page: Page): Locator => page.locator('.cm-tooltip-autocomplete');
const offered = (page: Page): Promise<string[]> =>
  list(page).locator('.cm-completionLabel').allTextContents();
/** Takes the chosen completion: the editor lets no key do so while its list is new. */
async function accept(page: Page): Promise<void> {
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
}

const hover = (page: Page): Locator => page.locator('.dp-hover');
const bar = (page: Page, name: string): Locator =>
  page.getByRole('toolbar', { name: 'Editing' }).getByRole('button', { name });

/** Gathers what the editor says from now on; it takes each saying back after a moment. */
async function announcements(page: Page): Promise<() => Promise<string>> {
  const said = await page
    .locator('.cm-announced')
    .first()
    .evaluateHandle((region) => {
      const texts: string[] = [];
      const gather = () => texts.push(region.textContent ?? '');
      new MutationObserver(gather).observe(region, { childList: true, subtree: true });
      return texts;
    });
  return () => said.evaluate((texts) => texts.join(' '));
}

test.describe('before the editor is there', () => {
  for (const width of [1440, 390]) {
    test(`one can write, and nothing is lost or moves, ${width} px wide`, async ({ app, page }) => {
      await page.setViewportSize({ width, height: 844 });
      const release = await holdBack(page, '**/code-editor-*.js');
      await app.open();
      const before = await app.dockerfile.inputValue();
      await app.dockerfile.press('ControlOrMeta+Home');
      await page.keyboard.type('# mine\n');
      const comment = page.locator('#dockerfile .dp-token-comment').first();
      await expect(comment).toHaveText('# mine');
      await expect(page.locator('.cm-editor')).toHaveCount(0);
      const last = page.locator('#dockerfile .dp-token-keyword').last();
      const places = async () => [await comment.boundingBox(), await last.boundingBox()];
      const there = await places();

      release();
      await expect(app.dockerfile.locator('.dp-token-comment').first()).toBeVisible();
      await expect(app.dockerfile).toBeFocused();
      for (const [at, box] of (await places()).entries()) {
        expect(Math.abs(box!.x - there[at]!.x)).toBeLessThan(1);
        expect(Math.abs(box!.y - there[at]!.y)).toBeLessThan(1);
      }
      await page.keyboard.type('FROM x\n');
      await expect.poll(() => app.text()).toBe(`# mine\nFROM x\n${before}`);
      // Who types slowly makes more steps.
      await expect(async () => {
        await bar(page, 'Step back').click();
        expect(await app.text()).toBe(before);
      }).toPass();
      await expect(bar(page, 'Step back')).toHaveAttribute('aria-disabled', 'true');
    });
  }

  test('a long text is there at once, and goes on where it was', async ({ app, page }) => {
    const release = await holdBack(page, '**/code-editor-*.js');
    await app.open();
    const text = `FROM nginx\n${'RUN echo one two three four five six\n'.repeat(2000)}`;
    await app.write(text);
    await expect(app.dockerfile).toHaveValue(text);
    release();
    await expect(app.dockerfile.locator('.cm-line').first()).toBeAttached();
    await expect(app.dockerfile).toBeFocused();
    await page.keyboard.type('# end');
    await expect(app.dockerfile.getByText('# end')).toBeVisible();
  });

  test('a key that only it knows waits for it', async ({ app, page }) => {
    const release = await holdBack(page, '**/code-editor-*.js');
    await app.open();
    await app.dockerfile.press('ControlOrMeta+f');
    await expect(page.locator('.cm-editor')).toHaveCount(0);
    release();
    await expect(page.getByRole('textbox', { name: 'Find' })).toBeFocused();
  });

  test('where it cannot be had, one can write all the same', async ({ app, page }) => {
    await page.route('**/code-editor-*.js', (route) => route.abort());
    app.allow(/code-editor|ERR_FAILED/);
    await app.open();
    await app.dockerfile.fill('FROM nginx\n');
    await expect(app.panel('Layers')).toContainText('FROM nginx');
    await bar(page, 'Search').click();
    await expect(page.getByText('This part of the page could not be loaded')).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  });
});

test.describe('colours', () => {
  test('are those of the parser', async ({ app }) => {
    const text =
      'FROM node:22 AS a\nRUN <<EOF\nRUN echo "$X"\nEOF\nCOPY --link "$X" \\\n  FROM /x\n';
    await open(app, text);
    const token = (name: string) => app.dockerfile.locator(`.dp-token-${name}`);
    // What stands in a heredoc or goes on from the line above is no instruction.
    await expect(token('keyword')).toHaveText(['FROM', 'AS', 'RUN', 'COPY']);
    await expect(token('delimiter')).toHaveText(['<<EOF', 'EOF']);
    await expect(token('flag')).toHaveText(['--link']);
    await expect(token('variable')).toHaveText(['$X']);
  });

  test('come back once the analysis does', async ({ app, page }) => {
    await page.route('**/*.wasm', (route) => route.fulfill({ status: 404 }));
    app.allow(/404|wasm/i);
    await page.goto('./');
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(app.dockerfile.locator('.dp-token-keyword')).toHaveCount(0);
    await page.unroute('**/*.wasm');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(app.dockerfile.locator('.dp-token-keyword').first()).toHaveText('FROM');
  });
});

test.describe('hover', () => {
  const text = 'FROM node:22-slim\nARG MODE=fast\nWORKDIR /app\nCOPY . .\nRUN npm ci --$MODE\n';

  test('explains an instruction with its layer and what becomes of it', async ({ app, page }) => {
    await open(app, text);
    await expect(app.panel('Layers').getByRole('row', { name: /RUN npm ci/ })).toBeVisible();
    await app.dockerfile.getByText('RUN', { exact: true }).hover();
    await expect(hover(page)).toContainText('Runs a command and stores the files');
    await expect(hover(page)).toContainText(/Layer: \d.*[kMG]B \(.* to .*\), .* to pull/);
    await expect(hover(page)).toContainText(/runs|cached/);
  });

  test('tells the value of a variable, and an image’s size with its evidence', async ({
    app,
    page,
  }) => {
    await open(app, text);
    await app.dockerfile.locator('.dp-token-variable').hover();
    await expect(hover(page)).toContainText('$MODE = fast');
    await expect(hover(page)).toContainText('ARG on line 2');
    await page.mouse.move(0, 0);
    await expect(page.locator('.cm-tooltip-hover')).toHaveCount(0);
    await app.dockerfile.getByText('node:22-slim').hover({ position: { x: 60, y: 8 } });
    await expect(hover(page)).toContainText(/node:22-slim.*debian:12.*\d\sMB.*measured|computed/s);
  });

  test('tells what a package brings, with its range and evidence', async ({ app, page }) => {
    const start = 'FROM debian:12-slim\nRUN apt-get update && \\\n    apt-get install -y ';
    await open(app, `${start}jq \\\n      curl=7.88.1-10\n`);
    const layers = app.panel('Layers');
    await layers.getByRole('button', { name: /RUN apt-get/ }).click();
    await expect(layers).toContainText('libjq1');
    for (const [name, key] of [
      ['jq', ['ControlOrMeta+Home', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft', 'ArrowLeft']],
      ['curl', ['ControlOrMeta+End', 'ArrowUp', 'Home', 'ArrowRight']],
    ] as const) {
      await app.dockerfile.focus();
      for (const press of key) await page.keyboard.press(press);
      await bar(page, 'Explain').click();
      await expect(hover(page).locator('strong')).toHaveText(name);
      await expect(hover(page)).toContainText(/A package and \d+ more that it needs or recommends/);
      await expect(hover(page)).toContainText(/\d\s[kM]B \(.* to .*\)/);
      await expect(hover(page)).toContainText(/measured: .*Debian bookworm/);
    }
  });

  test('is had by key and by button, is announced, and goes', async ({ app, page }) => {
    await open(app, text);
    const said = await announcements(page);
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('ControlOrMeta+i');
    await expect(hover(page)).toContainText('Begins a stage');
    await expect.poll(said).toContain('Begins a stage');
    await page.keyboard.press('Escape');
    await expect(hover(page)).toHaveCount(0);
    await bar(page, 'Explain').click();
    await expect(hover(page)).toContainText('Begins a stage');
    await page.keyboard.press('ArrowDown');
    await expect(hover(page)).toHaveCount(0);
  });
});

test.describe('completion', () => {
  test('offers instructions while they are typed', async ({ app, page }) => {
    await open(app, 'FROM node:22\n');
    await page.keyboard.type('wo', { delay: 40 });
    await expect(list(page)).toContainText('WORKDIR');
    await expect(page.locator('.cm-completionInfo')).toContainText('working directory');
    await accept(page);
    await expect.poll(() => app.text()).toBe('FROM node:22\nWORKDIR');
  });

  test('leads from an image to its tags with their sizes', async ({ app, page }) => {
    await app.open();
    await app.write('');
    await page.keyboard.type('FROM postg', { delay: 40 });
    await expect(list(page)).toContainText('postgres:');
    await accept(page);
    await expect(list(page)).toContainText('postgres:latest');
    await page.keyboard.type('16-al', { delay: 40 });
    const option = list(page).getByRole('option', { name: /^postgres:16-alpine\s*\d+\sMB/ });
    await expect(option.first()).toBeVisible();
  });

  test('offers flags, their values, and stages with their sizes', async ({ app, page }) => {
    await open(app, 'FROM node:22 AS build\nFROM alpine\nCOPY ');
    await page.keyboard.type('--fr', { delay: 40 });
    await expect(list(page)).toContainText('--from=');
    await accept(page);
    await expect(list(page).getByRole('option').first()).toContainText(/build\s*\d.*[MG]B/);
    await accept(page);
    await expect.poll(() => app.text()).toContain('COPY --from=build');
    await page.keyboard.type('\nRUN --mount=type=', { delay: 20 });
    await expect.poll(() => offered(page)).toEqual(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);
  });

  test('offers variables with values, and paths of the context', async ({ app, page }) => {
    await open(app, 'FROM node:22\nARG MODE=fast\nENV X=');
    await page.keyboard.type('$MO', { delay: 40 });
    await expect.poll(() => offered(page)).toEqual(['$MODE']);
    await expect(page.locator('.cm-completionInfo')).toContainText('fast (ARG on line 2)');
    await page.keyboard.press('Escape');
    await page.keyboard.type('\nCOPY pack', { delay: 40 });
    await expect.poll(() => offered(page)).toContain('package.json');
  });

  test('offers packages once their pack is there, with what they bring', async ({ app, page }) => {
    await open(app, 'FROM debian:12-slim\nRUN ');
    const loaded = page.waitForResponse(/debian-bookworm-.*\.pack$/);
    await page.keyboard.type('apt-get install -y curl', { delay: 10 });
    await loaded;
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Control+Space');
    await expect(list(page).getByRole('option').first()).toContainText(/curl\s*\d.*[kM]B/);
  });

  test('takes nothing that Enter was not meant for', async ({ app, page }) => {
    await open(app, 'FROM node:22\n');
    await page.keyboard.type('COPY . .\nRUN npm ci\n', { delay: 60 });
    await expect.poll(() => app.text()).toBe('FROM node:22\nCOPY . .\nRUN npm ci\n');
  });
});

test.describe('folding', () => {
  const text = 'FROM a AS one\nRUN x \\\n  second\nFROM b\nCOPY <<EOF /z\nbody\nEOF\n';

  test('folds stages, instructions and heredocs in the gutter', async ({ app, page }) => {
    await open(app, text);
    // The gutter has a hidden sign too, for its width.
    const signs = page.locator('dp-source-editor#dockerfile .dp-fold').filter({ visible: true });
    await expect(signs).toHaveCount(4);
    await signs.nth(1).click();
    await expect(app.dockerfile).not.toContainText('second');
    await signs.first().click();
    await expect(app.dockerfile).not.toContainText('RUN');
    await app.dockerfile.getByLabel('folded code').click();
    await expect(app.dockerfile).toContainText('RUN x');
  });

  test('folds and unfolds by key', async ({ app, page }) => {
    await open(app, text);
    // What may be folded comes with the colours.
    const keywords = app.dockerfile.locator('.dp-token-keyword');
    await expect(keywords).toHaveText(['FROM', 'AS', 'RUN', 'FROM', 'COPY']);
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.press('Control+Shift+BracketLeft');
    await expect(app.dockerfile).not.toContainText('RUN');
    await page.keyboard.press('Control+Shift+BracketRight');
    await expect(app.dockerfile).toContainText('RUN x');
  });
});

test.describe('format', () => {
  const before = 'from node:22 as build  \nrun npm ci && \\\nnpm test\n\n\n\nfrom nginx\n';
  const after = 'FROM node:22 AS build\nRUN npm ci && \\\n    npm test\n\nFROM nginx\n';

  test('lays the text out by button and by key, and one undo takes it back', async ({
    app,
    page,
  }) => {
    await open(app, before);
    const said = await announcements(page);
    await bar(page, 'Format').click();
    await expect.poll(() => app.text()).toBe(after);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => app.text()).toBe(before);
    await page.keyboard.press('Shift+Alt+KeyF');
    await expect.poll(() => app.text()).toBe(after);
    await page.keyboard.press('Shift+Alt+KeyF');
    await expect.poll(said).toContain('Nothing to format');
  });
});

test('lines become comments by key, and no longer', async ({ app, page }) => {
  await open(app, 'FROM a\nRUN one');
  await page.keyboard.press('ControlOrMeta+/');
  await expect.poll(() => app.text()).toBe('FROM a\n# RUN one');
  await page.keyboard.press('ControlOrMeta+/');
  await expect.poll(() => app.text()).toBe('FROM a\nRUN one');
});

test.describe('undo', () => {
  test('goes over the Dockerfile, the .dockerignore and the files', async ({ app, page }) => {
    await app.open();
    const start = await app.text();
    await app.write('FROM nginx\n');
    await app.tab('.dockerignore');
    await app.write('dist\n', app.dockerignore);
    const context = await app.show('Context');
    await context.getByText('Use your own files').click();
    await context.getByRole('textbox', { name: 'File listing' }).fill('10\tonly.txt\n');
    await context.getByRole('button', { name: 'Use this listing' }).click();
    await expect(context).toContainText('only.txt');
    await app.tab('Dockerfile');
    await app.dockerfile.click();

    await page.keyboard.press('ControlOrMeta+z');
    await expect(page.getByRole('tab', { name: 'Context' })).toHaveAttribute(
      'aria-selected',
      'true',
    );
    await expect(context).not.toContainText('only.txt');
    await bar(page, 'Step back').click();
    await expect(app.dockerignore).toBeVisible();
    await expect.poll(() => app.text(app.dockerignore)).not.toContain('dist');
    await bar(page, 'Step back').click();
    await expect(app.dockerfile).toBeVisible();
    await expect.poll(() => app.text()).toBe(start);
    await expect(bar(page, 'Step back')).toHaveAttribute('aria-disabled', 'true');

    await bar(page, 'Step forward').click();
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    await app.dockerfile.press('ControlOrMeta+y');
    await expect(app.dockerignore).toBeVisible();
    await app.dockerignore.press('ControlOrMeta+y');
    await expect(context).toContainText('only.txt');
  });

  test('is walked by keys alone: the focus goes along to each text', async ({ app, page }) => {
    await app.open();
    const start = await app.text();
    await app.write('FROM nginx\n');
    await app.tab('.dockerignore');
    await app.write('dist\n', app.dockerignore);
    await app.tab('Dockerfile');
    await app.dockerfile.click();
    await page.keyboard.press('ControlOrMeta+z');
    await expect(app.dockerignore).toBeFocused();
    await page.keyboard.press('ControlOrMeta+z');
    await expect(app.dockerfile).toBeFocused();
    await expect.poll(() => app.text()).toBe(start);
    await page.keyboard.press('ControlOrMeta+y');
    await expect.poll(() => app.text()).toBe('FROM nginx\n');
    await page.keyboard.press('ControlOrMeta+y');
    await expect(app.dockerignore).toBeFocused();
    await expect.poll(() => app.text(app.dockerignore)).toBe('dist\n');
  });

  test('takes an example back as a whole', async ({ app, page }) => {
    await app.open();
    await app.write('FROM scratch\n');
    await app.tab('.dockerignore');
    await app.write('mine\n', app.dockerignore);
    await app.example('Java with Spring');
    await app.dockerignore.press('ControlOrMeta+z');
    await expect.poll(() => app.text(app.dockerignore)).toBe('mine\n');
    await app.tab('Dockerfile');
    await expect.poll(() => app.text()).toBe('FROM scratch\n');
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
});

test('search finds and replaces', async ({ app, page }) => {
  await open(app, 'FROM a\nRUN one\nRUN one\n');
  await bar(page, 'Search').click();
  await page.getByRole('textbox', { name: 'Find' }).fill('one');
  await page.keyboard.press('Enter');
  await expect(app.dockerfile.locator('.cm-searchMatch')).toHaveCount(2);
  await page.getByRole('textbox', { name: 'Replace' }).fill('two');
  await page.getByRole('button', { name: 'replace all' }).click();
  await expect.poll(() => app.text()).toBe('FROM a\nRUN two\nRUN two\n');
});

test('the help lists the keys', async ({ app, page }) => {
  await app.open();
  await app.dockerfile.press('F1');
  const dialog = page.getByRole('dialog', { name: 'Keys of the editor' });
  await expect(dialog.getByRole('row', { name: /Tell what stands at the cursor/ })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await bar(page, 'Keys').click();
  await expect(dialog).toBeVisible();
});

test('beside each instruction: its size, and what the chosen change does', async ({
  app,
  page,
}) => {
  await open(app, 'FROM node:22-slim\nCOPY package.json .\nRUN npm i\nCOPY . .\n');
  const marks = page.locator('dp-source-editor#dockerfile .dp-mark');
  await expect(marks.nth(2)).toHaveAttribute('title', /[kM]B in the layer; (cached|runs)/);
  await expect(page.locator('.dp-mark-dot.run').first()).toBeVisible();
  expect(
    await marks
      .first()
      .locator('.dp-mark-bar')
      .evaluate((bar) => bar.clientWidth),
  ).toBeGreaterThan(20);
});

test.describe('.dockerignore', () => {
  test('shows beside each line the files and bytes that it takes out', async ({ app, page }) => {
    await app.open();
    const context = await app.show('Context');
    await context.getByText('Use your own files').click();
    const listing = '1000\tsrc/a.js\n4000\tdist/a.js\n6000\tdist/b.js\n';
    await context.getByRole('textbox', { name: 'File listing' }).fill(listing);
    await context.getByRole('button', { name: 'Use this listing' }).click();
    await app.tab('.dockerignore');
    await app.write('# built\ndist\n!dist/a.js\nnothing-here\n', app.dockerignore);
    const rows = page.locator('.dp-ignored');
    await expect(rows).toHaveText([/1\sfile−6\.00\skB/, /1\sfile\+4\.00\skB/, /nothing/]);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ControlOrMeta+i');
    await expect(hover(page)).toContainText('Matches nothing.');
  });
});

test('the toolbar is one stop, and its buttons are reached by arrows', async ({ app, page }) => {
  await app.open();
  await bar(page, 'Step back').focus();
  for (const name of ['Step forward', 'Format', 'Search', 'Explain', 'Keys', 'Step back']) {
    await page.keyboard.press('ArrowRight');
    await expect(bar(page, name)).toBeFocused();
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});

test.describe('by touch', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('what keys and pointers do is had on a phone', async ({ app, page }) => {
    await open(app, 'from node:22\nRUN a \\\n  second\n');
    await bar(page, 'Format').tap();
    await expect.poll(() => app.text()).toBe('FROM node:22\nRUN a \\\n  second\n');
    await app.dockerfile.getByText('RUN', { exact: true }).tap();
    await bar(page, 'Explain').tap();
    await expect(hover(page)).toContainText('Runs a command');
    await page.locator('dp-source-editor#dockerfile .dp-fold').filter({ visible: true }).tap();
    await expect(app.dockerfile).not.toContainText('second');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});
