/** The report as Markdown (GitHub's, for its tables). */
import type { Block, Cell, Column } from './blocks';

export function markdownOf(blocks: readonly Block[]): string {
  const parts = blocks.map(part).filter((text) => text !== '');
  return `${parts.join('\n\n')}\n`.replaceAll('\u00a0', ' ');
}

function part(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escaped(block.text)}`;
    case 'text':
      return escaped(block.text);
    case 'code':
      return fenced(block.language, block.text);
    case 'table':
      return table(block.columns, block.rows);
    case 'picture':
      return '';
  }
}

function table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    line(columns.map(({ figure }) => (figure ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(cell))),
  ].join('\n');
}

/** A cell is one line, and ends at a bar, in code too. */
function cell(value: Cell): string {
  const text = typeof value === 'string' ? escaped(value) : code(value.code);
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/** Signs that Markdown would take for its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_<[\]]/g, '\\$&');
}

/** Code between more backticks than are in it. */
function code(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1);
  const edge = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${edge}${text}${edge}${fence}`;
}

function fenced(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
