/**
 * The whole state in the address: `#2.<base64url of deflate-raw JSON>`, in a file the same JSON as it
 * is. The JSON has the fields of the workspace, and the view as `view`; what is missing is as in an
 * empty workspace. The leading number is the format's version: links of version 1 hold every field.
 * The part after `#` never leaves the browser. What follows a `&` is for embed.html.
 */
import type { RuleSettings, Settings } from '../pkg/report';
import {
  type Snapshot,
  type View,
  type Workspace,
  cacheModes,
  defaultView,
  labelKinds,
  measures,
  normalise,
  pictures,
  resultTabs,
  settingNames,
  sourceTabs,
  workspaceOf,
} from './state';

const VERSION = '2.';
/** What a link may begin with. */
const VERSIONS = ['1.', VERSION];
/** A link that unpacks to more is refused: no text that people share is so long. */
const MAX_BYTES = 5_000_000;

/** Why a link cannot be opened, as a sentence for a person. */
export class LinkError extends Error {}

export async function encodeSnapshot(snapshot: Snapshot): Promise<string> {
  return VERSION + (await pack(JSON.stringify(told(snapshot))));
}

/** What stands in a link behind its version. */
export async function pack(json: string): Promise<string> {
  const packed = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return toBase64Url(new Uint8Array(await new Response(packed).arrayBuffer()));
}

/** Reads what follows the `#`. Throws a {@link LinkError} and nothing else. */
export async function decodeSnapshot(fragment: string): Promise<Snapshot> {
  const version = VERSIONS.find((prefix) => fragment.startsWith(prefix));
  if (version === undefined) {
    throw new LinkError('This link was made by another version of this page.');
  }
  const bytes = fromBase64Url(fragment.slice(version.length).replace(/&.*/s, ''));
  return readSnapshot({ ...unsaid, ...parseJson(await inflate(bytes)) });
}

/** The text of a file that holds what a link holds. */
export function writeFile(snapshot: Snapshot): string {
  return `${JSON.stringify(told(snapshot), null, 2)}\n`;
}

/** Reads such a file. Throws a {@link LinkError} and nothing else. */
export function readFile(json: string): Snapshot {
  return readSnapshot({ ...unsaid, ...parseJson(json) });
}

/** A workspace without anything but a Dockerfile, which every link has. */
const { dockerfile: _, ...unsaid } = workspaceOf('');

/** What is not as in an empty workspace. */
function told({ workspace, view }: Snapshot): Record<string, unknown> {
  const seen = difference(view, defaultView);
  return {
    dockerfile: workspace.dockerfile,
    ...difference(workspace, unsaid),
    ...(Object.keys(seen).length > 0 ? { view: seen } : {}),
  };
}

/** The fields of `value` that are not as in `usual`. */
function difference(value: object, usual: object): Record<string, unknown> {
  const known = new Map(Object.entries(usual).map(([key, entry]) => [key, JSON.stringify(entry)]));
  return Object.fromEntries(
    Object.entries(value).filter(([key, entry]) => JSON.stringify(entry) !== known.get(key)),
  );
}

function damaged(): LinkError {
  return new LinkError('This link is damaged: a part of it is missing or was changed.');
}

export function toBase64Url(bytes: Uint8Array): string {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    chunks.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(chunks.join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    throw damaged();
  }
}

/** Unpacks, and stops at {@link MAX_BYTES} before the rest is in memory. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw damaged();
    });
    if (done) return text + decoder.decode();
    total += value.byteLength;
    if (total > MAX_BYTES) {
      await reader.cancel().catch(() => undefined);
      throw new LinkError('This link unpacks to more than 5 MB, so it was not opened.');
    }
    text += decoder.decode(value, { stream: true });
  }
}

function parseJson(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged();
  }
  if (!isRecord(value)) throw damaged();
  return value;
}

/** Checks every field: a link is written by a stranger. */
export function readSnapshot(value: Record<string, unknown>): Snapshot {
  const workspace: Workspace = {
    dockerfile: normalise(text(value['dockerfile'])),
    dockerignore: normalise(text(value['dockerignore'])),
    context: value['context'] === null ? null : text(value['context']),
    manifests: record(value['manifests'], 'string'),
    recipes: record(value['recipes'], 'boolean'),
    changes: scenarios(value['changes']),
    // Links of before 2026-11-24 do not have these.
    measured: normalise(text(value['measured'] ?? '')),
    settings: readSettings(value['settings'] ?? {}),
    buildArgs: record(value['buildArgs'] ?? {}, 'string'),
    target: value['target'] == null ? null : text(value['target']),
    // Older links have none of these.
    weekly: record(value['weekly'] ?? {}, 'number'),
    gitLog: optional(value['gitLog']),
    buildLog: optional(value['buildLog']),
  };
  return { workspace, view: readView(value['view']) };
}

/** The figures, and what rules are set to. */
function readSettings(value: unknown): Settings {
  if (!isRecord(value)) throw damaged();
  const { rules, ...figures } = value;
  const settings: Settings = known(settingNames, record(figures, 'number'));
  return rules === undefined ? settings : { ...settings, rules: readRules(rules) };
}

function readRules(value: unknown): RuleSettings {
  if (!isRecord(value)) throw damaged();
  const labels = Object.entries(record(value['label_schema'] ?? {}, 'string'));
  return {
    trusted_registries: list(value['trusted_registries'] ?? []),
    label_schema: Object.fromEntries(
      labels.map(([name, kind]) => [name, oneOf(labelKinds, kind, 'text')]),
    ),
    strict_labels: value['strict_labels'] === true,
    enable: list(value['enable'] ?? []),
  };
}

function readView(value: unknown): View {
  if (!isRecord(value)) return defaultView;
  const { change } = value;
  return {
    source: oneOf(sourceTabs, value['source'], defaultView.source),
    result: oneOf(resultTabs, value['result'], defaultView.result),
    change: typeof change === 'string' ? change : null,
    measure: oneOf(measures, value['measure'], defaultView.measure),
    picture: oneOf(pictures, value['picture'], defaultView.picture),
    mode: oneOf(cacheModes, value['mode'], defaultView.mode),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw damaged();
  return value;
}

function optional(value: unknown): string | null {
  return value === null || value === undefined ? null : text(value);
}

function list(value: unknown): string[] {
  if (!Array.isArray(value)) throw damaged();
  return value.map(text);
}

/** Simulations; a link of before 2026-11-24 has each as one change. */
function scenarios(value: unknown): string[][] {
  if (!Array.isArray(value)) throw damaged();
  return value.map((entry) => (typeof entry === 'string' ? [entry] : list(entry)));
}

interface Primitives {
  number: number;
  string: string;
  boolean: boolean;
}

function record<T extends keyof Primitives>(
  value: unknown,
  type: T,
): Record<string, Primitives[T]> {
  if (!isRecord(value) || Object.values(value).some((entry) => typeof entry !== type)) {
    throw damaged();
  }
  return value as Record<string, Primitives[T]>;
}

/** The entries whose names are known; the core refuses others. */
function known<K extends string, V>(names: readonly K[], value: Record<string, V>) {
  const entries = names.flatMap((name) => (name in value ? [[name, value[name]]] : []));
  return Object.fromEntries(entries) as Partial<Record<K, V>>;
}

function oneOf<T extends string>(options: readonly T[], value: unknown, fallback: T): T {
  return options.find((option) => option === value) ?? fallback;
}
