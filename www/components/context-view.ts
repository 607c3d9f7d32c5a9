import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ContextEntry, ContextReport, IgnoredReport } from '../../pkg/report';
import { act } from '../events';
import { readFiles } from '../files';
import { formatBytes, formatCount, plural } from '../format';
import type { Workspace } from '../state';
import { paste } from '../styles/paste';
import { shared } from '../styles/shared';
import { ignoreLink } from './ignore-link';
import './context-table';
import './copy-button';

const LISTING_COMMAND = "find . -type f -printf '%s\\t%P\\n'";
/** Rows shown before "Show all". */
const FIRST_ROWS = 100;
/** A report lists no more entries: editing these alone would lose the others. */
const MOST_EDITABLE = 999;

/** A folder as a whole: only the page writes it, for an assumed project that is edited. */
const FOLDER_LINE = /\/\t\d+$/m;

function isGuessed(entries: readonly ContextEntry[]): boolean {
  return entries.some((entry) => entry.assumed);
}

/** What the build context holds, which of it is sent, and which line decides. */
@customElement('dp-context-view')
export class ContextView extends LitElement {
  static override styles = [
    shared,
    paste,
    css`
      :host {
        padding: 16px;
      }

      .total {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 2px 10px;
      }

      .total strong {
        font-size: 16px;
        font-weight: 600;
      }

      details {
        margin-top: 10px;
      }

      .drop {
        padding: 14px 12px;
        border: 1px dashed var(--line-strong);
        border-radius: var(--radius-small);
        color: var(--muted);
        text-align: center;
      }

      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
        color: var(--text);
      }

      .drop input {
        position: absolute;
        width: 1px;
        height: 1px;
        opacity: 0;
      }

      .drop label {
        color: var(--accent);
        cursor: pointer;
        text-decoration: underline;
        text-underline-offset: 3px;
      }

      .drop input:focus-visible + label {
        outline: var(--focus);
        outline-offset: 2px;
        border-radius: 3px;
      }

      .files {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }

      .files li {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        padding-inline-start: 9px;
        border-radius: 99px;
        background: var(--hover);
      }

      .files button {
        min-width: 28px;
        min-height: 26px;
        border: 0;
        border-radius: 99px;
        background: none;
        color: var(--muted);
        cursor: pointer;
      }

      h2 {
        margin-top: 18px;
        font-size: 12px;
      }

      td {
        padding-block: 4px;
      }

      .path {
        overflow-wrap: anywhere;
      }

      .out td {
        color: var(--muted);
      }

      .problems {
        margin-top: 10px;
      }
    `,
  ];

  @property({ attribute: false }) report: ContextReport | null = null;
  @property({ attribute: false }) workspace!: Workspace;
  @state() private all = false;
  @state() private over = false;
  @state() private refused: readonly string[] = [];
  @query('textarea') private listing!: HTMLTextAreaElement;

  override render() {
    return html`
      ${this.report ? this.total(this.report) : nothing} ${this.listingForm()}
      ${this.manifestForm()} ${this.report ? this.tables(this.report) : nothing}
    `;
  }

  private total(report: ContextReport) {
    const { assumed, files, bytes, sent_files, sent_bytes, problems, entries } = report;
    const badge = assumed ? 'assumed' : isGuessed(entries) ? 'partly assumed' : '';
    return html`<p class="total">
        <strong class="num">${formatBytes(sent_bytes)} sent</strong>
        <span class="muted num"
          >${sent_files === files ? `all ${plural(files, 'file')}` : `${plural(sent_files, 'file')} of ${formatCount(files)}, ${formatBytes(bytes)} in all`}</span
        >
        ${
          badge === ''
            ? nothing
            : html`<span class="badge warning" title="A typical project of this sort"
                >${badge}</span
              >`
        }
      </p>
      ${
        problems.length > 0
          ? html`<ul class="problems">
              ${problems.map(
                ({ line, message }) => html`<li class="problem">${message} (line ${line})</li>`,
              )}
            </ul>`
          : nothing
      }`;
  }

  private listingForm() {
    const given = this.workspace.context !== null;
    return html`<details>
      <summary>
        ${given ? 'Your file listing' : 'Use your own files instead of assumed ones'}
      </summary>
      <div class="inside">
        <p>Run this in the folder you build in, and paste what it prints:</p>
        <div class="command">
          <code tabindex="0">${LISTING_COMMAND}</code>
          <dp-copy-button what="the command" .text=${LISTING_COMMAND}></dp-copy-button>
        </div>
        <p class="muted">
          Or the output of <code>du -ab</code> or <code>git ls-tree -r -l HEAD</code>.
        </p>
        <textarea
          class="input mono"
          aria-label="File listing"
          placeholder=${'1894\tpackage.json\n2412\tsrc/index.js'}
          spellcheck="false"
          .value=${this.workspace.context ?? ''}
        ></textarea>
        <div class="actions">
          <button class="button" @click=${this.useListing}>Use this listing</button>
          ${
            given
              ? html`<button
                  class="button"
                  @click=${() => act(this, { type: 'set-context', listing: null })}
                >
                  Go back to a typical project
                </button>`
              : nothing
          }
        </div>
      </div>
    </details>`;
  }

  private useListing(): void {
    const listing = this.listing.value.trim() === '' ? null : this.listing.value;
    act(this, { type: 'set-context', listing });
  }

  private manifestForm() {
    const paths = Object.keys(this.workspace.manifests);
    return html`<details ?open=${paths.length > 0}>
      <summary>
        Add manifests${paths.length > 0 ? ` (${paths.length})` : ''}
        <span class="muted">package-lock.json, requirements.txt, go.mod …</span>
      </summary>
      <div class="inside">
        <div
          class="drop ${this.over ? 'over' : ''}"
          @dragover=${this.onDragOver}
          @dragleave=${() => (this.over = false)}
          @drop=${this.onDrop}
        >
          <input id="pick" type="file" multiple @change=${this.onPick} />
          <label for="pick">Choose files</label> or drop them here. They are read in this page and
          sent nowhere.
        </div>
        ${
          this.refused.length > 0
            ? html`<p class="problem" role="status">
                Not read, too large or not text: ${this.refused.join(', ')}
              </p>`
            : nothing
        }
        <ul class="files">
          ${paths.map(
            (path) =>
              html`<li>
                <code>${path}</code>
                <button
                  aria-label="Remove ${path}"
                  @click=${() => act(this, { type: 'remove-manifest', path })}
                >
                  ×
                </button>
              </li>`,
          )}
        </ul>
      </div>
    </details>`;
  }

  private onDragOver(event: DragEvent): void {
    event.preventDefault();
    this.over = true;
  }

  private async onDrop(event: DragEvent): Promise<void> {
    event.preventDefault();
    this.over = false;
    await this.take(event.dataTransfer?.files ?? []);
  }

  private async onPick(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    await this.take(input.files ?? []);
    input.value = '';
  }

  private async take(files: Iterable<File>): Promise<void> {
    const { texts, refused } = await readFiles(files);
    this.refused = refused;
    act(this, { type: 'add-manifests', files: texts });
  }

  private tables({ ignored, entries, assumed }: ContextReport) {
    return html`
      ${ignored.length > 0 ? this.patterns(ignored) : nothing}
      ${this.isEditable(entries) ? this.editable(entries, assumed) : this.files(entries)}
    `;
  }

  /** True for a project that is assumed, or was and is being edited; not for a listing of files. */
  private isEditable(entries: readonly ContextEntry[]): boolean {
    if (entries.length > MOST_EDITABLE) return false;
    return isGuessed(entries) || FOLDER_LINE.test(this.workspace.context ?? '');
  }

  private editable(entries: readonly ContextEntry[], assumed: boolean) {
    const left = isGuessed(entries);
    return html`<h2>${assumed ? 'Assumed files' : left ? 'Files, in part assumed' : 'Files'}</h2>
      ${
        left
          ? html`<p class="muted">
              ${
                assumed
                  ? 'No listing was given: this is a typical project of this sort. Put right what you know.'
                  : 'What you have not edited is still a guess.'
              }
            </p>`
          : nothing
      }
      <dp-context-table .entries=${entries}></dp-context-table>`;
  }

  private files(entries: readonly ContextEntry[]) {
    const rows = this.all ? entries : entries.slice(0, FIRST_ROWS);
    return html`
      <h2>Files</h2>
      <table>
        <thead>
          <tr>
            <th>Path</th>
            <th class="right">Size</th>
            <th>Sent?</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((entry) => this.entry(entry))}
        </tbody>
      </table>
      ${
        rows.length < entries.length
          ? html`<p class="actions">
              <button class="button" @click=${() => (this.all = true)}>
                Show all ${formatCount(entries.length)}
              </button>
            </p>`
          : nothing
      }
    `;
  }

  private patterns(ignored: readonly IgnoredReport[]) {
    return html`<h2>What each line of .dockerignore does</h2>
      <table>
        <thead>
          <tr>
            <th>Pattern</th>
            <th class="right">Files</th>
            <th class="right">Size</th>
          </tr>
        </thead>
        <tbody>
          ${ignored.map(
            ({ pattern, line, files, bytes }) =>
              html`<tr class=${files === 0 ? 'out' : ''}>
                <td class="path">${ignoreLink(this, line)} <code>${pattern}</code></td>
                <td class="right num">${files === 0 ? 'none' : formatCount(files)}</td>
                <td class="right num">${files === 0 ? '' : formatBytes(bytes)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`;
  }

  private entry({ path, bytes, files, sent, decided_by }: ContextEntry) {
    return html`<tr class=${sent ? '' : 'out'}>
      <td class="path">
        <code>${path}</code>
        ${files > 1 ? html`<span class="muted num">${plural(files, 'file')}</span>` : nothing}
      </td>
      <td class="right num">${formatBytes(bytes)}</td>
      <td class="num">
        ${sent ? 'sent' : 'left out'}${
          decided_by === undefined ? nothing : html` by ${ignoreLink(this, decided_by)}`
        }
      </td>
    </tr>`;
  }
}
