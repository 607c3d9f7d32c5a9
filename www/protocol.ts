/** What the page and its worker say to each other. */
import type { Project, Report } from '../pkg/report';

/** To the worker: analyse this. */
export interface Request {
  readonly id: number;
  readonly project: Project;
}

/** To the worker: the network is back, so what could not be loaded may be had now. */
export type Online = 'online';

/** From the worker. */
export type Response =
  /** It can work; it holds the lock of this name for as long as it lives. */
  | { readonly kind: 'ready'; readonly lock: string | null }
  | { readonly kind: 'load-failed' }
  | { readonly kind: 'report'; readonly id: number; readonly report: Report }
  | { readonly kind: 'crashed'; readonly id: number }
  /** It knows more than before: another answer would be a better one. */
  | { readonly kind: 'learnt' }
  /** A data pack cannot be had: figures that rest on it stay rough. */
  | { readonly kind: 'pack-missing'; readonly about: string };
