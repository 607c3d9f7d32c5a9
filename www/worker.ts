/** The analysis, off the main thread. */
import init, { Analyzer } from '../pkg/dockerfile_playground.js';
import { PackLoader } from './packs';
import type { Request, Response } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

function serve(analyzer: Analyzer): void {
  const packs = new PackLoader(analyzer, {
    learnt: () => reply({ kind: 'learnt' }),
    missing: (about) => reply({ kind: 'pack-missing', about }),
  });
  self.onmessage = ({ data }: MessageEvent<Request>) => {
    try {
      const report = analyzer.analyze(data.project);
      reply({ kind: 'report', id: data.id, report });
      void packs.load(report.wants);
    } catch (error) {
      console.warn('The analysis stopped.', error);
      reply({ kind: 'crashed', id: data.id });
    }
  };
  reply({ kind: 'ready' });
}

init({ module_or_path: new URL('../pkg/dockerfile_playground_bg.wasm', import.meta.url) }).then(
  () => serve(new Analyzer()),
  () => reply({ kind: 'load-failed' }),
);
