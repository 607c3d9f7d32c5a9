/** The analysis, off the main thread. */
import init, { Analyzer } from '../pkg/dockerfile_playground.js';
import type { Addresses } from './addresses';
import { PackLoader } from './packs';
import type { Answers, Ask, Question, Request, Response, Word } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

const addresses = JSON.parse(self.name) as Addresses;

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

function serve(analyzer: Analyzer, lock: string | null): void {
  const packs = new PackLoader(addresses.packs, analyzer, {
    learnt: () => reply({ kind: 'learnt' }),
    missing: (about) => reply({ kind: 'pack-missing', about }),
    loading: (about) => reply({ kind: 'loading', about }),
  });
  const analyse = ({ id, project }: Request): void => {
    const report = analyzer.analyze(project);
    reply({ kind: 'report', id, report });
    void packs.load(report.wants);
  };
  const answer = async ({ id, question }: Ask): Promise<void> => {
    const first = ask(analyzer, question);
    const isShort =
      typeof first === 'object' && first && 'wants' in first && first.wants.length > 0;
    // What is offered must not change under the user's hand: it comes when all of it is known.
    if (isShort) await packs.load(first.wants);
    reply({ kind: 'answer', id, answer: isShort ? ask(analyzer, question) : first });
  };
  self.onmessage = async ({ data }: MessageEvent<Request | Ask | Word>) => {
    if (data === 'online') return void packs.retry();
    if (data === 'stop-loading') return packs.stop();
    try {
      if ('question' in data) await answer(data);
      else analyse(data);
    } catch (error) {
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

Promise.all([holdLock(), init({ module_or_path: addresses.wasm })]).then(
  ([lock]) => serve(new Analyzer(), lock),
  () => reply({ kind: 'load-failed' }),
);
