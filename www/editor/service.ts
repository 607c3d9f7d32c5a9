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

/** The service of a workspace; the editor's text may be newer than the workspace's. */
export function languageService(client: Answering, workspace: () => Workspace): LanguageService {
  const project = (dockerfile: string): Project => projectAt({ ...workspace(), dockerfile });
  return {
    outline: (text) => client.ask({ kind: 'outline', text }),
    format: (text) => client.ask({ kind: 'format', text }),
    complete: (text, offset) => client.ask({ kind: 'complete', project: project(text), offset }),
    hover: (text, offset) => client.ask({ kind: 'hover', project: project(text), offset }),
  };
}

/** Long logs say nothing about a place. */
function projectAt(workspace: Workspace): Project {
  return projectOf({ ...workspace, gitLog: null, buildLog: null, measured: '', changes: [] });
}
