import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ContextEntry } from '../../pkg/report';
import { act } from '../events';
import { formatBytes } from '../format';
import { type Row, listingOf, parseBytes, parsePath, rowsOf } from '../listing';
import { shared } from '../styles/shared';
import { ignoreLink } from './ignore-link';

/** The project that is assumed, to be put right: any edit makes it the user's listing. */
@customElement('dp-context-table')
export class ContextTable extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }

      table {
        table-layout: fixed;
      }

      td {
        padding: 3px 4px;
        vertical-align: middle;
      }

      th {
        padding-inline: 4px;
      }

      .input {
        width: 100%;
        min-height: 28px;
        padding: 2px 7px;
        border-color: transparent;
        background: transparent;
      }

      .input:hover,
      .input:focus {
        border-color: var(--line-strong);
        background: var(--panel);
      }

      .add .input {
        border-color: var(--line-strong);
      }

      /* Heads and plain figures end where those in inputs do: behind its padding and border. */
      th.right {
        padding-inline-end: 12px;
      }

      div.number {
        padding-inline-end: 8px;
      }

      .number {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }

      .col-size {
        width: 92px;
      }

      .col-files {
        width: 66px;
      }

      .col-state {
        width: 82px;
      }

      .col-remove {
        width: 38px;
      }

      .remove {
        min-width: 28px;
        min-height: 28px;
        padding: 0;
        border: 0;
        border-radius: 4px;
        background: none;
        color: var(--muted);
        cursor: pointer;
      }

      .remove:hover {
        background: var(--hover);
      }

      .out .input {
        color: var(--muted);
      }

      .problem {
        margin-top: 8px;
      }

      .under {
        display: none;
        padding-inline-start: 8px;
        color: var(--muted);
        font-size: 12px;
      }

      @container (max-width: 440px) {
        .under {
          display: block;
        }

        /* Not out of the table: the last row counts on five columns. */
        .col-state {
          width: 0;
          padding-inline: 0;
          overflow: hidden;
          visibility: hidden;
          white-space: nowrap;
        }

        .col-size {
          width: 84px;
        }

        .col-files {
          width: 54px;
        }
      }
    `,
  ];

  @property({ attribute: false }) entries: readonly ContextEntry[] = [];
  @state() private wrong = '';
  @query('#new-path') private newPath!: HTMLInputElement;
  @query('#new-size') private newSize!: HTMLInputElement;

  override render() {
    const entries = new Map(this.entries.map((entry) => [entry.path, entry]));
    return html`<table>
        <thead>
          <tr>
            <th>Path</th>
            <th class="right col-size">Size</th>
            <th class="right col-files">Files</th>
            <th class="col-state">State</th>
            <th class="col-remove"><span class="visually-hidden">Remove</span></th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            rowsOf(this.entries),
            (row) => row.path,
            (row) => this.row(row, entries.get(row.path)),
          )}
          ${this.adder()}
        </tbody>
      </table>
      ${this.wrong === '' ? nothing : html`<p class="problem" role="alert">${this.wrong}</p>`}`;
  }

  private row(row: Row, entry: ContextEntry | undefined) {
    const { path, bytes, files, folder, assumed } = row;
    const sent = entry?.sent ?? true;
    const why = entry?.decided_by;
    const by = why === undefined ? nothing : html` by ${ignoreLink(this, why)}`;
    const state = sent ? (assumed ? 'assumed' : 'yours') : html`left out${by}`;
    return html`<tr class=${sent ? '' : 'out'}>
      <td>
        <input
          class="input mono"
          aria-label="Path of ${path}"
          spellcheck="false"
          .value=${live(folder ? `${path}/` : path)}
          @change=${(event: Event) => this.rename(row, event)}
        />
        <span class="under">${state}</span>
      </td>
      <td>
        <input
          class="input number"
          aria-label="Size of ${path}"
          .value=${live(formatBytes(bytes))}
          @change=${(event: Event) => this.resize(row, event)}
        />
      </td>
      <td>
        ${
          folder
            ? html`<input
                class="input number"
                aria-label="Files in ${path}"
                inputmode="numeric"
                .value=${live(String(files))}
                @change=${(event: Event) => this.recount(row, event)}
              />`
            : html`<div class="number muted">1</div>`
        }
      </td>
      <td class="muted col-state">${state}</td>
      <td>
        <button class="remove" aria-label="Remove row ${path}" @click=${() => this.put(path, null)}>
          ×
        </button>
      </td>
    </tr>`;
  }

  private adder() {
    return html`<tr class="add">
      <td>
        <input
          id="new-path"
          class="input mono"
          aria-label="Path of a new row"
          placeholder="src/ or a file"
          spellcheck="false"
          @keydown=${this.onKey}
        />
      </td>
      <td>
        <input
          id="new-size"
          class="input number"
          aria-label="Size of a new row"
          placeholder="12 kB"
          @keydown=${this.onKey}
        />
      </td>
      <td colspan="3">
        <button class="button small" @click=${this.add}>Add row</button>
      </td>
    </tr>`;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') this.add();
  }

  private add(): void {
    const place = parsePath(this.newPath.value);
    const bytes = parseBytes(this.newSize.value);
    if (!place) return this.refuse(this.newPath, 'Give the row a path.');
    if (bytes === null)
      return this.refuse(this.newSize, 'Give a size such as 1894, 12 kB or 2 MB.');
    this.newPath.value = '';
    this.newSize.value = '';
    this.put(place.path, { ...place, bytes, files: 1, assumed: false });
    this.newPath.focus();
  }

  private rename(row: Row, event: Event): void {
    const input = event.target as HTMLInputElement;
    const place = parsePath(input.value);
    if (!place) return this.refuse(input, 'A path cannot be empty. Remove the row instead.');
    this.put(row.path, { ...row, ...place, files: place.folder ? row.files : 1 });
  }

  private resize(row: Row, event: Event): void {
    const input = event.target as HTMLInputElement;
    const bytes = parseBytes(input.value);
    if (bytes === null) return this.refuse(input, 'Give a size such as 1894, 12 kB or 2 MB.');
    this.put(row.path, { ...row, bytes, assumed: false });
  }

  private recount(row: Row, event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = Number(input.value);
    if (!Number.isSafeInteger(files) || files < 1) {
      return this.refuse(input, 'Give the number of files, 1 or more.');
    }
    this.put(row.path, { ...row, files, assumed: false });
  }

  /** Says what is wrong, and keeps what was typed. */
  private refuse(input: HTMLInputElement, wrong: string): void {
    this.wrong = wrong;
    input.focus();
  }

  /** Puts a row in the place of the one with that path, or takes it out. */
  private put(path: string, row: Row | null): void {
    this.wrong = '';
    const others = rowsOf(this.entries).filter(
      (other) => other.path !== path && other.path !== row?.path,
    );
    const rows = row ? [...others, row] : others;
    rows.sort((a, b) => (a.path < b.path ? -1 : 1));
    act(this, { type: 'set-context', listing: listingOf(rows) });
  }
}
