import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CacheReport } from '../../pkg/report';
import { type Scenario, imagesOf, keyOf, titleOf, urlsOf } from '../changes';
import { act } from '../events';
import type { Analysed, Workspace } from '../state';
import { shared } from '../styles/shared';
import type { Version } from '../versions';
import './context-tree';
import './text-changes';

/** Where changes may be picked from. */
const sections = {
  files: 'Files',
  dockerfile: 'Dockerfile',
  dockerignore: '.dockerignore',
  arguments: 'Build argument',
  moved: 'Base image',
} as const;

type Section = keyof typeof sections;

/** What changes: ready-made, or put together from files, texts, arguments and images. */
@customElement('dp-change-picker')
export class ChangePicker extends LitElement {
  static override styles = [
    shared,
    css`
      .chips,
      .tokens {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px;
        margin-top: 8px;
      }

      .ready {
        display: contents;
      }

      .chip {
        display: inline-flex;
        overflow: hidden;
        max-width: 100%;
        border: 1px solid var(--line-strong);
        border-radius: 99px;
        background: var(--panel);
      }

      .chip button {
        min-height: 28px;
        padding: 2px 12px;
        border: 0;
        background: none;
        cursor: pointer;
        overflow-wrap: anywhere;
        text-align: start;
      }

      .chip button:focus-visible {
        outline-offset: -3px;
        border-radius: 99px;
      }

      .chip button:hover {
        background: var(--hover);
      }

      .chip.chosen {
        border-color: var(--accent);
        background: var(--accent-soft);
      }

      .chip.chosen button {
        color: var(--accent);
        font-weight: 500;
      }

      .chip .remove {
        padding: 2px 10px 2px 2px;
      }

      ul.tokens {
        margin-top: 0;
      }

      .tokens li {
        display: inline-flex;
        align-items: center;
        max-width: 100%;
        padding-inline-start: 9px;
        border-radius: var(--radius-small);
        background: var(--hover);
        overflow-wrap: anywhere;
      }

      .tokens button {
        min-width: 28px;
        min-height: 28px;
        border: 0;
        border-radius: var(--radius-small);
        background: none;
        color: var(--muted);
        cursor: pointer;
      }

      .tokens button:hover {
        color: var(--text);
      }

      .add {
        border-style: dashed;
        border-radius: 99px;
      }

      .panel {
        margin-top: 10px;
        padding: 10px 12px 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--sunken);
      }

      .segmented {
        flex-wrap: wrap;
        margin-bottom: 10px;
      }

      .together {
        display: flex;
        align-items: center;
        gap: 8px;
        width: fit-content;
        min-height: 28px;
        margin-top: 10px;
      }

      .problem {
        margin-top: 10px;
      }
    `,
  ];

  @property({ attribute: false }) analysed!: Analysed;
  @property({ attribute: false }) workspace!: Workspace;
  /** The simulation that is shown. */
  @property({ attribute: false }) shown: CacheReport | undefined;
  /** The chosen changes; the analysis may not have come to them yet. */
  @property({ attribute: false }) chosen: Scenario = [];
  @property({ attribute: false }) versions: readonly Version[] = [];
  @state() private open = false;
  @state() private section: Section = 'files';
  /** What the user said of picking at once; null follows from what is chosen. */
  @state() private saidTogether: boolean | null = null;

  /** One's own changes grow by what is picked; a ready-made one is replaced. */
  private get together(): boolean {
    return this.saidTogether ?? this.isOwn(keyOf(this.chosen));
  }

  private isOwn(key: string): boolean {
    return this.workspace.changes.some((own) => keyOf(own) === key);
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('chosen') as Scenario | undefined;
    if (before && keyOf(before) !== keyOf(this.chosen)) this.saidTogether = null;
  }

  override render() {
    const { cache } = this.analysed.report;
    const key = keyOf(this.chosen);
    return html`
      <h2 id="what">What changes?</h2>
      <div class="chips">
        <div class="ready" role="group" aria-labelledby="what">
          ${repeat(
            cache,
            ({ change }) => change,
            (report) => this.chip(report, report.change === key),
          )}
        </div>
        <button
          class="button small add"
          aria-expanded=${this.open}
          aria-controls="panel"
          @click=${() => (this.open = !this.open)}
        >
          ${this.open ? 'Close' : 'Another change …'}
        </button>
      </div>
      ${this.isOwn(key) ? this.tokens() : nothing}
      ${this.shown?.problem ? this.problem(this.shown.problem) : nothing}
      <div id="panel" class="panel" ?hidden=${!this.open}>
        ${this.open ? this.panel() : nothing}
      </div>
    `;
  }

  private problem(text: string) {
    const part = this.chosen.length > 1 ? 'Left out' : 'Not simulated';
    const end = /[.?!]$/.test(text) ? '' : '.';
    return html`<p class="problem" role="status">${part}: ${text}${end}</p>`;
  }

  private chip({ change, title }: CacheReport, isChosen: boolean) {
    const remove = () => act(this, { type: 'remove-change', change });
    return html`<span class="chip ${isChosen ? 'chosen' : ''}">
      <button aria-pressed=${isChosen} @click=${() => act(this, { type: 'choose-change', change })}>
        ${title}
      </button>
      ${
        this.isOwn(change)
          ? html`<button class="remove" aria-label="Remove ${title}" @click=${remove}>×</button>`
          : nothing
      }
    </span>`;
  }

  private tokens() {
    if (this.chosen.length < 2) return nothing;
    return html`<div class="tokens">
      <span class="muted" id="at-once">At once:</span>
      <ul class="tokens" aria-labelledby="at-once">
        ${this.chosen.map((change) => {
          const title = titleOf(change);
          const drop = () => act(this, { type: 'drop-change', change });
          return html`<li>
            ${title} <button aria-label="Take out ${title}" @click=${drop}>×</button>
          </li>`;
        })}
      </ul>
    </div>`;
  }

  private panel() {
    const { chosen } = this;
    return html`
      <div class="segmented" role="group" aria-label="Where the change is">
        ${Object.entries(sections).map(
          ([section, label]) =>
            html`<button
              aria-pressed=${section === this.section}
              @click=${() => (this.section = section as Section)}
            >
              ${label}
            </button>`,
        )}
      </div>
      ${this.form()}
      ${
        chosen.length > 0
          ? html`<label class="together">
              <input
                type="checkbox"
                .checked=${this.together}
                @change=${({ target }: Event) =>
                  (this.saidTogether = (target as HTMLInputElement).checked)}
              />
              At once with “${chosen.map(titleOf).join(' + ')}”
            </label>`
          : nothing
      }
    `;
  }

  private form() {
    const { workspace } = this;
    const { report } = this.analysed;
    const pick = ({ detail }: CustomEvent<string>) => this.pick(detail);
    switch (this.section) {
      case 'files':
        return html`<dp-context-tree .report=${report.context} @pick=${pick}></dp-context-tree>`;
      case 'dockerfile':
        return html`<dp-version-change
          .current=${workspace.dockerfile}
          .versions=${this.versions}
          @pick=${pick}
        ></dp-version-change>`;
      case 'dockerignore':
        return html`<dp-ignore-change
          .value=${workspace.dockerignore}
          .proposed=${report.optimized.dockerignore}
          @pick=${pick}
        ></dp-ignore-change>`;
      case 'arguments':
        return html`<dp-argument-change
          .names=${report.arguments}
          .values=${workspace.buildArgs}
          @pick=${pick}
        ></dp-argument-change>`;
      case 'moved':
        return html`<dp-moved-change
          .images=${imagesOf(report)}
          .urls=${urlsOf(report)}
          @pick=${pick}
        ></dp-moved-change>`;
    }
  }

  private pick(change: string): void {
    act(this, { type: 'pick-change', change, together: this.together });
  }
}
