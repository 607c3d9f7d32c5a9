import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { StageReport } from '../../pkg/report';
import { axis, axisStyles } from '../axis';
import { jump } from '../events';
import { formatSeconds, percentOf } from '../format';
import { place } from '../styles/place';
import { shared } from '../styles/shared';
import { type Lane, type Simulation, type TimedStep, lanesOf, timeTicks } from '../timeline';
import { stageName, statusNames } from '../words';

/** A version's steps in the picture. */
export interface TimelineGroup {
  readonly title: string;
  readonly simulation: Simulation;
  readonly stages: readonly StageReport[];
  /** True when a click on a step goes to its line in the editor. */
  readonly linked: boolean;
}

/** A build of more steps is no picture any more. */
const MOST_STEPS = 500;
/** Cached steps of a stage that are drawn one by one. */
const MOST_PIPS = 40;

function titleOf(step: TimedStep): string {
  const time = step.work === null ? '' : `, ${formatSeconds(step.seconds)}`;
  const path = step.on_critical_path ? ' The build waits for it.' : '';
  const status = step.work === 'fetch' ? 'downloaded' : statusNames[step.status];
  return `Line ${step.line}, ${step.text}: ${status}${time}. ${step.reason}${path}`;
}

/** The steps of all stages on one time axis, before and after in one scale. */
@customElement('dp-step-timeline')
export class StepTimeline extends LitElement {
  static override styles = [
    shared,
    axisStyles,
    css`
      .group + .group {
        margin-top: 14px;
      }

      .lane {
        margin-top: 6px;
      }

      .head {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 20px;
      }

      .name {
        flex: 0 1 auto;
        min-width: 5ch;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .pips {
        display: flex;
        flex: 0 1 auto;
        gap: 2px;
        min-width: 0;
        overflow: hidden;
      }

      .pip {
        flex: none;
        width: 6px;
        height: 11px;
        border: 1px solid var(--line-strong);
        border-radius: 1.5px;
      }

      .pip.run {
        border-color: var(--run);
        background: var(--run);
      }

      .count {
        flex: none;
        margin-inline-start: auto;
      }

      .unneeded .name {
        color: var(--muted);
        text-decoration: line-through;
      }

      .row {
        position: relative;
        height: 24px;
        border-radius: 3px;
        background: var(--sunken);
      }

      .row + .row {
        margin-top: 2px;
      }

      .idle {
        height: 3px;
      }

      .bar {
        position: absolute;
        inset-block: 0;
        container-type: inline-size;
        min-width: 4px;
        overflow: hidden;
        border: 1.5px solid var(--run);
        border-radius: 3px;
        background: var(--run-soft);
        color: var(--text);
        font-size: 12px;
        line-height: 21px;
        white-space: nowrap;
      }

      .bar.critical {
        background: var(--run);
        color: var(--on-accent);
        font-weight: 600;
      }

      /* Steps that follow each other at once stay apart. */
      .bar + .bar.critical {
        border-inline-start-color: var(--sunken);
      }

      .bar.fetch {
        border-color: var(--line-strong);
        border-style: dashed;
        background: var(--panel);
        color: var(--text);
      }

      .bar.fetch.critical {
        border-style: solid;
        border-width: 2.5px;
        line-height: 19px;
      }

      .linked .bar,
      .linked .pip {
        cursor: pointer;
      }

      .linked .bar:hover {
        filter: brightness(1.1);
      }

      .bar span {
        display: block;
        padding-inline: 6px;
        background: inherit;
        overflow: hidden;
        text-overflow: ellipsis;
      }

      @container (max-width: 48px) {
        .bar span {
          display: none;
        }
      }

      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin-top: 6px;
        font-size: 12px;
      }

      .legend li {
        display: flex;
        align-items: center;
        gap: 6px;
      }

      .legend .bar {
        position: static;
        width: 18px;
        height: 12px;
      }
    `,
  ];

  @property({ attribute: false }) groups: readonly TimelineGroup[] = [];

  override render() {
    const { groups } = this;
    const steps = groups.flatMap(({ simulation }) => simulation.steps);
    const most = Math.max(...groups.map(({ simulation }) => simulation.steps.length));
    const end = Math.max(0, ...groups.map(({ simulation }) => simulation.seconds));
    if (most > MOST_STEPS || steps.every(({ work }) => work === null)) return nothing;
    return html`${groups.map((group) => this.group(group, end))}
    ${axis(timeTicks(end), end, formatSeconds)} ${this.legend(steps)}`;
  }

  private group(group: TimelineGroup, end: number) {
    const lanes = lanesOf(group.simulation, group.stages);
    return html`<div class="group ${group.linked ? 'linked' : ''}">
      <h3>${group.title}</h3>
      ${lanes.map((lane) => this.lane(lane, group.linked, end))}
    </div>`;
  }

  private lane({ stage, steps, rows }: Lane, linked: boolean, end: number) {
    const name = stageName(stage);
    if (!stage.needed) {
      return html`<div class="lane unneeded">
        <div class="head">
          <span class="name">${name}</span> <span class="muted">not built</span>
        </div>
      </div>`;
    }
    const runs = steps.filter(({ status }) => status === 'run').length;
    const cached = steps.length - runs;
    const counts = [runs > 0 ? `${runs} run` : '', cached > 0 ? `${cached} cached` : ''];
    const count = counts.filter(Boolean).join(', ');
    return html`<div class="lane">
      <div class="head">
        <span class="name">${name}</span>
        ${this.pips(steps, linked)} <span class="count muted num">${count}</span>
      </div>
      <div role="img" aria-label="${name}: ${count}. ${this.describe(rows)}">
        ${rows.map(
          (row) => html`<div class="row">${row.map((step) => this.bar(step, linked, end))}</div>`,
        )}
        ${rows.length === 0 ? html`<div class="row idle"></div>` : nothing}
      </div>
    </div>`;
  }

  private describe(rows: Lane['rows']): string {
    const bars = rows.flat().sort((a, b) => a.start - b.start);
    return bars
      .map(({ text, start, seconds }) => {
        return `${text} from ${formatSeconds(start)}, ${formatSeconds(seconds)}`;
      })
      .join('; ');
  }

  private pips(steps: readonly TimedStep[], linked: boolean) {
    if (steps.length > MOST_PIPS) return nothing;
    return html`<span class="pips" aria-hidden="true">
      ${steps.map(
        (step) =>
          html`<span
            class="pip ${step.status}"
            title=${titleOf(step)}
            @click=${linked ? () => jump(this, 'dockerfile', step.line) : nothing}
          ></span>`,
      )}
    </span>`;
  }

  private bar(step: TimedStep, linked: boolean, end: number) {
    const { start, seconds, on_critical_path, work, text } = step;
    const critical = on_critical_path ? 'critical' : '';
    const left = `${Math.min(99.5, percentOf(start, end))}%`;
    return html`<div
      class="bar ${work} ${critical}"
      title=${titleOf(step)}
      ${place({ left, width: `${percentOf(seconds, end)}%` })}
      @click=${linked ? () => jump(this, 'dockerfile', step.line) : nothing}
    >
      <span>${text}</span>
    </div>`;
  }

  private legend(steps: readonly TimedStep[]) {
    const isBeside = ({ work, on_critical_path }: TimedStep) => work === 'run' && !on_critical_path;
    const entries = [
      ['bar run critical', 'The build waits for it', true],
      ['bar run', 'Runs beside', steps.some(isBeside)],
      ['bar fetch', 'Download of a cached result', steps.some(({ work }) => work === 'fetch')],
      ['pip cached', 'Cached', steps.some(({ status }) => status === 'cached')],
    ] as const;
    return html`<ul class="legend" aria-label="Key">
      ${entries
        .filter(([, , isThere]) => isThere)
        .map(([sign, text]) => html`<li><span class=${sign}></span>${text}</li>`)}
    </ul>`;
  }
}
