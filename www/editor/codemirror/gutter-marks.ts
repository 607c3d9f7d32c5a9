/** Marks beside lines: they stay with their lines until there are others. */
import {
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import { type EditorView, type GutterMarker, gutter } from '@codemirror/view';

/** What belongs to a line, counted from 1. */
interface OfLine {
  readonly line: number;
}

export interface GutterMarks<T extends OfLine> {
  readonly extension: Extension;
  /** Shows others, given in the order of their lines. */
  show(view: EditorView, values: readonly T[]): void;
}

export function gutterMarks<T extends OfLine>(
  markOf: (value: T) => GutterMarker,
  look: { readonly class: string; readonly side?: 'after' },
): GutterMarks<T> {
  const build = (values: readonly T[], doc: Text): RangeSet<GutterMarker> => {
    const builder = new RangeSetBuilder<GutterMarker>();
    for (const value of values) {
      if (value.line > doc.lines) break;
      const { from } = doc.line(value.line);
      builder.add(from, from, markOf(value));
    }
    return builder.finish();
  };
  const set = StateEffect.define<readonly T[]>();
  const marks = StateField.define<RangeSet<GutterMarker>>({
    create: () => RangeSet.empty,
    update(shown, { docChanged, changes, effects, newDoc }) {
      let next = docChanged ? shown.map(changes) : shown;
      for (const effect of effects) if (effect.is(set)) next = build(effect.value, newDoc);
      return next;
    },
  });
  return {
    extension: [marks, gutter({ ...look, markers: (view) => view.state.field(marks) })],
    show: (view, values) => view.dispatch({ effects: set.of(values) }),
  };
}
