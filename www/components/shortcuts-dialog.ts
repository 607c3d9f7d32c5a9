import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { type Shortcut, shortcutsOf } from '../editor/shortcuts';
import { dialogStyles } from '../styles/dialog';
import { shared } from '../styles/shared';
import { ModalDialog } from './modal-dialog';

/** The editor's keys. */
@customElement('dp-shortcuts-dialog')
export class ShortcutsDialog extends ModalDialog {
  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        width: 560px;
      }

      td:first-child {
        width: 1%;
        white-space: nowrap;
      }

      tr:last-child td {
        border-bottom: 0;
      }

      kbd {
        padding: 1px 6px;
        border: 1px solid var(--line-strong);
        border-radius: 4px;
        background: var(--sunken);
        font-family: var(--mono);
        font-size: 12px;
      }
    `,
  ];

  override render() {
    return this.frame(
      'Keys of the editor',
      html`<table>
        <thead class="visually-hidden">
          <tr>
            <th>Keys</th>
            <th>What they do</th>
          </tr>
        </thead>
        <tbody>
          ${shortcutsOf(navigator.platform).map((shortcut) => this.row(shortcut))}
        </tbody>
      </table>`,
    );
  }

  private row({ keys, does }: Shortcut) {
    return html`<tr>
      <td>${keys.map((key, index) => html`${index > 0 ? ' ' : ''}<kbd>${key}</kbd>`)}</td>
      <td>${does}</td>
    </tr>`;
  }
}
