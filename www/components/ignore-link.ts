import { html } from 'lit';
import { jump } from '../events';

/** Leads to the line of .dockerignore that decides about a file. */
export function ignoreLink(host: HTMLElement, line: number) {
  return html`<button
    class="link num"
    aria-label="Go to line ${line} of .dockerignore"
    @click=${() => jump(host, 'dockerignore', line)}
  >
    line ${line}
  </button>`;
}
