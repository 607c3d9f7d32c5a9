/** How a kind of bytes is drawn, in bars as in maps: colour, pattern, hatched waste; and the key to it. */
import { type TemplateResult, css, html, nothing } from 'lit';
import type { Kind, StageReport } from '../pkg/report';
import { kindNames } from './words';

/** What becomes of a stage, as a class. */
export function fateClass({ final: isFinal, needed }: StageReport): string {
  if (isFinal) return 'shipped';
  return needed ? 'thrown' : 'unneeded';
}

/** For elements with `data-kind`, below one with the class of a stage's fate. */
export const fillStyles = css`
  .fill {
    --ink: color-mix(in srgb, currentColor 26%, transparent);
    background-color: var(--kind);
    background-image: var(--pattern);
    background-size: var(--pattern-size);
    color: var(--kind-text);
  }

  /* One pattern a kind, so that colour is never the only sign; dots are for bytes of no use. */
  [data-kind] {
    --pattern: none;
    --pattern-size: auto;
  }

  [data-kind='package'] {
    --pattern: repeating-linear-gradient(90deg, var(--ink) 0 1px, transparent 1px 8px);
  }

  [data-kind='cache'],
  [data-kind='temp'] {
    --pattern: radial-gradient(rgb(0 0 0 / 0.34) 1px, transparent 1.3px);
    --pattern-size: 5px 5px;
  }

  [data-kind='manifest'] {
    --pattern: repeating-linear-gradient(var(--ink) 0 1px, transparent 1px 4px);
  }

  [data-kind='source'] {
    --pattern: repeating-linear-gradient(45deg, var(--ink) 0 1px, transparent 1px 7px);
  }

  [data-kind='build_output'] {
    --pattern:
      linear-gradient(var(--ink) 1px, transparent 1px),
      linear-gradient(90deg, var(--ink) 1px, transparent 1px);
    --pattern-size: 6px 6px;
  }

  .wasted {
    position: absolute;
    inset: 0 0 0 auto;
    background: repeating-linear-gradient(-45deg, var(--kind-text) 0 1.5px, transparent 1.5px 6px);
  }

  .thrown .fill {
    background-color: color-mix(in srgb, var(--kind) 32%, var(--panel));
    color: var(--text);
  }

  .unneeded .fill {
    background-color: color-mix(in srgb, var(--kind) 14%, var(--panel));
    color: var(--muted);
  }

  /* Text, not a flexible box: its lines are made even, and none has but one word. */
  .legend {
    margin-top: 10px;
    font-size: 12px;
    line-height: 20px;
    text-wrap: balance;
  }

  .legend li {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    margin-inline-end: 16px;
    white-space: nowrap;
  }

  .legend .swatch {
    width: 14px;
    height: 12px;
  }

  .hatch {
    background:
      repeating-linear-gradient(-45deg, var(--text) 0 1.5px, transparent 1.5px 4px), var(--hover);
  }
`;

export function legend(kinds: readonly Kind[], wasted: boolean): TemplateResult {
  return html`<ul class="legend" aria-label="Colours and patterns">
    ${kinds.map(
      (kind) =>
        html`<li><span class="swatch fill" data-kind=${kind}></span>${kindNames[kind]}</li>`,
    )}
    ${wasted ? html`<li><span class="swatch hatch"></span>Wasted</li>` : nothing}
  </ul>`;
}
