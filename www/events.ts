/** How components speak to the app: one event for actions, one for going to a place in a text. */
import type { EditorCommand } from './components/editor-bar';
import type { Action, TextFile } from './state';

/** A place in one of the two texts. */
export interface Place {
  readonly file: TextFile;
  readonly line: number;
}

declare global {
  interface HTMLElementEventMap {
    'dp-action': CustomEvent<Action>;
    'dp-jump': CustomEvent<Place>;
    'dp-share': CustomEvent<null>;
    'dp-command': CustomEvent<EditorCommand>;
    'dp-step': CustomEvent<null>;
  }
}

function send<T>(target: EventTarget, type: string, detail: T): void {
  target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** Asks the app to change its state. */
export function act(target: EventTarget, action: Action): void {
  send(target, 'dp-action', action);
}

/** Asks the app to show a line in its editor. */
export function jump(target: EventTarget, file: TextFile, line: number): void {
  send(target, 'dp-jump', { file, line });
}

/** Asks the app for a link to all that is on the page. */
export function share(target: EventTarget): void {
  send(target, 'dp-share', null);
}

/** Asks whoever holds the editor for what goes beyond it; false when nobody does it. */
export function command(target: EventTarget, name: EditorCommand): boolean {
  const options = { detail: name, bubbles: true, composed: true, cancelable: true };
  return !target.dispatchEvent(new CustomEvent('dp-command', options));
}

/** Tells the app that an editor has a step more to undo. */
export function stepped(target: EventTarget): void {
  send(target, 'dp-step', null);
}
