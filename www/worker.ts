/** The analysis, off the main thread. */
import init, { Analyzer, type InitOutput } from '../pkg/dockerfile_playground.js';
import type { Addresses } from './addresses';
import { PackLoader, download } from './packs';
import type { Answers, Ask, Question, Request, Response, Word } from './protocol';
import { Rest } from './rest';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

const addresses = JSON.parse(self.name) as Addresses;

/**
 * After the first report the page builds its editor. What is loaded at once beside that holds it up:
 * a phone was blocked for 340 ms, and for 180 with three seconds between (Lighthouse, 2 processors).
 */
const HEAD_START_MS = 2000;

/** Takes a lock, which goes back when this worker ends; null where there are no locks. */
async function holdLock(): Promise<string | null> {
  try {
    const name = `analysis-${crypto.randomUUID()}`;
    await new Promise<void>((resolve, reject) => {
      const held = () => new Promise<never>(() => resolve());
      navigator.locks.request(name, held).catch(reject);
    });
    return name;
  } catch {
    return null;
  }
}

function serve(first: InitOutput, lock: string | null): void {
  const rest = new Rest(first, addresses.rest);
  let analyzer = new Analyzer();
  // What reads packs is in the rest.
  const fetchPack = async (url: URL, signal: AbortSignal) =>
    (await Promise.all([download(url, signal), rest.load()]))[0];
  const learner = { load: (pack: Uint8Array) => analyzer.load(pack) };
  const listener = {
    learnt: () => reply({ kind: 'learnt' }),
    missing: (about: string) => reply({ kind: 'pack-missing', about }),
    loading: (about: readonly string[]) => reply({ kind: 'loading', about }),
  };
  const packs = new PackLoader(addresses.packs, learner, listener, fetchPack);
  let later: ReturnType<typeof setTimeout> | undefined;
  const analyse = ({ id, project }: Request): void => {
    const report = analyzer.analyze(project);
    reply({ kind: 'report', id, report });
    clearTimeout(later);
    if (rest.isLoaded) return void packs.load(report.wants);
    later = setTimeout(() => {
      rest.load().catch(() => undefined);
      void packs.load(report.wants);
    }, HEAD_START_MS);
  };
  const answer = async ({ id, question }: Ask): Promise<void> => {
    const first = ask(analyzer, question);
    const isShort =
      typeof first === 'object' && first && 'wants' in first && first.wants.length > 0;
    // What is offered must not change under the user's hand: it comes when all of it is known.
    if (isShort) await packs.load(first.wants);
    reply({ kind: 'answer', id, answer: isShort ? ask(analyzer, question) : first });
  };
  let isWaiting = false;
  const waitForRest = async (): Promise<void> => {
    isWaiting = true;
    reply({ kind: 'incomplete' });
    try {
      await rest.load();
      // The other one is in use for ever where it stopped.
      analyzer = new Analyzer();
      reply({ kind: 'ready', lock: null });
    } catch {
      reply({ kind: 'load-failed' });
    }
    isWaiting = false;
  };
  self.onmessage = async ({ data }: MessageEvent<Request | Ask | Word>) => {
    if (data === 'online') return void packs.retry();
    if (data === 'stop-loading') return packs.stop();
    // The page asks again.
    if (isWaiting) return;
    try {
      if ('question' in data) await answer(data);
      else analyse(data);
    } catch (error) {
      if (!rest.isLoaded) return waitForRest();
      console.warn('The analysis stopped.', error);
      reply({ kind: 'crashed', id: data.id });
    }
  };
  reply({ kind: 'ready', lock });
}

function ask(analyzer: Analyzer, question: Question): Answers[keyof Answers] {
  switch (question.kind) {
    case 'outline':
      return analyzer.outline(question.text);
    case 'format':
      return analyzer.format(question.text);
    case 'complete':
      return analyzer.complete(question.project, question.offset);
    case 'hover':
      return analyzer.hover(question.project, question.offset);
  }
}

Promise.all([holdLock(), init({ module_or_path: addresses.first })]).then(
  ([lock, first]) => serve(first, lock),
  () => reply({ kind: 'load-failed' }),
);
