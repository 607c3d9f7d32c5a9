import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { type ViteUserConfig, defineConfig } from 'vitest/config';

/** Every page: the HTML files in the root. */
const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

/** Modules that others load by their names. */
const modules: Readonly<Record<string, string>> = {
  'embed.js': 'www/embed/element.ts',
  'sw.js': 'www/offline/sw.ts',
};

/** Files that are copied as they are: pages that use what is built, and what installing needs. */
const copied: Readonly<Record<string, string>> = { 'docs/': 'www/docs', '': 'www/install' };

function copies(): Plugin {
  return {
    name: 'copies',
    apply: 'build',
    generateBundle() {
      for (const [to, from] of Object.entries(copied)) {
        const folder = join(import.meta.dirname, from);
        for (const name of readdirSync(folder)) {
          const source = readFileSync(join(folder, name));
          this.emitFile({ type: 'asset', fileName: to + name, source });
        }
      }
    },
  };
}

/** Has the page's code loaded beside the script that waits with it for the first paint. */
function preloads(): Plugin {
  return {
    name: 'preloads',
    apply: 'build',
    transformIndexHtml(html, { bundle = {}, filename }) {
      if (!filename.endsWith('index.html')) return [];
      const needed = new Set<string>();
      const need = (file: string): void => {
        const chunk = bundle[file];
        if (needed.has(file) || chunk?.type !== 'chunk') return;
        needed.add(file);
        chunk.imports.forEach(need);
      };
      const app = Object.values(bundle).find(
        (file) => file.type === 'chunk' && file.facadeModuleId?.endsWith('/www/app.ts'),
      );
      if (app) need(app.fileName);
      const missing = [...needed].filter((file) => !html.includes(file));
      return missing.map((file) => ({
        tag: 'link',
        attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` },
        injectTo: 'head',
      }));
    },
  };
}

/** Tells the service worker which files make up this version. */
function versioned(): Plugin {
  return {
    name: 'versioned',
    apply: 'build',
    writeBundle({ dir = '' }) {
      const files = readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
        .map((path) => path.replaceAll('\\', '/'))
        .filter((path) => path !== 'sw.js' && !path.startsWith('docs/'))
        .sort();
      const hash = createHash('sha256');
      for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(dir, file)));
      const constants = { FILES: files, VERSION: hash.digest('hex').slice(0, 16) };
      const head = Object.entries(constants).map(
        ([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`,
      );
      const worker = join(dir, 'sw.js');
      writeFileSync(worker, head.join('') + readFileSync(worker, 'utf8'));
    },
  };
}

/** The worker loads the core in parts; the whole, which the core's own script names, stays out. */
function parts(): Plugin {
  return {
    name: 'parts',
    transform: {
      filter: { id: /\/pkg\/dockerfile_playground\.js$/ },
      handler: (code) =>
        code.replace("new URL('dockerfile_playground_bg.wasm', import.meta.url)", 'null'),
    },
  };
}

/** What the site's worker and the element's have in common. */
const worker: ViteUserConfig['worker'] = { format: 'es', plugins: () => [parts()] };

/** What the site and the package have in common. */
const targets: ViteUserConfig['build'] = {
  target: 'es2022',
  // The first versions with `light-dark()`: what would stand for it elsewhere needs `color-scheme`
  // in the same file.
  cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  assetsInlineLimit: 0,
};

/** Files that the package has beside the element, by the folder they are in. */
const packageFolders: Readonly<Record<string, string>> = { wasm: '..', pack: '../packs' };

/** Takes out of the element's build what the package holds anyway. */
function beside(): Plugin {
  return {
    name: 'beside',
    generateBundle(_, bundle) {
      for (const name of Object.keys(bundle)) {
        if (packageFolders[name.split('.').at(-1) ?? '']) delete bundle[name];
      }
    },
  };
}

/** The element in the npm package, for bundlers: they preload, and find files by their addresses. */
const element: ViteUserConfig = {
  base: './',
  publicDir: false,
  plugins: [beside()],
  experimental: {
    renderBuiltUrl(name) {
      const folder = packageFolders[name.split('.').at(-1) ?? ''] ?? '.';
      return { runtime: `new URL(${JSON.stringify(`${folder}/${name}`)}, import.meta.url).href` };
    },
  },
  build: {
    ...targets,
    outDir: 'pkg/element',
    modulePreload: false,
    rolldownOptions: {
      input: 'www/embed/element.ts',
      output: {
        entryFileNames: 'element.js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name][extname]',
      },
      preserveEntrySignatures: 'strict',
    },
  },
  worker: { ...worker, rolldownOptions: { output: { entryFileNames: 'worker.js' } } },
};

const site: ViteUserConfig = {
  // Relative addresses, so that the site works in any folder of any host.
  base: './',
  plugins: [copies(), preloads(), versioned()],
  build: {
    ...targets,
    outDir: 'dist',
    // The polyfill would break the pages' security policy, as files within files would.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: [...pages, ...Object.values(modules)],
      output: {
        // Small modules that several files share travel together: each file of its own costs a
        // round trip. Neither the element for other pages nor the editor's code is among them.
        codeSplitting: {
          groups: [
            { name: 'preload-helper', test: /vite\/preload-helper/, priority: 2 },
            {
              name: 'codemirror',
              test: /\/node_modules\/(@codemirror\/(state|view|language|commands)|@lezer|@marijn|style-mod|crelt|w3c-keyname)\//,
              priority: 1,
            },
            {
              name: 'shared',
              test: /\/www\/(?!main|embed|editor\/codemirror).*\.ts$|\/node_modules\/(@lit|lit)/,
              minShareCount: 2,
            },
          ],
        },
        entryFileNames: ({ facadeModuleId }) =>
          Object.keys(modules).find((name) => facadeModuleId?.endsWith(modules[name] ?? '')) ??
          'assets/[name]-[hash].js',
      },
      // Else an entry keeps nothing that only others may use.
      preserveEntrySignatures: 'allow-extension',
    },
  },
  worker,
  test: {
    include: ['www/**/*.test.ts'],
    passWithNoTests: true,
  },
};

export default defineConfig(({ mode }) => (mode === 'package' ? element : site));
