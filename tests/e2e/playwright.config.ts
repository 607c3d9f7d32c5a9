import { defineConfig, devices } from '@playwright/test';

/** `cargo xtask test` serves the site itself and says where. */
const served = process.env['PLAYGROUND_URL'];
const port = 8079;

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  fullyParallel: true,
  forbidOnly: !!process.env['CI'],
  retries: 0,
  workers: 2,
  // What a machine at work on other things needs; nothing waits once it holds.
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    baseURL: served ?? `http://127.0.0.1:${port}/`,
    trace: 'retain-on-failure',
    // It would answer what tests mean to answer themselves; offline.spec.ts allows it.
    serviceWorkers: 'block',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        ...devices['Desktop Chrome'],
        launchOptions: {
          executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
          args: [
            '--no-sandbox',
            '--headless',
            '--disable-gpu',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--no-first-run',
          ],
        },
      },
    },
  ],
  ...(served === undefined && {
    webServer: {
      command: `cargo xtask serve --no-build --port ${port}`,
      url: `http://127.0.0.1:${port}/`,
      reuseExistingServer: true,
    },
  }),
});
