import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { act } from '../events';
import type { Notice } from '../state';
import { shared } from '../styles/shared';

/** One line at the foot of the window; it stays until it is dismissed or replaced. */
@customElement('dp-notice-bar')
export class NoticeBar extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        position: fixed;
        z-index: 30;
        inset: auto 0 16px;
        pointer-events: none;
      }

      .bar {
        display: flex;
        align-items: center;
        gap: 6px 14px;
        width: fit-content;
        max-width: min(640px, calc(100vw - 24px));
        margin: 0 auto;
        padding: 8px 8px 8px 16px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--panel);
        box-shadow: 0 8px 28px rgb(0 0 0 / 0.2);
        pointer-events: auto;
      }

      .bar.problem-tone {
        border-inline-start: 4px solid var(--error);
      }

      /* In the footer, where it hides nothing. */
      @media (min-width: 1000px) and (min-height: 560px) {
        :host {
          inset-block-end: 2px;
        }

        .bar {
          padding-block: 4px;
        }
      }

      .text {
        overflow-wrap: anywhere;
      }

      .close {
        display: grid;
        place-items: center;
        flex: none;
        width: 28px;
        height: 28px;
        border: 0;
        border-radius: var(--radius-small);
        background: none;
        color: var(--muted);
        cursor: pointer;
      }

      .close:hover {
        background: var(--hover);
        color: var(--text);
      }
    `,
  ];

  @property({ attribute: false }) notice: Notice | null = null;

  override render() {
    return html`<div role="status">${this.notice ? this.bar(this.notice) : nothing}</div>`;
  }

  private bar({ text, tone, restore }: Notice) {
    return html`<div class="bar ${tone === 'problem' ? 'problem-tone' : ''}">
      <span class="text">${text}</span>
      ${
        restore
          ? html`<button class="button small" @click=${() => this.restore(restore.snapshot)}>
              ${restore.label}
            </button>`
          : nothing
      }
      <button class="close" aria-label="Dismiss" @click=${this.dismiss}>
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="M1 1l10 10M11 1L1 11" stroke="currentColor" stroke-width="1.6" />
        </svg>
      </button>
    </div>`;
  }

  private restore(snapshot: NonNullable<Notice['restore']>['snapshot']): void {
    act(this, { type: 'open', snapshot, notice: null });
  }

  private dismiss(): void {
    act(this, { type: 'notice', notice: null });
  }
}
