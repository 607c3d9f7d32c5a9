import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Report } from '../../pkg/report';
import { formatBytes, formatChange, formatSeconds } from '../format';
import { shared } from '../styles/shared';

/** Figures settle for this long before they are read out. */
const QUIET_MS = 1500;
const NONE = '–';

interface Pair {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

function pairs(report: Report | null): readonly Pair[] {
  const before = report?.image;
  const after = report?.optimized.image;
  const edit = report?.cache[0];
  const editAfter = report?.optimized.cache[0];
  const seconds = (value: number | undefined) =>
    value === undefined ? NONE : formatSeconds(value);
  return [
    {
      label: 'Layers',
      before: String(before?.layers ?? NONE),
      after: String(after?.layers ?? NONE),
    },
    {
      label: 'Cold pull',
      before: seconds(before?.pull_seconds),
      after: seconds(after?.pull_seconds),
    },
    {
      label: 'Rebuild after a source edit',
      before: seconds(edit?.seconds),
      after: seconds(editAfter?.seconds),
    },
  ];
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
        min-width: min(100%, 24rem);
        font-size: clamp(1.75rem, 1.2rem + 1.6vw, 2.5rem);
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
        font-size: 1rem;
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
        font-size: 0.857rem;
      }

      dd {
        font-size: 1.143rem;
        font-weight: 500;
        line-height: 1.3;
        white-space: nowrap;
      }

      @media (max-width: 640px) {
        section {
          align-content: flex-start;
          min-height: 122px;
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
  @state() private spoken = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('report')) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.spoken = this.sentence()), QUIET_MS);
  }

  override render() {
    return html`
      <section aria-label="Summary">
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
    if (report.stages.length === 0) return html`${NONE}<span class="note">No image yet</span>`;
    if (before === after) {
      const note = report.optimized.praise.length > 0 ? 'Already good' : nothing;
      return html`<span>${formatBytes(before)}</span> <span class="note">${note}</span>`;
    }
    const change = formatChange(before, after);
    return html`<span>${formatBytes(before)}</span>${this.arrow(formatBytes(after))}
      <span class="change ${after > before ? 'worse' : ''}">${change}</span>`;
  }

  private sentence(): string {
    if (!this.report || this.report.stages.length === 0) return '';
    const { image, optimized } = this.report;
    const after = formatBytes(optimized.image.size.expected);
    return `Image ${formatBytes(image.size.expected)}, optimized ${after}.`;
  }
}
