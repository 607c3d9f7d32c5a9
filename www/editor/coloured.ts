/** Texts with the parser's colours, for what shows them without the editor: so it loads none. */
import type { Outline } from '../../pkg/report';

/** The class of what has a colour; `codeColours` are the styles. */
function colourOf(kind: Outline['kinds'][number]): string {
  return `dp-token-${kind === 'heredoc' ? 'string' : kind}`;
}

/** A part of a text, as offsets, with the class of its colour. */
export interface Coloured {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

/** What an outline gives a colour, in the order of the text. */
export function* colouredParts({ tokens, kinds }: Outline): Generator<Coloured> {
  for (let at = 0; at + 2 < tokens.length; at += 3) {
    const [from = 0, to = 0, kind = 0] = tokens.slice(at, at + 3);
    yield { from, to, colour: colourOf(kinds[kind] ?? 'punctuation') };
  }
}

/** Characters of one colour, within a line. */
export interface Word {
  readonly text: string;
  /** The class of its colour; null for plain text. */
  readonly colour: string | null;
}

/** The lines of a text with the colours of its outline, or without any. */
export function colouredLines(text: string, outline: Outline | null): Word[][] {
  const lines: Word[][] = [[]];
  const add = (part: string, colour: string | null): void => {
    part.split('\n').forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== '') lines.at(-1)?.push({ text: piece, colour });
    });
  };
  let done = 0;
  for (const { from, to, colour } of outline ? colouredParts(outline) : []) {
    add(text.slice(done, from), null);
    add(text.slice(from, to), colour);
    done = to;
  }
  add(text.slice(done), null);
  return lines;
}
