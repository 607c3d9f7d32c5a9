/** Earlier versions of the Dockerfile, for comparing with the one in the editor. Pure. */

export const versionKinds = ['opened', 'shared', 'typed'] as const;
export type VersionKind = (typeof versionKinds)[number];

/** The text as it was at some time. */
export interface Version {
  readonly text: string;
  /** What made it worth keeping. */
  readonly kind: VersionKind;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const MOST_VERSIONS = 24;
/** All texts together: a browser keeps about 5 MB for a page, most of it for the draft. */
const MOST_CHARACTERS = 400_000;

/** The versions with one more, the newest last. A text is kept once; what was typed goes first. */
export function withVersion(versions: readonly Version[], version: Version): readonly Version[] {
  const known = versions.some(({ text }) => text === version.text);
  if (version.text.trim() === '' || (known && version.kind === 'typed')) return versions;
  const next = [...versions.filter(({ text }) => text !== version.text), version];
  const isTooMuch = () =>
    next.length > MOST_VERSIONS ||
    next.reduce((sum, { text }) => sum + text.length, 0) > MOST_CHARACTERS;
  while (next.length > 0 && isTooMuch()) {
    const typed = next.findIndex(({ kind }) => kind === 'typed');
    next.splice(Math.max(0, typed), 1);
  }
  return next;
}

/** What was kept, with our own after it. */
export function withVersions(
  kept: readonly Version[],
  own: readonly Version[],
): readonly Version[] {
  return own.reduce((list, version) => withVersion(list, version), kept);
}

/** Reads what was kept; what is no version is left out. */
export function readVersions(value: unknown): readonly Version[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isVersion).slice(-MOST_VERSIONS);
}

function isVersion(value: unknown): value is Version {
  if (typeof value !== 'object' || value === null) return false;
  const { text, kind, at } = value as Record<string, unknown>;
  return (
    typeof text === 'string' &&
    typeof at === 'number' &&
    versionKinds.some((known) => known === kind)
  );
}
