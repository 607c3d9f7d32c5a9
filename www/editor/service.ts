/** What the editor asks of the analysis about the Dockerfile that is in it. */
import type { Completions, Hover, Outline, Project } from '../../pkg/report';
import type { Answers, Question } from '../protocol';
import { type Workspace, projectOf } from '../state';

/** Null where there is no answer to be had: the editor works without it. */
export interface LanguageService {
  outline(text: string): Promise<Outline | null>;
  complete(text: string, offset: number): Promise<Completions | null>;
  hover(text: string, offset: number): Promise<Hover | null>;
  format(text: string): Promise<string | null>;
}

/** Whoever answers: the client of the worker. */
export interface Answering {
  ask<K extends keyof Answers>(question: Question & { kind: K }): Promise<Answers[K] | null>;
}

/** Characters of a text that is answered about; longer ones are no person's, and would take long. */
const MOST = 300_000;

/** The service of a workspace; the editor's text may be newer than the workspace's. */
export function languageService(client: Answering, workspace: () => Workspace): LanguageService {
  const project = (dockerfile: string): Project => projectAt({ ...workspace(), dockerfile });
  const ask: Answering['ask'] = async (question) => {
    const { length } = 'text' in question ? question.text : question.project.dockerfile;
    return length <= MOST ? client.ask(question) : null;
  };
  return {
    outline: (text) => ask({ kind: 'outline', text }),
    format: (text) => ask({ kind: 'format', text }),
    complete: (text, offset) => ask({ kind: 'complete', project: project(text), offset }),
    hover: (text, offset) => ask({ kind: 'hover', project: project(text), offset }),
  };
}

/** Long logs say nothing about a place. */
function projectAt(workspace: Workspace): Project {
  return projectOf({ ...workspace, gitLog: null, buildLog: null, measured: '', changes: [] });
}
