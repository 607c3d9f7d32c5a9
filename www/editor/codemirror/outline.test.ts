import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import type { Outline } from '../../../pkg/report';
import { read } from './outline';

const outline: Outline = {
  kinds: ['comment', 'keyword'],
  tokens: [0, 4, 1, 7, 12, 0],
  folds: [6, 12],
};

function colours(doc: string): [string | undefined, string][] {
  const found: [string | undefined, string][] = [];
  read(outline, Text.of(doc.split('\n'))).colours.between(0, doc.length, (from, to, { spec }) => {
    found.push([spec.class, doc.slice(from, to)]);
  });
  return found;
}

describe('read', () => {
  it('colours the tokens of the parser and keeps its folds', () => {
    const doc = 'FROM a\n# two';
    expect(colours(doc)).toEqual([
      ['dp-token-keyword', 'FROM'],
      ['dp-token-comment', '# two'],
    ]);
    expect(read(outline, Text.of(doc.split('\n'))).folds).toEqual([{ from: 6, to: 12 }]);
  });

  it('takes no offset beyond the text', () => {
    expect(colours('FROM a')).toEqual([['dp-token-keyword', 'FROM']]);
  });
});
