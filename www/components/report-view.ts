import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Kind, Report } from '../../pkg/report';
import { barsOf } from '../bars';
import { download } from '../files';
import { formatCount } from '../format';
import { type Block, type Cell, type Column, blocksOf } from '../report/blocks';
import { markdownOf } from '../report/markdown';
import { type Colours, type PictureGroup, pictureOf } from '../report/picture';
import type { Analysed, Measure } from '../state';
import { shared } from '../styles/shared';
import { kindNames } from '../words';
import './copy-button';
import './stage-bars';

/** Rows of a table that are shown and printed: a pasted file may have thousands. */
const MOST_ROWS = 500;
/** Columns of a table that a telephone has no room for. */
const WIDE_FROM = 5;

/** The report to print and to pass on: all of it on one page, and as files. */
@customElement('dp-report-view')
export class ReportView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        padding: 16px;
      }

      .files {
        display: grid;
        gap: 6px;
        padding-bottom: 14px;
        border-bottom: 1px solid var(--line);
      }

      .files li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
      }

      .files b {
        flex: none;
        width: 76px;
        font-weight: 500;
      }

      h2 {
        margin: 24px 0 8px;
        font-size: 16px;
      }

      h2.title {
        margin-top: 16px;
        font-size: 20px;
      }

      h3 {
        margin: 14px 0 6px;
      }

      .scroll {
        overflow-x: auto;
      }

      td {
        min-width: 34px;
        overflow-wrap: break-word;
      }

      td code {
        overflow-wrap: anywhere;
      }

      /* A command that is broken at each letter cannot be read: the table scrolls. */
      td:last-child code {
        display: block;
        min-width: 24ch;
      }

      dp-stage-bars {
        margin-bottom: 12px;
      }

      pre {
        margin: 0;
        padding: 10px 12px;
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
        background: var(--sunken);
        font: 12px/1.5 var(--mono);
      }

      @media (max-width: 480px) {
        th,
        td {
          padding-inline: 4px;
          font-size: 12px;
        }

        th {
          white-space: normal;
        }

        /* More columns than there is room for: a row is a few lines that name their figures. */
        .wide,
        .wide tbody {
          display: block;
        }

        .wide thead {
          position: absolute;
          clip-path: inset(50%);
        }

        .wide tr {
          display: flex;
          flex-wrap: wrap;
          gap: 0 14px;
          padding-block: 6px;
          border-bottom: 1px solid var(--line);
        }

        .wide td {
          padding: 0;
          border: 0;
          text-align: start;
        }

        .wide td::before {
          content: attr(data-title) ' ';
          color: var(--muted);
        }

        .wide td:not([data-title]) {
          display: none;
        }

        .wide td:has(code) {
          flex-basis: 100%;
        }

        .wide td:has(code)::before {
          content: none;
        }

        .wide td:last-child code {
          min-width: 0;
        }
      }

      @media print {
        :host {
          padding: 0;
          font-size: 11px;
        }

        .files {
          display: none;
        }

        .scroll,
        pre {
          overflow: visible;
        }

        pre {
          white-space: pre-wrap;
        }

        th,
        td {
          padding: 3px 5px;
        }

        tr,
        dp-stage-bars {
          break-inside: avoid;
        }

        h2,
        h3 {
          break-after: avoid;
        }
      }
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;
  @property() measure: Measure = 'size';

  override render() {
    if (!this.analysed) return nothing;
    const { report, workspace } = this.analysed;
    const blocks = blocksOf(report, workspace);
    if (blocks.length === 0) {
      return html`<div class="empty">
        <h2>Nothing to report yet</h2>
        <p>Write a FROM line first.</p>
      </div>`;
    }
    const groups = this.groups(report);
    return html`${this.files(blocks, groups)} ${blocks.map((block) => this.block(block, groups))}`;
  }

  private groups({ stages, layers, optimized }: Report): readonly PictureGroup[] {
    const now = { title: 'Now', bars: barsOf(stages, layers, this.measure) };
    if (!optimized.steps.some((step) => step.enabled)) return [now];
    const bars = barsOf(optimized.stages, optimized.layers, this.measure);
    return [now, { title: 'Optimized', bars }];
  }

  private files(blocks: readonly Block[], groups: readonly PictureGroup[]) {
    const markdown = markdownOf(blocks);
    const json = `${JSON.stringify(this.analysed?.report, null, 2)}\n`;
    return html`<ul class="files" aria-label="Files">
      <li>
        <b>Paper</b>
        <button class="button small" @click=${() => print()}>Print or save as PDF</button>
      </li>
      ${this.file('Markdown', 'dockerfile-report.md', markdown)}
      ${this.file('JSON', 'dockerfile-report.json', json)}
      ${this.file('Picture', 'dockerfile-layers.svg', pictureOf(groups, this.colours()))}
    </ul>`;
  }

  private file(title: string, name: string, text: string) {
    return html`<li>
      <b>${title}</b>
      <dp-copy-button what=${title} .text=${text}></dp-copy-button>
      <button class="button small" @click=${() => download(name, text)}>
        Download<span class="visually-hidden"> ${title}</span>
      </button>
    </li>`;
  }

  /** The page's light colours: a file does not know where it will be shown. */
  private colours(): Colours {
    const style = getComputedStyle(this);
    const colour = (name: string) =>
      style.getPropertyValue(`--kind-${name.replace('_', '-')}`).trim();
    const kinds = Object.keys(kindNames).map((kind) => [kind, colour(kind)]);
    return {
      kinds: Object.fromEntries(kinds) as Record<Kind, string>,
      paper: '#ffffff',
      text: '#1b1e24',
      muted: '#5a616c',
      line: '#8b8a85',
    };
  }

  private block(block: Block, groups: readonly PictureGroup[]) {
    switch (block.kind) {
      case 'heading':
        return this.heading(block.level, block.text);
      case 'text':
        return html`<p>${block.text}</p>`;
      case 'code':
        return html`<pre tabindex="0">${block.text}</pre>`;
      case 'table':
        return this.table(block.columns, block.rows);
      case 'picture':
        return html`<dp-stage-bars
          .groups=${groups.map((group) => ({ ...group, linked: false }))}
        ></dp-stage-bars>`;
    }
  }

  private heading(level: number, text: string) {
    if (level === 3) return html`<h3>${text}</h3>`;
    return html`<h2 class=${level === 1 ? 'title' : ''}>${text}</h2>`;
  }

  private table(columns: readonly Column[], rows: readonly (readonly Cell[])[]) {
    const shown = rows.slice(0, MOST_ROWS);
    const side = (at: number) => (columns[at]?.figure ? 'right num' : '');
    // The roles stand here, for a narrow window takes the rows out of their table.
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${columns[0]?.title ?? ''}>
        <table role="table" class=${columns.length < WIDE_FROM ? '' : 'wide'}>
          <thead role="rowgroup">
            <tr role="row">
              ${columns.map(
                ({ title }, at) => html`<th role="columnheader" class=${side(at)}>${title}</th>`,
              )}
            </tr>
          </thead>
          <tbody role="rowgroup">
            ${shown.map(
              (row) =>
                html`<tr role="row">
                  ${row.map(
                    (cell, at) =>
                      html`<td
                        role="cell"
                        class=${side(at)}
                        data-title=${cell === '' ? nothing : (columns[at]?.title ?? '')}
                      >
                        ${this.cell(cell)}
                      </td>`,
                  )}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        shown.length < rows.length
          ? html`<p class="muted">
              ${formatCount(rows.length - shown.length)} more rows are in the files.
            </p>`
          : nothing
      }`;
  }

  private cell(cell: Cell) {
    return typeof cell === 'string' ? cell : html`<code>${cell.code}</code>`;
  }
}
