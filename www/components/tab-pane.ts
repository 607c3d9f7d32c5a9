import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../styles/shared';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** A short figure beside the label. */
  readonly badge?: string;
  /** True when the panel itself scrolls, and so must be reachable by keyboard. */
  readonly scrolls?: boolean;
}

/**
 * Tabs after the ARIA pattern: arrow keys move and select. Each panel shows the slot of its tab's
 * id; below them all is the slot `foot`. Fires `select` with the chosen id.
 */
@customElement('dp-tab-pane')
export class TabPane extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        overflow: clip;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
      }

      [role='tablist'] {
        display: flex;
        flex: none;
        gap: 4px;
        padding: 0 8px;
        border-bottom: 1px solid var(--line);
        overflow-x: auto;
        scrollbar-width: none;
      }

      [role='tab'] {
        flex: none;
        margin-bottom: -1px;
        padding: 11px 8px 9px;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--muted);
        cursor: pointer;
        white-space: nowrap;
      }

      [role='tab']:hover {
        color: var(--text);
      }

      [role='tab'][aria-selected='true'] {
        border-bottom-color: var(--accent);
        color: var(--text);
        font-weight: 600;
      }

      [role='tab']:focus-visible,
      [role='tabpanel']:focus-visible {
        outline-offset: -3px;
      }

      /* Holds the width of the bold label, so that choosing a tab moves nothing. */
      .label {
        display: inline-grid;
      }

      .label::after {
        content: attr(data-label);
        height: 0;
        overflow: hidden;
        visibility: hidden;
        font-weight: 600;
      }

      .count {
        margin-inline-start: 5px;
        color: var(--muted);
        font-size: 12px;
        font-weight: 400;
        font-variant-numeric: tabular-nums;
      }

      [role='tabpanel'] {
        flex: 1;
        min-height: 0;
      }

      [role='tabpanel'].scrolls {
        max-height: var(--pane-max, none);
        overflow: auto;
        overscroll-behavior: contain;
      }

      /* Paper has no tabs and does not scroll. */
      @media print {
        :host {
          display: block;
          overflow: visible;
          border: 0;
        }

        [role='tablist'] {
          display: none;
        }

        [role='tabpanel'].scrolls {
          max-height: none;
          overflow: visible;
        }
      }
    `,
  ];

  @property() label = '';
  @property({ attribute: false }) tabs: readonly Tab[] = [];
  @property() selected = '';

  override render() {
    return html`
      <div role="tablist" aria-label=${this.label} @keydown=${this.onKey}>
        ${this.tabs.map((tab) => this.tab(tab))}
      </div>
      ${this.tabs.map((tab) => this.panel(tab))}
      <slot name="foot"></slot>
    `;
  }

  private tab({ id, label, badge }: Tab) {
    const selected = id === this.selected;
    return html`<button
      role="tab"
      id="tab-${id}"
      aria-selected=${selected}
      aria-controls="panel-${id}"
      tabindex=${selected ? 0 : -1}
      @click=${() => this.select(id)}
    >
      <span class="label" data-label=${label}>${label}</span>${
        badge ? html`<span class="count">${badge}</span>` : nothing
      }
    </button>`;
  }

  private panel({ id, scrolls }: Tab) {
    return html`<div
      role="tabpanel"
      id="panel-${id}"
      class=${scrolls ? 'scrolls' : ''}
      aria-labelledby="tab-${id}"
      tabindex=${scrolls ? 0 : nothing}
      ?hidden=${id !== this.selected}
    >
      <slot name=${id}></slot>
    </div>`;
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.tabs.findIndex((tab) => tab.id === this.selected);
    const last = this.tabs.length - 1;
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const tab = this.tabs[(target + this.tabs.length) % this.tabs.length];
    if (!tab) return;
    this.select(tab.id);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${tab.id}`)?.focus();
  }

  /** Puts the focus on the tab of what is shown. */
  async focusTab(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
  }

  private select(id: string): void {
    this.dispatchEvent(new CustomEvent('select', { detail: id }));
  }
}
