import { css } from 'lit';

/** The colours of a Dockerfile's words, in the editor and wherever else one is shown. */
export const codeColours = css`
  .dp-token-comment,
  .dp-token-directive {
    color: var(--code-comment);
  }

  .dp-token-keyword {
    color: var(--code-keyword);
    font-weight: 600;
    /* Some bold fonts would make the line higher. */
    line-height: 1;
  }

  .dp-token-delimiter {
    color: var(--code-keyword);
  }

  .dp-token-flag {
    color: var(--code-flag);
  }

  .dp-token-string {
    color: var(--code-string);
  }

  .dp-token-variable {
    color: var(--code-variable);
  }

  .dp-token-punctuation {
    color: var(--muted);
  }

  .dp-token-error {
    color: var(--error);
  }
`;
