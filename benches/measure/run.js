// `node run.js BROWSER`: times everything in Node, then bundled in Chromium, and
// prints both as JSON. Its folder holds what is measured.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { measure } from './measure.js';
import { start } from './start.js';
import * as measured from './measure/measure.js';
import * as playground from './playground/dockerfile_playground.js';

const folder = import.meta.dirname;
const file = (name) => readFileSync(join(folder, name));
const packs = readdirSync(join(folder, 'playground/packs'));

async function inNode() {
  const modules = await start(playground, measured, file, packs);
  return measure(modules, JSON.parse(file('inputs.json')), false);
}

async function inChromium(executablePath) {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: 'bundle',
      lib: { entry: 'browser.js', formats: ['es'], fileName: 'browser' },
      minify: true,
    },
  });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  // Isolated, a page's clock is exact to 5 µs in place of 100.
  const headers = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === '/'
      ? route.fulfill({
          headers,
          contentType: 'text/html',
          body: '<script type="module" src="bundle/browser.js"></script>',
        })
      : route.fulfill({ headers, path: join(folder, pathname) });
  });
  await page.goto('http://localhost/');
  await page.waitForFunction(() => 'run' in globalThis);
  const answer = await page.evaluate((packs) => globalThis.run(packs), packs);
  const version = browser.version();
  await browser.close();
  return { ...answer, version };
}

const node = { ...(await inNode()), version: process.versions.node };
const browser = await inChromium(process.argv[2]);
console.log(JSON.stringify({ node, browser }));
