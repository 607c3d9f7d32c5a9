import { describe, expect, it } from 'vitest';
import type { Question } from '../protocol';
import { workspaceOf } from '../state';
import { languageService } from './service';

describe('languageService', () => {
  it('asks about the editor’s text in the workspace, without its long logs', async () => {
    const asked: Question[] = [];
    const client = {
      ask: async (question: Question) => {
        asked.push(question);
        return null;
      },
    };
    const workspace = { ...workspaceOf('old', 'dist'), gitLog: 'long', buildLog: 'long' };
    const service = languageService(client, () => workspace);
    expect(await service.complete('new', 2)).toBeNull();
    expect(asked).toMatchObject([
      {
        kind: 'complete',
        offset: 2,
        project: { dockerfile: 'new', dockerignore: 'dist', git_log: null, build_log: null },
      },
    ]);
  });
});
