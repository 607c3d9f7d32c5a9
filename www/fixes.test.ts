import { describe, expect, it } from 'vitest';
import type { Finding, TextEdit } from '../pkg/report';
import { allFixes } from './fixes';

function finding(...edits: readonly TextEdit[]): Finding {
  return {
    rule: 'a',
    aliases: [],
    severity: 'info',
    kind: 'style',
    line: 1,
    column: 1,
    end_line: 1,
    end_column: 2,
    message: 'a',
    fix: { title: 'Fix', edits: [...edits] },
  };
}

const edit = (start: number, end: number, text: string): TextEdit => ({ start, end, text });

describe('all fixes', () => {
  it('are one, in the order of the text', () => {
    const fix = allFixes([finding(edit(9, 10, 'b')), finding(edit(1, 2, 'a'))]);
    expect(fix).toEqual({ title: 'Apply 2 fixes', edits: [edit(1, 2, 'a'), edit(9, 10, 'b')] });
  });

  it('change the .dockerignore once', () => {
    const ignoring = finding();
    ignoring.fix!.dockerignore = '.git\n';
    const fix = allFixes([ignoring, finding(edit(1, 2, 'a')), ignoring]);
    expect(fix).toEqual({
      title: 'Apply 2 fixes',
      edits: [edit(1, 2, 'a')],
      dockerignore: '.git\n',
    });
  });

  it('leave out what another has changed, and make a shared edit once', () => {
    const shared = edit(20, 21, 'c');
    const findings = [
      finding(edit(1, 5, 'a'), shared),
      finding(edit(4, 6, 'b')),
      finding(edit(5, 6, 'd'), shared),
    ];
    expect(allFixes(findings)?.edits).toEqual([edit(1, 5, 'a'), edit(5, 6, 'd'), shared]);
    expect(allFixes([finding(edit(3, 3, 'a')), finding(edit(3, 3, 'b'))])).toBeNull();
  });

  it('are none for one', () => {
    expect(allFixes([finding(edit(1, 2, 'a'))])).toBeNull();
  });
});
