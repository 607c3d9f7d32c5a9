/** What both editors share: history, keys, and a way out for keyboard users. */
import { defaultKeymap, history, indentWithTab } from '@codemirror/commands';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { theme } from './theme';

/**
 * Typing over a selection, done here rather than by the browser: Chromium keeps the look of what it
 * replaces in a style attribute, which the page's security policy forbids and reports.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event;
    if (inputType !== 'insertText' || data === null || isComposing || view.composing) return false;
    if (view.state.selection.main.empty) return false;
    view.dispatch(view.state.replaceSelection(data), {
      userEvent: 'input.type',
      scrollIntoView: true,
    });
    return true;
  },
});

/** What is not the editor's own to do. */
export interface Outside {
  undo(): void;
  redo(): void;
  /** Lays the text out. */
  format(): void;
  /** Shows the keys. */
  help(): void;
}

/** Undo goes over all inputs, whoever asks for it: a key, a menu, a shaken phone. */
function outside({ undo, redo, format, help }: Outside): Extension {
  const on = (run: () => void) => (): boolean => {
    run();
    return true;
  };
  return Prec.high([
    keymap.of([
      { key: 'Mod-z', run: on(undo), preventDefault: true },
      { key: 'Mod-y', mac: 'Mod-Shift-z', run: on(redo), preventDefault: true },
      { linux: 'Ctrl-Shift-z', run: on(redo), preventDefault: true },
      { key: 'Shift-Alt-f', run: on(format), preventDefault: true },
      { key: 'F1', run: on(help), preventDefault: true },
    ]),
    EditorView.domEventHandlers({
      beforeinput({ inputType }) {
        if (inputType === 'historyUndo') undo();
        else if (inputType === 'historyRedo') redo();
        else return false;
        return true;
      },
    }),
  ]);
}

/** Steps that one editor remembers. */
const STEPS = 1000;

/** Extensions of an editor that is announced as `label` and shows `hint` while it is empty. */
export function editorSetup(label: string, hint: string, commands: Outside): Extension {
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    outside(commands),
    history({ minDepth: STEPS }),
    drawSelection(),
    EditorView.lineWrapping,
    keymap.of([...defaultKeymap, indentWithTab]),
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-description':
        'Tab indents. To leave the editor, press Escape, then Tab. F1 lists the keys.',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
    }),
    placeholder(hint),
    EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
    typeOverSelection,
    theme,
  ];
}
