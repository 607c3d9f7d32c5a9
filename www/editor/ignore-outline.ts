/** The parts of a .dockerignore that have a colour: comments, exceptions and wildcards. */
import type { Outline } from '../../pkg/report';

const PARTS = /^#.*|^!|[*?[\]]+/gm;
const kinds: Outline['kinds'] = ['comment', 'keyword', 'flag'];

export function ignoreOutline(text: string): Outline {
  const tokens = [...text.matchAll(PARTS)].flatMap(({ 0: part, index }) => [
    index,
    index + part.length,
    part.startsWith('#') ? 0 : part === '!' ? 1 : 2,
  ]);
  return { tokens, kinds, folds: [] };
}

/** For what asks the analysis about the other text. */
export const ignoreOutlining = { outline: async (text: string) => ignoreOutline(text) };
