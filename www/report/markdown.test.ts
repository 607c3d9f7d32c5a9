import { describe, expect, it } from 'vitest';
import { markdownOf } from './markdown';

describe('Markdown', () => {
  it('has headings, text and code', () => {
    expect(
      markdownOf([
        { kind: 'heading', level: 2, text: 'A_b' },
        { kind: 'picture' },
        { kind: 'text', text: '1\u00a0MB <b> of [x]' },
        { kind: 'code', language: 'dockerfile', text: 'FROM a\n' },
      ]),
    ).toBe('## A\\_b\n\n1 MB \\<b> of \\[x\\]\n\n```dockerfile\nFROM a\n```\n');
  });

  it('keeps a table’s cells apart', () => {
    const columns = [{ title: 'Line' }, { title: 'Size', figure: true } as const];
    const rows = [[{ code: 'RUN a | b \\\n  && c' }, '1 | 2']];
    expect(markdownOf([{ kind: 'table', columns, rows }])).toBe(
      '| Line | Size |\n| --- | ---: |\n| `RUN a \\| b \\ && c` | 1 \\| 2 |\n',
    );
  });

  it('closes code that holds backticks', () => {
    const cell = (code: string) =>
      markdownOf([{ kind: 'table', columns: [{ title: 'x' }], rows: [[{ code }]] }]).split('\n')[2];
    expect(cell('echo `date`')).toBe('| `` echo `date` `` |');
    const text = 'RUN <<EOF\n```\nEOF\n';
    expect(markdownOf([{ kind: 'code', language: '', text }])).toBe(`\`\`\`\`\n${text}\`\`\`\`\n`);
  });
});
