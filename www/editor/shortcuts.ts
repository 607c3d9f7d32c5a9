/** The keys of the editor, for its help. */

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

const isMac = (platform: string): boolean => /Mac|iP(?:hone|ad|od)/.test(platform);

/** The shortcuts as the keys are named on a platform. */
export function shortcutsOf(platform: string): readonly Shortcut[] {
  const mod = isMac(platform) ? '⌘' : 'Ctrl';
  const alt = isMac(platform) ? '⌥' : 'Alt';
  const fold = isMac(platform) ? [mod, alt] : ['Ctrl', 'Shift'];
  return [
    {
      keys: ['Ctrl', 'Space'],
      does: 'Complete: instructions, flags, stages, images, packages, files',
    },
    { keys: [mod, 'I'], does: 'Tell what stands at the cursor' },
    { keys: ['Shift', alt, 'F'], does: 'Format the Dockerfile' },
    { keys: [mod, 'Z'], does: 'Undo, in whichever file the last step was' },
    { keys: isMac(platform) ? [mod, 'Shift', 'Z'] : [mod, 'Y'], does: 'Redo' },
    { keys: [mod, 'F'], does: 'Find and replace' },
    { keys: [...fold, '['], does: 'Fold the stage or instruction' },
    { keys: [...fold, ']'], does: 'Unfold it' },
    { keys: ['Ctrl', alt, '['], does: 'Fold all' },
    { keys: ['Ctrl', alt, ']'], does: 'Unfold all' },
    { keys: ['F8'], does: 'Go to the next finding' },
    { keys: [mod, 'Shift', 'M'], does: 'List the findings' },
    { keys: [mod, '/'], does: 'Make lines comments, or no longer' },
    { keys: ['Esc', 'Tab'], does: 'Leave the editor' },
    { keys: ['F1'], does: 'Show these keys' },
  ];
}

const withModifier = new Set([
  'Space',
  'Slash',
  'BracketLeft',
  'BracketRight',
  'KeyF',
  'KeyI',
  'KeyM',
]);

/** Whether a key is one of those above that a plain field knows nothing of. */
export function isEditorsOwn({ key, code, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (key === 'F1' || key === 'F8') return true;
  // Both at once write letters on some keyboards.
  const isModified = (ctrlKey || metaKey) !== altKey;
  return isModified && withModifier.has(code);
}
