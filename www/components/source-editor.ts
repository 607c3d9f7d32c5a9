import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { CacheReport, Fix, Report } from '../../pkg/report';
import type { CodeEditor } from '../editor/codemirror/code-editor';
import { figuresOf } from '../editor/figures';
import { ignoreHover } from '../editor/ignore-hover';
import { ignoreOutlining } from '../editor/ignore-outline';
import type { LineMark } from '../editor/marks-of-report';
import type { LanguageService } from '../editor/service';
import { isEditorsOwn } from '../editor/shortcuts';
import { act, command, stepped } from '../events';
import { idle, pause } from '../idle';
import type { Analysed, TextFile } from '../state';
import { codeColours } from '../styles/code-colours';
import { lineMarkStyles } from '../styles/line-marks';
import { shared } from '../styles/shared';
import type { SourceText } from './source-text';
import './source-text';

const hints: Readonly<Record<TextFile, string>> = {
  dockerfile: 'Paste or write a Dockerfile, or choose an example above.',
  dockerignore: 'Empty: every file of the folder is sent to the builder.',
};

/**
 * One of the two texts with the report's marks on it: in a plain field first, and in the editor once
 * that is loaded, which is when the report is there or the user turns to the text.
 */
@customElement('dp-source-editor')
export class SourceEditor extends LitElement {
  static override styles = [
    shared,
    lineMarkStyles,
    codeColours,
    css`
      :host {
        --selection: color-mix(in srgb, var(--accent) 26%, transparent);
        --active-line: color-mix(in srgb, var(--accent) 6%, transparent);

        height: 100%;
      }

      .editor {
        height: 100%;
      }

      dp-source-text {
        height: 100%;
        min-height: var(--pane-min, 0);
        max-height: var(--pane-max, none);
        overflow: auto;
        background: var(--panel);
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
  /** True once nothing that matters more is to be loaded. */
  @property({ type: Boolean }) calm = false;

  @state() private editor: CodeEditor | null = null;
  @query('.editor') private host!: HTMLElement;
  @query('dp-source-text') private plain!: SourceText | null;
  private loading: Promise<CodeEditor> | null = null;
  /** True once the editor takes all keys. */
  private isComplete = false;
  /** The text when this was shown first. */
  private first = '';
  /** The text last given to or by the editor: a cheap test for whether `value` is news to it. */
  private shown = '';
  private readonly sight = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) void idle().then(this.start);
  });

  override willUpdate(): void {
    if (!this.hasUpdated) this.first = this.shown = this.value;
  }

  override render() {
    return html`<div
      class="editor"
      @focusin=${this.start}
      @pointerover=${this.start}
      @keydown=${this.onKey}
    >
      ${
        this.editor
          ? nothing
          : html`<dp-source-text
              writable
              .file=${this.file}
              .label=${this.label}
              .hint=${hints[this.file]}
              .value=${this.value}
              .marks=${this.marks}
              .service=${this.service}
              @edit=${({ detail }: CustomEvent<string>) => this.changed(detail)}
            ></dp-source-text>`
      }
    </div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (this.value !== this.shown) this.replaceText();
    if (changed.has('calm') && this.calm && !this.loading) this.sight.observe(this);
    if (!this.editor) return;
    if (changed.has('marks')) this.editor.showMarks(this.marks);
    if (changed.has('analysed')) {
      if (this.report) this.editor.showReport(this.report);
      this.editor.retryOutline();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sight.disconnect();
    this.editor?.destroy();
  }

  /** The editor, once it is there. */
  ready(): Promise<CodeEditor> {
    return (this.loading ??= this.load());
  }

  /** The plain field does as well for a while where the editor cannot be had. */
  private readonly start = (): void => void this.ready().catch(() => undefined);

  /** A key that only the editor knows waits for it. */
  private onKey(key: KeyboardEvent): void {
    if (this.isComplete || key.defaultPrevented || !isEditorsOwn(key)) return;
    key.preventDefault();
    void this.ready().then(
      (editor) => editor.press(key),
      () => undefined,
    );
  }

  /** Shows and selects a line. */
  async reveal(line: number): Promise<void> {
    (await this.ready()).reveal(line);
  }

  async applyFix(fix: Fix): Promise<void> {
    (await this.ready()).applyFix(fix);
  }

  private async load(): Promise<CodeEditor> {
    this.sight.disconnect();
    try {
      const [{ CodeEditor }, aids] = await Promise.all([
        import('../editor/codemirror/code-editor'),
        import('../editor/codemirror/aids'),
      ]);
      await pause();
      await this.updateComplete;
      await this.plain?.composed();
      this.editor = this.open(CodeEditor);
      await pause();
      this.editor.help(aids);
      await pause();
      this.show(this.editor);
      this.isComplete = true;
      return this.editor;
    } catch (error) {
      // The plain field stays, and the next wish tries again.
      this.loading = null;
      throw error;
    }
  }

  /** Opens the editor in the plain field's place, with the cursor where it was. */
  private open(Editor: typeof CodeEditor): CodeEditor {
    const field = this.plain?.field;
    const top = this.plain?.scrollTop ?? 0;
    const isFocused = field?.matches(':focus') ?? false;
    const [start, end] = [field?.selectionStart ?? 0, field?.selectionEnd ?? 0];
    const [anchor, head] = field?.selectionDirection === 'backward' ? [end, start] : [start, end];
    const editor = new Editor(
      {
        parent: this.host,
        root: this.renderRoot as ShadowRoot,
        file: this.file,
        label: this.label,
        hint: hints[this.file],
        service: this.file === 'dockerfile' ? this.service : this.ignoreService,
        figures: (line) => this.figures(line),
        outside: {
          undo: () => void (command(this, 'undo') || this.editor?.undo()),
          redo: () => void (command(this, 'redo') || this.editor?.redo()),
          format: () => this.editor?.format(),
          help: () => void command(this, 'keys'),
        },
        edited: (text) => this.edited(text),
        stepped: () => stepped(this),
      },
      { first: this.first, text: this.shown, anchor, head },
    );
    editor.scrollTo(top);
    if (isFocused) editor.focus();
    return editor;
  }

  /** Marks what the report says. */
  private show(editor: CodeEditor): void {
    editor.showMarks(this.marks);
    if (this.report) editor.showReport(this.report);
  }

  /** The rows of a .dockerignore are in the report. */
  private get ignoreService(): LanguageService {
    const hover = async (text: string, offset: number) =>
      ignoreHover(text, offset, this.report?.context.ignored ?? []);
    return { ...this.service, ...ignoreOutlining, hover };
  }

  /** What the report tells of an instruction, if it speaks of this text. */
  private figures(line: number): readonly string[] {
    return this.report && this.file === 'dockerfile'
      ? figuresOf(this.report, this.cache, line)
      : [];
  }

  /** The report, if it speaks of the text that is shown. */
  private get report(): Report | null {
    return this.analysed?.workspace[this.file] === this.shown ? this.analysed.report : null;
  }

  /** The plain field's text is another one; undo goes back to what it was first. */
  private changed(text: string): void {
    if (this.shown === this.first) stepped(this);
    this.edited(text);
  }

  private edited(text: string): void {
    if (text === this.shown) return;
    this.shown = text;
    act(this, { type: 'edit', file: this.file, text });
  }

  private replaceText(): void {
    if (!this.editor && this.shown === this.first) stepped(this);
    this.shown = this.value;
    this.editor?.replace(this.value);
  }
}
