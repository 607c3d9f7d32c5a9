/** Colours and folds from the analysis' own parser: what it reads is what is shown. */
import { codeFolding, foldGutter, foldKeymap, foldService } from '@codemirror/language';
import {
  type Extension,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  keymap,
} from '@codemirror/view';
import type { Outline } from '../../../pkg/report';
import { colouredParts } from '../coloured';
import type { Outlining } from '../colours';

/** A part that may be folded: from the end of the line that stays. */
interface Fold {
  readonly from: number;
  readonly to: number;
}

interface Shown {
  readonly colours: DecorationSet;
  readonly folds: readonly Fold[];
}

const setOutline = StateEffect.define<Outline>();

const shown = StateField.define<Shown>({
  create: () => ({ colours: Decoration.none, folds: [] }),
  update(value, { docChanged, changes, effects, newDoc }) {
    let next = value;
    if (docChanged) {
      const folds = value.folds
        .map(({ from, to }) => ({ from: changes.mapPos(from, 1), to: changes.mapPos(to, -1) }))
        .filter(({ from, to }) => from < to);
      next = { colours: value.colours.map(changes), folds };
    }
    for (const effect of effects) {
      if (effect.is(setOutline)) next = read(effect.value, newDoc);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field, ({ colours }) => colours),
});

/** What an outline shows of a text that it was made for. */
export function read(outline: Outline, doc: Text): Shown {
  const builder = new RangeSetBuilder<Decoration>();
  const { folds } = outline;
  for (const { from, to, colour } of colouredParts(outline)) {
    if (to <= doc.length) builder.add(from, to, Decoration.mark({ class: colour }));
  }
  const pairs = Array.from({ length: folds.length / 2 }, (_, index) => ({
    from: folds[2 * index] ?? 0,
    to: Math.min(folds[2 * index + 1] ?? 0, doc.length),
  }));
  return { colours: builder.finish(), folds: pairs };
}

/** Asks for an outline of each text; the answer for a text that is gone is dropped. */
function asking(service: Outlining): Extension {
  return ViewPlugin.define((view) => {
    let answered: Text | null = null;
    const ask = async (): Promise<void> => {
      const { doc } = view.state;
      const outline = await service.outline(doc.toString());
      if (!outline || view.state.doc !== doc) return;
      answered = doc;
      view.dispatch({ effects: setOutline.of(outline) });
    };
    void ask();
    return {
      update({ docChanged, state, transactions }: ViewUpdate): void {
        const retries = transactions.some(({ effects }) => effects.some((one) => one.is(retry)));
        if (docChanged || (retries && answered !== state.doc)) void ask();
      },
    };
  });
}

const retry = StateEffect.define<null>();

/** Asks once more where there was no answer: there may be one to be had now. */
export function retryOutline(view: EditorView): void {
  view.dispatch({ effects: retry.of(null) });
}

const folding = foldService.of((state, from, to) => {
  const fold = state.field(shown).folds.find((fold) => fold.from >= from && fold.from <= to);
  return fold ? { from: fold.from, to: fold.to } : null;
});

/** A sign that is large enough to be touched. */
function foldSign(open: boolean): HTMLElement {
  const sign = document.createElement('span');
  sign.className = 'dp-fold';
  sign.textContent = open ? '▾' : '▸';
  sign.title = open ? 'Fold' : 'Unfold';
  return sign;
}

/** Colours a text as its outline says. */
export function coloured(service: Outlining): Extension {
  return [shown, asking(service)];
}

/** Folds what the outline says. */
export function folds(): Extension {
  return [
    folding,
    codeFolding({ placeholderText: '…' }),
    foldGutter({
      markerDOM: foldSign,
      foldingChanged: ({ startState, state }) => startState.field(shown) !== state.field(shown),
    }),
    keymap.of(foldKeymap),
  ];
}
