import { css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { download } from '../files';
import { formatCount, plural } from '../format';
import { writeFile } from '../share';
import type { Snapshot, Workspace } from '../state';
import { dialogStyles } from '../styles/dialog';
import { shared } from '../styles/shared';
import './copy-button';
import { ModalDialog } from './modal-dialog';

/** What is shared. */
export interface Sharing {
  readonly snapshot: Snapshot;
  readonly link: string;
  /** False when the link is too long to be of use. */
  readonly fits: boolean;
  /** True when the browser let the link be copied. */
  readonly copied: boolean;
}

const FILE = 'dockerfile-playground.json';
/** Some programs cut longer links: the hyperlinks of office programs end here. */
const LONG_LINK = 2_000;

/** What a link holds, as words. */
function contents(workspace: Workspace): string {
  const { manifests, changes, buildArgs } = workspace;
  const counts: readonly (readonly [number, string, string?])[] = [
    [Object.keys(manifests).length, 'manifest'],
    [changes.length, 'change of your own', 'changes of your own'],
    [Object.keys(buildArgs).length, 'build argument'],
  ];
  return [
    'the Dockerfile',
    ...(workspace.dockerignore === '' ? [] : ['the .dockerignore']),
    ...(workspace.context === null ? [] : ['the listing of the context']),
    ...counts.flatMap(([count, one, many]) => (count > 0 ? [plural(count, one, many)] : [])),
    ...(workspace.measured === '' ? [] : ['the measured sizes']),
    ...(workspace.gitLog === null ? [] : ['the git log']),
    ...(workspace.buildLog === null ? [] : ['the build log']),
    'your settings and the chosen view',
  ].join(', ');
}

/** The link, or a file where the link would be too long. Fires `close`, and `file` with a chosen file. */
@customElement('dp-share-dialog')
export class ShareDialog extends ModalDialog {
  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        width: 560px;
      }

      .link-row,
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }

      .link-row .input {
        flex: 1 1 200px;
        font-family: var(--mono);
        font-size: 12px;
      }

      .part {
        display: grid;
        gap: 8px;
      }

      input[type='file'] {
        display: none;
      }
    `,
  ];

  @property({ attribute: false }) sharing!: Sharing;
  @query('input[type=file]') private picker!: HTMLInputElement;

  override render() {
    const { sharing } = this;
    return this.frame(
      'Share',
      html`
        ${sharing.fits ? this.link() : this.tooLong()}
        <div class="part">
          <h3>As a file</h3>
          <div class="actions">
            <button class="button small" @click=${this.save}>Save a file</button>
            <button class="button small" @click=${() => this.picker.click()}>Open a file</button>
            <input type="file" accept=".json,application/json" @change=${this.onFile} />
          </div>
        </div>
        <p class="muted">
          It holds ${contents(sharing.snapshot.workspace)}. Nothing is sent: browsers keep what
          follows the # in a link to themselves.
        </p>
      `,
    );
  }

  private link() {
    const { link, copied } = this.sharing;
    return html`<div class="part">
      <p role="status">
        ${copied ? 'Link copied.' : 'This browser did not allow copying the link.'}
      </p>
      <div class="link-row">
        <input
          class="input"
          readonly
          aria-label="Link"
          .value=${link}
          @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
        />
        <dp-copy-button what="the link" .text=${link}></dp-copy-button>
      </div>
      <p class="muted">
        ${formatCount(link.length)}
        characters${link.length > LONG_LINK ? ': some programs cut links of more than 2,000' : ''}.
      </p>
    </div>`;
  }

  private tooLong() {
    const length = formatCount(this.sharing.link.length);
    return html`<p role="status">
      With ${length} characters this is too long for a link: browsers do not show it. Save a file
      instead, and pass it on: it is opened here, or by dropping it on the page.
    </p>`;
  }

  private save(): void {
    download(FILE, writeFile(this.sharing.snapshot));
  }

  private onFile(): void {
    const file = this.picker.files?.[0];
    if (!file) return;
    this.dialog.close();
    this.dispatchEvent(new CustomEvent('file', { detail: file }));
  }
}
