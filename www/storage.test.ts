import { describe, expect, it } from 'vitest';
import { type Snapshot, defaultView, workspaceOf } from './state';
import { type StorageSource, loadDraft, loadTheme, saveDraft, saveTheme } from './storage';

const snapshot: Snapshot = { workspace: workspaceOf('FROM nginx\n'), view: defaultView };

function memory(): StorageSource {
  const map = new Map<string, string>();
  const storage = {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
  };
  return () => storage;
}

function failing(name: string): StorageSource {
  const fail = () => {
    throw new DOMException('no', name);
  };
  return () => ({ getItem: fail, setItem: fail });
}

describe('autosave', () => {
  it('keeps the workspace', () => {
    const source = memory();
    expect(loadDraft(source)).toBeNull();
    expect(saveDraft(snapshot, source)).toBe('saved');
    expect(loadDraft(source)).toEqual(snapshot);
  });

  it('keeps each tab’s own, and the last one for a new tab', () => {
    const [source, tab, other] = [memory(), memory(), memory()];
    const mine = { ...snapshot, workspace: workspaceOf('FROM mine\n') };
    saveDraft(mine, source, tab);
    saveDraft(snapshot, source, other);
    expect(loadDraft(source, tab)).toEqual(mine);
    expect(loadDraft(source, other)).toEqual(snapshot);
    expect(loadDraft(source, memory())).toEqual(snapshot);
  });

  it('says when storage is off or full, and does not throw', () => {
    const off: StorageSource = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    expect(saveDraft(snapshot, off)).toBe('disabled');
    expect(loadDraft(off)).toBeNull();
    expect(loadTheme(off)).toBe('system');
    expect(saveDraft(snapshot, failing('QuotaExceededError'))).toBe('full');
  });

  it('does not save what is very long', () => {
    const long = { ...snapshot, workspace: workspaceOf('x'.repeat(2_000_001)) };
    expect(saveDraft(long, memory())).toBe('too-large');
  });

  it('ignores a draft that cannot be read', () => {
    const source: StorageSource = () => ({ getItem: () => '{"dockerfile":1}', setItem: () => {} });
    expect(loadDraft(source)).toBeNull();
    const garbage: StorageSource = () => ({ getItem: () => 'null', setItem: () => {} });
    expect(loadDraft(garbage)).toBeNull();
  });

  it('keeps the theme', () => {
    const source = memory();
    saveTheme('dark', source);
    expect(loadTheme(source)).toBe('dark');
  });
});
