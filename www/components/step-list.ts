import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { StageReport } from '../../pkg/report';
import { jump } from '../events';
import { formatCount, formatSeconds } from '../format';
import { shared } from '../styles/shared';
import type { Simulation, TimedStep } from '../timeline';
import { evidenceNames, stageName, statusNames } from '../words';

/** Steps of a stage shown before "Show all": a pasted file may have thousands. */
const FIRST_STEPS = 200;

/** Seconds below which a step is not said to take any. */
const SHORTEST = 0.05;

/** The reason, and the seconds where the step takes some. */
function sentence({ reason, work, seconds, seconds_from }: TimedStep): string {
  if (work === null || seconds < SHORTEST) return reason;
  const from = work === 'run' ? evidenceNames[seconds_from] : 'computed from its bytes';
  return `${reason.replace(/\.$/, '')}; it takes ${formatSeconds(seconds)} (${from}).`;
}

/** What becomes of each step of each stage, and why. */
@customElement('dp-step-list')
export class StepList extends LitElement {
  static override styles = [
    shared,
    css`
      .stage + .stage {
        margin-top: 12px;
      }

      h4 {
        margin: 0 0 4px;
        overflow: hidden;
        font-size: 12px;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      h4 span {
        font-weight: 400;
      }

      .step {
        position: relative;
        padding: 5px 8px 5px 24px;
        border-radius: var(--radius-small);
      }

      /* The rail that ties a stage's steps together. */
      .step::before {
        content: '';
        position: absolute;
        inset: 0 auto 0 10px;
        width: 1.5px;
        background: var(--line);
      }

      .step:first-child::before {
        inset-block-start: 14px;
      }

      .step:last-child::before {
        inset-block-end: calc(100% - 14px);
      }

      .dot {
        position: absolute;
        inset: 10px auto auto 6px;
        width: 10px;
        height: 10px;
        border: 1.5px solid var(--line-strong);
        border-radius: 50%;
        background: var(--panel);
      }

      .run .dot {
        border-color: var(--run);
        background: var(--run);
      }

      .step.run {
        margin-block: 2px;
        background: var(--run-soft);
      }

      .line {
        display: flex;
        align-items: baseline;
        gap: 8px;
      }

      .line code,
      .line .link {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-align: start;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .line .link {
        color: inherit;
        text-decoration-color: transparent;
      }

      .line .link:hover {
        text-decoration-color: currentColor;
      }

      .cached .line,
      .unneeded .line {
        color: var(--muted);
      }

      .run code {
        font-weight: 600;
      }

      .unneeded code {
        text-decoration: line-through;
      }

      .reason {
        color: var(--muted);
        font-size: 12px;
        line-height: 1.4;
        overflow-wrap: anywhere;
      }

      .run .reason {
        color: var(--text);
      }

      .unrepeatable {
        margin-top: 2px;
        font-size: 12px;
        line-height: 1.4;
      }
    `,
  ];

  @property({ attribute: false }) simulation: Simulation | null = null;
  @property({ attribute: false }) stages: readonly StageReport[] = [];
  /** True when a step goes to its line in the editor. */
  @property({ type: Boolean }) linked = false;
  @state() private all = false;

  override render() {
    return this.stages.map((stage) => this.stage(stage));
  }

  private stage(stage: StageReport) {
    const steps = (this.simulation?.steps ?? []).filter((step) => step.stage === stage.index);
    const shown = this.all ? steps : steps.slice(0, FIRST_STEPS);
    return html`<div class="stage">
      <h4>
        ${stageName(stage)}
        <span class="muted">from ${stage.base.reference}${stage.needed ? '' : ' · not built'}</span>
      </h4>
      <ol>
        ${shown.map((step) => this.step(step))}
      </ol>
      ${
        shown.length < steps.length
          ? html`<button class="button small" @click=${() => (this.all = true)}>
              Show all ${formatCount(steps.length)}
            </button>`
          : nothing
      }
    </div>`;
  }

  private step(step: TimedStep) {
    const { status, work, seconds, unrepeatable } = step;
    return html`<li class="step ${status}">
      <span class="dot"></span>
      <div class="line">
        ${this.instruction(step)}
        <span class="num">${work === null ? statusNames[status] : formatSeconds(seconds)}</span>
      </div>
      <p class="reason">
        ${work === 'run' ? html`<span class="visually-hidden">Runs.</span>` : nothing}
        ${sentence(step)}
      </p>
      ${
        unrepeatable && status !== 'unneeded'
          ? html`<p class="unrepeatable">
              <span class="badge warning">not repeatable</span> ${unrepeatable}
            </p>`
          : nothing
      }
    </li>`;
  }

  private instruction({ line, text }: TimedStep) {
    const code = html`<code title=${text}>${text}</code>`;
    if (!this.linked) return code;
    return html`<button
      class="link"
      aria-label="Go to line ${line}: ${text}"
      title=${text}
      @click=${() => jump(this, 'dockerfile', line)}
    >
      ${code}
    </button>`;
  }
}
