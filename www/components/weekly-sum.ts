import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { WeeklyChange, WeeklyReport, WeeklySum as Sum } from '../../pkg/report';
import { act } from '../events';
import { formatBytes, formatChange, formatSeconds } from '../format';
import { shared } from '../styles/shared';

/** What a week of builds costs; how often each change happens can be edited. */
@customElement('dp-weekly-sum')
export class WeeklySum extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }

      p {
        margin: 2px 0 6px;
      }

      th,
      td {
        padding-inline: 5px;
      }

      strong {
        font-weight: 600;
      }

      input {
        width: 56px;
        padding-inline: 6px;
      }

      .bytes {
        color: var(--muted);
        font-size: 12px;
        white-space: normal;
      }

      .bytes span {
        white-space: nowrap;
      }

      .title {
        overflow-wrap: anywhere;
      }

      .sum td {
        font-weight: 600;
      }

      .sum .bytes {
        font-weight: 400;
      }

      /* Four columns do not fit: what changes goes above its figures. */
      @container (max-width: 480px) {
        thead tr,
        tbody tr {
          display: grid;
          grid-template-columns: 66px repeat(2, minmax(0, 1fr));
          border-bottom: 1px solid var(--line);
        }

        th,
        td {
          border: 0;
        }

        th:first-child {
          position: absolute;
          clip-path: inset(50%);
        }

        .title {
          grid-column: 1 / -1;
          padding-bottom: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) report: WeeklyReport | null = null;
  /** False when there is nothing to compare with. */
  @property({ attribute: false }) compare = false;

  override render() {
    const { report, compare } = this;
    if (!report || report.changes.length === 0) return nothing;
    const { now, optimized, problems } = report;
    return html`<h2>A week of builds</h2>
      <p>
        <strong class="num">${formatSeconds(now.seconds)}</strong>
        ${
          compare
            ? html`→ <strong class="num">${formatSeconds(optimized.seconds)}</strong>
                <span class="muted">${formatChange(now.seconds, optimized.seconds)}</span>`
            : nothing
        }
        <span class="muted">of building, if changes happen as often as this:</span>
      </p>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader">Change</th>
            <th role="columnheader">A week</th>
            <th role="columnheader">Now</th>
            ${compare ? html`<th role="columnheader">Optimized</th>` : nothing}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${repeat(
            report.changes,
            ({ change }) => change,
            (change) => this.row(change),
          )}
          <tr role="row" class="sum">
            <td role="cell" class="title">All</td>
            <td role="cell"></td>
            <td role="cell">${cost(now)}</td>
            ${compare ? html`<td role="cell">${cost(optimized)}</td>` : nothing}
          </tr>
        </tbody>
      </table>
      ${problems.map((problem) => html`<p class="problem" role="status">${problem}.</p>`)}
      <p class="muted">
        ${report.evidence.map(({ text }) => text)} That makes
        ${Number(report.pulls_per_build.toFixed(1))} pulls of each build.
      </p>`;
  }

  private row({ change, title, times, evidence, now, optimized }: WeeklyChange) {
    return html`<tr role="row">
      <td role="cell" class="title">${title}</td>
      <td role="cell">
        <input
          class="input num"
          type="number"
          min="0"
          max="100000"
          step="any"
          aria-label="Times a week: ${title}"
          title=${evidence.text}
          .value=${String(times)}
          @change=${(event: Event) => this.set(change, event.target as HTMLInputElement)}
        />
      </td>
      <td role="cell">${cost(now)}</td>
      ${this.compare ? html`<td role="cell">${cost(optimized)}</td>` : nothing}
    </tr>`;
  }

  /** An empty field goes back to the usual number. */
  private set(change: string, input: HTMLInputElement): void {
    if (!input.checkValidity()) {
      input.reportValidity();
      return;
    }
    const times = input.value === '' ? null : Number(input.value);
    act(this, { type: 'set-weekly', change, times });
  }
}

function cost({ seconds, pushed_bytes, pulled_bytes }: Sum) {
  return html`<span class="num">${formatSeconds(seconds)}</span>
    <div class="bytes num">
      <span>${formatBytes(pushed_bytes)} pushed,</span>
      <span>${formatBytes(pulled_bytes)} pulled</span>
    </div>`;
}
