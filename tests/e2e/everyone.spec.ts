/** For everyone: by keyboard alone, enlarged, without motion, in every dialog. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Playground, expect, test } from './helpers';

const views = ['Layers', 'Cache', 'Optimized', 'Findings', 'Report', 'Context', 'Settings'];

/** The role and name of what has the focus, inside of all shadow roots. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const role = element?.getAttribute('role') ?? element?.localName ?? '';
    const label = element?.getAttribute('aria-label');
    const labels = [...((element as HTMLInputElement | null)?.labels ?? [])];
    const name = label ?? (labels[0] ?? element)?.textContent ?? '';
    return `${role}: ${name.replace(/\s+/g, ' ').trim()}`;
  });
}

/** Presses Tab until something of that name has the focus; the editors are left as the page says. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let step = 0; step < 150; step += 1) {
    if (seen.at(-1)?.startsWith('textbox: Dockerfile')) await page.keyboard.press('Escape');
    await page.keyboard.press(key);
    seen.push(await focused(page));
    if (name.test(seen.at(-1) ?? '')) return;
  }
  throw new Error(`No ${name} among ${seen.join('\n')}`);
}

test('the whole way by keyboard alone', async ({ app, page, context }) => {
  test.slow();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await app.open();
  const mine = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "server.js"]\n';
  await page.evaluate((text) => navigator.clipboard.writeText(text), mine);

  await tabTo(page, /^textbox: Dockerfile/);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+v');
  await expect.poll(() => app.text()).toBe(mine);
  await expect(app.panel('Layers').getByRole('row', { name: /FROM node:22/ })).toBeVisible();

  await tabTo(page, /^tab: Layers/);
  for (const view of ['Cache', 'Optimized', 'Findings', 'Report', 'Layers']) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('tab', { name: view })).toBeFocused();
    await expect(app.panel(view)).toBeVisible();
  }

  await tabTo(page, /^button: Treemap/);
  await page.keyboard.press('Enter');
  await tabTo(page, /^option: base image node:22/);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => focused(page)).toMatch(/^option: (?!base image)/);

  await tabTo(page, /^tab: Layers/, 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  await tabTo(page, /^button: package-lock\.json edited|^button: .*dependency/i);
  await page.keyboard.press('Enter');
  const cache = app.panel('Cache');
  await expect(cache.locator('[aria-pressed=true]:focus')).toHaveCount(1);
  await expect(app.dockerfile.page().locator('.dp-mark-dot.run').first()).toBeAttached();

  await tabTo(page, /^tab: Cache/, 'Shift+Tab');
  await page.keyboard.press('ArrowRight');
  const optimized = app.panel('Optimized');
  await tabTo(page, /^switch: /);
  const recipe = optimized.locator('[role=switch]:focus');
  await expect(recipe).toBeChecked();
  await page.keyboard.press('Space');
  await expect(recipe).not.toBeChecked();
  await tabTo(page, /^button: Copy Dockerfile/);
  await page.keyboard.press('Enter');
  await expect(optimized.getByRole('button', { name: 'Copied Dockerfile' })).toBeFocused();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/^(#|FROM|ARG)/);

  for (const [button, dialog] of [
    ['Share', 'Share'],
    ['Embed', 'Embed in your page'],
  ] as const) {
    await tabTo(page, new RegExp(`^button: ${button}$`));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('Tab');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.localName))
        .toMatch(/dp-app|body/);
      await expect.poll(() => focused(page)).not.toMatch(/^tab: |^button: Examples/);
    }
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('button', { name: button, exact: true })).toBeFocused();
  }
});

async function dialogIsAccessible(app: Playground, button: string): Promise<void> {
  const { page } = app;
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
  expect(found, button).toEqual([]);
  await page.getByRole('button', { name: 'Close' }).first().click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the dialogs: ${colorScheme}`, async ({ app, page }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await app.open();
    await dialogIsAccessible(app, 'Share');
    await dialogIsAccessible(app, 'Embed');
  });
}

/** By how many pixels the page, or a panel on it, is too wide. */
function overflow(): number {
  const app = document.querySelector('dp-app')!.shadowRoot!;
  const panels = [...app.querySelectorAll('dp-tab-pane')].flatMap((pane) => [
    ...pane.shadowRoot!.querySelectorAll('[role=tabpanel]:not([hidden])'),
  ]);
  const over = (element: Element) => element.scrollWidth - element.clientWidth;
  return Math.max(...[document.documentElement, ...panels].map(over));
}

// 1280 pixels at 200 % are 640 CSS pixels; 320 are what 1280 are at 400 %.
for (const [width, height, what] of [
  [640, 450, '1280 pixels at 200 %'],
  [320, 640, '320 CSS pixels'],
] as const) {
  test(`nothing is lost or needs a scroll to the side at ${what}`, async ({ app, page }) => {
    test.slow();
    await page.setViewportSize({ width, height });
    await app.open();
    await app.panel('Layers').getByRole('button', { name: 'Treemap' }).click();
    for (const view of views) {
      const panel = await app.show(view);
      await expect(panel).toBeVisible();
      await expect.poll(() => page.evaluate(overflow), view).toBe(0);
    }
    for (const name of ['Examples', 'Share', 'Embed']) {
      const button = page.getByRole('button', { name, exact: true });
      // Views below may have been scrolled to.
      await button.scrollIntoViewIfNeeded();
      await expect(button).toBeInViewport({ ratio: 0 });
      const box = (await button.boundingBox())!;
      expect(box.x, name).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, name).toBeLessThanOrEqual(width);
    }
    await page.getByRole('button', { name: 'Embed', exact: true }).click();
    const close = page.getByRole('dialog').getByRole('button', { name: 'Close' });
    const box = (await close.boundingBox())!;
    expect(box.x + box.width).toBeLessThanOrEqual(width);
  });
}

test('nothing moves for those who want no motion', async ({ app, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await app.open();
  for (const view of views) {
    await app.show(view);
    const moving = await page.evaluate(() =>
      document
        .getAnimations()
        .filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 0)
        .map((animation) => (animation as CSSTransition).transitionProperty ?? animation.id),
    );
    expect(moving, view).toEqual([]);
  }
  await app.show('Optimized');
  const spent = await app
    .panel('Optimized')
    .locator('*')
    .evaluateAll((all) => all.map((one) => getComputedStyle(one).transitionDuration));
  expect(spent.filter((duration) => !/^0s(, 0s)*$/.test(duration))).toEqual([]);
});

test('a map prints whole, in light', async ({ app, page }) => {
  await app.open();
  await app.panel('Layers').getByRole('button', { name: 'Treemap' }).click();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const map = app.panel('Layers').getByRole('listbox').first();
  await expect(map).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Dockerfile', exact: true })).toBeHidden();
  const sides = await map.evaluate((element) => {
    const outer = element.getBoundingClientRect();
    const ends = [...element.querySelectorAll('[role=option]')].map(
      (tile) => tile.getBoundingClientRect().right,
    );
    return {
      page: document.documentElement.clientWidth,
      end: outer.right,
      last: Math.max(...ends),
    };
  });
  expect(sides.end).toBeLessThanOrEqual(sides.page);
  expect(sides.last).toBeLessThanOrEqual(sides.end + 1);
  expect((await page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(10_000);
});
