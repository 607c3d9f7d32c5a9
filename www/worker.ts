/** The analysis, off the main thread. */
import init, { Analyzer } from '../pkg/dockerfile_playground.js';
import { PackLoader } from './packs';
import type { Online, Request, Response } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

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
  const packs = new PackLoader(analyzer, {
    learnt: () => reply({ kind: 'learnt' }),
    missing: (about) => reply({ kind: 'pack-missing', about }),
  });
  self.onmessage = ({ data }: MessageEvent<Request | Online>) => {
    if (data === 'online') return void packs.retry();
    try {
      const report = analyzer.analyze(data.project);
      reply({ kind: 'report', id: data.id, report });
      void packs.load(report.wants);
    } catch (error) {
      console.warn('The analysis stopped.', error);
      reply({ kind: 'crashed', id: data.id });
    }
  };
  reply({ kind: 'ready', lock });
}

const url = new URL('../pkg/dockerfile_playground_bg.wasm', import.meta.url);
Promise.all([holdLock(), init({ module_or_path: url })]).then(
  ([lock]) => serve(new Analyzer(), lock),
  () => reply({ kind: 'load-failed' }),
);
