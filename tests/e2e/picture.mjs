/** The README's pictures, for `cargo xtask picture`: the page at PLAYGROUND_URL, into docs/. */
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--headless', '--disable-gpu'],
});
for (const colorScheme of ['light', 'dark']) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1440, height: 900 } });
  const rest = page.waitForResponse(/_rest-.*\.wasm$/);
  await page.goto(process.env.PLAYGROUND_URL);
  await page.getByRole('heading', { name: 'By instruction' }).waitFor();
  // The editor has taken the place of the plain field, and all that comes later is there.
  await page.locator('.cm-content').first().waitFor();
  await rest;
  await page.waitForLoadState('networkidle');
  const path = fileURLToPath(new URL(`../../docs/page-${colorScheme}.png`, import.meta.url));
  await page.screenshot({ path });
}
await browser.close();
