import { describe, expect, it } from 'vitest';
import { type Step, Timeline } from './timeline';

const text = (editor: string): Step<string> => ({ kind: 'text', editor });
const files: Step<string> = {
  kind: 'files',
  before: { context: null, manifests: {} },
  after: { context: '1\ta', manifests: {} },
};

function separated(...steps: Step<string>[]): Timeline<string> {
  const timeline = new Timeline<string>();
  for (const step of steps) {
    timeline.add(step);
    timeline.separate();
  }
  return timeline;
}

describe('Timeline', () => {
  it('goes back over all inputs in the order of their steps, and forward again', () => {
    const timeline = separated(text('a'), files, text('b'));
    expect([timeline.undo(), timeline.undo(), timeline.undo(), timeline.undo()]).toEqual([
      [text('b')],
      [files],
      [text('a')],
      [],
    ]);
    expect(timeline.canUndo).toBe(false);
    expect([timeline.redo(), timeline.redo()]).toEqual([[text('a')], [files]]);
  });

  it('takes the steps of one action back together, the last first', () => {
    const timeline = separated(text('a'));
    timeline.add(files);
    timeline.add(text('a'));
    timeline.add(text('b'));
    timeline.separate();
    expect(timeline.undo()).toEqual([text('b'), text('a'), files]);
    expect(timeline.redo()).toEqual([files, text('a'), text('b')]);
    timeline.undo();
    expect(timeline.undo()).toEqual([text('a')]);
  });

  it('keeps together what is done together, whatever separates it meanwhile', () => {
    const timeline = separated(text('a'));
    timeline.together(() => {
      timeline.add(text('a'));
      timeline.separate();
      timeline.add(text('b'));
    });
    timeline.add(text('c'));
    expect(timeline.undo()).toEqual([text('c')]);
    expect(timeline.undo()).toEqual([text('b'), text('a')]);
  });

  it('forgets what was undone once another step is made', () => {
    const timeline = separated(text('a'));
    timeline.undo();
    expect(timeline.canRedo).toBe(true);
    timeline.add(text('b'));
    expect(timeline.canRedo).toBe(false);
  });
});
