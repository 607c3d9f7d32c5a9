/**
 * What the words of a Dockerfile are, line by line, with continuations and heredocs. For the editor
 * and for texts that are only shown, so it must not load the editor.
 */

/** The part of CodeMirror's stream that is used here. */
export interface Stream {
  readonly string: string;
  sol(): boolean;
  match(pattern: RegExp): unknown;
  next(): unknown;
  eatSpace(): boolean;
  skipToEnd(): void;
}

export interface LineState {
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

function heredocBody(stream: Stream, state: LineState): string {
  if (stream.string.trim() === state.heredocs[0]) state.heredocs.shift();
  stream.skipToEnd();
  return 'string';
}

/** The first token of a line: a comment, or a new instruction's keyword. */
function lineStart(stream: Stream, state: LineState): string | null | undefined {
  if (stream.match(COMMENT)) return 'comment';
  const isInstruction = !state.continued;
  state.continued = /\\\s*$/.test(stream.string);
  state.heredocs = heredocsOf(stream.string);
  if (stream.eatSpace()) return null;
  return isInstruction && stream.match(/^[a-z]+/i) ? 'keyword' : undefined;
}

function word(stream: Stream): string | null {
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'[^']*'?/)) return 'string';
  if (stream.match(/^\$\{[^}]*\}?/) || stream.match(/^\$\w+/)) return 'variableName';
  if (stream.match(/^--[\w-]+/)) return 'attributeName';
  if (stream.match(/^(?:AS|as)(?=\s)/)) return 'keyword';
  if (stream.match(/^\s+/)) return null;
  if (!stream.match(/^[^\s"'$]+/)) stream.next();
  return null;
}

/** The tokenizer, in the form that CodeMirror takes. */
export const dockerfileTokens = {
  startState: (): LineState => ({ continued: false, heredocs: [] }),
  copyState: (state: LineState): LineState => ({ ...state, heredocs: [...state.heredocs] }),
  blankLine: (state: LineState): void => {
    if (state.heredocs.length === 0) state.continued = false;
  },
  token(stream: Stream, state: LineState): string | null {
    if (stream.sol()) {
      if (state.heredocs.length > 0) return heredocBody(stream, state);
      const style = lineStart(stream, state);
      if (style !== undefined) return style;
    }
    return word(stream);
  },
};

/** A run of characters of one style; the style is a name of CodeMirror's. */
export interface Token {
  readonly text: string;
  readonly style: string | null;
}

/** The tokens of each line of a text. */
export function tokenLines(text: string): Token[][] {
  const state = dockerfileTokens.startState();
  return text.split('\n').map((line) => {
    if (line === '') dockerfileTokens.blankLine(state);
    return tokensOf(new LineStream(line), state);
  });
}

function tokensOf(stream: LineStream, state: LineState): Token[] {
  const tokens: Token[] = [];
  while (stream.at < stream.string.length) {
    const from = stream.at;
    const style = dockerfileTokens.token(stream, state);
    tokens.push({ text: stream.string.slice(from, stream.at), style });
  }
  return tokens;
}

class LineStream implements Stream {
  at = 0;

  constructor(readonly string: string) {}

  sol(): boolean {
    return this.at === 0;
  }

  /** Goes past what the pattern, which begins with `^`, matches here. */
  match(pattern: RegExp): boolean {
    const found = pattern.exec(this.string.slice(this.at));
    this.at += found?.[0].length ?? 0;
    return found !== null;
  }

  next(): void {
    this.at += 1;
  }

  eatSpace(): boolean {
    return this.match(/^\s+/);
  }

  skipToEnd(): void {
    this.at = this.string.length;
  }
}
