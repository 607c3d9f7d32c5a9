/** Lays the text out, as one step that undo takes back. */
import { isolateHistory } from '@codemirror/commands';
import type { ChangeSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { LanguageService } from '../service';

/** Only what differs is changed, so that the cursor and folds stay where they are. */
export async function changesTo(before: string, after: string): Promise<ChangeSpec[]> {
  const { lineDiff } = await import('../line-diff');
  return lineDiff(before, after).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: after.slice(fromB, toB),
  }));
}

/** Formats the text; what was typed meanwhile is left alone. */
export async function format(service: LanguageService, view: EditorView): Promise<void> {
  const { doc } = view.state;
  const text = await service.format(doc.toString());
  if (text === null) return;
  const changes = await changesTo(doc.toString(), text);
  if (view.state.doc !== doc) return;
  const done = changes.length > 0;
  const effects = EditorView.announce.of(done ? 'Formatted.' : 'Nothing to format.');
  const annotations = isolateHistory.of('full');
  view.dispatch(done ? { changes, effects, annotations, userEvent: 'format' } : { effects });
}
