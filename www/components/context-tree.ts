import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ContextReport } from '../../pkg/report';
import type { FileKind } from '../changes';
import { type Node, type TreeRow, folderOf, rowsOf, treeOf } from '../context-tree';
import { formatBytes, formatCount, plural } from '../format';
import { shared } from '../styles/shared';

/** Rows shown at once; a search finds the others. */
const MOST_ROWS = 300;
/** Entries that a report lists at most. */
const MOST_ENTRIES = 1000;

/** What to do with what is selected, and whether it needs a name besides. */
const actions: readonly { kind: FileKind; label: string; names?: string }[] = [
  { kind: 'edit', label: 'Edit' },
  { kind: 'touch', label: 'Touch only' },
  { kind: 'chmod', label: 'Change mode' },
  { kind: 'rename', label: 'Rename …', names: 'New path' },
  { kind: 'delete', label: 'Delete' },
  { kind: 'add', label: 'Add a file …', names: 'Path of the new file' },
];

/**
 * The build context as a tree after the ARIA pattern: arrow keys move, Enter edits. Fires
 * `pick` with a change.
 */
@customElement('dp-context-tree')
export class ContextTree extends LitElement {
  static override styles = [
    shared,
    css`
      .search {
        width: 100%;
      }

      [role='tree'] {
        max-height: 236px;
        margin-top: 6px;
        padding: 4px;
        overflow: auto;
        overscroll-behavior: contain;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--panel);
      }

      [role='treeitem'] {
        display: flex;
        align-items: center;
        gap: 6px;
        min-height: 26px;
        padding-inline: 4px 8px;
        border-radius: 4px;
        cursor: pointer;
      }

      [role='treeitem']:hover {
        background: var(--hover);
      }

      [role='treeitem'][aria-selected='true'] {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 500;
      }

      [role='treeitem']:focus-visible {
        outline-offset: -2px;
      }

      .indent {
        flex: none;
      }

      .twist {
        flex: none;
        width: 14px;
        color: var(--muted);
        text-align: center;
      }

      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .out .name {
        color: var(--muted);
        text-decoration: line-through;
      }

      .size {
        flex: none;
        color: var(--muted);
        font-size: 12px;
        font-weight: 400;
      }

      .none {
        padding: 8px;
        color: var(--muted);
      }

      .what {
        margin-top: 8px;
        overflow-wrap: anywhere;
      }

      .actions,
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 6px;
      }

      form input {
        flex: 1 1 180px;
        max-width: 380px;
      }
    `,
  ];

  @property({ attribute: false }) report: ContextReport | null = null;
  @state() private search = '';
  @state() private expanded: ReadonlySet<string> = new Set();
  @state() private selected: string | null = null;
  /** The action that waits for a name. */
  @state() private naming: FileKind | null = null;
  @query('form input') private nameInput!: HTMLInputElement;
  private tree: readonly Node[] = [];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('report')) this.tree = treeOf(this.report?.entries ?? []);
  }

  private get rows(): readonly TreeRow[] {
    return rowsOf(this.tree, this.expanded, this.search, MOST_ROWS);
  }

  override render() {
    const { rows } = this;
    const current = rows.find(({ node }) => node.path === this.selected) ?? rows[0];
    return html`
      <input
        class="input search"
        type="search"
        aria-label="Search the files"
        placeholder="Search files and folders"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        .value=${this.search}
        @input=${this.onSearch}
        @keydown=${this.onSearchKey}
      />
      ${
        rows.length > 0
          ? html`<div role="tree" aria-label="Files of the build context" @keydown=${this.onKey}>
              ${rows.map((row) => this.row(row, row === current))}
            </div>`
          : html`<p class="none" role="status">
              No file of the context has that in its path. ${this.anyway('edit', 'Edit it anyway')}
              ${this.anyway('add', 'Add it as a new file')}
            </p>`
      }
      ${this.notes(rows)} ${current ? this.actions(current.node) : nothing}
    `;
  }

  private row({ node, level, expanded, place, siblings }: TreeRow, isCurrent: boolean) {
    const { path, name, folder, bytes, files, sent } = node;
    const size = `${folder ? `${plural(files, 'file')}, ` : ''}${formatBytes(bytes)}`;
    return html`<div
      role="treeitem"
      class=${sent ? '' : 'out'}
      data-path=${path}
      tabindex=${isCurrent ? 0 : -1}
      aria-level=${level}
      aria-posinset=${place}
      aria-setsize=${siblings}
      aria-selected=${path === this.selected}
      aria-expanded=${expanded ?? nothing}
      aria-label="${name}${folder ? ', folder' : ''}, ${size}${sent ? '' : ', left out'}"
      title=${sent ? path : `${path}: left out by .dockerignore`}
      @click=${() => this.onClick(node, expanded)}
    >
      ${Array.from({ length: level - 1 }, () => html`<span class="indent twist"></span>`)}
      <span class="twist">${expanded === null ? '' : expanded ? '▾' : '▸'}</span>
      <span class="name">${name}${folder ? '/' : ''}</span>
      <span class="size num">${sent ? size : 'left out'}</span>
    </div>`;
  }

  /** A project that is assumed has only its typical files; of a listing, the core knows better. */
  private anyway(kind: FileKind, label: string) {
    return html`<button class="link" @click=${() => this.pick(kind, this.search.trim())}>
      ${label}
    </button>`;
  }

  private notes(rows: readonly TreeRow[]) {
    const isCut = (this.report?.entries.length ?? 0) >= MOST_ENTRIES;
    const notes = [
      rows.length >= MOST_ROWS
        ? `The first ${formatCount(MOST_ROWS)} rows; search to see others.`
        : '',
      isCut ? `Only the ${formatCount(MOST_ENTRIES)} largest files are listed.` : '',
    ].filter(Boolean);
    return notes.length > 0 ? html`<p class="muted">${notes.join(' ')}</p>` : nothing;
  }

  private actions({ path, folder }: Node) {
    return html`<p class="what"><code>${path}${folder ? '/' : ''}</code></p>
      <div class="actions" role="group" aria-label="Change ${path}">
        ${actions.map(
          ({ kind, label, names }) =>
            html`<button
              class="button small"
              aria-expanded=${names ? kind === this.naming : nothing}
              @click=${() => (names ? this.ask(kind, path, folder) : this.pick(kind, path))}
            >
              ${label}
            </button>`,
        )}
      </div>
      ${this.naming ? this.nameForm(this.naming, path) : nothing}`;
  }

  private nameForm(kind: FileKind, path: string) {
    const names = actions.find((action) => action.kind === kind)?.names;
    return html`<form
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        this.named(kind, path);
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') this.naming = null;
      }}
    >
      <input
        class="input mono"
        aria-label=${names ?? ''}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        required
      />
      <button class="button small">${kind === 'add' ? 'Add' : 'Rename'}</button>
    </form>`;
  }

  private async ask(kind: FileKind, path: string, folder: boolean): Promise<void> {
    this.naming = kind;
    await this.updateComplete;
    const above = folder ? path : folderOf(path);
    this.nameInput.value = kind === 'rename' ? path : above === '' ? '' : `${above}/`;
    this.nameInput.focus();
  }

  private named(kind: FileKind, path: string): void {
    const name = this.nameInput.value.trim();
    if (name === '') return;
    this.naming = null;
    this.pick(kind, kind === 'rename' ? `${path}=${name}` : name);
  }

  private pick(kind: FileKind, value: string): void {
    const detail = `${kind}:${value}`;
    this.dispatchEvent(new CustomEvent<string>('pick', { detail }));
  }

  private onSearch({ target }: InputEvent): void {
    this.search = (target as HTMLInputElement).value;
    this.selected = null;
    this.naming = null;
  }

  private onSearchKey(event: KeyboardEvent): void {
    const [first] = this.rows;
    if (event.key !== 'ArrowDown' || !first) return;
    event.preventDefault();
    void this.select(first.node.path);
  }

  private onClick({ path }: Node, expanded: boolean | null): void {
    if (expanded !== null && (path === this.selected || !expanded)) this.open(path, !expanded);
    void this.select(path);
  }

  private open(path: string, isOpen: boolean): void {
    const next = new Set(this.expanded);
    if (isOpen) next.add(path);
    else next.delete(path);
    this.expanded = next;
  }

  private async select(path: string): Promise<void> {
    this.selected = path;
    this.naming = null;
    await this.updateComplete;
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>('[role=treeitem]')];
    items.find((item) => item.dataset['path'] === path)?.focus();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows } = this;
    const path = (event.target as HTMLElement).dataset['path'];
    const at = rows.findIndex(({ node }) => node.path === path);
    const row = rows[at];
    if (!row) return;
    if (!this.act(event.key, row, at, rows)) return;
    event.preventDefault();
  }

  /** Does what a key means in a tree; false when it means nothing. */
  private act(key: string, row: TreeRow, at: number, rows: readonly TreeRow[]): boolean {
    const { node, expanded } = row;
    const go = (target: TreeRow | undefined): boolean => {
      if (target) void this.select(target.node.path);
      return true;
    };
    switch (key) {
      case 'ArrowDown':
        return go(rows[at + 1]);
      case 'ArrowUp':
        return go(rows[at - 1]);
      case 'Home':
        return go(rows[0]);
      case 'End':
        return go(rows.at(-1));
      case 'ArrowRight':
        if (expanded === false) this.open(node.path, true);
        return expanded === true ? go(rows[at + 1]) : true;
      case 'ArrowLeft':
        if (expanded !== true) return go(rows.find((r) => r.node.path === folderOf(node.path)));
        this.open(node.path, false);
        return true;
      case 'Enter':
        this.pick('edit', node.path);
        return true;
      case ' ':
        if (expanded !== null) this.open(node.path, !expanded);
        return go(row);
      default:
        return key.length === 1 && go(startingWith(key, at, rows));
    }
  }
}

/** The next row whose name starts with a letter, from the top again after the last. */
function startingWith(key: string, at: number, rows: readonly TreeRow[]): TreeRow | undefined {
  const following = [...rows.slice(at + 1), ...rows.slice(0, at + 1)];
  return following.find(({ node }) => node.name.toLowerCase().startsWith(key.toLowerCase()));
}
