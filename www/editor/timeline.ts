/**
 * One order of undo for all inputs. The editors keep their own histories; this remembers in which of
 * them each step was made, and keeps the steps of what has no editor. Steps that one action makes in
 * several inputs are undone together.
 */
import type { Files } from '../state';

/** A step: in one of the editors, or from one state of the files to another. */
export type Step<Editor> =
  | { readonly kind: 'text'; readonly editor: Editor }
  | { readonly kind: 'files'; readonly before: Files; readonly after: Files };

/** Steps that belong together. */
type Batch<Editor> = readonly Step<Editor>[];

/** More than anybody goes back. */
const MOST = 1000;

export class Timeline<Editor> {
  private done: Batch<Editor>[] = [];
  private undone: Batch<Editor>[] = [];
  /** True while the next step joins the last batch. */
  private isOpen = false;
  private isHeld = false;

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** What comes next is another action. */
  separate(): void {
    if (!this.isHeld) this.isOpen = false;
  }

  /** What is done meanwhile is one action. */
  together(run: () => void): void {
    this.separate();
    this.isHeld = true;
    run();
    this.isHeld = false;
    this.separate();
  }

  add(step: Step<Editor>): void {
    const last = this.isOpen ? this.done.pop() : undefined;
    this.done.push([...(last ?? []), step]);
    this.done = this.done.slice(-MOST);
    this.undone = [];
    this.isOpen = true;
  }

  /** The steps to take back, the last first. */
  undo(): readonly Step<Editor>[] {
    return move(this.done, this.undone).toReversed();
  }

  /** The steps to take again, in their order. */
  redo(): readonly Step<Editor>[] {
    return move(this.undone, this.done);
  }
}

function move<T>(from: (readonly T[])[], to: (readonly T[])[]): readonly T[] {
  const batch = from.pop();
  if (batch) to.push(batch);
  return batch ?? [];
}
