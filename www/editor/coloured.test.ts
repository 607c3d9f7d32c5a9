import { describe, expect, it } from 'vitest';
import type { Outline } from '../../pkg/report';
import { colouredLines } from './coloured';

const outline = (...tokens: number[]): Outline => ({
  tokens,
  kinds: ['keyword', 'heredoc'],
  folds: [],
});

describe('the lines of a text', () => {
  it('have the colours of its outline, over the ends of lines too', () => {
    const lines = colouredLines('RUN <<A\nx\n\ny\nA\n', outline(0, 3, 0, 8, 13, 1));
    expect(lines).toEqual([
      [
        { text: 'RUN', colour: 'dp-token-keyword' },
        { text: ' <<A', colour: null },
      ],
      [{ text: 'x', colour: 'dp-token-string' }],
      [],
      [{ text: 'y', colour: 'dp-token-string' }],
      [{ text: 'A', colour: null }],
      [],
    ]);
  });

  it.each(['', '\n', 'FROM a', 'a\r\nb', 'x\n\ny\n'])('add up to the text: %j', (text) => {
    for (const known of [null, outline(0, 1, 0, 2, 400, 1)]) {
      const lines = colouredLines(text, known).map((line) => line.map((word) => word.text));
      expect(lines.map((line) => line.join('')).join('\n')).toBe(text);
    }
  });
});
