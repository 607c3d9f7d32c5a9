import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** Every page: the HTML files in the root. */
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

/** Pages that use what is built as a stranger's would: they are copied as they are. */
function docs(): Plugin {
  const folder = join(import.meta.dirname, 'www/docs');
  return {
    name: 'docs',
    apply: 'build',
    generateBundle() {
      for (const name of readdirSync(folder)) {
        const source = readFileSync(join(folder, name));
        this.emitFile({ type: 'asset', fileName: `docs/${name}`, source });
      }
    },
  };
}

export default defineConfig({
  // Relative addresses, so that the site works in any folder of any host.
  base: './',
  plugins: [docs()],
  build: {
    outDir: 'dist',
    target: 'es2022',
    // The first versions with `light-dark()`: what would stand for it elsewhere needs `color-scheme`
    // in the same file.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The polyfill and inlined files would break the pages' security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: [...pages, 'www/embed/element.ts'],
      output: {
        // Other pages load the element by its name.
        entryFileNames: ({ name }) => (name === 'element' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
      // Else an entry keeps nothing that only others may use.
      preserveEntrySignatures: 'allow-extension',
    },
  },
  worker: { format: 'es' },
  test: {
    include: ['www/**/*.test.ts'],
    passWithNoTests: true,
  },
});
