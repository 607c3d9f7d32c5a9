/** Beside each line of a .dockerignore: how many files and bytes it takes out. */
import { GutterMarker } from '@codemirror/view';
import type { IgnoredReport } from '../../../pkg/report';
import { formatBytes, plural } from '../../format';
import { effectOf } from '../ignore-hover';
import { gutterMarks } from './gutter-marks';

class Mark extends GutterMarker {
  constructor(private readonly row: IgnoredReport) {
    super();
  }

  override eq(other: Mark): boolean {
    return effectOf(this.row) === effectOf(other.row);
  }

  override toDOM(): Node {
    const { files, bytes, pattern } = this.row;
    const root = document.createElement('div');
    root.className = files > 0 ? 'dp-ignored' : 'dp-ignored none';
    root.title = effectOf(this.row);
    const add = (name: string, text: string): void => {
      const part = root.appendChild(document.createElement('span'));
      part.className = name;
      part.textContent = text;
    };
    const sign = pattern.startsWith('!') ? '+' : '\u2212';
    add('files', files > 0 ? plural(files, 'file') : '');
    add('bytes', files > 0 ? `${sign}${formatBytes(bytes)}` : 'nothing');
    return root;
  }
}

export const ignoreMarks = gutterMarks((row: IgnoredReport) => new Mark(row), {
  class: 'dp-ignored-lines',
  side: 'after',
});
