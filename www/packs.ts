/** Data packs: files that tell the analysis more, fetched when a report wants them. */

/** What a pack is about, and where it is. */
interface Pack {
  readonly about: string;
  readonly url: URL;
}

const packs: Readonly<Record<string, Pack>> = {
  alpine: {
    about: 'Alpine packages',
    url: new URL('../pkg/packs/alpine.pack', import.meta.url),
  },
  images: {
    about: 'base images',
    url: new URL('../pkg/packs/images.pack', import.meta.url),
  },
  npm: {
    about: 'npm packages',
    url: new URL('../pkg/packs/npm.pack', import.meta.url),
  },
  pip: {
    about: 'Python packages',
    url: new URL('../pkg/packs/pip.pack', import.meta.url),
  },
  'debian-bullseye': {
    about: 'Debian 11 packages',
    url: new URL('../pkg/packs/debian-bullseye.pack', import.meta.url),
  },
  'debian-bookworm': {
    about: 'Debian 12 packages',
    url: new URL('../pkg/packs/debian-bookworm.pack', import.meta.url),
  },
  'debian-trixie': {
    about: 'Debian 13 packages',
    url: new URL('../pkg/packs/debian-trixie.pack', import.meta.url),
  },
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
}

/** Fetches each pack once, however often it is wanted; what could not be had, when asked again. */
export class PackLoader {
  private readonly tried = new Map<string, Promise<boolean>>();
  private readonly missed = new Set<string>();

  constructor(
    private readonly learner: Learner,
    private readonly listener: PackListener,
    private readonly fetchPack: (url: URL) => Promise<Uint8Array> = download,
  ) {}

  /** Loads those of the named packs that were not tried yet, and waits for the others. */
  async load(names: readonly string[]): Promise<void> {
    const fresh = names.filter((name) => !this.tried.has(name));
    for (const name of fresh) this.tried.set(name, this.loadOne(name));
    const loaded = await Promise.all(fresh.map((name) => this.tried.get(name)));
    if (loaded.includes(true)) this.listener.learnt();
    await Promise.all(names.map((name) => this.tried.get(name)));
  }

  /** Loads what could not be had before. */
  async retry(): Promise<void> {
    const names = [...this.missed];
    this.missed.clear();
    names.forEach((name) => this.tried.delete(name));
    await this.load(names);
  }

  private async loadOne(name: string): Promise<boolean> {
    const pack = packs[name];
    try {
      if (!pack) throw new Error('no such pack');
      await this.take(pack.url);
      return true;
    } catch (error) {
      console.warn(`The data pack ${name} could not be loaded.`, error);
      this.missed.add(name);
      this.listener.missing(pack?.about ?? name);
      return false;
    }
  }

  /** One that was kept and is damaged is fetched anew. */
  private async take(url: URL): Promise<void> {
    const bytes = await this.fetchPack(url);
    try {
      this.learner.load(bytes);
    } catch {
      await forget(url);
      this.learner.load(await this.fetchPack(url));
    }
  }
}

/** Packs of our own origin are kept; their names change with what is in them. */
const CACHE = 'packs';

async function download(url: URL): Promise<Uint8Array> {
  const cache = url.origin === location.origin ? await openCache() : null;
  const known = await cache?.match(url);
  if (known) return new Uint8Array(await known.arrayBuffer());
  const response = await fetch(url);
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
