/** What the editor offers beyond writing: completion, hovers, search, and the list of findings. */
import { lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { TextFile } from '../../state';
import { completion } from './completion';
import { type Figures, hovering } from './hover';
import type { LanguageService } from '../service';

export { openSearchPanel } from '@codemirror/search';
export { showDiagnostics } from './diagnostics';
export { hoverAtCursor } from './hover';

export function aids(file: TextFile, service: LanguageService, figures: Figures): Extension {
  return [
    search({ top: true }),
    highlightSelectionMatches(),
    keymap.of([...searchKeymap, ...lintKeymap]),
    hovering(service, figures),
    file === 'dockerfile' ? completion(service) : [],
  ];
}
