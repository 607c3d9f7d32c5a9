/** Data packs: files that tell the analysis more, fetched when a report wants them. */

import type { Addresses } from './addresses';

/** What the packs are about. */
const subjects: Readonly<Record<string, string>> = {
  alpine: 'Alpine packages',
  images: 'base images',
  licences: 'licences',
  npm: 'npm packages',
  pip: 'Python packages',
  rpm: 'RPM packages',
  'debian-bullseye': 'Debian 11 packages',
  'debian-bookworm': 'Debian 12 packages',
  'debian-trixie': 'Debian 13 packages',
};

/** What takes packs in: the analysis. */
export interface Learner {
  load(pack: Uint8Array): void;
}

export interface PackListener {
  /** The analysis knows more than before. */
  learnt(): void;
  /** A pack could not be had, or is damaged. */
  missing(about: string): void;
  /** What is being loaded now: nothing once all is there. */
  loading(about: readonly string[]): void;
}

/** Fetches each pack once, however often it is wanted; what could not be had, when asked again. */
export class PackLoader {
  private readonly tried = new Map<string, Promise<boolean>>();
  private readonly missed = new Set<string>();
  private readonly underWay = new Set<string>();
  private stopping = new AbortController();

  constructor(
    private readonly packs: Addresses['packs'],
    private readonly learner: Learner,
    private readonly listener: PackListener,
    private readonly fetchPack: FetchPack,
  ) {}

  /** Loads those of the named packs that were not tried yet, and waits for the others. */
  async load(names: readonly string[]): Promise<void> {
    const fresh = names.filter((name) => !this.tried.has(name));
    for (const name of fresh) this.tried.set(name, this.loadOne(name));
    const loaded = await Promise.all(fresh.map((name) => this.tried.get(name)));
    if (loaded.includes(true)) this.listener.learnt();
    await Promise.all(names.map((name) => this.tried.get(name)));
  }

  /** Gives up what is under way, as the user asked. */
  stop(): void {
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  /** Loads what could not be had before. */
  async retry(): Promise<void> {
    const names = [...this.missed];
    this.missed.clear();
    names.forEach((name) => this.tried.delete(name));
    await this.load(names);
  }

  private async loadOne(name: string): Promise<boolean> {
    const address = this.packs[name];
    this.underWay.add(name);
    this.tellLoading();
    try {
      if (!address) throw new Error('no such pack');
      await this.take(new URL(address));
      return true;
    } catch (error) {
      console.warn(`The data pack ${name} could not be loaded.`, error);
      this.missed.add(name);
      this.listener.missing(subjects[name] ?? name);
      return false;
    } finally {
      this.underWay.delete(name);
      this.tellLoading();
    }
  }

  private tellLoading(): void {
    this.listener.loading([...this.underWay].map((name) => subjects[name] ?? name));
  }

  /** One that was kept and is damaged is fetched anew. */
  private async take(url: URL): Promise<void> {
    const { signal } = this.stopping;
    const bytes = await this.fetchPack(url, signal);
    try {
      this.learner.load(bytes);
    } catch {
      await forget(url);
      this.learner.load(await this.fetchPack(url, signal));
    }
  }
}

/** Packs of our own origin are kept; their names change with what is in them. */
const CACHE = 'packs';

type FetchPack = (url: URL, signal: AbortSignal) => Promise<Uint8Array>;

export async function download(url: URL, signal: AbortSignal): Promise<Uint8Array> {
  const cache = url.origin === location.origin ? await openCache() : null;
  const known = await cache?.match(url);
  if (known) return new Uint8Array(await known.arrayBuffer());
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  // A full disk costs a download the next time, and nothing else.
  await cache?.put(url, response.clone()).catch(() => undefined);
  return new Uint8Array(await response.arrayBuffer());
}

async function forget(url: URL): Promise<void> {
  await (await openCache())?.delete(url).catch(() => false);
}

/** Null on insecure addresses, and where the browser keeps nothing. */
async function openCache(): Promise<Cache | null> {
  return 'caches' in globalThis ? caches.open(CACHE).catch(() => null) : null;
}
