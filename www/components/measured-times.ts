import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BuildLogReport } from '../../pkg/report';
import { act } from '../events';
import { plural } from '../format';
import type { Analysed } from '../state';
import { shared } from '../styles/shared';
import './log-paste';

const COMMAND = 'docker build --progress=plain . 2>&1 | tee build.log';
const HINT = '#7 [build 2/5] RUN npm ci\n#7 DONE 12.3s';

/** The output of a real build, whose times replace the estimates. */
@customElement('dp-measured-times')
export class MeasuredTimes extends LitElement {
  static override styles = [
    shared,
    css`
      p {
        margin: 2px 0 8px;
      }

      .unmatched {
        margin: 4px 0 0 16px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;

  override render() {
    if (!this.analysed) return nothing;
    const { report, workspace } = this.analysed;
    const log = report.build_log;
    return html`<h2>Measured times</h2>
      <p class="muted">Seconds are estimates until you paste what a real build printed.</p>
      <dp-log-paste
        what="build log"
        command=${COMMAND}
        .hint=${HINT}
        .value=${workspace.buildLog}
        .problems=${log?.problems ?? []}
        @paste-log=${({ detail }: CustomEvent<string | null>) =>
          act(this, { type: 'set-build-log', log: detail })}
      ></dp-log-paste>
      ${log && log.problems.length === 0 ? this.result(log) : nothing}`;
  }

  private result({ steps, measured, notes, unmatched }: BuildLogReport) {
    return html`<p class="result" role="status">
        ${plural(measured, 'step')} of ${steps} in the log took the place of estimates.
        <span class="muted">${notes.join(' ')}</span>
      </p>
      ${
        unmatched.length > 0
          ? html`<ul class="unmatched muted">
              ${unmatched.map((text) => html`<li><code>${text}</code></li>`)}
            </ul>`
          : nothing
      }`;
  }
}
