import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { copyText } from '../files';
import { shared } from '../styles/shared';

const SHOWN_MS = 2000;
const words = { ready: 'Copy', copied: 'Copied', blocked: 'Copying is blocked' } as const;

/** A button that copies a text and says so in its own place. */
@customElement('dp-copy-button')
export class CopyButton extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-block;
      }

      .button {
        min-width: 68px;
        justify-content: center;
      }
    `,
  ];

  /** What is copied, for people who hear the button without its surroundings. */
  @property() what = '';
  @property({ attribute: false }) text = '';
  @state() private outcome: keyof typeof words = 'ready';

  override render() {
    return html`<button class="button small" @click=${this.copy}>
        ${words[this.outcome]}<span class="visually-hidden"> ${this.what}</span>
      </button>
      <span class="visually-hidden" role="status"
        >${this.outcome === 'ready' ? '' : words[this.outcome]}</span
      >`;
  }

  private async copy(): Promise<void> {
    this.outcome = (await copyText(this.text)) ? 'copied' : 'blocked';
    setTimeout(() => (this.outcome = 'ready'), SHOWN_MS);
  }
}
