/** What the elements inside of an embedded playground say: the plain text that shows without it. */
import { type Snapshot, defaultView, workspaceOf } from '../state';

/**
 * Reads the texts inside of an element. Those in elements with `data-file` go by its name:
 * `Dockerfile`, `.dockerignore`, or a manifest's path. Without any, the first block of code, or all
 * of the text, is the Dockerfile.
 */
export function snapshotIn(host: Element): Snapshot {
  const named = [...host.querySelectorAll<HTMLElement>('[data-file]')];
  const texts = new Map(named.map((node) => [node.dataset['file'] ?? '', textIn(codeOf(node))]));
  if (named.length === 0) texts.set('Dockerfile', textIn(codeOf(host)));
  const dockerfile = texts.get('Dockerfile') ?? '';
  const dockerignore = texts.get('.dockerignore') ?? '';
  texts.delete('Dockerfile');
  texts.delete('.dockerignore');
  const manifests = Object.fromEntries(texts);
  return { workspace: { ...workspaceOf(dockerfile, dockerignore), manifests }, view: defaultView };
}

/** Highlighters put buttons and line numbers beside the code. */
function codeOf(node: Element): Element {
  return node.querySelector('code') ?? node.querySelector('pre') ?? node;
}

/** The text as it is seen, without empty lines around it. */
function textIn(node: Node): string {
  const text = seen(node)
    .replace(/^(\s*\n)+/, '')
    .trimEnd();
  return text === '' ? '' : `${text}\n`;
}

/** Some highlighters end lines by `<br>` alone. */
function seen(node: Node): string {
  if (node.nodeName === 'BR') return '\n';
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? '';
  return [...node.childNodes].map(seen).join('');
}
