/** `<dockerfile-playground>`: importing this module defines the element. */
import type { Report } from './report';

/** What listeners are told. */
export interface DockerfilePlaygroundEvents {
  /** There is a report. */
  report: CustomEvent<Report>;
  /** The user changed a text. */
  change: CustomEvent<{ readonly dockerfile: string; readonly dockerignore: string }>;
}

/**
 * Shows the Dockerfile inside of it, at its attribute `src`, or of a link (`state`). Other
 * attributes: `view`, `readonly`, `theme`, `height`, and `home`, the address of a playground to
 * open the text in.
 */
export declare class DockerfilePlayground extends HTMLElement {
  /** The last report; null before there is one. */
  get report(): Report | null;
  addEventListener<K extends keyof DockerfilePlaygroundEvents>(
    type: K,
    listener: (event: DockerfilePlaygroundEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'dockerfile-playground': DockerfilePlayground;
  }
}
