import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Token, tokenLines } from '../editor/dockerfile-tokens';
import { type LineMark, markElement } from '../editor/marks-of-report';
import type { TextFile } from '../state';
import { lineMarkStyles } from '../styles/line-marks';
import { place } from '../styles/place';
import { shared } from '../styles/shared';

/** Styles that have a colour; they are the names of classes too. */
const coloured = new Set(['keyword', 'string', 'variableName', 'attributeName', 'comment']);

/** One of the two texts to be read only: it looks like the editor, without loading it. */
@customElement('dp-source-text')
export class SourceText extends LitElement {
  static override styles = [
    shared,
    lineMarkStyles,
    css`
      pre {
        margin: 0;
        padding: 10px 0;
        font: 13px/1.6 var(--mono);
        tab-size: 4;
      }

      .line {
        display: flex;
        padding-inline-end: 12px;
      }

      .line.chosen {
        background: color-mix(in srgb, var(--accent) 26%, transparent);
      }

      /* Not in the text, so that it is not copied with it. */
      .line::before {
        content: attr(data-line);
        flex: none;
        width: calc(var(--digits) * 1ch + 12px);
        padding-inline: 6px 4px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }

      .dp-marks {
        flex: none;
        width: 52px;
        user-select: none;
      }

      code {
        flex: 1;
        min-width: 0;
        padding-inline-start: 6px;
        font: inherit;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .keyword {
        color: var(--code-keyword);
        font-weight: 600;
      }

      .string {
        color: var(--code-string);
      }

      .variableName {
        color: var(--code-variable);
      }

      .attributeName {
        color: var(--code-flag);
      }

      .comment {
        color: var(--code-comment);
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property() label = '';
  @property({ attribute: false }) value = '';
  @property({ attribute: false }) marks: readonly LineMark[] = [];
  @state() private chosen = 0;

  override render() {
    const text = this.value.replace(/\n$/, '');
    const lines =
      this.file === 'dockerfile'
        ? tokenLines(text)
        : text.split('\n').map((line) => [{ text: line, style: null }]);
    const marks = new Map(this.marks.map((mark) => [mark.line, mark]));
    const digits = String(lines.length).length;
    return html`<pre role="group" aria-label=${this.label} ${place({ '--digits': `${digits}` })}>
${lines.map((line, at) => this.line(line, at + 1, marks.get(at + 1)))}</pre>`;
  }

  /** Shows and marks a line. */
  reveal(line: number): void {
    this.chosen = line;
    void this.updateComplete.then(() => {
      const element = this.renderRoot.querySelector(`[data-line="${line}"]`);
      element?.scrollIntoView({ block: 'nearest' });
    });
  }

  private line(tokens: readonly Token[], line: number, mark: LineMark | undefined) {
    const marks =
      this.marks.length === 0
        ? nothing
        : html`<span class="dp-marks">${mark ? markElement(mark) : nothing}</span>`;
    // Without spaces between the elements: they would be part of the text.
    // prettier-ignore
    return html`<div class="line ${line === this.chosen ? 'chosen' : ''}" data-line=${line}>${marks}<code>${tokens.map(token)}\n</code></div>`;
  }
}

function token({ text, style }: Token) {
  if (style === null || !coloured.has(style)) return text;
  return html`<span class=${style}>${text}</span>`;
}
