import { describe, expect, it } from 'vitest';
import { defaultView, workspaceOf } from '../state';
import { heightOf, homeOf, readFragment, themeOf, viewOf, writeFragment } from './options';
import { elementSnippet, frameSnippet } from './snippets';

const options = { view: 'layers', readonly: true, theme: 'dark' } as const;

describe('the options of an embedded playground', () => {
  it('come back from an address', () => {
    const fragment = { ...options, state: '1.abc-_' };
    expect(writeFragment(fragment)).toBe('1.abc-_&view=layers&theme=dark&readonly');
    expect(readFragment(writeFragment(fragment))).toEqual(fragment);
  });

  it('may be missing, as in a shared link', () => {
    const plain = { state: '1.abc', view: 'all', readonly: false, theme: 'system' };
    expect(readFragment('1.abc')).toEqual(plain);
    expect(readFragment('1.abc&view=nonsense&theme=&x')).toEqual(plain);
  });

  it('are the usual ones where they make no sense', () => {
    expect(viewOf('<b>')).toBe('all');
    expect(themeOf(null, 'page')).toBe('page');
  });

  it.each([
    ['480', '480px'],
    [' 30em ', '30em'],
    ['60vh', '60vh'],
    ['', ''],
    ['tall', ''],
    ['1px; color: red', ''],
    [null, ''],
  ])('a height of %j is %j', (value, expected) => {
    expect(heightOf(value)).toBe(expected);
  });

  it.each([
    ['/playground/', 'https://example.org/playground/'],
    ['http://localhost:8080/', 'http://localhost:8080/'],
    ['', ''],
    ['javascript:alert(1)', ''],
    ['data:text/html,x', ''],
    ['http://[', ''],
  ])('a home of %j is %j', (value, expected) => {
    expect(homeOf(value, 'https://example.org/docs/')).toBe(expected);
  });
});

describe('a snippet', () => {
  const home = 'https://example.org/playground/';
  const workspace = workspaceOf('FROM a\nRUN x && y < "z" > w\n\nRUN b\n');
  const input = {
    home,
    snapshot: { workspace, view: defaultView },
    state: '1.abc',
    options,
    height: '',
  };

  it('of an element holds the text, escaped', () => {
    expect(elementSnippet(input)).toBe(`<script type="module" src="${home}embed.js"></script>

<div>
<dockerfile-playground view="layers" readonly theme="dark">

<pre data-file="Dockerfile">
FROM a
RUN x &amp;&amp; y &lt; &quot;z&quot; &gt; w

RUN b
</pre>

</dockerfile-playground>
</div>
`);
  });

  it('of an element holds the state when the texts alone say less', () => {
    const more = { ...workspace, dockerignore: '.git\n', target: 'build' };
    const snippet = elementSnippet({ ...input, snapshot: { workspace: more, view: defaultView } });
    expect(snippet).toContain('state="1.abc"');
    expect(snippet).toContain('<pre data-file=".dockerignore">\n.git\n</pre>');
  });

  it('of a frame has an address that can be read again, and a height', () => {
    const snippet = frameSnippet(input);
    expect(snippet).toContain(
      `src="${home}embed.html#1.abc&amp;view=layers&amp;theme=dark&amp;readonly"`,
    );
    expect(snippet).toContain('height: 480px');
    expect(frameSnippet({ ...input, height: '20em' })).toContain('height: 20em');
  });
});
