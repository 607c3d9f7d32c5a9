/** Forms for the changes that are not of files. Each fires `pick` with a change. */
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { ArgumentReport } from '../../pkg/report';
import { shared } from '../styles/shared';
import type { Version } from '../versions';
import { changedLines, versionTitle } from '../version-words';

const forms = css`
  form {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }

  form .input:not(textarea) {
    flex: 1 1 130px;
    max-width: 320px;
  }

  textarea.input {
    width: 100%;
    min-height: 120px;
    resize: vertical;
  }

  p {
    margin-bottom: 6px;
  }
`;

abstract class ChangeForm extends LitElement {
  protected pick(change: string): void {
    this.dispatchEvent(new CustomEvent<string>('pick', { detail: change }));
  }
}

/** Another value of a build argument. */
@customElement('dp-argument-change')
export class ArgumentChange extends ChangeForm {
  static override styles = [shared, forms];

  @property({ attribute: false }) names: readonly ArgumentReport[] = [];
  /** The values that are set under Settings. */
  @property({ attribute: false }) values: Readonly<Record<string, string>> = {};
  @query('select') private name!: HTMLSelectElement;
  @query('input') private value!: HTMLInputElement;

  override render() {
    if (this.names.length === 0) {
      return html`<p class="muted">This Dockerfile declares no build argument.</p>`;
    }
    return html`<form @submit=${this.submit}>
      <select class="input mono" aria-label="Build argument">
        ${this.names.map(({ name, default: usual }) => {
          const value = this.values[name] ?? usual;
          return html`<option value=${name}>
            ${name}${value === undefined ? '' : ` (now ${value})`}
          </option>`;
        })}
      </select>
      <input
        class="input mono"
        aria-label="New value"
        placeholder="New value"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
      />
      <button class="button">Change it</button>
    </form>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    this.pick(`arg:${this.name.value}=${this.value.value}`);
    this.value.value = '';
  }
}

/** A tag, or a URL of an ADD, that leads to something new. */
@customElement('dp-moved-change')
export class MovedChange extends ChangeForm {
  static override styles = [
    shared,
    css`
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }

      li {
        max-width: 100%;
      }

      .button {
        max-width: 100%;
        overflow-wrap: anywhere;
        white-space: normal;
        text-align: start;
      }

      p {
        margin-bottom: 6px;
      }
    `,
  ];

  @property({ attribute: false }) images: readonly string[] = [];
  @property({ attribute: false }) urls: readonly string[] = [];

  override render() {
    if (this.images.length + this.urls.length === 0) {
      return html`<p class="muted">This Dockerfile takes nothing from elsewhere.</p>`;
    }
    const moved = [
      ...this.images.map((image) => ({ change: `base:${image}`, what: image })),
      ...this.urls.map((url) => ({ change: `url:${url}`, what: url })),
    ];
    return html`<p class="muted">The name stays; what it leads to is new.</p>
      <ul>
        ${moved.map(
          ({ change, what }) =>
            html`<li>
              <button class="button" @click=${() => this.pick(change)}>
                <span
                  >New ${change.startsWith('url') ? 'content' : 'digest'} of
                  <code>${what}</code></span
                >
              </button>
            </li>`,
        )}
      </ul>`;
  }
}

/** Another `.dockerignore`. */
@customElement('dp-ignore-change')
export class IgnoreChange extends ChangeForm {
  static override styles = [shared, forms];

  @property({ attribute: false }) value = '';
  /** The one that is proposed under Optimized. */
  @property({ attribute: false }) proposed = '';
  @query('textarea') private text!: HTMLTextAreaElement;

  override render() {
    return html`<form @submit=${this.submit}>
      <textarea
        class="input mono"
        aria-label=".dockerignore after the change"
        spellcheck="false"
        .value=${this.value}
      ></textarea>
      <button class="button">Simulate this text</button>
      ${
        this.proposed !== this.value
          ? html`<button
              type="button"
              class="button"
              @click=${() => (this.text.value = this.proposed)}
            >
              Take the proposed one
            </button>`
          : nothing
      }
    </form>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    this.pick(`dockerignore:${this.text.value}`);
  }
}

/** The Dockerfile as it was before. */
@customElement('dp-version-change')
export class VersionChange extends ChangeForm {
  static override styles = [
    shared,
    forms,
    css`
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 10px;
        padding: 4px 0;
        border-bottom: 1px solid var(--line);
      }

      li .button {
        margin-inline-start: auto;
      }

      ul {
        max-height: 236px;
        margin-bottom: 8px;
        overflow: auto;
      }

      details {
        margin-top: 6px;
      }

      summary {
        cursor: pointer;
      }

      form {
        margin-top: 6px;
      }
    `,
  ];

  @property({ attribute: false }) current = '';
  @property({ attribute: false }) versions: readonly Version[] = [];
  @query('textarea') private text!: HTMLTextAreaElement;

  override render() {
    const earlier = this.versions.filter(({ text }) => text !== this.current).reverse();
    return html`<p class="muted">
        What runs again when the build before was of an earlier version, and this one is of the text
        in the editor.
      </p>
      ${
        earlier.length > 0
          ? html`<ul aria-label="Earlier versions" tabindex="0">
              ${earlier.map((version) => this.version(version))}
            </ul>`
          : html`<p>No earlier version yet: edit the Dockerfile, and it is kept here.</p>`
      }
      <details>
        <summary>Paste an earlier version</summary>
        <form @submit=${this.submit}>
          <textarea
            class="input mono"
            aria-label="Earlier Dockerfile"
            spellcheck="false"
            required
          ></textarea>
          <button class="button">Compare with it</button>
        </form>
      </details>`;
  }

  private version(version: Version) {
    const title = versionTitle(version, new Date());
    return html`<li>
      <span>${title}</span>
      <span class="muted num">${changedLines(version.text, this.current)}</span>
      <button
        class="button small"
        aria-label="Compare with: ${title}"
        @click=${() => this.pick(`earlier-dockerfile:${version.text}`)}
      >
        Compare
      </button>
    </li>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    this.pick(`earlier-dockerfile:${this.text.value}`);
  }
}
