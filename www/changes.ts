/** What can change between two builds, as the core writes it: `KIND:VALUE`. Pure. */
import type { Report } from '../pkg/report';

/** What can be done to a file or a folder of the context. */
export const fileKinds = ['edit', 'touch', 'chmod', 'rename', 'delete', 'add'] as const;
export type FileKind = (typeof fileKinds)[number];

/** Changes that happen at once; as the core, this joins them into the name of the simulation. */
export type Scenario = readonly string[];

export function keyOf(scenario: Scenario): string {
  return scenario.join(' + ');
}

interface Parts {
  readonly kind: string;
  readonly value: string;
}

function partsOf(change: string): Parts {
  const at = change.indexOf(':');
  return { kind: change.slice(0, at), value: change.slice(at + 1) };
}

/** What of a change another one takes the place of: of texts and arguments there is one each. */
function slotOf(change: string): string {
  const { kind, value } = partsOf(change);
  if (kind === 'arg') return `arg:${value.split('=', 1)[0]}`;
  if (kind === 'dockerfile' || kind === 'earlier-dockerfile') return 'dockerfile';
  return kind === 'dockerignore' ? kind : change;
}

/** A scenario with one change more. */
export function together(scenario: Scenario, change: string): Scenario {
  const others = scenario.filter((other) => slotOf(other) !== slotOf(change));
  return [...others, change];
}

const titles: Readonly<Record<string, (value: string) => string>> = {
  edit: (path) => `Edit ${path}`,
  touch: (path) => `Touch ${path}`,
  chmod: (path) => `Change the mode of ${path}`,
  add: (path) => `Add ${path}`,
  delete: (path) => `Delete ${path}`,
  rename: (paths) => `Rename ${paths.replace('=', ' to ')}`,
  arg: (pair) => `Build with ${pair}`,
  base: (reference) => `New digest of ${reference}`,
  url: (url) => `New content at ${url}`,
  dockerfile: () => 'Edit the Dockerfile',
  'earlier-dockerfile': () => 'Edit the Dockerfile',
  dockerignore: () => 'Edit .dockerignore',
};

/** A change in words. */
export function titleOf(change: string): string {
  const { kind, value } = partsOf(change);
  return titles[kind]?.(value) ?? change;
}

/** The images that a build takes files from, each once, in the file's order. */
export function imagesOf({ stages, cache }: Report): string[] {
  const names = new Set(stages.flatMap(({ name }) => name ?? []));
  const bases = stages.map(({ base }) => base.reference);
  const steps = cache[0]?.steps ?? [];
  const copied = steps.flatMap(({ text }) => /\s--from=(\S+)/.exec(text)?.[1] ?? []);
  const isImage = (name: string) =>
    name !== 'scratch' && !names.has(name.toLowerCase()) && !/^\d+$|\$/.test(name);
  return [...new Set([...bases, ...copied])].filter(isImage);
}

/** What ADD fetches from elsewhere, each once. */
export function urlsOf({ cache }: Report): string[] {
  const added = (cache[0]?.steps ?? []).filter(({ instruction }) => instruction === 'ADD');
  const words = added.flatMap(({ text }) => text.split(/\s+/));
  return [...new Set(words.filter((word) => /^(https?:\/\/|git@)[^$]+$/.test(word)))];
}
