/**
 * The shipped WebAssembly, in the browser, gives the very report that the
 * native core gives, for every fixture.
 *
 * A fixture is a Dockerfile under tests/fixtures or among the page's examples;
 * a `.dockerignore` (or `dockerignore`), a listing `context.txt` and manifests
 * beside it belong to it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test as base, type Browser, type JSHandle } from '@playwright/test';
import type * as Core from '../../pkg/dockerfile_playground.js';
import type { Project } from '../../pkg/report';

const root = join(import.meta.dirname, '../..');
const folders = ['tests/fixtures', 'www/examples'];
const manifestNames = [
  'Cargo.lock',
  'Cargo.toml',
  'Gemfile',
  'Gemfile.lock',
  'Pipfile',
  'Pipfile.lock',
  'build.gradle',
  'build.gradle.kts',
  'composer.json',
  'composer.lock',
  'go.mod',
  'go.sum',
  'package-lock.json',
  'package.json',
  'pnpm-lock.yaml',
  'poetry.lock',
  'pom.xml',
  'pyproject.toml',
  'requirements.txt',
  'uv.lock',
  'yarn.lock',
];

/** A project's files: what both cores are given. */
interface Fixture {
  readonly dockerfile: string;
  readonly dockerignore: string | undefined;
  readonly context: string | undefined;
  readonly manifests: readonly { name: string; file: string }[];
}

function isDockerfile(path: string): boolean {
  return /(^|[/\\])(Dockerfile(\.[\w-]+)?|[\w.-]+\.Dockerfile)$/.test(path);
}

function fixture(dockerfile: string): Fixture {
  const beside = (name: string) => join(dirname(dockerfile), name);
  const ifThere = (name: string) => (existsSync(beside(name)) ? beside(name) : undefined);
  return {
    dockerfile,
    dockerignore: ifThere('.dockerignore') ?? ifThere('dockerignore'),
    context: ifThere('context.txt'),
    manifests: manifestNames
      .map((name) => ({ name, file: beside(name) }))
      .filter(({ file }) => existsSync(file)),
  };
}

function project({ dockerfile, dockerignore, context, manifests }: Fixture): Project {
  const read = (file: string) => readFileSync(file, 'utf8');
  return {
    dockerfile: read(dockerfile),
    ...(dockerignore !== undefined && { dockerignore: read(dockerignore) }),
    ...(context !== undefined && { context: read(context) }),
    manifests: Object.fromEntries(manifests.map(({ name, file }) => [name, read(file)])),
  };
}

/** The report of `cargo xtask report`; exit code 2 says the input has faults. */
function nativeReport({ dockerfile, dockerignore, context, manifests }: Fixture): unknown {
  const xtask = process.env['XTASK'];
  const [program, ...first] = xtask === undefined ? ['cargo', 'xtask'] : [xtask];
  const { status, stdout, stderr } = spawnSync(
    program!,
    [
      ...[...first, 'report', '--dockerfile', dockerfile],
      ...(dockerignore === undefined ? [] : ['--dockerignore', dockerignore]),
      ...(context === undefined ? [] : ['--context', context]),
      ...manifests.flatMap(({ file }) => ['--manifest', file]),
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0 && (status !== 2 || stdout === '')) {
    throw new Error(`xtask report ended with ${status}:\n${stderr}`);
  }
  return JSON.parse(stdout);
}

/** Loads the site, and in it its own WebAssembly with all its packs, through pkg/'s API. */
async function load(browser: Browser, baseURL: string): Promise<JSHandle<Core.Analyzer>> {
  const page = await browser.newPage({ baseURL });
  await page.route('**/core.js', (route) =>
    route.fulfill({ path: join(root, 'pkg/dockerfile_playground.js') }),
  );
  await page.goto('./');
  const shipped = (extension: string) =>
    readdirSync(join(root, 'dist/assets'))
      .filter((name) => name.endsWith(extension))
      .map((name) => `assets/${name}`);
  const packs = shipped('.pack');
  expect(packs).toHaveLength(readdirSync(join(root, 'pkg/packs')).length);
  const [first, rest, ...others] = shipped('.wasm').sort();
  expect(others).toEqual([]);
  return page.evaluateHandle(
    async ({ first, rest, packs }) => {
      const address = new URL('core.js', location.href).href;
      const core = (await import(address)) as typeof Core;
      const parts = {
        first: await core.default({ module_or_path: new URL(first!, location.href) }),
      };
      await WebAssembly.instantiateStreaming(fetch(rest!), parts as never);
      const analyzer = new core.Analyzer();
      for (const pack of packs) {
        analyzer.load(new Uint8Array(await (await fetch(pack)).arrayBuffer()));
      }
      return analyzer;
    },
    { first, rest, packs },
  );
}

const test = base.extend<object, { analyzer: JSHandle<Core.Analyzer> }>({
  analyzer: [
    async ({ browser }, use, { project }) => use(await load(browser, project.use.baseURL!)),
    { scope: 'worker' },
  ],
});

const dockerfiles = folders
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(isDockerfile)
      .map((path) => join(folder, path)),
  )
  .sort();

for (const path of dockerfiles) {
  test(`${path}: the browser's report is the native one`, async ({ analyzer }) => {
    const files = fixture(join(root, path));
    const inBrowser = await analyzer.evaluate(
      (analyzer, input) => JSON.stringify(analyzer.analyze(input)),
      project(files),
    );
    expect(JSON.parse(inBrowser)).toEqual(nativeReport(files));
  });
}

test('the core refuses what is no project, with an Error', async ({ analyzer }) => {
  const message = await analyzer.evaluate((analyzer) => {
    try {
      analyzer.analyze({ dockerfile: 1 } as never);
      return 'accepted';
    } catch (error) {
      return error instanceof Error ? error.message : 'no Error';
    }
  });
  expect(message).toContain('expected a string');
});
