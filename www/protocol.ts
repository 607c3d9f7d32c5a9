/** What the page and its worker say to each other. */
import type { Completions, Hover, Outline, Project, Report } from '../pkg/report';

/** To the worker: analyse this. */
export interface Request {
  readonly id: number;
  readonly project: Project;
}

/**
 * To the worker: the network is back, so what could not be loaded may be had now; or the user waits
 * no longer for what is being loaded.
 */
export type Word = 'online' | 'stop-loading';

/** What the editor asks, by the answers to it. */
export interface Answers {
  outline: Outline;
  complete: Completions;
  hover: Hover | null;
  format: string;
}

/** A question about a Dockerfile, or about a place in it. */
export type Question =
  | { readonly kind: 'outline' | 'format'; readonly text: string }
  | { readonly kind: 'complete' | 'hover'; readonly project: Project; readonly offset: number };

/** To the worker: answer this. */
export interface Ask {
  readonly id: number;
  readonly question: Question;
}

/** From the worker. */
export type Response =
  /** It can work; it holds the lock of this name for as long as it lives. */
  | { readonly kind: 'ready'; readonly lock: string | null }
  | { readonly kind: 'load-failed' }
  /** It was asked what it cannot do yet, and is to be asked again when it is ready. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'report'; readonly id: number; readonly report: Report }
  | { readonly kind: 'crashed'; readonly id: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[keyof Answers] }
  /** It knows more than before: another answer would be a better one. */
  | { readonly kind: 'learnt' }
  /** It loads data packs about these: about nothing once they are there. */
  | { readonly kind: 'loading'; readonly about: readonly string[] }
  /** A data pack cannot be had: figures that rest on it stay rough. */
  | { readonly kind: 'pack-missing'; readonly about: string };
