import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CacheMode, CacheReport, Report, StageReport, StepReport } from '../../pkg/report';
import { act, jump } from '../events';
import { formatBytes, formatCount, formatSeconds, percentOf } from '../format';
import { type Analysed, chosenIndex } from '../state';
import { place } from '../styles/place';
import { shared } from '../styles/shared';
import { stageName, statusNames } from '../words';
import { underMode } from './cache-modes';
import './measured-times';
import './replay-view';
import './weekly-sum';

/** The changes that can be simulated, and what to write for each. */
const kinds = {
  edit: { label: 'Edit a file', hint: 'src/index.js', files: true },
  touch: { label: 'Touch a file', hint: 'src/index.js', files: true },
  chmod: { label: 'Change permissions', hint: 'entrypoint.sh', files: true },
  add: { label: 'Add a file', hint: 'src/new.js', files: true },
  delete: { label: 'Delete a file', hint: 'src/old.js', files: true },
  rename: { label: 'Rename a file', hint: 'old.js=new.js', files: true },
  arg: { label: 'Build argument', hint: 'NAME=value', files: false },
  base: { label: 'New base image', hint: 'node:18', files: false },
} as const;

/** Steps of a stage shown before "Show all": a pasted file may have thousands. */
const FIRST_STEPS = 200;

type ChangeKind = keyof typeof kinds;

/** One side of the comparison. */
interface Side {
  readonly title: string;
  readonly report: CacheReport;
  readonly stages: readonly StageReport[];
  /** The lines of the file that the steps are in. */
  readonly lines: readonly string[];
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

      .chips {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 8px;
      }

      .chip {
        display: inline-flex;
        overflow: hidden;
        border: 1px solid var(--line-strong);
        border-radius: 99px;
        background: var(--panel);
      }

      .chip button {
        min-height: 28px;
        padding: 2px 12px;
        border: 0;
        background: none;
        cursor: pointer;
        overflow-wrap: anywhere;
      }

      .chip button:focus-visible {
        outline-offset: -3px;
        border-radius: 99px;
      }

      .chip button:hover {
        background: var(--hover);
      }

      .chip.chosen {
        border-color: var(--accent);
        background: var(--accent-soft);
      }

      .chip.chosen button {
        color: var(--accent);
        font-weight: 500;
      }

      .chip .remove {
        padding: 2px 10px 2px 2px;
      }

      form {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 10px;
      }

      form input {
        flex: 1 1 150px;
        max-width: 340px;
      }

      .sides {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 20px 24px;
        margin-top: 20px;
      }

      .sides.single {
        grid-template-columns: minmax(0, 1fr);
      }

      .total {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 10px;
        padding-bottom: 8px;
        border-bottom: 1px solid var(--line);
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

      .lane {
        margin-top: 12px;
      }

      .lane h4 {
        margin: 0 0 4px;
        overflow: hidden;
        font-size: 12px;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .lane h4 span {
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
      }

      .run .reason {
        color: var(--text);
      }

      .time {
        height: 3px;
        margin-top: 4px;
        border-radius: 2px;
        background: var(--run);
      }

      .problem {
        margin-top: 16px;
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
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;
  @property({ attribute: false }) change: string | null = null;
  @property({ attribute: false }) own: readonly string[] = [];
  @property({ attribute: false }) mode: CacheMode = 'local';
  @state() private all = false;
  @state() private kind: ChangeKind = 'edit';
  @query('form input') private input!: HTMLInputElement;

  override render() {
    if (!this.analysed) return nothing;
    const { report } = this.analysed;
    if (report.stages.length === 0) return this.empty();
    const index = chosenIndex(report.cache, this.change);
    return html`
      <h2 id="what">What changes?</h2>
      <div class="chips" role="group" aria-labelledby="what">
        ${repeat(
          report.cache,
          (cache) => cache.change,
          (cache, at) => this.chip(cache, at === index),
        )}
      </div>
      ${this.form()} ${this.comparison(this.analysed, index)} ${this.more(this.analysed, index)}
    `;
  }

  private empty() {
    return html`<div class="empty">
      <h2>Nothing to rebuild yet</h2>
      <p>Write a FROM line, or choose one of the examples above.</p>
    </div>`;
  }

  private chip({ change, title }: CacheReport, chosen: boolean) {
    const remove = () => act(this, { type: 'remove-change', change });
    return html`<span class="chip ${chosen ? 'chosen' : ''}">
      <button
        aria-pressed=${chosen}
        title=${change}
        @click=${() => act(this, { type: 'choose-change', change })}
      >
        ${title}
      </button>
      ${
        this.own.includes(change)
          ? html`<button class="remove" aria-label="Remove ${title}" @click=${remove}>×</button>`
          : nothing
      }
    </span>`;
  }

  private form() {
    const { hint, files } = kinds[this.kind];
    return html`<form @submit=${this.submit}>
      <select
        class="input"
        aria-label="Kind of change"
        @change=${(event: Event) =>
          (this.kind = (event.target as HTMLSelectElement).value as ChangeKind)}
      >
        ${Object.entries(kinds).map(
          ([kind, { label }]) =>
            html`<option value=${kind} ?selected=${kind === this.kind}>${label}</option>`,
        )}
      </select>
      <input
        class="input mono"
        aria-label="What is changed"
        placeholder=${hint}
        list=${files ? 'paths' : nothing}
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        required
      />
      <datalist id="paths">
        ${this.analysed?.report.context.entries.map(
          ({ path, bytes }) => html`<option value=${path}>${formatBytes(bytes)}</option>`,
        )}
      </datalist>
      <button class="button">Simulate</button>
    </form>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const value = this.input.value.trim();
    if (value === '') return;
    act(this, { type: 'add-change', change: `${this.kind}:${value}` });
    this.input.value = '';
  }

  private comparison({ report, workspace }: Analysed, index: number) {
    const { optimized } = report;
    const before = report.cache[index];
    const after = optimized.cache[index];
    if (!before) return nothing;
    if (before.problem) return html`<p class="problem" role="status">${before.problem}</p>`;
    const sides: Side[] = [
      {
        title: 'Now',
        report: underMode(before, this.mode),
        stages: report.stages,
        lines: workspace.dockerfile.split('\n'),
        linked: true,
      },
    ];
    if (after && isBetter(report)) {
      const { stages, dockerfile } = optimized;
      const lines = dockerfile.split('\n');
      sides.push({
        title: 'Optimized',
        report: underMode(after, this.mode),
        stages,
        lines,
        linked: false,
      });
    }
    const times = sides.flatMap((side) => side.report.steps.filter(runs)).map((s) => s.seconds);
    const longest = Math.max(0, ...times);
    return html`<div class="sides ${sides.length === 1 ? 'single' : ''}">
      ${sides.map((side) => this.side(side, longest))}
    </div>`;
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

  private side(side: Side, longest: number) {
    const { title, report, stages } = side;
    return html`<section aria-label="${title}: ${report.title}">
      <div class="total">
        <h3>${title}</h3>
        <strong>${formatSeconds(report.seconds)}</strong>
        <span class="muted">to rebuild, ${formatBytes(report.pushed_bytes)} to push</span>
      </div>
      ${stages.map((stage) => this.lane(side, stage, longest))}
    </section>`;
  }

  private lane(side: Side, stage: StageReport, longest: number) {
    const steps = side.report.steps.filter((step) => step.stage === stage.index);
    const shown = this.all ? steps : steps.slice(0, FIRST_STEPS);
    return html`<div class="lane">
      <h4>
        ${stageName(stage)}
        <span class="muted">from ${stage.base.reference}${stage.needed ? '' : ' · not built'}</span>
      </h4>
      <ol>
        ${shown.map((step) => this.step(side, step, longest))}
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

  private step(side: Side, step: StepReport, longest: number) {
    const { status, reason, seconds } = step;
    const loud = runs(step);
    return html`<li class="step ${status}">
      <span class="dot"></span>
      <div class="line">
        ${this.instruction(side, step)}
        <span class="num">${loud ? formatSeconds(seconds) : statusNames[status]}</span>
      </div>
      ${loud ? html`<span class="visually-hidden">Runs.</span>` : nothing}
      <p class="reason">${reason}</p>
      ${
        loud && seconds > 0
          ? html`<div class="time" ${place({ width: `${percentOf(seconds, longest)}%` })}></div>`
          : nothing
      }
    </li>`;
  }

  private instruction({ lines, linked }: Side, { line, instruction }: StepReport) {
    const source = lines[line - 1]?.trim().replace(/\s*\\$/, ' …') ?? instruction;
    const text = html`<code>${source}</code>`;
    if (!linked) return text;
    return html`<button
      class="link"
      aria-label="Go to line ${line}: ${source}"
      title=${source}
      @click=${() => jump(this, 'dockerfile', line)}
    >
      ${text}
    </button>`;
  }
}

/** True when the optimized version is another one. */
function isBetter({ optimized }: Report): boolean {
  return optimized.steps.some((step) => step.enabled);
}

function runs({ status }: StepReport): boolean {
  return status === 'run';
}
