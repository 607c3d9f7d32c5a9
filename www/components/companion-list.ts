import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Companion } from '../../pkg/report';
import { download } from '../files';
import { shared } from '../styles/shared';
import './copy-button';

/** What goes beside the optimized files: each folded away until it is wanted. */
@customElement('dp-companion-list')
export class CompanionList extends LitElement {
  static override styles = [
    shared,
    css`
      details {
        border-bottom: 1px solid var(--line);
      }

      summary {
        display: flex;
        align-items: baseline;
        flex-wrap: wrap;
        gap: 2px 12px;
        padding: 10px 0;
        cursor: pointer;
        list-style: none;
      }

      summary::-webkit-details-marker {
        display: none;
      }

      summary::before {
        content: '';
        flex: none;
        width: 6px;
        height: 6px;
        border: solid var(--muted);
        border-width: 0 1.5px 1.5px 0;
        transform: rotate(-45deg);
      }

      [open] > summary::before {
        transform: rotate(45deg);
      }

      h3 {
        font-size: inherit;
        font-weight: 500;
      }

      summary code {
        color: var(--muted);
        overflow-wrap: anywhere;
      }

      .body {
        padding: 0 0 14px;
        padding-inline-start: 18px;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin: 8px 0;
      }

      pre {
        margin: 0;
        padding: 10px 12px;
        overflow: auto;
        max-height: 420px;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--sunken);
        font: 12.5px/1.55 var(--mono);
        tab-size: 2;
      }

      @container (max-width: 480px) {
        .body {
          padding-inline-start: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) companions: readonly Companion[] = [];

  override render() {
    return this.companions.map((companion) => this.companion(companion));
  }

  private companion({ title, why, path, text }: Companion) {
    const name = path?.split('/').at(-1) ?? '';
    return html`<details>
      <summary>
        <h3>${title}</h3>
        ${path ? html`<code>${path}</code>` : ''}
      </summary>
      <div class="body">
        <p class="muted">${why}</p>
        <div class="actions">
          <dp-copy-button what=${title} .text=${text}></dp-copy-button>
          ${
            path
              ? html`<button class="button small" @click=${() => download(name, text)}>
                  Download<span class="visually-hidden"> ${name}</span>
                </button>`
              : ''
          }
        </div>
        <pre tabindex="0" role="region" aria-label=${title}>${text}</pre>
      </div>
    </details>`;
  }
}
