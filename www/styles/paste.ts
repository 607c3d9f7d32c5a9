import { css } from 'lit';

/** A place that opens to take a pasted text: commands to copy, the text, what to do with it. */
export const paste = css`
  details {
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
  }

  summary {
    padding: 7px 12px;
    border-radius: var(--radius-small);
    cursor: pointer;
  }

  .inside {
    display: grid;
    gap: 8px;
    padding: 2px 12px 12px;
  }

  .command {
    display: flex;
    align-items: center;
    gap: 8px;
  }

  .command code {
    overflow-x: auto;
    padding: 3px 8px;
    border-radius: 4px;
    background: var(--hover);
    white-space: nowrap;
  }

  textarea.input {
    width: 100%;
    min-height: 110px;
    resize: vertical;
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
`;
