import { expect, it } from 'vitest';
import { colouredLines } from './coloured';
import { ignoreOutline } from './ignore-outline';

it('the parts of a .dockerignore have the colours of what they do', () => {
  const text = '# a * b\n!src/**/[ab].js\nx!\n';
  const words = colouredLines(text, ignoreOutline(text)).flat();
  expect(words.filter(({ colour }) => colour)).toEqual([
    { text: '# a * b', colour: 'dp-token-comment' },
    { text: '!', colour: 'dp-token-keyword' },
    { text: '**', colour: 'dp-token-flag' },
    { text: '[', colour: 'dp-token-flag' },
    { text: ']', colour: 'dp-token-flag' },
  ]);
});
