/** The build context as a tree, and the rows of it that are to be seen. Pure. */
import type { ContextEntry } from '../pkg/report';

/** A file, or a folder with what is below it. */
export interface Node {
  readonly path: string;
  readonly name: string;
  readonly folder: boolean;
  readonly bytes: number;
  readonly files: number;
  /** True when the builder gets it, or some of what is below it. */
  readonly sent: boolean;
  readonly children: readonly Node[];
}

/** A node as it is shown. */
export interface TreeRow {
  readonly node: Node;
  /** 1 at the top. */
  readonly level: number;
  /** Null where there is nothing to open. */
  readonly expanded: boolean | null;
  /** Its place among those of its folder, from 1, and how many these are. */
  readonly place: number;
  readonly siblings: number;
}

/** Folders first, then by name, as file managers have it. */
function inOrder(a: Node, b: Node): number {
  if (a.folder !== b.folder) return a.folder ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

export function treeOf(entries: readonly ContextEntry[]): readonly Node[] {
  return level(
    entries.map((entry) => ({ entry, rest: entry.path })),
    '',
  );
}

interface Pending {
  readonly entry: ContextEntry;
  /** Its path from the folder that is being built. */
  readonly rest: string;
}

function level(pending: readonly Pending[], above: string): readonly Node[] {
  const groups = new Map<string, Pending[]>();
  for (const { entry, rest } of pending) {
    const slash = rest.indexOf('/');
    const name = slash < 0 ? rest : rest.slice(0, slash);
    const group = groups.get(name) ?? [];
    group.push({ entry, rest: slash < 0 ? '' : rest.slice(slash + 1) });
    groups.set(name, group);
  }
  return [...groups].map(([name, group]) => node(name, above + name, group)).sort(inOrder);
}

function node(name: string, path: string, group: readonly Pending[]): Node {
  const below = group.filter(({ rest }) => rest !== '');
  return {
    path,
    name,
    folder: below.length > 0 || group.some(({ entry }) => entry.folder),
    bytes: group.reduce((sum, { entry }) => sum + entry.bytes, 0),
    files: group.reduce((sum, { entry }) => sum + entry.files, 0),
    sent: group.some(({ entry }) => entry.sent),
    children: below.length > 0 ? level(below, `${path}/`) : [],
  };
}

/** The nodes whose path holds all words of a search, and the folders on the way to them. */
function matching(nodes: readonly Node[], words: readonly string[]): readonly Node[] {
  return nodes.flatMap((node) => {
    if (words.every((word) => node.path.toLowerCase().includes(word))) return [node];
    const children = matching(node.children, words);
    return children.length > 0 ? [{ ...node, children }] : [];
  });
}

/** The rows to show; a search opens what it finds, unless that is more than `most` rows. */
export function rowsOf(
  tree: readonly Node[],
  expanded: ReadonlySet<string>,
  search: string,
  most: number,
): readonly TreeRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const nodes = words.length > 0 ? matching(tree, words) : tree;
  const isFound = (node: Node) => words.every((word) => node.path.toLowerCase().includes(word));
  const isOpen = (node: Node) => expanded.has(node.path) || (words.length > 0 && !isFound(node));
  const rows: TreeRow[] = [];
  const walk = (siblings: readonly Node[], level: number): void => {
    siblings.forEach((node, at) => {
      if (rows.length >= most) return;
      const canOpen = node.children.length > 0;
      const place = { place: at + 1, siblings: siblings.length };
      rows.push({ node, level, expanded: canOpen ? isOpen(node) : null, ...place });
      if (canOpen && isOpen(node)) walk(node.children, level + 1);
    });
  };
  walk(nodes, 1);
  return rows;
}

/** The path of the folder that holds a path; empty at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
