/** Colours for a Dockerfile in the editor. */
import { StreamLanguage } from '@codemirror/language';
import { type LineState, dockerfileTokens } from './dockerfile-tokens';

export const dockerfileLanguage = StreamLanguage.define<LineState>({
  name: 'dockerfile',
  ...dockerfileTokens,
  languageData: { commentTokens: { line: '#' } },
});
