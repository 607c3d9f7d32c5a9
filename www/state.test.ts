import { describe, expect, it } from 'vitest';
import type { Report } from '../pkg/report';
import {
  type Action,
  type State,
  chosenIndex,
  defaultView,
  initialState,
  isStale,
  normalise,
  projectOf,
  reduce,
  workspaceOf,
} from './state';

const start = initialState(
  { workspace: workspaceOf('FROM node:18\n'), view: defaultView },
  'system',
);
const after = (...actions: Action[]): State => actions.reduce(reduce, start);
const cacheOf = (...changes: string[]) => ({ change: changes.join(' + '), changes });
const report = { cache: [cacheOf('edit:a'), cacheOf('edit:b')] } as unknown as Report;
const pick = (change: string, together = false): Action => {
  return { type: 'pick-change', change, together };
};

describe('reduce', () => {
  it('edits one text and leaves the other', () => {
    const state = after({ type: 'edit', file: 'dockerignore', text: '.git\n' });
    expect(state.workspace.dockerignore).toBe('.git\n');
    expect(state.workspace.dockerfile).toBe('FROM node:18\n');
  });

  it('is the same state when nothing changes, so that nothing is analysed again', () => {
    expect(after({ type: 'edit', file: 'dockerfile', text: 'FROM node:18\n' })).toBe(start);
    expect(after({ type: 'saved', saved: 'unsaved' })).toBe(start);
  });

  it('never changes the state it was given', () => {
    const before = structuredClone(start);
    after(
      { type: 'add-manifests', files: { 'package.json': '{}' } },
      { type: 'toggle-recipe', recipe: 'multi-stage', enabled: false },
      pick('edit:x'),
    );
    expect(start).toEqual(before);
  });

  it('adds and removes manifests', () => {
    const added: Action = { type: 'add-manifests', files: { 'package.json': '{}', 'go.mod': '' } };
    expect(Object.keys(after(added).workspace.manifests)).toEqual(['package.json', 'go.mod']);
    const removed = after(added, { type: 'remove-manifest', path: 'go.mod' });
    expect(removed.workspace.manifests).toEqual({ 'package.json': '{}' });
  });

  it('sets and unsets what the build is asked for', () => {
    const set = after(
      { type: 'set-measured', text: 'x' },
      { type: 'set-settings', settings: { bandwidth: 1 } },
      { type: 'set-build-arg', name: 'A', value: '' },
      { type: 'set-build-arg', name: 'B', value: '2' },
      { type: 'set-build-arg', name: 'B', value: null },
      { type: 'set-target', target: 'build' },
    );
    expect(projectOf(set.workspace)).toMatchObject({
      measured: ['x'],
      settings: { bandwidth: 1 },
      build_args: { A: '' },
      target: 'build',
    });
  });

  it('adds a change once and chooses it', () => {
    const add: Action = pick('edit:src/a.ts');
    const state = after(add, add);
    expect(state.workspace.changes).toEqual([['edit:src/a.ts']]);
    expect(state.view.change).toBe('edit:src/a.ts');
  });

  it('chooses a typical change instead of adding it again', () => {
    const analysed = { report, workspace: start.workspace };
    const state = after({ type: 'analysed', analysed }, pick('edit:b'));
    expect(state.workspace.changes).toEqual([]);
    expect(state.view.change).toBe('edit:b');
  });

  it('puts changes together, and takes them apart again', () => {
    const both = after(pick('edit:x'), pick('arg:V=1', true));
    expect(both.workspace.changes).toEqual([['edit:x', 'arg:V=1']]);
    expect(both.view.change).toBe('edit:x + arg:V=1');
    expect(projectOf(both.workspace).changes).toEqual([['edit:x', 'arg:V=1']]);
    const again = reduce(both, pick('arg:V=2', true));
    expect(again.workspace.changes).toEqual([['edit:x', 'arg:V=2']]);
    const one = reduce(both, { type: 'drop-change', change: 'edit:x' });
    expect(one.workspace.changes).toEqual([['arg:V=1']]);
    expect(one.view.change).toBe('arg:V=1');
    const none = reduce(one, { type: 'drop-change', change: 'arg:V=1' });
    expect(none.workspace.changes).toEqual([]);
    expect(none.view.change).toBeNull();
  });

  it('leaves a typical change alone when another is put to it', () => {
    const analysed = { report, workspace: start.workspace };
    const first = after({ type: 'analysed', analysed });
    const both = reduce(first, pick('edit:b', true));
    expect(both.workspace.changes).toEqual([['edit:a', 'edit:b']]);
    const back = reduce(both, { type: 'drop-change', change: 'edit:b' });
    expect(back.workspace.changes).toEqual([]);
    expect(back.view.change).toBe('edit:a');
  });

  it('keeps the times that the user gave, until the change goes', () => {
    const add: Action = pick('edit:x');
    const set: Action = { type: 'set-weekly', change: 'edit:x', times: 7 };
    expect(after(add, set).workspace.weekly).toEqual({ 'edit:x': 7 });
    const gone = after(add, set, { type: 'remove-change', change: 'edit:x' });
    expect(gone.workspace.weekly).toEqual({});
    const usual = after(add, set, { type: 'set-weekly', change: 'edit:x', times: null });
    expect(usual.workspace.weekly).toEqual({});
  });

  it('hands the pasted logs to the analysis', () => {
    const state = after(
      { type: 'set-git-log', log: 'log' },
      { type: 'set-build-log', log: 'build' },
    );
    expect(projectOf(state.workspace)).toMatchObject({ git_log: 'log', build_log: 'build' });
  });

  it('goes back to the first change when the chosen one is removed', () => {
    const state = after(pick('edit:x'), { type: 'remove-change', change: 'edit:x' });
    expect(state.workspace.changes).toEqual([]);
    expect(state.view.change).toBeNull();
  });

  it('opens a snapshot and can restore the one before', () => {
    const snapshot = { workspace: workspaceOf('FROM nginx'), view: defaultView };
    const opened = after({ type: 'open', snapshot, notice: null });
    expect(opened.workspace).toBe(snapshot.workspace);
    const back = reduce(opened, { type: 'open', snapshot: start, notice: null });
    expect(back.workspace).toBe(start.workspace);
    expect(back.theme).toBe('system');
  });
});

describe('what is derived', () => {
  it('knows when a report is out of date', () => {
    expect(isStale(start)).toBe(true);
    const analysed = { report, workspace: start.workspace };
    const fresh = reduce(start, { type: 'analysed', analysed });
    expect(isStale(fresh)).toBe(false);
    expect(isStale(reduce(fresh, { type: 'edit', file: 'dockerfile', text: '' }))).toBe(true);
  });

  it('falls back to the first change', () => {
    expect(chosenIndex(report.cache, 'edit:b')).toBe(1);
    expect(chosenIndex(report.cache, 'edit:gone')).toBe(0);
    expect(chosenIndex(report.cache, null)).toBe(0);
  });

  it('keeps line ends as the editor does', () => {
    expect(normalise('a\r\nb\rc\n')).toBe('a\nb\nc\n');
  });

  it('gives the core what the user gave', () => {
    const state = after({ type: 'set-context', listing: '1\ta' });
    expect(projectOf(state.workspace)).toMatchObject({ context: '1\ta', manifests: {} });
  });
});
