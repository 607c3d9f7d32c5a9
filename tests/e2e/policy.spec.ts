/** Nothing is sent, and the browser holds the page to it. */
import type { Page } from '@playwright/test';
import { expect, test } from './helpers';

/** Notes what the policy forbids, from the first script on. */
async function watch(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const violations: string[] = [];
    Object.assign(window, { violations });
    document.addEventListener('securitypolicyviolation', (event) =>
      violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  return () => page.evaluate(() => (window as unknown as { violations: string[] }).violations);
}

test('the page says that nothing is sent', async ({ app, page }) => {
  await app.open();
  await expect(page.getByText('Nothing you paste leaves this page.')).toBeVisible();
});

// `app` fails the test for any request to another origin and for any other method than GET.
test('all of the page stays within its policy and its origin', async ({ app, page }) => {
  test.slow();
  const violations = await watch(page);
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  await app.open();
  await app.write('FROM debian:12-slim\nRUN apt-get install -y curl # secret-word\nCOPY . .\n');
  for (const tab of ['Cache', 'Optimized', 'Findings', 'Context', 'Settings', 'Layers']) {
    await app.show(tab);
  }
  await app.tab('Dockerfile');
  await app.dockerfile.click();
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('curl');
  await page.keyboard.press('Escape');
  await app.dockerfile.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('FROM typed-over');
  await page.keyboard.press('ControlOrMeta+z');
  await app.example('Python with FastAPI');
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Embed' }).click();
  const preview = page.getByRole('dialog').locator('dp-embed');
  await expect(preview.getByRole('row', { name: /RUN pip/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await app.settled();
  expect(await violations()).toEqual([]);
  expect(sent.filter((line) => line.includes('secret-word'))).toEqual([]);
});

for (const name of ['./', './embed.html', './docs/embed.html']) {
  test(`the browser holds ${name} to it`, async ({ page }) => {
    const violations = await watch(page);
    await page.goto(name);
    const outcomes = await page.evaluate(async () => {
      const refused = async (what: () => unknown) => {
        try {
          await what();
          return false;
        } catch {
          return true;
        }
      };
      const image = new Image();
      const failed = new Promise((resolve) => (image.onerror = () => resolve(true)));
      image.src = 'http://127.0.0.1:9/x.png';
      return {
        fetch: await refused(() => fetch('http://127.0.0.1:9/', { mode: 'no-cors' })),
        image: await failed,
        eval: await refused(() => new Function('return 1')()),
        html: await refused(() => (document.createElement('div').innerHTML = '<b>x</b>')),
        worker: await refused(() => new Worker('http://127.0.0.1:9/x.js')),
      };
    });
    expect(outcomes).toEqual({ fetch: true, image: true, eval: true, html: true, worker: true });
    const directives = (await violations()).map((line) => line.split(' ')[0]);
    expect(directives).toEqual(
      expect.arrayContaining(['connect-src', 'img-src', 'require-trusted-types-for']),
    );
  });
}
