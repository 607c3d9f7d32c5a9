import { css, html, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '../embed/embed-view';
import {
  type EmbedOptions,
  type EmbedTheme,
  type EmbedViewName,
  embedThemes,
  embedViews,
  heightOf,
  themeOf,
  viewOf,
} from '../embed/options';
import { elementSnippet, frameSnippet } from '../embed/snippets';
import { encodeSnapshot } from '../share';
import type { Snapshot } from '../state';
import { dialogStyles } from '../styles/dialog';
import { shared } from '../styles/shared';
import './copy-button';
import { ModalDialog } from './modal-dialog';

const viewNames: Readonly<Record<EmbedViewName, string>> = {
  all: 'Everything',
  source: 'Text only',
  layers: 'Layers',
  cache: 'Cache',
  optimized: 'Optimized',
  findings: 'Findings',
  report: 'Report',
};

const themeNames: Readonly<Record<EmbedTheme, string>> = {
  page: 'Of the page',
  system: 'Of the system',
  light: 'Light',
  dark: 'Dark',
};

const ways = { element: 'Element', frame: 'Frame' } as const;
type Way = keyof typeof ways;

/** Some servers and editors cut longer addresses. */
const LONG_ADDRESS = 8000;

/** Where the playground is, with a final slash. */
const home = new URL('.', location.href).href;

/** The HTML that puts what is on the page into another page. Fires `close`. */
@customElement('dp-embed-dialog')
export class EmbedDialog extends ModalDialog {
  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        width: 1120px;
      }

      .choices,
      .code {
        display: grid;
        align-content: start;
        gap: 10px;
      }

      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 10px;
      }

      label {
        display: grid;
        gap: 3px;
        color: var(--muted);
        font-size: 12px;
      }

      label .input {
        width: 100%;
        color: var(--text);
        font-size: 14px;
      }

      .check {
        display: flex;
        align-items: center;
        gap: 8px;
        color: var(--text);
        font-size: 14px;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
      }

      pre {
        max-height: 240px;
        margin: 0;
        padding: 10px 12px;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--sunken);
        font: 12px/1.5 var(--mono);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .preview {
        max-height: 560px;
        overflow: auto;
        overscroll-behavior: contain;
      }

      @media (min-width: 900px) {
        .inside {
          grid-template-columns: minmax(0, 5fr) minmax(0, 6fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) snapshot!: Snapshot;
  @state() private options: EmbedOptions = { view: 'all', readonly: false, theme: 'page' };
  @state() private height = '';
  @state() private way: Way = 'element';
  /** The snapshot as a link has it; empty until it is packed. */
  @state() private packed = '';

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('snapshot')) void encodeSnapshot(this.snapshot).then((s) => (this.packed = s));
  }

  override render() {
    return this.frame(
      'Embed in your page',
      html`
        <div class="choices">${this.fields()} ${this.code()}</div>
        <div class="preview" role="group" aria-label="Preview" tabindex="0">
          <dp-embed
            .snapshot=${this.snapshot}
            .view=${this.options.view}
            .readonly=${this.options.readonly}
            .theme=${this.options.theme}
            .height=${this.height}
            .home=${home}
          ></dp-embed>
        </div>
      `,
    );
  }

  private fields() {
    const { view, theme, readonly } = this.options;
    return html`<div class="fields">
        <label
          >View
          <select class="input" @change=${this.onView}>
            ${embedViews.map(
              (name) =>
                html`<option value=${name} ?selected=${name === view}>${viewNames[name]}</option>`,
            )}
          </select>
        </label>
        <label
          >Theme
          <select class="input" @change=${this.onTheme}>
            ${embedThemes.map(
              (name) =>
                html`<option value=${name} ?selected=${name === theme}>
                  ${themeNames[name]}
                </option>`,
            )}
          </select>
        </label>
        <label
          >Height
          <input
            class="input"
            placeholder="as needed"
            inputmode="numeric"
            @input=${this.onHeight}
          />
        </label>
      </div>
      <label class="check">
        <input type="checkbox" .checked=${readonly} @change=${this.onReadonly} />
        Readers cannot change the text
      </label>`;
  }

  private code() {
    const text = this.snippet();
    return html`<div class="code">
      <div class="row">
        <div class="segmented" role="group" aria-label="As">
          ${(Object.keys(ways) as Way[]).map(
            (way) =>
              html`<button aria-pressed=${way === this.way} @click=${() => (this.way = way)}>
                ${ways[way]}
              </button>`,
          )}
        </div>
        <dp-copy-button what="the HTML" .text=${text}></dp-copy-button>
      </div>
      <pre tabindex="0" role="group" aria-label="HTML">${text}</pre>
      <p class="muted">
        ${
          this.way === 'element'
            ? 'Where scripts are off, readers see the text.'
            : 'For pages that take no scripts. The address holds the text.'
        }
        ${
          this.way === 'frame' && text.length > LONG_ADDRESS
            ? 'It is long: take the element if your editor cuts it.'
            : ''
        }
        <a href="${home}docs/embed.html" target="_blank" rel="noopener">How it works</a>
      </p>
    </div>`;
  }

  private snippet(): string {
    const { snapshot, packed, options, height } = this;
    const input = { home, snapshot, state: packed, options, height };
    return this.way === 'element' ? elementSnippet(input) : frameSnippet(input);
  }

  private onView({ target }: Event): void {
    this.options = { ...this.options, view: viewOf((target as HTMLSelectElement).value) };
  }

  private onTheme({ target }: Event): void {
    const theme = themeOf((target as HTMLSelectElement).value, 'page');
    this.options = { ...this.options, theme };
  }

  private onReadonly({ target }: Event): void {
    this.options = { ...this.options, readonly: (target as HTMLInputElement).checked };
  }

  private onHeight({ target }: Event): void {
    this.height = heightOf((target as HTMLInputElement).value);
  }
}
