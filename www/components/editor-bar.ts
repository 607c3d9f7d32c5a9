import { LitElement, css, html, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../styles/shared';

/** What the bar's buttons ask for. */
export type EditorCommand = 'undo' | 'redo' | 'format' | 'find' | 'tell' | 'keys';

const back = svg`<path d="M4 6.5h6.5a3 3 0 0 1 0 6H7M4 6.5 6.8 3.7M4 6.5l2.8 2.8" />`;
const forward = svg`<path d="M12 6.5H5.5a3 3 0 0 0 0 6H9M12 6.5 9.2 3.7M12 6.5 9.2 9.3" />`;

/**
 * Buttons for what the editor also does by key, a toolbar after the ARIA pattern: one stop of Tab,
 * arrow keys within. Fires `command`.
 */
@customElement('dp-editor-bar')
export class EditorBar extends LitElement {
  static override styles = [
    shared,
    css`
      .bar {
        display: flex;
        gap: 2px;
        padding: 3px 6px;
        border-top: 1px solid var(--line);
      }

      button {
        display: inline-flex;
        align-items: center;
        min-width: 28px;
        min-height: 28px;
        padding: 0 8px;
        border: 0;
        border-radius: var(--radius-small);
        background: none;
        color: var(--muted);
        font-size: 13px;
        cursor: pointer;
      }

      button:hover {
        background: var(--hover);
        color: var(--text);
      }

      button[aria-disabled='true'] {
        background: none;
        color: var(--line-strong);
        cursor: default;
      }

      button:focus-visible {
        outline-offset: -2px;
      }

      svg {
        width: 16px;
        height: 16px;
        fill: none;
        stroke: currentColor;
        stroke-width: 1.5;
      }

      .keys {
        margin-inline-start: auto;
      }

      @media (pointer: coarse) {
        button {
          min-width: 36px;
          min-height: 36px;
        }
      }
    `,
  ];

  @property({ type: Boolean }) canUndo = false;
  @property({ type: Boolean }) canRedo = false;
  /** True while the Dockerfile is shown, and while any text is. */
  @property({ type: Boolean }) isDockerfile = false;
  @property({ type: Boolean }) isText = false;

  override render() {
    return html`<div class="bar" role="toolbar" aria-label="Editing" @keydown=${this.onKey}>
      ${this.step('undo', 'Step back', back, this.canUndo)}
      ${this.step('redo', 'Step forward', forward, this.canRedo)}
      ${this.isDockerfile ? this.button('format', 'Format') : nothing}
      ${this.isText ? [this.button('find', 'Search'), this.button('tell', 'Explain')] : nothing}
      ${this.button('keys', 'Keys')}
    </div>`;
  }

  private step(command: EditorCommand, label: string, path: unknown, isEnabled: boolean) {
    return html`<button
      aria-label=${label}
      title=${label}
      aria-disabled=${!isEnabled}
      tabindex=${command === 'undo' ? 0 : -1}
      @click=${() => isEnabled && this.ask(command)}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">${path}</svg>
    </button>`;
  }

  private button(command: EditorCommand, label: string) {
    return html`<button class=${command} tabindex="-1" @click=${() => this.ask(command)}>
      ${label}
    </button>`;
  }

  private ask(command: EditorCommand): void {
    this.dispatchEvent(new CustomEvent('command', { detail: command }));
  }

  private onKey(event: KeyboardEvent): void {
    const buttons = [...this.renderRoot.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const last = buttons.length - 1;
    const target = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    buttons.at(target % buttons.length)?.focus();
  }
}
