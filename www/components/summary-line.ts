import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Report } from '../../pkg/report';
import { formatBytes, formatChange, formatSeconds, secondOf } from '../format';
import { shared } from '../styles/shared';

/** Figures settle for this long before they are read out. */
const QUIET_MS = 1500;
const NONE = '–';

interface Pair {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

function pair<T>(
  label: string,
  before: T | undefined,
  after: T | undefined,
  text: (value: T) => string,
): Pair {
  const show = (value: T | undefined) => (value === undefined ? NONE : text(value));
  return { label, before: show(before), after: show(after) };
}

function pairs(report: Report | null): readonly Pair[] {
  if (report?.stages.length === 0) return pairs(null);
  const image = report?.image;
  const better = report?.optimized.image;
  const rebuild = report?.cache[0]?.seconds;
  const seconds = report?.optimized.cache[0]?.seconds;
  const rebuildAfter =
    rebuild === undefined || seconds === undefined ? seconds : secondOf(rebuild, seconds);
  return [
    pair('Layers', image?.layers, better?.layers, String),
    pair('Cold pull', image?.pull_seconds, better?.pull_seconds, formatSeconds),
    pair('Rebuild after a source edit', rebuild, rebuildAfter, formatSeconds),
  ];
}

/** True where the figures of both sizes say that nothing changes. */
function stays(before: number, after: number): boolean {
  return (
    formatBytes(before) === formatBytes(after) || formatChange(before, after) === formatChange(1, 1)
  );
}

/** What to say where the image stays as large as it is. */
function noteOn({ syntax, optimized }: Report): string {
  const { steps, praise } = optimized;
  if (steps.some((step) => step.enabled)) return 'No smaller, but better: see Optimized';
  if (!syntax.valid) return 'Correct the errors to see a better version';
  if (steps.length > 0) return 'Nothing is switched on under Optimized';
  return praise.length > 1 ? 'Already good: nothing to improve' : 'Nothing to improve';
}

/** The result in one line: the image before and after, and what else gets better. */
@customElement('dp-summary-line')
export class SummaryLine extends LitElement {
  static override styles = [
    shared,
    css`
      section {
        position: relative;
        display: flex;
        flex-wrap: wrap;
        align-items: flex-end;
        gap: 10px 40px;
        min-height: 62px;
        padding: 2px 0 16px;
        font-variant-numeric: tabular-nums;
      }

      .busy {
        position: absolute;
        inset: auto 0 16px auto;
        color: var(--muted);
      }

      .size {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        min-width: min(100%, 336px);
        font-size: clamp(24.5px, 16.8px + 1.6vw, 35px);
        font-weight: 600;
        letter-spacing: -0.025em;
        line-height: 1.15;
      }

      .arrow {
        color: var(--muted);
        font-weight: 400;
      }

      .change {
        color: var(--good);
      }

      .change.worse {
        color: var(--warning);
      }

      .size .note {
        color: var(--muted);
        font-size: 14px;
        font-weight: 400;
        letter-spacing: 0;
      }

      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 32px;
      }

      dt {
        color: var(--muted);
        font-size: 12px;
      }

      dd {
        font-size: 16px;
        font-weight: 500;
        line-height: 1.3;
        white-space: nowrap;
      }

      @media (max-width: 640px) {
        section {
          align-content: flex-start;
          min-height: 104px;
        }

        dl {
          gap: 6px 24px;
        }
      }
    `,
  ];

  @property({ attribute: false }) report: Report | null = null;
  /** True while an answer is slow enough to notice. */
  @property({ type: Boolean }) busy = false;
  /** True in other pages, which may have several and landmarks of their own. */
  @property({ type: Boolean }) embedded = false;
  @state() private spoken = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('report')) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.spoken = this.sentence()), QUIET_MS);
  }

  override render() {
    return html`
      <section role=${this.embedded ? 'group' : nothing} aria-label="Summary">
        <p class="size">${this.size()}</p>
        <dl>
          ${pairs(this.report).map(
            ({ label, before, after }) =>
              html`<div>
                <dt>${label}</dt>
                <dd>${before}${before === after ? nothing : this.arrow(after)}</dd>
              </div>`,
          )}
        </dl>
        ${this.busy ? html`<p class="busy">Analysing …</p>` : nothing}
      </section>
      <p class="visually-hidden" role="status">${this.spoken}</p>
    `;
  }

  private arrow(after: string) {
    return html` <span class="arrow" aria-hidden="true">→</span>
      <span class="visually-hidden">optimized:</span> ${after}`;
  }

  private size() {
    const { report } = this;
    if (!report) return NONE;
    const before = report.image.size.expected;
    const after = report.optimized.image.size.expected;
    if (report.stages.length === 0) return html`<span class="note">No image yet</span>`;
    if (stays(before, after)) {
      return html`<span>${formatBytes(before)}</span> <span class="note">${noteOn(report)}</span>`;
    }
    const change = formatChange(before, after);
    return html`<span>${formatBytes(before)}</span>${this.arrow(formatBytes(after))}
      <span class="change ${after > before ? 'worse' : ''}">${change}</span>`;
  }

  private sentence(): string {
    if (!this.report || this.report.stages.length === 0) return '';
    const { image, optimized } = this.report;
    const [before, after] = [image.size.expected, optimized.image.size.expected];
    if (stays(before, after)) return `Image ${formatBytes(before)}. ${noteOn(this.report)}.`;
    return `Image ${formatBytes(before)}, optimized ${formatBytes(after)}.`;
  }
}
