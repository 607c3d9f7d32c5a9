import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Every page: the HTML files in the root. */
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

export default defineConfig({
  // Relative addresses, so that the site works in any folder of any host.
  base: './',
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The polyfill and inlined files would break the pages' security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: pages },
  },
  worker: { format: 'es' },
  test: {
    include: ['www/**/*.test.ts'],
    passWithNoTests: true,
  },
});
