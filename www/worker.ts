/** The analysis, off the main thread. */
import init, { Analyzer } from '../pkg/dockerfile_playground.js';
import { PackLoader } from './packs';
import type { Answers, Ask, Question, Request, Response } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

function reply(response: Response): void {
  self.postMessage(response);
}

function serve(analyzer: Analyzer): void {
  const packs = new PackLoader(analyzer, {
    learnt: () => reply({ kind: 'learnt' }),
    missing: (about) => reply({ kind: 'pack-missing', about }),
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
  self.onmessage = async ({ data }: MessageEvent<Request | Ask>) => {
    try {
      if ('question' in data) await answer(data);
      else analyse(data);
    } catch (error) {
      console.warn('The analysis stopped.', error);
      reply({ kind: 'crashed', id: data.id });
    }
  };
  reply({ kind: 'ready' });
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

init({ module_or_path: new URL('../pkg/dockerfile_playground_bg.wasm', import.meta.url) }).then(
  () => serve(new Analyzer()),
  () => reply({ kind: 'load-failed' }),
);
