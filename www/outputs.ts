/** Tells what a text file is that a command has printed. */
import type { Workspace } from './state';

/** Where in the workspace such an output goes. */
export type OutputField = 'measured' | 'gitLog' | 'buildLog';

/** So much of a file shows what it is. */
const HEAD = 20_000;

/** The first that matches; each is what its command prints and nobody else. */
const SIGNS: readonly (readonly [OutputField, RegExp])[] = [
  // `docker history`, `docker history --format json`, `docker image inspect`, a manifest.
  ['measured', /^IMAGE\s+CREATED( AT)?\s+CREATED BY\b/m],
  ['measured', /^\s*[[{][^]*"(CreatedBy|RootFS|schemaVersion)"/],
  // `git log`.
  ['gitLog', /^commit [0-9a-f]{7,64}\b/m],
  // `docker build --progress=plain`, and the builder before BuildKit.
  ['buildLog', /^#\d+ (\[|DONE\b|CACHED\b|transferring\b)/m],
  ['buildLog', /^Step \d+\/\d+ : /m],
];

export function outputOf(text: string): OutputField | null {
  const head = text.slice(0, HEAD);
  return SIGNS.find(([, sign]) => sign.test(head))?.[0] ?? null;
}

/** Outputs by their place; those that belong together are put below each other. */
export function withOutputs(workspace: Workspace, texts: readonly string[]): Workspace {
  const found = new Map<OutputField, string>();
  for (const text of texts) {
    const field = outputOf(text);
    if (!field) continue;
    const before = field === 'measured' ? found.get(field) : undefined;
    found.set(field, before === undefined ? text : `${before}\n${text}`);
  }
  return { ...workspace, ...Object.fromEntries(found) };
}
