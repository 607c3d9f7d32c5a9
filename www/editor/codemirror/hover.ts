/** What stands under the pointer, or at the cursor by key. */
import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { EditorView, type Tooltip, hoverTooltip, keymap, showTooltip } from '@codemirror/view';
import type { Hover } from '../../../pkg/report';
import { formatBytes } from '../../format';
import { evidenceNames } from '../../words';
import type { LanguageService } from '../service';

type Hovering = Pick<LanguageService, 'hover'>;

/** Tells what the report knows of the instruction on a line; empty for an older text's report. */
export type Figures = (line: number) => readonly string[];

/** The lines of a hover, the first its title. */
export function linesOf(hover: Hover, figures: Figures): readonly string[] {
  const { text, value, size, evidence, line } = hover;
  const lines = [value === undefined ? hover.title : `${hover.title} = ${value}`];
  if (text !== '') lines.push(text);
  if (size) {
    const { low, expected, high } = size;
    const range = low < high ? ` (${formatBytes(low)} to ${formatBytes(high)})` : '';
    lines.push(`${formatBytes(expected)}${range}`);
  }
  if (evidence) lines.push(`${evidenceNames[evidence.kind]}: ${evidence.text}`);
  if (line !== undefined) lines.push(...figures(line));
  return lines;
}

function tooltip(hover: Hover, lines: readonly string[]): Tooltip {
  return {
    pos: hover.start,
    end: hover.end,
    above: true,
    create: () => {
      const dom = document.createElement('div');
      dom.className = 'dp-hover';
      lines.forEach((line, index) => {
        const part = dom.appendChild(document.createElement(index === 0 ? 'strong' : 'p'));
        part.textContent = line;
      });
      return { dom };
    },
  };
}

const showAtCursor = StateEffect.define<Tooltip | null>();

/** The tooltip that a key has opened; the next movement closes it. */
const atCursor = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(showAtCursor)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : value;
  },
  provide: (field) => showTooltip.from(field),
});

/** Shows what stands at the cursor, and says it. */
export function hoverAtCursor(service: Hovering, figures: Figures) {
  return (view: EditorView): boolean => {
    const { doc, selection } = view.state;
    void service.hover(doc.toString(), selection.main.head).then((hover) => {
      if (view.state.doc !== doc) return;
      const lines = hover ? linesOf(hover, figures) : [];
      const said = lines.length > 0 ? lines.join('. ') : 'Nothing to tell here.';
      const effects = [EditorView.announce.of(said)];
      view.dispatch({
        effects: [...effects, showAtCursor.of(hover && tooltip(hover, lines))],
      });
    });
    return true;
  };
}

function close(view: EditorView): boolean {
  if (!view.state.field(atCursor)) return false;
  view.dispatch({ effects: showAtCursor.of(null) });
  return true;
}

export function hovering(service: Hovering, figures: Figures): Extension {
  const underPointer = async (view: EditorView, pos: number): Promise<Tooltip | null> => {
    const hover = await service.hover(view.state.doc.toString(), pos);
    // An instruction is told of at its keyword, not wherever the pointer rests on its line.
    if (!hover || pos < hover.start || pos > hover.end) return null;
    return tooltip(hover, linesOf(hover, figures));
  };
  return [
    atCursor,
    hoverTooltip(underPointer, { hideOnChange: true }),
    keymap.of([
      { key: 'Mod-i', run: hoverAtCursor(service, figures), preventDefault: true },
      { key: 'Escape', run: close },
    ]),
  ];
}
