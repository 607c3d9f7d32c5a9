/** Colours for a .dockerignore: comments, exceptions and wildcards. */
import { StreamLanguage } from '@codemirror/language';

export const ignoreLanguage = StreamLanguage.define<null>({
  name: 'dockerignore',
  token(stream) {
    if (stream.sol() && stream.match(/^#.*/)) return 'comment';
    if (stream.sol() && stream.eat('!')) return 'keyword';
    if (stream.match(/^[*?[\]]+/)) return 'attributeName';
    stream.match(/^[^*?[\]]+/);
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
});
