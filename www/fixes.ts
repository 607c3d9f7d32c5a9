/** Many fixes at once. */
import type { Finding, Fix, TextEdit } from '../pkg/report';

function same(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start && a.end === b.end && a.text === b.text;
}

/** True for edits that cannot both be made; two insertions at one place are in no order. */
function collide(a: TextEdit, b: TextEdit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

/** What a fix makes of the `.dockerignore`, as a fix of that text; `null` where it stays. */
export function ignoreFix({ title, dockerignore }: Fix, text: string): Fix | null {
  if (typeof dockerignore !== 'string') return null;
  return { title, edits: [{ start: 0, end: text.length, text: dockerignore }] };
}

/**
 * The fixes of findings as one. A fix that would change what another one has changed waits for the
 * next time; an edit that several fixes share is made once.
 */
export function allFixes(findings: readonly Finding[]): Fix | null {
  const edits: TextEdit[] = [];
  let dockerignore: string | undefined;
  let count = 0;
  for (const { fix } of findings) {
    if (!fix) continue;
    if (dockerignore === undefined && typeof fix.dockerignore === 'string') {
      dockerignore = fix.dockerignore;
      if (fix.edits.length === 0) count += 1;
    }
    const own = fix.edits.filter((edit) => !edits.some((other) => same(edit, other)));
    if (own.some((edit) => edits.some((other) => collide(edit, other)))) continue;
    edits.push(...own);
    if (own.length > 0) count += 1;
  }
  edits.sort((a, b) => a.start - b.start);
  if (count < 2) return null;
  const ignore = dockerignore === undefined ? {} : { dockerignore };
  return { title: `Apply ${count} fixes`, edits, ...ignore };
}
