import { describe, expect, it } from 'vitest';
import { outputOf, withOutputs } from './outputs';
import { workspaceOf } from './state';

const files = import.meta.glob<string>(
  '../tests/fixtures/{calibration/service/*.{history,inspect,manifest}*,replay/*.log}',
  { eager: true, query: '?raw', import: 'default' },
);

describe('outputOf', () => {
  it.each(Object.entries(files))('knows %s', (path, text) => {
    expect(outputOf(text)).toBe(path.endsWith('.log') ? 'gitLog' : 'measured');
  });

  it.each([
    ['buildLog', '#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n'],
    ['buildLog', 'Sending build context\nStep 1/7 : FROM node:18\n ---> 1a\n'],
    [null, 'FROM node:18\n# commit to it\nRUN npm ci\n'],
    [null, '{"name": "x", "dependencies": {"left-pad": "1.3.0"}}'],
    [null, '{"dockerfile": "FROM saved\\n"}'],
    [null, ''],
  ])('%s: %s', (field, text) => expect(outputOf(text)).toBe(field));
});

describe('withOutputs', () => {
  it('keeps a history and a manifest together, and leaves the rest alone', () => {
    const before = { ...workspaceOf('FROM a\n'), gitLog: 'mine' };
    const history = 'IMAGE  CREATED  CREATED BY  SIZE\n';
    const manifest = '{"schemaVersion": 2}';
    expect(withOutputs(before, [history, manifest, '#1 DONE 0.1s\n', 'prose'])).toEqual({
      ...before,
      measured: `${history}\n${manifest}`,
      buildLog: '#1 DONE 0.1s\n',
    });
  });
});
