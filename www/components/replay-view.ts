import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ReplayReport, ReplayRun, ReplayStep } from '../../pkg/report';
import { act, jump } from '../events';
import { formatChange, formatSeconds, percentOf, plural } from '../format';
import type { Analysed } from '../state';
import { place } from '../styles/place';
import { shared } from '../styles/shared';
import './log-paste';

const COMMAND = 'git log --name-status -n 1000';
const HINT = 'commit 8f2a9d0…\n\n    Fix the port\n\nM\tsrc/index.js';

/** The project's own history, replayed: what every commit rebuilds. */
@customElement('dp-replay-view')
export class ReplayView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }

      p,
      .notes {
        margin: 2px 0 8px;
      }

      .result {
        margin-top: 10px;
      }

      strong {
        font-weight: 600;
      }

      .sides {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 16px 24px;
        margin-top: 12px;
      }

      .sides.single {
        grid-template-columns: minmax(0, 1fr);
      }

      table {
        table-layout: fixed;
      }

      th:nth-child(2) {
        width: 118px;
      }

      th:nth-child(3) {
        width: 84px;
      }

      td {
        vertical-align: baseline;
      }

      .instruction {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .instruction .link {
        display: block;
        max-width: 100%;
        overflow: hidden;
        color: inherit;
        text-align: start;
        text-overflow: ellipsis;
        text-decoration-color: transparent;
      }

      .instruction .link:hover {
        text-decoration-color: currentColor;
      }

      .worst code {
        font-weight: 600;
      }

      .bar {
        height: 3px;
        margin-top: 3px;
        border-radius: 2px;
        background: var(--run-soft);
      }

      .bar div {
        height: 100%;
        border-radius: 2px;
        background: var(--run);
      }

      h4 {
        margin: 12px 0 2px;
        font-size: 12px;
        font-weight: 600;
      }

      li {
        display: flex;
        gap: 8px;
        justify-content: space-between;
      }

      li span:first-child {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      @container (max-width: 600px) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;
  /** False when there is nothing to compare with. */
  @property({ attribute: false }) compare = false;

  override render() {
    if (!this.analysed) return nothing;
    const { report, workspace } = this.analysed;
    return html`<h2>Your own history</h2>
      <p class="muted">Paste a git log: every commit is simulated against the build before it.</p>
      <dp-log-paste
        what="git log"
        command=${COMMAND}
        .hint=${HINT}
        .value=${workspace.gitLog}
        .problems=${report.replay?.problems ?? []}
        @paste-log=${({ detail }: CustomEvent<string | null>) =>
          act(this, { type: 'set-git-log', log: detail })}
      ></dp-log-paste>
      ${report.replay && report.replay.commits > 0 ? this.replay(this.analysed, report.replay) : nothing}`;
  }

  private replay({ report, workspace }: Analysed, replay: ReplayReport) {
    const { now, optimized, commits, files, outside, without_files, notes } = replay;
    const { compare } = this;
    const steps = [...now.steps, ...(compare ? optimized.steps : [])];
    const longest = Math.max(0, ...steps.map(({ seconds }) => seconds));
    return html`<p class="result">
        <strong class="num">${formatSeconds(now.seconds)}</strong>
        ${
          compare
            ? html`→ <strong class="num">${formatSeconds(optimized.seconds)}</strong>
                <span class="muted">${formatChange(now.seconds, optimized.seconds)}</span>`
            : nothing
        }
        <span class="muted">
          of building for ${plural(commits, 'commit')} to
          ${plural(files, 'file')}${
            outside > 0 ? `, ${outside} of them outside of the build context` : ''
          }${without_files > 0 ? `; ${plural(without_files, 'merge')} left out` : ''}.
        </span>
      </p>
      ${notes.length > 0 ? html`<div class="notes muted">${notes.join(' ')}</div>` : nothing}
      <div class="sides ${compare ? '' : 'single'}">
        ${this.side('Now', now, workspace.dockerfile, longest, true)}
        ${compare ? this.side('Optimized', optimized, report.optimized.dockerfile, longest, false) : nothing}
      </div>`;
  }

  private side(
    title: string,
    run: ReplayRun,
    dockerfile: string,
    longest: number,
    linked: boolean,
  ) {
    const lines = dockerfile.split('\n');
    const worst = new Set(run.worst_steps.slice(0, 3));
    return html`<section aria-label="${title}: history">
      <h3>${title}: ${Math.round(run.hit_rate * 100)} % of steps from the cache</h3>
      <table>
        <thead>
          <tr>
            <th>Step</th>
            <th>From the cache</th>
            <th class="right">In all</th>
          </tr>
        </thead>
        <tbody>
          ${run.steps.map((step, at) => this.step(step, lines, linked, worst.has(at), longest))}
        </tbody>
      </table>
      ${
        run.worst_commits.length > 0
          ? html`<h4>The slowest commits</h4>
              <ul>
                ${run.worst_commits.map(
                  ({ id, title, seconds }) =>
                    html`<li>
                      <span title="${id} ${title}"><code>${id.slice(0, 7)}</code> ${title}</span>
                      <span class="num">${formatSeconds(seconds)}</span>
                    </li>`,
                )}
              </ul>`
          : nothing
      }
    </section>`;
  }

  private step(
    { line, instruction, runs, hit_rate, seconds }: ReplayStep,
    lines: readonly string[],
    linked: boolean,
    worst: boolean,
    longest: number,
  ) {
    const source = lines[line - 1]?.trim().replace(/\s*\\$/, ' …') ?? instruction;
    const text = html`<code title=${source}>${source}</code>`;
    const go = () => jump(this, 'dockerfile', line);
    return html`<tr class=${worst ? 'worst' : ''}>
      <td class="instruction">
        ${
          linked
            ? html`<button class="link" aria-label="Go to line ${line}: ${source}" @click=${go}>
                ${text}
              </button>`
            : text
        }
      </td>
      <td class="num">
        ${Math.round(hit_rate * 100)} %
        ${runs > 0 ? html`<span class="muted">${plural(runs, 'run')}</span>` : nothing}
      </td>
      <td class="right num">
        ${formatSeconds(seconds)}
        ${
          seconds > 0
            ? html`<div class="bar">
                <div ${place({ width: `${percentOf(seconds, longest)}%` })}></div>
              </div>`
            : nothing
        }
      </td>
    </tr>`;
  }
}
