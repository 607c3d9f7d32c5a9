import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from '../styles/shared';

/** What the bar's buttons ask for. */
export type EditorCommand = 'undo' | 'redo' | 'format' | 'find' | 'tell' | 'keys';

/** Buttons for what the editor also does by key. Fires `command`. */
@customElement('dp-editor-bar')
export class EditorBar extends LitElement {
  static override styles = [
    shared,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
        padding: 3px 6px;
        border-top: 1px solid var(--line);
      }

      button {
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
        color: color-mix(in srgb, var(--muted) 55%, transparent);
        cursor: default;
      }

      .keys {
        margin-inline-start: auto;
      }

      @media (pointer: coarse) {
        button {
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
    return html`<div class="bar" role="toolbar" aria-label="Editing">
      ${this.button('undo', 'Undo', this.canUndo)} ${this.button('redo', 'Redo', this.canRedo)}
      ${this.isDockerfile ? this.button('format', 'Format') : nothing}
      ${this.isText ? html`${this.button('find', 'Find')} ${this.button('tell', 'Explain')}` : nothing}
      ${this.button('keys', 'Keys')}
    </div>`;
  }

  private button(command: EditorCommand, label: string, isEnabled = true) {
    return html`<button
      class=${command}
      aria-disabled=${!isEnabled}
      @click=${() => isEnabled && this.dispatchEvent(new CustomEvent('command', { detail: command }))}
    >
      ${label}
    </button>`;
  }
}
