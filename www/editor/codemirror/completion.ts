/** Completion with what the analysis knows: of the language, the project, images and packages. */
import {
  type Completion as Offered,
  type CompletionContext,
  type CompletionResult,
  autocompletion,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { Completion, CompletionKind, Completions } from '../../../pkg/report';
import { formatBytes } from '../../format';
import type { LanguageService } from '../service';

/** What the kinds are called in the list. */
const kinds: Readonly<Record<CompletionKind, string>> = {
  directive: 'directive',
  keyword: '',
  flag: '',
  value: '',
  stage: 'stage',
  repository: 'image',
  image: 'image',
  package: 'package',
  variable: '',
  folder: '',
  file: '',
};

/** After these there is more to write. */
function goesOn({ kind, text }: Completion): boolean {
  return kind === 'repository' || kind === 'folder' || text.endsWith('=');
}

/** Figures to the right of a text: the size, or else what sort of thing it is. */
function detailOf({ kind, size }: Completion): string {
  return size ? formatBytes(size.expected) : kinds[kind];
}

/** The core's answer in CodeMirror's words, in the core's order. */
export function offeredOf({ items }: Completions): Offered[] {
  return items.map((item, index) => {
    const { text, kind, info } = item;
    const detail = detailOf(item);
    return {
      label: text,
      type: goesOn(item) ? `${kind} goes-on` : kind,
      boost: -index,
      ...(detail === '' ? {} : { detail }),
      ...(info ? { info } : {}),
    };
  });
}

/** True where what stands before the place asks for something by itself. */
export function isWanted(before: string): boolean {
  return /(?:\S|(?:FROM|COPY|ADD|USER) )$/i.test(before) && !/^\s*#(?!\s*\w*$)/.test(before);
}

/** True for what is written to its end: Enter then begins a new line, and takes no other word. */
export function isWhole(typed: string, options: readonly Offered[]): boolean {
  return typed === '.' || typed === '..' || options.some(({ label }) => label === typed);
}

function source(service: LanguageService) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { state, pos, explicit } = context;
    const line = state.doc.lineAt(pos);
    if (!explicit && !isWanted(line.text.slice(0, pos - line.from))) return null;
    const found = await service.complete(state.doc.toString(), pos);
    // Without a result, CodeMirror would not ask again for what was typed meanwhile.
    const nothing = { from: pos, options: [] };
    if (!found || found.items.length === 0) return nothing;
    const typed = state.sliceDoc(found.start, pos);
    const options = offeredOf(found);
    if (!explicit && isWhole(typed, options)) return nothing;
    return {
      from: found.start,
      options,
      filter: false,
      getMatch: () => (typed === '' ? [] : [0, typed.length]),
    };
  };
}

export function completion(service: LanguageService): Extension {
  return autocompletion({
    override: [source(service)],
    icons: false,
    activateOnTypingDelay: 60,
    maxRenderedOptions: 60,
    activateOnCompletion: ({ type }) => type?.endsWith('goes-on') ?? false,
  });
}
