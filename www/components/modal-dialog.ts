import { LitElement, type TemplateResult, html } from 'lit';
import { query } from 'lit/decorators.js';

/** A dialog that is open as long as the element is there. Fires `close`. */
export abstract class ModalDialog extends LitElement {
  @query('dialog') protected dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  /** The dialog with its head, for `dialogStyles`. */
  protected frame(title: string, content: TemplateResult): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${this.closed} @click=${this.onClick}>
      <div class="inside">
        <div class="head">
          <h2 id="title">${title}</h2>
          <button class="button" @click=${() => this.dialog.close()}>Close</button>
        </div>
        ${content}
      </div>
    </dialog>`;
  }

  /** A click beside the dialog closes it. */
  private onClick({ target }: Event): void {
    if (target === this.dialog) this.dialog.close();
  }

  private closed(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }
}
