/**
 * A gutter beside the line numbers: a bar for the size of the instruction's layer and a dot for
 * what the builder does with the step under the chosen change.
 */
import { GutterMarker } from '@codemirror/view';
import { type LineMark, markElement } from '../marks-of-report';
import { gutterMarks } from './gutter-marks';

class Mark extends GutterMarker {
  constructor(private readonly mark: LineMark) {
    super();
  }

  override eq(other: Mark): boolean {
    const { share, status, title } = this.mark;
    return share === other.mark.share && status === other.mark.status && title === other.mark.title;
  }

  override toDOM(): Node {
    return markElement(this.mark);
  }
}

export const lineMarks = gutterMarks((mark: LineMark) => new Mark(mark), { class: 'dp-marks' });
