import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type Example, examples } from '../examples/list';
import { act, share } from '../events';
import { type Theme, themes } from '../state';
import { shared } from '../styles/shared';

const themeNames: Readonly<Record<Theme, string>> = {
  system: 'System theme',
  light: 'Light theme',
  dark: 'Dark theme',
};

/** The name, the examples menu, the buttons for sharing and embedding, and the theme. */
@customElement('dp-page-header')
export class PageHeader extends LitElement {
  static override styles = [
    shared,
    css`
      header {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 8px 14px;
        padding: 10px 0;
      }

      h1 {
        display: flex;
        align-items: center;
        gap: 9px;
        margin: 0 auto 0 0;
        font-size: 14px;
        font-weight: 600;
        letter-spacing: -0.005em;
      }

      svg {
        width: 20px;
        height: 20px;
        fill: var(--accent);
      }

      .menu {
        position: relative;
      }

      .menu > .button::after {
        content: '';
        margin-inline-start: 6px;
        width: 0;
        height: 0;
        margin-top: 2px;
        border: 4px solid transparent;
        border-top-color: currentColor;
        border-bottom: 0;
      }

      [role='menu'] {
        position: absolute;
        z-index: 20;
        inset-block-start: calc(100% + 4px);
        inset-inline-start: 0;
        min-width: 230px;
        padding: 4px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
        box-shadow: 0 8px 28px rgb(0 0 0 / 0.16);
      }

      [role='menuitem'] {
        display: block;
        width: 100%;
        padding: 7px 10px;
        border: 0;
        border-radius: var(--radius-small);
        background: none;
        text-align: start;
        cursor: pointer;
        white-space: nowrap;
      }

      [role='menuitem'].own {
        margin-top: 4px;
        border-top: 1px solid var(--line);
        border-radius: 0 0 var(--radius-small) var(--radius-small);
      }

      [role='menuitem']:hover,
      [role='menuitem']:focus-visible {
        background: var(--hover);
      }

      /* The name and the theme in one row, what is done in the next. */
      @media (max-width: 520px) {
        header {
          gap: 8px;
        }

        select {
          order: 1;
          margin-inline-start: auto;
        }

        h1 {
          margin: 0;
        }

        header::after {
          content: '';
          order: 2;
          width: 100%;
          height: 0;
          margin-top: -8px;
        }

        .menu,
        .button {
          order: 3;
        }
      }
    `,
  ];

  @property() theme: Theme = 'system';
  @state() private open = false;

  override render() {
    return html`
      <header>
        <h1>
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <rect x="1" y="2" width="18" height="4" rx="1.2" />
            <rect x="1" y="8" width="12" height="4" rx="1.2" opacity="0.75" />
            <rect x="1" y="14" width="6" height="4" rx="1.2" opacity="0.5" />
          </svg>
          Dockerfile Playground
        </h1>
        ${this.menu()}
        <button class="button" @click=${() => share(this)}>Share</button>
        <button class="button" @click=${() => this.dispatchEvent(new CustomEvent('embed'))}>
          Embed
        </button>
        <select class="input" aria-label="Theme" @change=${this.onTheme}>
          ${themes.map(
            (theme) =>
              html`<option value=${theme} ?selected=${theme === this.theme}>
                ${themeNames[theme]}
              </option>`,
          )}
        </select>
      </header>
    `;
  }

  private menu() {
    return html`<div class="menu" @focusout=${this.onFocusOut} @keydown=${this.onKey}>
      <button
        class="button"
        id="examples"
        aria-haspopup="menu"
        aria-expanded=${this.open}
        @click=${this.toggle}
      >
        Examples
      </button>
      <div role="menu" aria-labelledby="examples" ?hidden=${!this.open}>
        ${examples.map(
          (example) =>
            html`<button role="menuitem" tabindex="-1" @click=${() => this.choose(example)}>
              ${example.title}
            </button>`,
        )}
        <button role="menuitem" tabindex="-1" class="own" @click=${this.pickFolder}>
          Your own folder …
        </button>
      </div>
      <input
        id="folder"
        type="file"
        webkitdirectory
        hidden
        aria-label="Your own folder"
        @change=${this.onFolder}
      />
    </div>`;
  }

  private pickFolder(): void {
    this.close();
    this.renderRoot.querySelector<HTMLInputElement>('#folder')?.click();
  }

  private onFolder({ target }: Event): void {
    const input = target as HTMLInputElement;
    this.dispatchEvent(new CustomEvent('folder', { detail: [...(input.files ?? [])] }));
    input.value = '';
  }

  private onTheme(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    act(this, { type: 'theme', theme: value as Theme });
  }

  private toggle(): void {
    this.open = !this.open;
    if (this.open) void this.updateComplete.then(() => this.items[0]?.focus());
  }

  private choose({ id }: Example): void {
    this.close();
    this.dispatchEvent(new CustomEvent('example', { detail: id }));
  }

  private close(): void {
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('#examples')?.focus();
  }

  private get items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }

  private onFocusOut({ relatedTarget, currentTarget }: FocusEvent): void {
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) this.open = false;
  }

  private onKey(event: KeyboardEvent): void {
    if (!this.open) return;
    if (event.key === 'Escape') {
      this.close();
      return;
    }
    const { items } = this;
    const at = items.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    items.at(target % items.length)?.focus();
  }
}
