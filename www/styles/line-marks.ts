import { css } from 'lit';

/** The bar and the dot beside a line of a Dockerfile. */
export const lineMarkStyles = css`
  .dp-mark {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 5px;
    width: 52px;
    height: 1.6em;
    padding-inline-end: 4px;
  }

  .dp-mark-bar {
    height: 7px;
    border-radius: 1.5px;
    background: color-mix(in srgb, var(--accent) 70%, var(--panel));
  }

  .dp-mark-dot {
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 50%;
  }

  .dp-mark-dot.run {
    background: var(--run);
  }

  .dp-mark-dot.cached {
    border: 1.5px solid var(--line-strong);
  }

  .dp-mark-dot.unneeded {
    height: 2px;
    border-radius: 0;
    background: var(--line-strong);
  }
`;
