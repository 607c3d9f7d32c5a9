import { isolateHistory } from '@codemirror/commands';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Fix } from '../../pkg/report';
import { diagnosticsOf, fixTransaction, ignoreDiagnosticsOf } from '../editor/diagnostics';
import { dockerfileLanguage } from '../editor/dockerfile-language';
import { ignoreLanguage } from '../editor/ignore-language';
import { lineMarks, showLineMarks } from '../editor/line-marks';
import type { LineMark } from '../editor/marks-of-report';
import { editorSetup } from '../editor/setup';
import { act } from '../events';
import type { Analysed, TextFile } from '../state';
import { lineMarkStyles } from '../styles/line-marks';
import { shared } from '../styles/shared';

const languages: Readonly<Record<TextFile, Extension>> = {
  dockerfile: [dockerfileLanguage, lineMarks],
  dockerignore: ignoreLanguage,
};

const hints: Readonly<Record<TextFile, string>> = {
  dockerfile: 'Paste or write a Dockerfile, or choose an example above.',
  dockerignore: 'Empty: every file of the folder is sent to the builder.',
};

/** One of the two texts in a CodeMirror editor, with the report's marks on it. */
@customElement('dp-source-editor')
export class SourceEditor extends LitElement {
  static override styles = [
    shared,
    lineMarkStyles,
    css`
      :host {
        --selection: color-mix(in srgb, var(--accent) 26%, transparent);
        --active-line: color-mix(in srgb, var(--accent) 6%, transparent);

        height: 100%;
      }

      .editor {
        height: 100%;
      }

      .dp-marks {
        min-width: 52px;
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property() label = '';
  @property({ attribute: false }) value = '';
  @property({ attribute: false }) analysed: Analysed | null = null;
  @property({ attribute: false }) marks: readonly LineMark[] = [];

  @query('.editor') private host!: HTMLElement;
  private view: EditorView | null = null;
  /** The text last given to or by the view: a cheap test for whether `value` is news to it. */
  private shown = '';

  override render() {
    return html`<div class="editor"></div>`;
  }

  override firstUpdated(): void {
    this.shown = this.value;
    this.view = new EditorView({
      parent: this.host,
      root: this.renderRoot as ShadowRoot,
      state: EditorState.create({
        doc: this.value,
        extensions: [
          editorSetup(this.label, hints[this.file]),
          languages[this.file],
          EditorView.updateListener.of(({ docChanged }) => {
            if (docChanged) this.edited();
          }),
        ],
      }),
    });
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.value !== this.shown) this.replaceText();
    if (changed.has('marks') && this.view) showLineMarks(this.view, this.marks);
    if (changed.has('analysed')) this.showDiagnostics();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.view?.destroy();
  }

  /** Shows and selects a line. */
  reveal(line: number): void {
    const { view } = this;
    if (!view) return;
    const { from, to } = view.state.doc.line(Math.min(line, view.state.doc.lines));
    const effects = EditorView.scrollIntoView(from, { y: 'center' });
    view.dispatch({ selection: { anchor: from, head: to }, effects });
    view.focus();
  }

  applyFix(fix: Fix): void {
    this.dispatch(fixTransaction(fix));
  }

  private dispatch(transaction: TransactionSpec): void {
    this.view?.dispatch(transaction);
    this.view?.focus();
  }

  private edited(): void {
    const text = this.view?.state.doc.toString() ?? '';
    if (text === this.shown) return;
    this.shown = text;
    act(this, { type: 'edit', file: this.file, text });
  }

  /** Takes a text that comes from elsewhere, as a step that undo can take back. */
  private replaceText(): void {
    const { view } = this;
    if (!view) return;
    this.shown = this.value;
    view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: this.value },
      annotations: isolateHistory.of('full'),
    });
  }

  private showDiagnostics(): void {
    const { view } = this;
    if (!view || !this.analysed || this.analysed.workspace[this.file] !== this.value) return;
    // An empty text is where one begins, not where one went wrong.
    const shown = this.value.trim() === '' ? [] : this.diagnostics(view, this.analysed);
    view.dispatch(setDiagnostics(view.state, shown));
  }

  private diagnostics(view: EditorView, { report }: Analysed): Diagnostic[] {
    if (this.file === 'dockerfile') return diagnosticsOf(view.state.doc, report);
    return ignoreDiagnosticsOf(view.state.doc, report);
  }
}
