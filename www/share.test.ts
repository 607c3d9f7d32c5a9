import { describe, expect, it } from 'vitest';
import sixtyLines from '../tests/fixtures/share/sixty-lines/Dockerfile?raw';
import sixtyLinesIgnore from '../tests/fixtures/share/sixty-lines/dockerignore?raw';
import { LinkError, decodeSnapshot, encodeSnapshot, pack, readFile, writeFile } from './share';
import { type Snapshot, defaultView, workspaceOf } from './state';

/** Links of the past, and what they hold. */
const links = import.meta.glob<{ readonly link: string; readonly expected: Snapshot }>(
  '../tests/fixtures/share/links/*.json',
  { eager: true, import: 'default' },
);

const snapshot: Snapshot = {
  workspace: {
    ...workspaceOf('FROM node:18\nRUN echo "größe 🐳"\n', '.git\n'),
    context: '12\tsrc/a.ts',
    manifests: { 'package.json': '{"name":"x"}' },
    recipes: { 'multi-stage': false },
    changes: [['edit:src/a.ts'], ['chmod:run.sh', 'arg:V=2']],
    measured: 'IMAGE  CREATED  CREATED BY  SIZE\n',
    settings: {
      bandwidth: 1e6,
      rules: {
        trusted_registries: ['docker.io'],
        label_schema: { version: 'semver' },
        strict_labels: true,
        enable: ['DL3057'],
      },
    },
    buildArgs: { VERSION: '2' },
    target: 'build',
    weekly: { 'edit:src/a.ts': 12 },
    gitLog: '0c3b5e7 Fix\nM\tsrc/a.ts\n',
    buildLog: '#7 [2/2] RUN true\n#7 DONE 1.0s\n',
  },
  view: {
    source: 'context',
    result: 'cache',
    change: 'edit:src/a.ts',
    measure: 'compressed',
    picture: 'treemap',
    mode: 'gha',
  },
};

/** A link of the first version. */
const firstLink = async (text: string): Promise<string> => `1.${await pack(text)}`;

describe('a shared link', () => {
  it('brings everything back', async () => {
    const fragment = await encodeSnapshot(snapshot);
    expect(fragment).toMatch(/^2\.[\w-]+$/);
    expect(await decodeSnapshot(fragment)).toEqual(snapshot);
  });

  it('opens a link that was made before there were measured sizes and settings', async () => {
    const old =
      '1.TY7LasMwEEV_xdy1asiuzAdk1xYCWTVZCHnsTCOPjEduQ43-vchJIdv7OJwVXQpXnnuJDML-8PHWaOqYdq8nPRzfG53GJshJ4R5LGTTNddsOkrc8JM18yyBdYnQYvUrPlg20YvLh6gduvywpCGtBcZg5yMRbr9P4Eny4MKj30bg4hIvXobaf4E4y-TYbzg7fwj_1YmmZQxV4Mq9MW2IG4U77x4CeIA4je1s2e5NfRil_';
    const { workspace, view } = await decodeSnapshot(old);
    expect(workspace).toEqual({
      ...workspaceOf('FROM node:18\nRUN npm ci\n', '.git\n'),
      manifests: { 'package.json': '{}' },
      recipes: { 'npm-cache': false },
      changes: [['edit:a.ts']],
    });
    expect(view).toEqual({
      source: 'dockerfile',
      result: 'cache',
      change: 'edit:a.ts',
      measure: 'size',
      picture: 'bars',
      mode: 'local',
    });
  });

  it.each([[5], [[5]], [[['edit:a']]], [null]])('refuses changes like %j', async (odd) => {
    const link = firstLink(JSON.stringify({ ...workspaceOf('FROM nginx\n'), changes: [odd] }));
    await expect(link.then(decodeSnapshot)).rejects.toThrow(/damaged/);
  });

  it.each(Object.entries(links))('opens a link of the past: %s', async (_, { link, expected }) => {
    // What there was not yet is as on a first visit.
    const view = { ...defaultView, ...expected.view };
    expect(await decodeSnapshot(link)).toEqual({ ...expected, view });
  });

  it('is under 2,000 characters for 60 lines and a .dockerignore', async () => {
    expect(sixtyLines.trimEnd().split('\n').length).toBeGreaterThanOrEqual(60);
    const workspace = workspaceOf(sixtyLines, sixtyLinesIgnore);
    const view = { ...defaultView, result: 'cache', change: 'edit:src/server.ts' } as const;
    const link = `https://playground.example.org/#${await encodeSnapshot({ workspace, view })}`;
    expect(link.length).toBeLessThan(2000);
  });

  it('may be followed by options of an embedded playground', async () => {
    const fragment = await encodeSnapshot(snapshot);
    expect(await decodeSnapshot(`${fragment}&view=layers&readonly`)).toEqual(snapshot);
  });

  it('says the same as a file', () => {
    expect(readFile(writeFile(snapshot))).toEqual(snapshot);
    const plain = { workspace: workspaceOf('FROM a\n'), view: defaultView };
    expect(JSON.parse(writeFile(plain))).toEqual({ dockerfile: 'FROM a\n' });
    expect(readFile(writeFile(plain))).toEqual(plain);
  });

  it.each(['', 'FROM node', '[]', '{"name":"x"}'])('is no such file: %j', (text) => {
    expect(() => readFile(text)).toThrow(LinkError);
  });

  it('is short for a short text and copes with a long one', async () => {
    const short = { workspace: workspaceOf('FROM scratch'), view: defaultView };
    expect((await encodeSnapshot(short)).length).toBeLessThan(300);
    const long = { ...short, workspace: workspaceOf('RUN true # é\n'.repeat(100_000)) };
    expect(await decodeSnapshot(await encodeSnapshot(long))).toEqual(long);
  });

  it.each([
    ['cut', async () => (await encodeSnapshot(snapshot)).slice(0, -20)],
    ['not base64', async () => '1.%%%'],
    ['not deflate', async () => '1.aGVsbG8'],
    ['empty', async () => '1.'],
    ['not JSON', async () => firstLink('hello')],
    ['not an object', async () => firstLink('[1]')],
    ['without a Dockerfile', async () => firstLink('{}')],
    [
      'with a wrong type inside',
      async () => firstLink(JSON.stringify({ ...snapshot.workspace, recipes: { a: 1 } })),
    ],
  ])('says so when it is damaged: %s', async (_, make) => {
    await expect(make().then(decodeSnapshot)).rejects.toThrow(/damaged/);
  });

  it('names another version', async () => {
    await expect(decodeSnapshot('3.abc')).rejects.toThrow(/another version/);
  });

  it('stops a decompression bomb', async () => {
    const bomb = await firstLink(' '.repeat(6_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    await expect(decodeSnapshot(bomb)).rejects.toThrow(LinkError);
    await expect(decodeSnapshot(bomb)).rejects.toThrow(/5 MB/);
  });

  it('leaves out settings that are not known', async () => {
    const odd = { ...snapshot.workspace, settings: { bandwidth: 5, nonsense: 1 } };
    const { workspace } = await decodeSnapshot(await firstLink(JSON.stringify(odd)));
    expect(workspace.settings).toEqual({ bandwidth: 5 });
  });

  it('falls back to the default view when the view is not known', async () => {
    const odd = { ...snapshot.workspace, view: { source: 'x', result: 7, change: 1 } };
    expect((await decodeSnapshot(await firstLink(JSON.stringify(odd)))).view).toEqual(defaultView);
  });
});
