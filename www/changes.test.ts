import { describe, expect, it } from 'vitest';
import type { Report } from '../pkg/report';
import { imagesOf, titleOf, together, urlsOf } from './changes';

describe('changes', () => {
  it('of a text or an argument there is one', () => {
    expect(together(['edit:a', 'arg:V=1'], 'arg:V=2')).toEqual(['edit:a', 'arg:V=2']);
    expect(together(['arg:V=1'], 'arg:W=1')).toEqual(['arg:V=1', 'arg:W=1']);
    expect(together(['dockerfile:A'], 'earlier-dockerfile:B')).toEqual(['earlier-dockerfile:B']);
    expect(together(['edit:a'], 'edit:a')).toEqual(['edit:a']);
    expect(together(['edit:a'], 'edit:b')).toEqual(['edit:a', 'edit:b']);
  });

  it('are named as the core names them', () => {
    expect(titleOf('rename:a=b')).toBe('Rename a to b');
    expect(titleOf('arg:V=a=b')).toBe('Build with V=a=b');
    expect(titleOf('earlier-dockerfile:FROM x\nRUN y')).toBe('Edit the Dockerfile');
    expect(titleOf('base:node:18')).toBe('New digest of node:18');
    expect(titleOf('what is this')).toBe('what is this');
  });

  it('finds what is taken from elsewhere', () => {
    const step = (instruction: string, text: string) => ({ instruction, text });
    const report = {
      stages: [
        { name: 'build', base: { reference: 'node:22' } },
        { name: 'test', base: { reference: 'build' } },
        { base: { reference: 'scratch' } },
      ],
      cache: [
        {
          steps: [
            step('COPY', 'COPY --from=Build /a /a'),
            step('COPY', 'COPY --from=0 /a /a'),
            step('COPY', 'COPY --link --from=nginx:1.27 /etc /etc'),
            step('ADD', 'ADD https://example.com/a.tar.gz /a/'),
            step('ADD', 'ADD src /src'),
          ],
        },
      ],
    } as unknown as Report;
    expect(imagesOf(report)).toEqual(['node:22', 'nginx:1.27']);
    expect(urlsOf(report)).toEqual(['https://example.com/a.tar.gz']);
  });
});
