/** What an embedded playground can be told, in attributes and in the address of embed.html. */

export const embedViews = [
  'all',
  'source',
  'layers',
  'cache',
  'optimized',
  'findings',
  'report',
] as const;
/** `page` takes the colour scheme of the page around the element. */
export const embedThemes = ['page', 'system', 'light', 'dark'] as const;

export type EmbedViewName = (typeof embedViews)[number];
export type EmbedTheme = (typeof embedThemes)[number];

export interface EmbedOptions {
  readonly view: EmbedViewName;
  /** True shows the text without an editor, and changes it by nothing. */
  readonly readonly: boolean;
  readonly theme: EmbedTheme;
}

/** The address of embed.html after its `#`: a shared link's state, then options. */
export interface EmbedFragment extends EmbedOptions {
  readonly state: string;
}

/** A value of an attribute or option; anything unknown is the first. */
export function viewOf(value: string | null): EmbedViewName {
  return embedViews.find((view) => view === value) ?? 'all';
}

export function themeOf(value: string | null, otherwise: EmbedTheme): EmbedTheme {
  return embedThemes.find((theme) => theme === value) ?? otherwise;
}

/** A height as CSS has it: `480` and `480px` are the same. Empty: as high as what is shown. */
export function heightOf(value: string | null): string {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return `${text}px`;
  return /^\d+(\.\d+)?(px|em|rem|vh|svh|dvh|%)$/.test(text) ? text : '';
}

/** The address of a playground on the web; empty for anything else, which a link must not open. */
export function homeOf(value: string, base: string): string {
  if (value === '' || !URL.canParse(value, base)) return '';
  const { protocol, href } = new URL(value, base);
  return protocol === 'https:' || protocol === 'http:' ? href : '';
}

/** Reads `STATE&view=layers&theme=dark&readonly`. */
export function readFragment(fragment: string): EmbedFragment {
  const [state = '', ...rest] = fragment.split('&');
  const options = new URLSearchParams(rest.join('&'));
  return {
    state,
    view: viewOf(options.get('view')),
    readonly: options.has('readonly'),
    theme: themeOf(options.get('theme'), 'system'),
  };
}

export function writeFragment({ state, view, readonly, theme }: EmbedFragment): string {
  const options = [`view=${view}`, ...(theme === 'page' ? [] : [`theme=${theme}`])];
  return [state, ...options, ...(readonly ? ['readonly'] : [])].join('&');
}
