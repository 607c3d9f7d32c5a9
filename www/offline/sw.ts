/**
 * The service worker: after a first visit the page needs no network. A version's files are stored
 * together and served together; a new version waits until the user takes it or all tabs are closed.
 *
 * Taking it means that its pages are shown, by whichever worker is at work: what is stored says which
 * version that is. `skipWaiting` would not do: Chromium lets it wait for the worker before to be at
 * rest, for minutes, and a load that is under way at the change of workers may never be answered.
 */
import type { Question } from './versions';

declare const self: ServiceWorkerGlobalScope;

/** Filled in by the build: the files of this version, and a hash of them. */
declare const FILES: readonly string[];
declare const VERSION: string;

const PREFIX = 'playground-';
const CACHE = `${PREFIX}${VERSION}`;
/** Data packs, which the page's worker stores at their first use. */
const PACKS = 'packs';
/** Holds the name of the cache whose pages are shown, at this address. */
const SHOWN = 'shown';
const SHOWN_URL = new URL('shown-version', self.registration.scope);

self.addEventListener('install', (event) => event.waitUntil(store()));
self.addEventListener('activate', (event) => event.waitUntil(takeOver()));
self.addEventListener('message', (event) => {
  const question: Question = event.data;
  const answer = question === 'show' ? show() : shown().then((name) => name === CACHE);
  event.waitUntil(answer.catch(() => false).then((yes) => event.ports[0]?.postMessage(yes)));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin } = new URL(request.url);
  if (request.method === 'GET' && origin === self.location.origin) {
    event.respondWith(answer(request));
  }
});

/** Files whose names hold a hash are taken over from the version before. */
async function store(): Promise<void> {
  const cache = await caches.open(CACHE);
  const files = FILES.filter((file) => !file.endsWith('.pack'));
  await Promise.all(
    files.map(async (file) => {
      const url = new URL(file, self.registration.scope);
      const known = file.startsWith('assets/') ? await caches.match(url) : undefined;
      if (known) return cache.put(url, known);
      return cache.add(new Request(url, { cache: 'no-cache' }));
    }),
  );
}

/** The cache that is shown; undefined before the first one is. */
async function shown(): Promise<string | undefined> {
  const said = await (await caches.open(SHOWN)).match(SHOWN_URL);
  return said?.text();
}

/** Shows this version from the next load on. */
async function show(): Promise<boolean> {
  await (await caches.open(SHOWN)).put(SHOWN_URL, new Response(CACHE));
  return true;
}

/** Drops what is out of date, but for the version before: a tab may still use it. */
async function takeOver(): Promise<void> {
  // Where storage is full, the version before stays in view.
  await show().catch(() => false);
  const versions = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const old = versions.filter((name) => name !== CACHE).slice(0, -1);
  await Promise.all(old.map((name) => caches.delete(name)));
  const packs = await caches.open(PACKS);
  const current = new Set(FILES.map((file) => new URL(file, self.registration.scope).href));
  const outdated = (await packs.keys()).filter(({ url }) => !current.has(url));
  await Promise.all(outdated.map((request) => packs.delete(request)));
  await self.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const name = await shown();
  const cache = await caches.open(name !== undefined && (await caches.has(name)) ? name : CACHE);
  const url = new URL(request.url);
  url.search = '';
  if (request.mode === 'navigate' && url.href === self.registration.scope) {
    url.pathname += 'index.html';
  }
  return (await cache.match(url)) ?? (await caches.match(url)) ?? fetch(request);
}
