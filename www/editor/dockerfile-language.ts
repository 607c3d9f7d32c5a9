/** Colours for a Dockerfile, by a line-wise tokenizer that knows continuations and heredocs. */
import { StreamLanguage, type StringStream } from '@codemirror/language';

interface LineState {
  /** Inside an instruction that goes on after a line's end. */
  continued: boolean;
  /** The words that end the heredocs still open, in order. */
  heredocs: string[];
}

const HEREDOC = /<<-?(["']?)(\w+)\1/g;
const COMMENT = /^\s*#.*/;

function heredocsOf(line: string): string[] {
  return [...line.matchAll(HEREDOC)].map((match) => match[2] ?? '');
}

function heredocBody(stream: StringStream, state: LineState): string {
  if (stream.string.trim() === state.heredocs[0]) state.heredocs.shift();
  stream.skipToEnd();
  return 'string';
}

/** The first token of a line: a comment, or a new instruction's keyword. */
function lineStart(stream: StringStream, state: LineState): string | null | undefined {
  if (stream.match(COMMENT)) return 'comment';
  const isInstruction = !state.continued;
  state.continued = /\\\s*$/.test(stream.string);
  state.heredocs = heredocsOf(stream.string);
  if (stream.eatSpace()) return null;
  return isInstruction && stream.match(/^[a-z]+/i) ? 'keyword' : undefined;
}

function word(stream: StringStream): string | null {
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'[^']*'?/)) return 'string';
  if (stream.match(/^\$\{[^}]*\}?/) || stream.match(/^\$\w+/)) return 'variableName';
  if (stream.match(/^--[\w-]+/)) return 'attributeName';
  if (stream.match(/^(?:AS|as)(?=\s)/)) return 'keyword';
  if (stream.match(/^\s+/)) return null;
  if (!stream.match(/^[^\s"'$]+/)) stream.next();
  return null;
}

export const dockerfileLanguage = StreamLanguage.define<LineState>({
  name: 'dockerfile',
  startState: () => ({ continued: false, heredocs: [] }),
  copyState: (state) => ({ ...state, heredocs: [...state.heredocs] }),
  blankLine: (state) => {
    if (state.heredocs.length === 0) state.continued = false;
  },
  token(stream, state) {
    if (stream.sol()) {
      if (state.heredocs.length > 0) return heredocBody(stream, state);
      const style = lineStart(stream, state);
      if (style !== undefined) return style;
    }
    return word(stream);
  },
  languageData: { commentTokens: { line: '#' } },
});
