import { describe, expect, it } from 'vitest';
import { tokenLines } from './dockerfile-tokens';

const styled = (text: string) =>
  tokenLines(text).map((line) =>
    line.flatMap((token) => (token.style ? [`${token.style}:${token.text}`] : [])),
  );

describe('the tokens of a Dockerfile', () => {
  it('are keywords, flags, variables and strings', () => {
    expect(
      styled('FROM --platform=$BUILDPLATFORM node:22 AS build\nRUN echo "a $b" ${c:-d}'),
    ).toEqual([
      ['keyword:FROM', 'attributeName:--platform', 'variableName:$BUILDPLATFORM', 'keyword:AS'],
      ['keyword:RUN', 'string:"a $b"', 'variableName:${c:-d}'],
    ]);
  });

  it('know continued lines, comments among them and heredocs', () => {
    const text = 'RUN make \\\n  # why\n\n  install\nRUN <<EOF\nFROM here\nEOF\nUSER 1';
    expect(styled(text)).toEqual([
      ['keyword:RUN'],
      ['comment:  # why'],
      [],
      [],
      ['keyword:RUN'],
      ['string:FROM here'],
      ['string:EOF'],
      ['keyword:USER'],
    ]);
  });

  it.each(['', '\n', '\\', '"', '$', '${', 'RUN <<', '\t\u00a0FROM', '#\r'])(
    'add up to the text: %j',
    (text) => {
      const lines = tokenLines(text).map((line) => line.map((token) => token.text).join(''));
      expect(lines.join('\n')).toBe(text);
    },
  );
});
