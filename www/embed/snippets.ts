/** The HTML that puts a playground into another page. */
import { type Snapshot, type Workspace, workspaceOf } from '../state';
import { type EmbedOptions, writeFragment } from './options';

/** What a snippet is made from. */
export interface SnippetInput {
  /** The address of the folder that embed.html and embed.js lie in. */
  readonly home: string;
  readonly snapshot: Snapshot;
  /** The snapshot as a link has it. */
  readonly state: string;
  readonly options: EmbedOptions;
  /** As {@link heightOf} gives it. */
  readonly height: string;
}

/** An iframe needs a height of its own: it cannot see how high its content is. */
const FRAME_HEIGHT = '480px';

/** The playground in a frame: for pages that take HTML but no scripts. */
export function frameSnippet({ home, state, options, height }: SnippetInput): string {
  const address = `${home}embed.html#${writeFragment({ ...options, state })}`;
  const attributes = [
    `src="${escapeHtml(address)}"`,
    'title="Dockerfile Playground"',
    'loading="lazy"',
    `style="width: 100%; height: ${height || FRAME_HEIGHT}; border: 0"`,
  ];
  return `<iframe\n  ${attributes.join('\n  ')}\n></iframe>\n`;
}

/**
 * The playground as an element, with the text in it. The empty lines keep Markdown from reading the
 * Dockerfile as its own: they end one block of HTML and begin the next.
 */
export function elementSnippet({ home, snapshot, state, options, height }: SnippetInput): string {
  const { workspace } = snapshot;
  const attributes = [
    ` view="${options.view}"`,
    options.readonly ? ' readonly' : '',
    options.theme === 'page' ? '' : ` theme="${options.theme}"`,
    height ? ` height="${height}"` : '',
    holdsMore(workspace) ? `\n  state="${escapeHtml(state)}"` : '',
  ];
  const { dockerfile, dockerignore } = workspace;
  const files = [
    textOf('Dockerfile', dockerfile),
    ...(dockerignore === '' ? [] : [textOf('.dockerignore', dockerignore)]),
  ];
  return `<script type="module" src="${escapeHtml(home)}embed.js"></script>

<div>
<dockerfile-playground${attributes.join('')}>

${files.join('\n\n')}

</dockerfile-playground>
</div>
`;
}

/** True when the two texts alone would not give the same report. */
function holdsMore(workspace: Workspace): boolean {
  const { dockerfile, dockerignore } = workspace;
  return JSON.stringify(workspace) !== JSON.stringify(workspaceOf(dockerfile, dockerignore));
}

function textOf(name: string, text: string): string {
  return `<pre data-file="${name}">\n${escapeHtml(text.replace(/\n$/, ''))}\n</pre>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
