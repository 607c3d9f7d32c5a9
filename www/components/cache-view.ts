import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CacheMode, CacheReport, Report, StageReport } from '../../pkg/report';
import { type Scenario, keyOf } from '../changes';
import { formatBytes, formatChange, formatSeconds } from '../format';
import { type Analysed, type Workspace, chosenIndex } from '../state';
import { shared } from '../styles/shared';
import { type Simulation, simulationOf } from '../timeline';
import type { Version } from '../versions';
import './cache-modes';
import './change-picker';
import './measured-times';
import './replay-view';
import './step-list';
import './step-timeline';
import './weekly-sum';

/** One side of the comparison. */
interface Side {
  readonly title: string;
  readonly simulation: Simulation;
  readonly stages: readonly StageReport[];
  /** True when its steps are in the editor. */
  readonly linked: boolean;
}

/** What a change rebuilds, before and after. */
@customElement('dp-cache-view')
export class CacheView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        padding: 16px;
      }

      .totals,
      .sides {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 16px 24px;
        margin-top: 18px;
      }

      .single {
        grid-template-columns: minmax(0, 1fr);
      }

      .total {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 10px;
        font-variant-numeric: tabular-nums;
      }

      .total h3 {
        width: 100%;
        color: var(--muted);
      }

      .total strong {
        font-size: 20px;
        font-weight: 600;
        letter-spacing: -0.015em;
      }

      .better {
        color: var(--good);
        font-weight: 600;
      }

      dp-step-timeline {
        margin-top: 14px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
      }

      .sides {
        padding-top: 14px;
        border-top: 1px solid var(--line);
      }

      .sides h3 {
        margin-bottom: 8px;
        color: var(--muted);
      }

      .more {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 28px;
        margin-top: 28px;
      }

      @container (max-width: 600px) {
        .sides {
          grid-template-columns: minmax(0, 1fr);
        }
      }

      @container (max-width: 440px) {
        .totals {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;
  @property({ attribute: false }) workspace!: Workspace;
  @property({ attribute: false }) change: string | null = null;
  @property({ attribute: false }) chosen: Scenario = [];
  @property({ attribute: false }) versions: readonly Version[] = [];
  @property({ attribute: false }) mode: CacheMode = 'local';
  /** What was shown last: it stays until the analysis has come to a change that was just picked. */
  private shown: string | null = null;

  override willUpdate(): void {
    const key = keyOf(this.chosen);
    const isAnalysed = this.analysed?.report.cache.some(({ change }) => change === key);
    if (isAnalysed || !this.analysed) this.shown = key;
  }

  override render() {
    if (!this.analysed) return nothing;
    const { report } = this.analysed;
    if (report.stages.length === 0) return this.empty();
    const index = chosenIndex(report.cache, this.shown);
    const before = report.cache[index];
    return html`
      <dp-change-picker
        .analysed=${this.analysed}
        .workspace=${this.workspace}
        .shown=${before}
        .chosen=${this.chosen}
        .versions=${this.versions}
      ></dp-change-picker>
      ${before ? this.comparison(report, before, report.optimized.cache[index]) : nothing}
      ${this.more(this.analysed, index)}
    `;
  }

  private empty() {
    return html`<div class="empty">
      <h2>Nothing to rebuild yet</h2>
      <p>Write a FROM line, or choose one of the examples above.</p>
    </div>`;
  }

  private comparison(report: Report, before: CacheReport, after: CacheReport | undefined) {
    // Of several changes, those that can be made are simulated.
    if (before.problem && before.changes.length < 2) return nothing;
    const sides: Side[] = [
      {
        title: 'Now',
        simulation: simulationOf(before, this.mode),
        stages: report.stages,
        linked: true,
      },
    ];
    if (after && isBetter(report)) {
      const { stages } = report.optimized;
      const simulation = simulationOf(after, this.mode);
      sides.push({ title: 'Optimized', simulation, stages, linked: false });
    }
    const single = sides.length === 1 ? 'single' : '';
    return html`<div class="totals ${single}">${sides.map((side) => total(side, sides[0]))}</div>
      <dp-step-timeline .groups=${sides}></dp-step-timeline>
      <div class="sides ${single}">${sides.map(steps)}</div>`;
  }

  /** The change elsewhere, a week of changes, and a whole history of them. */
  private more(analysed: Analysed, index: number) {
    const { report } = analysed;
    const compare = isBetter(report);
    return html`<div class="more">
      <dp-cache-modes
        .now=${report.cache[index] ?? null}
        .optimized=${compare ? (report.optimized.cache[index] ?? null) : null}
        .mode=${this.mode}
      ></dp-cache-modes>
      <dp-weekly-sum .report=${report.weekly} .compare=${compare}></dp-weekly-sum>
      <dp-replay-view .analysed=${analysed} .compare=${compare}></dp-replay-view>
      <dp-measured-times .analysed=${analysed}></dp-measured-times>
    </div>`;
  }
}

function total({ title, simulation }: Side, first: Side | undefined) {
  const { seconds, pushedBytes } = simulation;
  const before = first?.simulation.seconds ?? 0;
  const change = title !== first?.title && before > seconds ? formatChange(before, seconds) : '';
  return html`<div class="total">
    <h3>${title}</h3>
    <strong>${formatSeconds(seconds)}</strong>
    ${change === '' ? nothing : html`<span class="better">${change}</span>`}
    <span class="muted">to rebuild, ${formatBytes(pushedBytes)} to push and pull</span>
  </div>`;
}

function steps({ title, simulation, stages, linked }: Side) {
  return html`<section aria-label="${title}: ${simulation.title}">
    <h3>${title}, step by step</h3>
    <dp-step-list .simulation=${simulation} .stages=${stages} .linked=${linked}></dp-step-list>
  </section>`;
}

/** True when the optimized version is another one. */
function isBetter({ optimized }: Report): boolean {
  return optimized.steps.some((step) => step.enabled);
}
