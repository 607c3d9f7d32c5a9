/** Styles that more than one component needs. */
import { css } from 'lit';

export const shared = css`
  :host {
    display: block;
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :focus-visible {
    outline: var(--focus);
    outline-offset: 2px;
    border-radius: var(--radius-small);
  }

  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }

  ul,
  ol {
    list-style: none;
  }

  h2 {
    font-size: 14px;
    font-weight: 600;
    line-height: 1.35;
  }

  h3 {
    font-size: 12px;
    font-weight: 600;
  }

  code,
  .mono {
    font-family: var(--mono);
    font-size: 0.893em;
  }

  .muted {
    color: var(--muted);
  }

  .num {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  button,
  input,
  select,
  textarea {
    font: inherit;
    color: inherit;
  }

  .button {
    display: inline-flex;
    align-items: center;
    min-height: 32px;
    padding: 4px 12px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--panel);
    color: var(--text);
    cursor: pointer;
    text-decoration: none;
    white-space: nowrap;
  }

  .button:hover {
    background: var(--hover);
  }

  .button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }

  .button.small {
    min-height: 26px;
    padding: 1px 9px;
    font-size: 13px;
  }

  .button:disabled,
  .button[aria-disabled='true'] {
    border-color: var(--line);
    background: transparent;
    color: var(--muted);
    cursor: default;
  }

  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    cursor: pointer;
    text-decoration: underline;
    text-decoration-thickness: 1px;
    text-underline-offset: 3px;
  }

  .link:hover {
    text-decoration-thickness: 2px;
  }

  .input {
    min-height: 32px;
    min-width: 0;
    padding: 4px 9px;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--panel);
  }

  .badge {
    display: inline-block;
    padding: 0 7px;
    border-radius: 99px;
    background: var(--hover);
    color: var(--muted);
    font-size: 12px;
    line-height: 20px;
    white-space: nowrap;
  }

  .badge.good {
    background: var(--good-soft);
    color: var(--good);
  }

  .badge.warning {
    background: var(--warning-soft);
    color: var(--warning);
  }

  .badge.error {
    background: var(--error-soft);
    color: var(--error);
  }

  .segmented {
    display: inline-flex;
    padding: 2px;
    border-radius: var(--radius-small);
    background: var(--hover);
  }

  .segmented button {
    min-height: 26px;
    padding: 0 10px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: var(--muted);
    cursor: pointer;
    white-space: nowrap;
  }

  .segmented button[aria-pressed='true'] {
    border-color: var(--line-strong);
    background: var(--panel);
    color: var(--text);
  }

  table {
    width: 100%;
    border-collapse: collapse;
  }

  th {
    padding: 6px 8px;
    border-bottom: 1px solid var(--line);
    color: var(--muted);
    font-size: 12px;
    font-weight: 500;
    text-align: start;
    white-space: nowrap;
  }

  td {
    padding: 6px 8px;
    border-bottom: 1px solid var(--line);
    vertical-align: top;
  }

  th.right,
  td.right {
    text-align: end;
  }

  .empty {
    max-width: 46ch;
    margin: 56px auto;
    padding: 0 16px;
    color: var(--muted);
    text-align: center;
  }

  .empty h2 {
    margin-bottom: 6px;
    color: var(--text);
  }

  .problem {
    padding: 8px 12px;
    border-inline-start: 3px solid var(--error);
    border-radius: 0 var(--radius-small) var(--radius-small) 0;
    background: var(--error-soft);
  }
`;

/** The colours of the kinds of bytes, for anything with a `data-kind`. */
export const kindColours = css`
  [data-kind] {
    --kind: var(--kind-os);
  }

  [data-kind='package'] {
    --kind: var(--kind-package);
  }

  [data-kind='cache'] {
    --kind: var(--kind-cache);
  }

  [data-kind='manifest'] {
    --kind: var(--kind-manifest);
  }

  [data-kind='source'] {
    --kind: var(--kind-source);
  }

  [data-kind='build_output'] {
    --kind: var(--kind-build-output);
  }

  [data-kind='temp'] {
    --kind: var(--kind-temp);
  }

  .swatch {
    display: inline-block;
    width: 10px;
    height: 10px;
    border-radius: 2px;
    background: var(--kind);
  }
`;
