import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Word, colouredLines } from '../editor/coloured';
import { Colours, type Outlining } from '../editor/colours';
import { type Row, type Side, diffRows, inOneColumn } from '../editor/diff-rows';
import { ignoreOutlining } from '../editor/ignore-outline';
import { plural } from '../format';
import type { TextFile } from '../state';
import { codeColours } from '../styles/code-colours';
import { shared } from '../styles/shared';

/** Two columns fit from this width on. */
const WIDE_FROM = 620;
/** More lines are nothing to look through: the file has them. */
const MOST_ROWS = 1000;

/** Empty lines at the end build nothing, so they are no difference worth showing. */
function trimEnd(text: string): string {
  return text.trimEnd();
}

/** The coloured lines of both texts. */
interface Lines {
  readonly a: readonly Word[][];
  readonly b: readonly Word[][];
}

/** Two versions of a text, side by side where there is room and in one column elsewhere. */
@customElement('dp-diff-view')
export class DiffView extends LitElement {
  static override styles = [
    shared,
    codeColours,
    css`
      :host {
        --taken: color-mix(in srgb, var(--error) 10%, var(--panel));
        --taken-word: color-mix(in srgb, var(--error) 22%, var(--panel));
        --added: color-mix(in srgb, var(--good) 10%, var(--panel));
        --added-word: color-mix(in srgb, var(--good) 22%, var(--panel));
        --code-comment: var(--muted);

        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        overflow: clip;
      }

      .head,
      th {
        padding: 5px 12px;
        border-bottom: 1px solid var(--line);
        background: var(--sunken);
        color: var(--muted);
        font-size: 12px;
        font-weight: 400;
        text-align: start;
      }

      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
        font: 13px/1.6 var(--mono);
      }

      th + th,
      td + td + .line {
        border-inline-start: 1px solid var(--line);
      }

      th {
        font-family: var(--sans);
      }

      td {
        padding: 0;
        border: 0;
        vertical-align: top;
      }

      col.numbers {
        width: calc(3ch + 30px);
      }

      /* Numbers and signs are no part of the text, so that they are not copied with it. */
      td.line::before {
        content: attr(data-line);
        display: inline-block;
        width: calc(3ch + 10px);
        padding-inline-end: 4px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }

      td.line::after {
        content: attr(data-sign);
        display: inline-block;
        width: 16px;
        text-align: center;
      }

      code {
        display: block;
        min-height: 1.6em;
        padding-inline: 2px 12px;
        font: inherit;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      /* Not broken at its hyphens while it fits on a line. */
      .dp-token-flag {
        display: inline-block;
      }

      del,
      ins {
        text-decoration: none;
      }

      .taken {
        background: var(--taken);
      }

      .added {
        background: var(--added);
      }

      .none {
        background: var(--sunken);
      }

      .taken .part {
        background: var(--taken-word);
      }

      .added .part {
        background: var(--added-word);
      }

      .more {
        padding: 6px 12px;
        border-top: 1px solid var(--line);
        color: var(--muted);
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property({ attribute: false }) original = '';
  @property({ attribute: false }) improved = '';
  @property({ attribute: false }) service: Outlining | null = null;
  @state() private wide = false;
  private readonly colours = new Colours(this);
  private readonly resize = new ResizeObserver(([entry]) => {
    this.wide = (entry?.contentRect.width ?? 0) >= WIDE_FROM;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.wide = this.clientWidth >= WIDE_FROM;
    this.resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resize.disconnect();
  }

  override render() {
    const [a, b] = [trimEnd(this.original), trimEnd(this.improved)];
    const isChanged = a !== b && a !== '';
    const rows = diffRows(isChanged ? a : b, b);
    const lines = { a: this.lines(isChanged ? a : b), b: this.lines(b) };
    const shown = isChanged && !this.wide ? inOneColumn(rows) : rows;
    const more = shown.length - MOST_ROWS;
    return html`${isChanged ? nothing : html`<p class="head">${a === b ? 'Unchanged' : 'A new file'}</p>`}
      <table aria-label=${isChanged ? 'Now and optimized' : 'Optimized'}>
        ${isChanged && this.wide ? sides : column}
        <tbody>
          ${shown
            .slice(0, MOST_ROWS)
            .map((row) => (isChanged && this.wide ? both(row, lines) : single(row, lines)))}
        </tbody>
      </table>
      ${more > 0 ? html`<p class="more">and ${plural(more, 'line')} more, in the file</p>` : nothing}`;
  }

  private lines(text: string): readonly Word[][] {
    const service = this.file === 'dockerfile' ? this.service : ignoreOutlining;
    return colouredLines(text, this.colours.of(text, service));
  }
}

const column = html`<colgroup>
  <col class="numbers" />
  <col />
</colgroup>`;

const sides = html`<colgroup>
    <col class="numbers" />
    <col />
    <col class="numbers" />
    <col />
  </colgroup>
  <thead>
    <tr>
      <th colspan="2" scope="col">Now</th>
      <th colspan="2" scope="col">Optimized</th>
    </tr>
  </thead>`;

function both(row: Row, lines: Lines) {
  return html`<tr>
    ${cells(row, row.a, lines.a, 'taken')}${cells(row, row.b, lines.b, 'added')}
  </tr>`;
}

function single(row: Row, lines: Lines) {
  const side = row.b ? cells(row, row.b, lines.b, 'added') : cells(row, row.a, lines.a, 'taken');
  return html`<tr>
    ${side}
  </tr>`;
}

/** A line's number and text; a browser tells what is `del` and `ins` without the colours too. */
function cells(row: Row, side: Side | null, lines: readonly Word[][], kind: 'taken' | 'added') {
  if (!side)
    return html`<td class="line none"></td>
      <td class="none"></td>`;
  const words = lines[side.line - 1] ?? [];
  if (row.isSame) {
    return html`<td class="line" data-line=${side.line}></td>
      <td><code>${words.map(element)}</code></td>`;
  }
  const parts = cut(words, side).map(element);
  const text = kind === 'taken' ? html`<del>${parts}</del>` : html`<ins>${parts}</ins>`;
  const sign = kind === 'taken' ? '−' : '+';
  return html`<td class="line ${kind}" data-line=${side.line} data-sign=${sign}></td>
    <td class=${kind}><code>${text}</code></td>`;
}

interface MarkedWord extends Word {
  readonly isPart?: boolean;
}

/** The words of a line, cut where the part that differs begins and ends. */
function cut(words: readonly Word[], { part }: Side): MarkedWord[] {
  if (!part) return [...words];
  let start = 0;
  return words.flatMap(({ text, colour }) => {
    const from = start;
    start += text.length;
    const borders = part.filter((at) => at > from && at < start);
    return [from, ...borders].map((at, index) => ({
      text: text.slice(at - from, (borders[index] ?? start) - from),
      colour,
      isPart: part[0] <= at && at < part[1],
    }));
  });
}

function element({ text, colour, isPart }: MarkedWord) {
  if (colour === null && !isPart) return text;
  return html`<span class="${colour ?? ''} ${isPart ? 'part' : ''}">${text}</span>`;
}
