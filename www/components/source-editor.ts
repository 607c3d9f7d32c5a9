import { isolateHistory, redo, undo, undoDepth } from '@codemirror/commands';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { openSearchPanel } from '@codemirror/search';
import { EditorState, type Extension, type TransactionSpec } from '@codemirror/state';
import { EditorView, type ViewUpdate } from '@codemirror/view';
import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { CacheReport, Fix } from '../../pkg/report';
import { completion } from '../editor/completion';
import { diagnosticsOf, fixTransaction, ignoreDiagnosticsOf } from '../editor/diagnostics';
import { figuresOf } from '../editor/figures';
import { format } from '../editor/formatting';
import { hoverAtCursor, hovering } from '../editor/hover';
import { ignoreLanguage } from '../editor/ignore-language';
import { ignoreHover, ignoreMarks, showIgnored } from '../editor/ignore-marks';
import { lineMarks, showLineMarks } from '../editor/line-marks';
import type { LineMark } from '../editor/marks-of-report';
import { outlined, retryOutline } from '../editor/outline';
import type { LanguageService } from '../editor/service';
import { editorSetup } from '../editor/setup';
import { act, command, stepped } from '../events';
import type { Analysed, TextFile } from '../state';
import { lineMarkStyles } from '../styles/line-marks';
import { shared } from '../styles/shared';

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

      /* The bytes alone where there is little room. */
      @media (max-width: 480px) {
        .dp-ignored .files {
          display: none;
        }
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property() label = '';
  @property({ attribute: false }) value = '';
  @property({ attribute: false }) analysed: Analysed | null = null;
  @property({ attribute: false }) marks: readonly LineMark[] = [];
  /** The simulation that the user has chosen. */
  @property({ attribute: false }) cache: CacheReport | undefined = undefined;
  @property({ attribute: false }) service!: LanguageService;

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
          editorSetup(this.label, hints[this.file], {
            undo: () => void (command(this, 'undo') || this.undo()),
            redo: () => void (command(this, 'redo') || this.redo()),
            format: () => this.format(),
            help: () => void command(this, 'keys'),
          }),
          this.file === 'dockerfile' ? this.dockerfileParts() : this.dockerignoreParts(),
          EditorView.updateListener.of((update) => this.onUpdate(update)),
        ],
      }),
    });
  }

  private dockerfileParts(): Extension {
    return [
      lineMarks,
      outlined(this.service),
      hovering(this.service, (line) => this.figures(line)),
      completion(this.service),
    ];
  }

  private dockerignoreParts(): Extension {
    return [ignoreLanguage, ignoreMarks, hovering(this.ignoreService, () => [])];
  }

  /** The rows of a .dockerignore are in the report. */
  private readonly ignoreService = {
    hover: async (text: string, offset: number) =>
      ignoreHover(
        text,
        offset,
        this.isCurrent ? (this.analysed?.report.context.ignored ?? []) : [],
      ),
  };

  /** What the report tells of an instruction, if it speaks of this text. */
  private figures(line: number): readonly string[] {
    return this.analysed && this.isCurrent ? figuresOf(this.analysed.report, this.cache, line) : [];
  }

  /** True when the report speaks of the text that is shown. */
  private get isCurrent(): boolean {
    return this.analysed?.workspace[this.file] === this.shown;
  }

  private onUpdate({ docChanged, startState, state, transactions }: ViewUpdate): void {
    if (!docChanged) return;
    const goesBack = transactions.some((one) => one.isUserEvent('undo') || one.isUserEvent('redo'));
    if (!goesBack && undoDepth(state) > undoDepth(startState)) stepped(this);
    this.edited();
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.value !== this.shown) this.replaceText();
    if (changed.has('marks') && this.view) showLineMarks(this.view, this.marks);
    if (changed.has('analysed')) {
      this.showDiagnostics();
      this.showIgnored();
      if (this.view) retryOutline(this.view);
    }
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

  /** Takes the last step back; false when there is none. */
  undo(): boolean {
    return this.view !== null && undo(this.view);
  }

  redo(): boolean {
    return this.view !== null && redo(this.view);
  }

  format(): void {
    if (this.view && this.file === 'dockerfile') void format(this.service, this.view);
    this.view?.focus();
  }

  find(): void {
    if (this.view) openSearchPanel(this.view);
  }

  /** Tells what stands at the cursor. */
  tell(): void {
    if (!this.view) return;
    this.view.focus();
    const service = this.file === 'dockerfile' ? this.service : this.ignoreService;
    hoverAtCursor(service, (line) => this.figures(line))(this.view);
  }

  focusText(): void {
    this.view?.focus();
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

  private showIgnored(): void {
    if (!this.view || !this.analysed || this.file !== 'dockerignore' || !this.isCurrent) return;
    showIgnored(this.view, this.analysed.report.context.ignored);
  }

  private diagnostics(view: EditorView, { report }: Analysed): Diagnostic[] {
    if (this.file === 'dockerfile') return diagnosticsOf(view.state.doc, report);
    return ignoreDiagnosticsOf(view.state.doc, report);
  }
}
