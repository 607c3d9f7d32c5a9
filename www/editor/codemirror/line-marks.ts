/**
 * A gutter beside the line numbers: a bar for the size of the instruction's layer and a dot for
 * what the builder does with the step under the chosen change.
 */
import {
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
} from '@codemirror/state';
import { type EditorView, GutterMarker, gutter } from '@codemirror/view';
import { type LineMark, markElement } from '../marks-of-report';

class Mark extends GutterMarker {
  constructor(private readonly mark: LineMark) {
    super();
  }

  override eq(other: Mark): boolean {
    const { share, status, title } = this.mark;
    return share === other.mark.share && status === other.mark.status && title === other.mark.title;
  }

  override toDOM(): Node {
    return markElement(this.mark);
  }
}

const setMarks = StateEffect.define<readonly LineMark[]>();

const marks = StateField.define<RangeSet<Mark>>({
  create: () => RangeSet.empty,
  update(set, transaction) {
    let next = transaction.docChanged ? set.map(transaction.changes) : set;
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) next = build(effect.value, transaction.state.doc);
    }
    return next;
  },
});

interface Lines {
  readonly lines: number;
  line(number: number): { readonly from: number };
}

function build(values: readonly LineMark[], doc: Lines): RangeSet<Mark> {
  const builder = new RangeSetBuilder<Mark>();
  for (const value of values) {
    if (value.line > doc.lines) break;
    const { from } = doc.line(value.line);
    builder.add(from, from, new Mark(value));
  }
  return builder.finish();
}

/** Shows marks, given in the order of their lines. */
export function showLineMarks(view: EditorView, values: readonly LineMark[]): void {
  view.dispatch({ effects: setMarks.of(values) });
}

export const lineMarks: Extension = [
  marks,
  gutter({ class: 'dp-marks', markers: (view) => view.state.field(marks) }),
];
