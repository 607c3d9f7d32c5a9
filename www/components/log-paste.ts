import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Problem } from '../../pkg/report';
import { paste } from '../styles/paste';
import { shared } from '../styles/shared';
import './copy-button';

/** Problems shown of one log. */
const MOST_PROBLEMS = 5;

/** A place to paste what a command prints. Tells of a new text by `paste-log`; null removes it. */
@customElement('dp-log-paste')
export class LogPaste extends LitElement {
  static override styles = [
    shared,
    paste,
    css`
      .inside {
        grid-template-columns: minmax(0, 1fr);
      }

      .problems {
        margin-top: 8px;
      }
    `,
  ];

  /** What is pasted, for a person. */
  @property() what = '';
  @property() command = '';
  @property() hint = '';
  @property({ attribute: false }) value: string | null = null;
  @property({ attribute: false }) problems: readonly Problem[] = [];
  @query('textarea') private text!: HTMLTextAreaElement;

  override render() {
    const given = this.value !== null;
    return html`<details>
        <summary>${given ? `Your ${this.what}` : `Paste your ${this.what}`}</summary>
        <div class="inside">
          <div class="command">
            <code tabindex="0">${this.command}</code>
            <dp-copy-button what="the command" .text=${this.command}></dp-copy-button>
          </div>
          <textarea
            class="input mono"
            aria-label=${this.what}
            placeholder=${this.hint}
            spellcheck="false"
            .value=${this.value ?? ''}
          ></textarea>
          <div class="actions">
            <button class="button" @click=${() => this.send(this.text.value)}>Use it</button>
            ${
              given
                ? html`<button class="button" @click=${() => this.send('')}>Remove it</button>`
                : nothing
            }
          </div>
        </div>
      </details>
      ${this.complaints()}`;
  }

  private complaints() {
    if (this.problems.length === 0) return nothing;
    const more = this.problems.length - MOST_PROBLEMS;
    return html`<ul class="problems" role="status">
      ${this.problems
        .slice(0, MOST_PROBLEMS)
        .map(
          ({ line, column, message, help }) =>
            html`<li class="problem">
              Line ${line}, column ${column}: ${message}.${help ? ` ${help}.` : ''}
            </li>`,
        )}
      ${more > 0 ? html`<li class="problem">And ${more} more.</li>` : nothing}
    </ul>`;
  }

  private send(text: string): void {
    const detail = text.trim() === '' ? null : text;
    this.dispatchEvent(new CustomEvent<string | null>('paste-log', { detail }));
  }
}
