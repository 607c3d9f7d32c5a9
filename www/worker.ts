/** The analysis, off the main thread. */
import init, { Analyzer } from '../pkg/dockerfile_playground.js';
import type { Request, Response } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

function serve(analyzer: Analyzer): void {
  self.onmessage = ({ data }: MessageEvent<Request>) => {
    try {
      reply({ kind: 'report', id: data.id, report: analyzer.analyze(data.project) });
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
