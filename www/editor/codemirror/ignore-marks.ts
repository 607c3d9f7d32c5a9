/** Beside each line of a .dockerignore: how many files and bytes it takes out. */
import {
  type Extension,
  RangeSet,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import { type EditorView, GutterMarker, gutter } from '@codemirror/view';
import type { IgnoredReport } from '../../../pkg/report';
import { formatBytes, plural } from '../../format';
import { effectOf } from '../ignore-hover';

class Mark extends GutterMarker {
  constructor(private readonly row: IgnoredReport) {
    super();
  }

  override eq(other: Mark): boolean {
    return effectOf(this.row) === effectOf(other.row);
  }

  override toDOM(): Node {
    const { files, bytes, pattern } = this.row;
    const root = document.createElement('div');
    root.className = files > 0 ? 'dp-ignored' : 'dp-ignored none';
    root.title = effectOf(this.row);
    const add = (name: string, text: string): void => {
      const part = root.appendChild(document.createElement('span'));
      part.className = name;
      part.textContent = text;
    };
    const sign = pattern.startsWith('!') ? '+' : '\u2212';
    add('files', files > 0 ? plural(files, 'file') : '');
    add('bytes', files > 0 ? `${sign}${formatBytes(bytes)}` : 'nothing');
    return root;
  }
}

const setRows = StateEffect.define<readonly IgnoredReport[]>();

const marks = StateField.define<RangeSet<Mark>>({
  create: () => RangeSet.empty,
  update(set, { docChanged, changes, effects, newDoc }) {
    let next = docChanged ? set.map(changes) : set;
    for (const effect of effects) if (effect.is(setRows)) next = build(effect.value, newDoc);
    return next;
  },
});

function build(rows: readonly IgnoredReport[], doc: Text): RangeSet<Mark> {
  const builder = new RangeSetBuilder<Mark>();
  for (const row of rows) {
    if (row.line > doc.lines) break;
    const { from } = doc.line(row.line);
    builder.add(from, from, new Mark(row));
  }
  return builder.finish();
}

/** Shows the rows of a report on this text. */
export function showIgnored(view: EditorView, rows: readonly IgnoredReport[]): void {
  view.dispatch({ effects: setRows.of(rows) });
}

export const ignoreMarks: Extension = [
  marks,
  gutter({ class: 'dp-ignored-lines', side: 'after', markers: (view) => view.state.field(marks) }),
];
