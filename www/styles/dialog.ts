import { css } from 'lit';

/** A dialog with a head and what is inside. */
export const dialogStyles = css`
  dialog {
    max-width: calc(100vw - 24px);
    max-height: calc(100dvh - 24px);
    padding: 0;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--panel);
    color: var(--text);
    box-shadow: 0 16px 56px rgb(0 0 0 / 0.28);
  }

  dialog::backdrop {
    background: rgb(0 0 0 / 0.4);
  }

  .inside {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px 24px;
    padding: 16px;
  }

  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    grid-column: 1 / -1;
  }

  .head h2 {
    font-size: 16px;
  }

  dialog a {
    color: var(--accent);
  }
`;
