import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { dockerfileLanguage } from '../editor/dockerfile-language';
import { ignoreLanguage } from '../editor/ignore-language';
import { lineDiff } from '../editor/line-diff';
import { theme } from '../editor/theme';
import type { TextFile } from '../state';
import { shared } from '../styles/shared';

/** Two columns fit from this width on. */
const WIDE_FROM = 620;
const diffConfig = { override: lineDiff };

/** Empty lines at the end build nothing, so they are no difference worth showing. */
function trimEnd(text: string): string {
  return text.trimEnd();
}

const languages = { dockerfile: dockerfileLanguage, dockerignore: ignoreLanguage } as const;

/** Two versions of a text, side by side where there is room and in one column elsewhere. */
@customElement('dp-diff-view')
export class DiffView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        --taken: color-mix(in srgb, var(--error) 10%, var(--panel));
        --taken-word: color-mix(in srgb, var(--error) 18%, var(--panel));
        --added: color-mix(in srgb, var(--good) 10%, var(--panel));
        --added-word: color-mix(in srgb, var(--good) 18%, var(--panel));
        --code-comment: var(--muted);
        --selection: color-mix(in srgb, var(--accent) 26%, transparent);
        --active-line: transparent;
        --pane-min: 0;
        --pane-max: none;

        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        overflow: clip;
      }

      .heads,
      .head {
        border-bottom: 1px solid var(--line);
        background: var(--sunken);
        color: var(--muted);
        font-size: 12px;
      }

      .heads {
        display: none;
        grid-template-columns: 1fr 1fr;
      }

      .heads.wide {
        display: grid;
      }

      .heads span,
      .head {
        padding: 5px 12px;
      }

      .cm-mergeViewEditor + .cm-mergeViewEditor {
        border-inline-start: 1px solid var(--line);
      }

      .cm-merge-a .cm-changedLine,
      .cm-deletedChunk {
        background: var(--taken) !important;
      }

      .cm-merge-b .cm-changedLine,
      .cm-inlineChangedLine {
        background: var(--added) !important;
      }

      .cm-merge-a .cm-changedText,
      .cm-deletedChunk .cm-deletedText {
        background: var(--taken-word) !important;
      }

      .cm-merge-b .cm-changedText {
        background: var(--added-word) !important;
      }

      /* Where a line is new or gone as a whole, its words need no mark of their own. */
      .cm-insertedLine > .cm-changedText:only-child,
      del > .cm-changedText:only-child,
      del > .cm-deletedText:only-child {
        background: none !important;
      }

      .cm-deletedChunk {
        padding-inline-start: 6px;
      }

      .cm-deletedLine,
      .cm-deletedLine del {
        text-decoration: none;
      }

      .cm-merge-a .cm-changedLineGutter,
      .cm-deletedLineGutter {
        background: var(--error) !important;
      }

      .cm-merge-b .cm-changedLineGutter {
        background: var(--good) !important;
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property({ attribute: false }) original = '';
  @property({ attribute: false }) improved = '';
  @state() private wide = false;
  @query('.host') private host!: HTMLElement;
  private view: { destroy(): void } | null = null;
  private readonly resize = new ResizeObserver(([entry]) => {
    this.wide = (entry?.contentRect.width ?? 0) >= WIDE_FROM;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.wide = this.clientWidth >= WIDE_FROM;
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resize.disconnect();
    this.view?.destroy();
    this.view = null;
  }

  override render() {
    return html`${this.head()}
      <div class="host"></div>`;
  }

  private head() {
    const { kind } = this;
    if (kind === 'changed') {
      return html`<div class="heads ${this.wide ? 'wide' : ''}" aria-hidden="true">
        <span>Now</span><span>Optimized</span>
      </div>`;
    }
    return html`<p class="head">${kind === 'new' ? 'A new file' : 'Unchanged'}</p>`;
  }

  private get kind(): 'new' | 'unchanged' | 'changed' {
    const original = trimEnd(this.original);
    if (original === trimEnd(this.improved)) return 'unchanged';
    return original === '' ? 'new' : 'changed';
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.size === 0) return;
    this.view?.destroy();
    this.view = this.show();
  }

  private show(): { destroy(): void } {
    if (this.kind !== 'changed') return this.plain();
    return this.wide ? this.sideBySide() : this.unified();
  }

  private sideBySide(): MergeView {
    return new MergeView({
      a: { doc: trimEnd(this.original), extensions: this.extensions('Now') },
      b: { doc: trimEnd(this.improved), extensions: this.extensions('Optimized') },
      parent: this.host,
      root: this.renderRoot as ShadowRoot,
      diffConfig,
    });
  }

  private unified(): EditorView {
    const original = trimEnd(this.original);
    const merge = unifiedMergeView({ original, mergeControls: false, diffConfig });
    const extensions = [this.extensions('Optimized, with what was taken out'), merge];
    return this.single(extensions);
  }

  /** One version only: a file that is new or stays as it is. */
  private plain(): EditorView {
    return this.single(this.extensions('Optimized'));
  }

  private single(extensions: Extension): EditorView {
    return new EditorView({
      state: EditorState.create({ doc: trimEnd(this.improved), extensions }),
      parent: this.host,
      root: this.renderRoot as ShadowRoot,
    });
  }

  private extensions(label: string): Extension {
    return [
      lineNumbers(),
      EditorState.readOnly.of(true),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
      languages[this.file],
      theme,
    ];
  }
}
