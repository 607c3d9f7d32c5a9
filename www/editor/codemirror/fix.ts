import { isolateHistory } from '@codemirror/commands';
import type { TransactionSpec } from '@codemirror/state';
import type { Fix } from '../../../pkg/report';

/** A fix as one step of the editor's history, so that undo takes it back whole. */
export function fixTransaction(fix: Fix): TransactionSpec {
  const changes = fix.edits.map(({ start, end, text }) => ({ from: start, to: end, insert: text }));
  const annotations = isolateHistory.of('full');
  return { changes, annotations, userEvent: 'input.fix', scrollIntoView: true };
}
