import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type {
  CalibrationReport,
  CalibrationRow,
  ImageReport,
  MeasuredProblem,
  UnmatchedRow,
} from '../../pkg/report';
import { act } from '../events';
import { formatBytes, formatChange, plural } from '../format';
import type { Measure } from '../state';
import { paste } from '../styles/paste';
import { shared } from '../styles/shared';
import './copy-button';

const COMMANDS = [
  'docker history --no-trunc IMAGE',
  'docker manifest inspect -v IMAGE',
  'docker image inspect IMAGE',
] as const;

/** Takes what container tools print of a built image, and shows what of it was used. */
@customElement('dp-calibrate-panel')
export class CalibratePanel extends LitElement {
  static override styles = [
    shared,
    paste,
    css`
      .inside {
        grid-template-columns: minmax(0, 1fr);
        gap: 10px;
      }

      .commands {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 6px;
      }

      .commands code {
        min-width: 0;
      }

      textarea.input {
        white-space: pre;
      }

      .scroll {
        overflow-x: auto;
      }

      td {
        padding-block: 4px;
      }

      td code {
        overflow-wrap: anywhere;
      }

      .problems {
        display: grid;
        gap: 6px;
      }

      .unmatched li {
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** What of the text was used; undefined when there is none. */
  @property({ attribute: false }) calibration: CalibrationReport | undefined;
  @property({ attribute: false }) image!: ImageReport;
  @property() measure: Measure = 'size';
  /** The text in use. */
  @property() measured = '';
  @query('textarea') private text!: HTMLTextAreaElement;

  override render() {
    const { calibration } = this;
    return html`<details>
      <summary>
        ${
          calibration
            ? html`Measured sizes
                <span class="badge ${calibration.rows.length > 0 ? 'good' : 'warning'}"
                  >${plural(calibration.rows.length, 'layer')} measured</span
                >`
            : 'Built it already? Use the real sizes instead of estimates'
        }
      </summary>
      <div class="inside">${this.form()} ${calibration ? this.result(calibration) : nothing}</div>
    </details>`;
  }

  private form() {
    return html`<p>
        Paste what one or more of these print, below each other. It stays in this page.
      </p>
      <ul class="commands">
        ${COMMANDS.map(
          (command) =>
            html`<li class="command">
              <code tabindex="0">${command}</code>
              <dp-copy-button what=${command} .text=${command}></dp-copy-button>
            </li>`,
        )}
      </ul>
      <textarea
        class="input mono"
        aria-label="Output of docker history, manifest or image inspect"
        placeholder=${'IMAGE          CREATED       CREATED BY                        SIZE\n<missing>      2 weeks ago   RUN /bin/sh -c npm ci # buildkit   412MB'}
        spellcheck="false"
        .value=${this.measured}
      ></textarea>
      <div class="actions">
        <button class="button" @click=${() => this.use(this.text.value)}>Use these sizes</button>
        ${
          this.measured === ''
            ? nothing
            : html`<button class="button" @click=${() => this.use('')}>
                Go back to estimates
              </button>`
        }
      </div>`;
  }

  private use(text: string): void {
    act(this, { type: 'set-measured', text: text.trim() === '' ? '' : text });
  }

  private result({ outputs, rows, unmatched, problems, ...estimate }: CalibrationReport) {
    const field = this.measure === 'size' ? 'estimated' : 'estimated_compressed';
    return html`
      ${
        problems.length > 0
          ? html`<ul class="problems" role="status">
              ${problems.map((problem) => this.problem(problem))}
            </ul>`
          : nothing
      }
      ${
        outputs.length > 0
          ? html`<p role="status">
              Read: ${outputs.map((output) => output.title).join('; ')}. The image was estimated at
              <span class="num">${formatBytes(estimate[field].expected)}</span>; it is
              <span class="num">${formatBytes(this.image[this.measure].expected)}</span>.
            </p>`
          : nothing
      }
      ${rows.length > 0 ? this.table(rows) : nothing}
      ${
        unmatched.length > 0
          ? html`<h3>Not used</h3>
              <ul class="unmatched">
                ${unmatched.map((row) => this.unmatched(row))}
              </ul>`
          : nothing
      }
    `;
  }

  private problem({ problem: { message, help, line, column } }: MeasuredProblem) {
    return html`<li class="problem">
      ${message} <span class="muted num">(line ${line}, column ${column} of the paste)</span>
      ${help === undefined ? nothing : html`<br />${help}.`}
    </li>`;
  }

  private unmatched({ line, created_by, bytes, reason }: UnmatchedRow) {
    return html`<li>
      <span class="num">Line ${line}, ${formatBytes(bytes.expected)}</span>:
      <code>${created_by}</code> <span class="muted">${reason}</span>
    </li>`;
  }

  private table(rows: readonly CalibrationRow[]) {
    return html`<div class="scroll" tabindex="0" role="group" aria-label="Measured layers">
      <table>
        <thead>
          <tr>
            <th>Line</th>
            <th>Instruction</th>
            <th class="right">Estimated</th>
            <th class="right">Now</th>
            <th class="right">Change</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => this.row(row))}
        </tbody>
      </table>
    </div>`;
  }

  private row(row: CalibrationRow) {
    const isSize = this.measure === 'size';
    const before = (isSize ? row.estimated : row.estimated_compressed).expected;
    const after = (isSize ? row.size : row.compressed).expected;
    return html`<tr>
      <td class="num">${row.line}</td>
      <td><code>${row.instruction}</code></td>
      <td class="right num">${formatBytes(before)}</td>
      <td class="right num">${formatBytes(after)}</td>
      <td class="right num">${formatChange(before, after) || '–'}</td>
    </tr>`;
  }
}
