/**
 * Links and files of strangers: whatever they hold, they are read or refused with a `LinkError`, and
 * what is read is read the same again. `cargo xtask fuzz link` gives it more time.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  LinkError,
  decodeSnapshot,
  encodeSnapshot,
  pack,
  readFile,
  toBase64Url,
  writeFile,
} from './share';
import { type Snapshot, defaultView, workspaceOf } from './state';

const SECONDS = Number(import.meta.env['VITE_FUZZ_SECONDS'] ?? 2);

/** Every field as it is in a link, with something in those that are maps or lists. */
const usual = {
  ...workspaceOf('FROM node:18\n', '.git\n'),
  manifests: { 'package.json': '{}' },
  recipes: { 'multi-stage': false },
  changes: [['edit:a.ts'], ['arg:V=2']],
  settings: { bandwidth: 1e6, rules: { label_schema: { version: 'semver' }, enable: ['DL3057'] } },
  view: defaultView,
};

const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'rules', 'a'));
const { value: odd } = fc.letrec((again) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, '', 0, -1e300),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true }),
    fc.array(again('value'), { maxLength: 4 }),
    fc.dictionary(names, again('value'), { maxKeys: 4 }),
  ),
}));
const fields = Object.entries(usual).map(([name, value]) => [
  name,
  fc.oneof({ weight: 4, arbitrary: fc.constant<unknown>(value) }, odd),
]);
const json = fc
  .oneof({ weight: 4, arbitrary: fc.record(Object.fromEntries(fields), { requiredKeys: [] }) }, odd)
  .map((value) => JSON.stringify(value));
/** A text in which a stretch has become something else. */
const torn = fc
  .tuple(json, fc.nat(), fc.nat(9), fc.string({ unit: 'binary' }))
  .map(([text, at, length, other]) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + other + text.slice(from + length);
  });
const files = fc.oneof(json, torn);

const bytes = fc.uint8Array({ maxLength: 400 });
const links = fc.oneof(
  fc.string({ unit: 'binary' }),
  bytes.map((all) => `2.${toBase64Url(all)}`),
  files.chain((text) => fc.constantFrom('1.', '2.').map((version) => ({ text, version }))),
);

it(
  'reads what anybody may have written, or says why not',
  async () => {
    await fc.assert(
      fc.asyncProperty(files, links, async (file, link) => {
        const written = typeof link === 'string' ? link : link.version + (await pack(link.text));
        await check(async () => readFile(file));
        await check(() => decodeSnapshot(written));
      }),
      { numRuns: Infinity, interruptAfterTimeLimit: SECONDS * 1000 },
    );
  },
  SECONDS * 1000 + 60_000,
);

async function check(read: () => Promise<Snapshot>): Promise<void> {
  let snapshot: Snapshot;
  try {
    snapshot = await read();
  } catch (error) {
    expect(error).toBeInstanceOf(LinkError);
    return;
  }
  expect(readFile(writeFile(snapshot))).toEqual(snapshot);
  expect(await decodeSnapshot(await encodeSnapshot(snapshot))).toEqual(snapshot);
}
