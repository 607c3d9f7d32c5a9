/** The scale below bars that lie on one axis. */
import { type TemplateResult, css, html } from 'lit';
import { percentOf } from './format';
import { place } from './styles/place';

export const axisStyles = css`
  .axis {
    position: relative;
    height: 22px;
    margin-top: 6px;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: 11px;
  }

  .axis span {
    position: absolute;
    top: 3px;
    transform: translateX(-50%);
  }

  .axis span:first-child {
    transform: none;
  }

  .axis span.end {
    transform: translateX(-100%);
  }
`;

/** The ticks of an axis that ends at `end`. */
export function axis(
  ticks: readonly number[],
  end: number,
  format: (tick: number) => string,
): TemplateResult {
  return html`<div class="axis" aria-hidden="true">
    ${ticks.map((tick) => {
      const at = percentOf(tick, end);
      return html`<span class=${at > 94 ? 'end' : ''} ${place({ left: `${at}%` })}
        >${tick === 0 ? '0' : format(tick)}</span
      >`;
    })}
  </div>`;
}
