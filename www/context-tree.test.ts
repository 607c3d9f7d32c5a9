import { describe, expect, it } from 'vitest';
import type { ContextEntry } from '../pkg/report';
import { folderOf, rowsOf, treeOf } from './context-tree';

const entry = (path: string, more: Partial<ContextEntry> = {}): ContextEntry => {
  return { path, bytes: 10, files: 1, sent: true, assumed: false, folder: false, ...more };
};
const tree = treeOf([
  entry('package.json'),
  entry('src/lib/a.ts', { bytes: 5 }),
  entry('src/index.ts'),
  entry('docs', { folder: true, files: 8 }),
  entry('src/lib/b.ts', { sent: false }),
]);
const shown = (expanded: string[], search = '', most = 99) =>
  rowsOf(tree, new Set(expanded), search, most).map(({ node, level }) => `${level} ${node.path}`);

describe('the tree of the context', () => {
  it('holds folders first, with the sums of what is below', () => {
    expect(shown([])).toEqual(['1 docs', '1 src', '1 package.json']);
    const src = tree.find(({ path }) => path === 'src');
    expect(src).toMatchObject({ folder: true, files: 3, bytes: 25, sent: true });
  });

  it('shows what is open', () => {
    expect(shown(['src'])).toEqual([
      '1 docs',
      '1 src',
      '2 src/lib',
      '2 src/index.ts',
      '1 package.json',
    ]);
    expect(shown(['src/lib'])).toHaveLength(3);
    const [docs, src] = rowsOf(tree, new Set(), '', 99);
    expect(docs).toMatchObject({ expanded: null, place: 1, siblings: 3 });
    expect(src).toMatchObject({ expanded: false, place: 2 });
  });

  it('opens the way to what is searched, and no more', () => {
    expect(shown([], 'b.ts')).toEqual(['1 src', '2 src/lib', '3 src/lib/b.ts']);
    expect(shown([], 'LIB')).toEqual(['1 src', '2 src/lib']);
    expect(shown([], 'src a.ts')).toEqual(['1 src', '2 src/lib', '3 src/lib/a.ts']);
    expect(shown([], 'nothing')).toEqual([]);
  });

  it('shows no more rows than asked for', () => {
    expect(shown(['src', 'src/lib'], '', 4)).toHaveLength(4);
  });

  it('copes with a file and a folder of one name', () => {
    const odd = treeOf([entry('a'), entry('a/b')]);
    expect(odd).toHaveLength(1);
    expect(odd[0]).toMatchObject({ folder: true, files: 2 });
  });

  it('knows the folder of a path', () => {
    expect(folderOf('a/b/c')).toBe('a/b');
    expect(folderOf('a')).toBe('');
  });
});
