/** A text in CodeMirror, with what the analysis knows of it. */
import { isolateHistory, redo, undo, undoDepth } from '@codemirror/commands';
import { EditorState, StateEffect } from '@codemirror/state';
import { EditorView, type ViewUpdate, runScopeHandlers } from '@codemirror/view';
import type { Fix, Report } from '../../../pkg/report';
import type { TextFile } from '../../state';
import type * as Aids from './aids';
import { fixTransaction } from './fix';
import { format } from './formatting';
import type { Figures } from './hover';
import { ignoreMarks } from './ignore-marks';
import { lineMarks } from './line-marks';
import type { LineMark } from '../marks-of-report';
import { coloured, folds, retryOutline } from './outline';
import type { LanguageService } from '../service';
import { type Outside, editorSetup } from './setup';

/** What an editor shows, and whom it tells of what is done in it. */
export interface Setting {
  readonly parent: HTMLElement;
  readonly root: ShadowRoot;
  readonly file: TextFile;
  readonly label: string;
  readonly hint: string;
  readonly service: LanguageService;
  readonly figures: Figures;
  readonly outside: Outside;
  /** The text is another one. */
  edited(text: string): void;
  /** There is a step more to undo. */
  stepped(): void;
}

/** A text as it was in a plain field. */
export interface Written {
  /** What it was first: undo goes back to it. */
  readonly first: string;
  readonly text: string;
  readonly anchor: number;
  readonly head: number;
}

export class CodeEditor {
  private readonly view: EditorView;
  private aids: typeof Aids | null = null;

  constructor(
    private readonly setting: Setting,
    { first, text, anchor, head }: Written,
  ) {
    const extensions = [
      editorSetup(setting.label, setting.hint, setting.outside),
      coloured(setting.service),
      setting.file === 'dockerfile' ? [lineMarks.extension, folds()] : ignoreMarks.extension,
      EditorView.updateListener.of((update) => this.onUpdate(update)),
    ];
    let state = EditorState.create({ doc: first, extensions });
    if (text !== first) state = state.update(replacing(state, text)).state;
    const { length } = state.doc;
    const selection = { anchor: Math.min(anchor, length), head: Math.min(head, length) };
    state = state.update({ selection }).state;
    this.view = new EditorView({ parent: setting.parent, root: setting.root, state });
  }

  /** Adds what is not needed to write: the code of it is another file. */
  help(aids: typeof Aids): void {
    const { file, service, figures } = this.setting;
    const effects = StateEffect.appendConfig.of(aids.aids(file, service, figures));
    this.view.dispatch({ effects });
    this.aids = aids;
  }

  private onUpdate({ docChanged, startState, state, transactions }: ViewUpdate): void {
    if (!docChanged) return;
    const goesBack = transactions.some((one) => one.isUserEvent('undo') || one.isUserEvent('redo'));
    if (!goesBack && undoDepth(state) > undoDepth(startState)) this.setting.stepped();
    this.setting.edited(state.doc.toString());
  }

  /** Takes a text that comes from elsewhere, as a step that undo can take back. */
  replace(text: string): void {
    this.view.dispatch(replacing(this.view.state, text));
  }

  showMarks(marks: readonly LineMark[]): void {
    lineMarks.show(this.view, marks);
  }

  /** Shows what a report says of the text. */
  showReport(report: Report): void {
    this.aids?.showDiagnostics(this.view, this.setting.file, report);
    if (this.setting.file === 'dockerignore') ignoreMarks.show(this.view, report.context.ignored);
  }

  retryOutline(): void {
    retryOutline(this.view);
  }

  /** Shows and selects a line. */
  reveal(line: number): void {
    const { from, to } = this.view.state.doc.line(Math.min(line, this.view.state.doc.lines));
    const effects = EditorView.scrollIntoView(from, { y: 'center' });
    this.view.dispatch({ selection: { anchor: from, head: to }, effects });
    this.view.focus();
  }

  undo(): void {
    undo(this.view);
  }

  redo(): void {
    redo(this.view);
  }

  format(): void {
    if (this.setting.file === 'dockerfile') void format(this.setting.service, this.view);
    this.view.focus();
  }

  find(): void {
    this.aids?.openSearchPanel(this.view);
  }

  /** Tells what stands at the cursor. */
  tell(): void {
    this.view.focus();
    this.aids?.hoverAtCursor(this.setting.service, this.setting.figures)(this.view);
  }

  focus(): void {
    this.view.focus();
  }

  /** Does what a key does that was pressed before it could be taken. */
  press(key: KeyboardEvent): void {
    runScopeHandlers(this.view, key, 'editor');
  }

  /** Goes to where the text was scrolled to. */
  scrollTo(top: number): void {
    this.view.scrollDOM.scrollTop = top;
  }

  applyFix(fix: Fix): void {
    this.view.dispatch(fixTransaction(fix));
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}

function replacing({ doc }: EditorState, insert: string) {
  const annotations = isolateHistory.of('full');
  return { changes: { from: 0, to: doc.length, insert }, annotations };
}
