/** What rules are and why: docs that the page loads when they are asked for. */

/** The page of a rule, made from the head of its source. */
export interface RuleDocs {
  readonly title: string;
  /** A paragraph each. */
  readonly why: readonly string[];
  /** What the rule finds, and what is better. */
  readonly bad: string | null;
  readonly good: string | null;
}

let loaded: Promise<Readonly<Record<string, RuleDocs>>> | undefined;

/** The docs by rule. They come in a file of their own, once. */
export function ruleDocs(): Promise<Readonly<Record<string, RuleDocs>>> {
  loaded ??= import('./rules.json').then(
    ({ default: docs }) => docs,
    (error: unknown) => {
      loaded = undefined;
      throw error;
    },
  );
  return loaded;
}
