import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { OptimizedReport, RecipeStep } from '../../pkg/report';
import type { Outlining } from '../editor/colours';
import { act } from '../events';
import { download } from '../files';
import { formatBytes, formatSignedBytes, formatSignedSeconds, percentOf } from '../format';
import type { Analysed, TextFile } from '../state';
import { place } from '../styles/place';
import { shared } from '../styles/shared';
import { applicabilityNames } from '../words';
import './companion-list';
import './copy-button';
import './diff-view';
import './ignore-lines';
import './tab-pane';

const badgeOf = { safe: 'good', likely: 'warning', risky: 'error' } as const;
/** In per cent of the scale; a shorter one is but its own border. */
const SHORTEST_DIFFERENCE = 0.3;
const fileNames: Readonly<Record<TextFile, string>> = {
  dockerfile: 'Dockerfile',
  dockerignore: '.dockerignore',
};

/** The better version: what it is made of, step by step, and the texts side by side. */
@customElement('dp-optimized-view')
export class OptimizedView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        padding: 16px;
      }

      .lead {
        margin-top: 2px;
        color: var(--muted);
      }

      .falls {
        margin-top: 12px;
      }

      .falls > li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 88px 84px 76px;
        gap: 4px 16px;
        padding: 10px 0;
        border-bottom: 1px solid var(--line);
      }

      .falls > .columns {
        padding: 0;
        border: 0;
        color: var(--muted);
        font-size: 12px;
      }

      .falls > .end {
        font-weight: 600;
      }

      .track {
        position: relative;
        grid-column: 1 / -1;
        overflow: hidden;
        height: 8px;
        border-radius: 2px;
        background: var(--sunken);
      }

      .rest,
      .saved {
        position: absolute;
        inset-block: 0;
        inset-inline-start: 0;
        border-radius: 2px;
        background: var(--accent);
      }

      .step .rest {
        background: color-mix(in srgb, var(--accent) 38%, var(--panel));
      }

      .saved {
        border: 1px solid var(--good);
        background: repeating-linear-gradient(
          -45deg,
          var(--good) 0 1.5px,
          var(--good-soft) 1.5px 5px
        );
      }

      .saved.added {
        border-color: var(--warning);
        background: var(--warning);
      }

      .name {
        display: flex;
        align-items: flex-start;
        gap: 8px;
      }

      .name .badge {
        flex: none;
      }

      .name label {
        font-weight: 500;
        cursor: pointer;
      }

      .off label {
        color: var(--muted);
        font-weight: 400;
      }

      input[type='checkbox'] {
        flex: none;
        position: relative;
        top: 1px;
        width: 30px;
        height: 18px;
        margin: 0;
        border: 1px solid var(--line-strong);
        border-radius: 99px;
        background: var(--hover);
        appearance: none;
        cursor: pointer;
      }

      input[type='checkbox']::before {
        content: '';
        position: absolute;
        inset: 2px auto auto 2px;
        width: 12px;
        height: 12px;
        border-radius: 50%;
        background: var(--line-strong);
      }

      input[type='checkbox']:checked {
        border-color: var(--accent);
        background: var(--accent);
      }

      input[type='checkbox']:checked::before {
        inset-inline-start: 14px;
        background: var(--on-accent);
      }

      @media (prefers-reduced-motion: no-preference) {
        input[type='checkbox']::before,
        .rest,
        .saved {
          transition:
            inset-inline-start 120ms,
            width 200ms;
        }
      }

      @media (forced-colors: active) {
        input[type='checkbox'] {
          appearance: auto;
        }
      }

      .why {
        grid-column: 1 / -1;
        padding-inline-start: 38px;
        color: var(--muted);
      }

      .verify {
        display: flex;
        align-items: center;
        gap: 8px;
        margin-top: 4px;
        color: var(--text);
      }

      .verify code {
        min-width: 0;
        padding: 3px 8px;
        overflow-x: auto;
        border-radius: 4px;
        background: var(--hover);
        white-space: nowrap;
      }

      .falls .num {
        text-align: end;
      }

      .good {
        color: var(--good);
      }

      .version {
        margin-top: 24px;
      }

      .praise {
        display: grid;
        gap: 8px;
        margin-top: 14px;
      }

      .praise li {
        display: flex;
        gap: 10px;
      }

      .praise svg {
        flex: none;
        width: 16px;
        height: 16px;
        margin-top: 3px;
        fill: none;
        stroke: var(--good);
        stroke-width: 2;
      }

      dp-tab-pane {
        margin-top: 10px;
      }

      .file {
        padding: 12px;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-bottom: 10px;
      }

      @container (max-width: 480px) {
        .falls > li {
          grid-template-columns: minmax(0, 1fr) 80px 72px 60px;
          gap: 4px 8px;
        }

        .step .name {
          grid-column: 1 / -1;
        }

        .step .figure:nth-child(2) {
          grid-column: 2;
        }

        .why {
          padding-inline-start: 0;
        }
      }
    `,
  ];

  @property({ attribute: false }) analysed: Analysed | null = null;
  @property({ attribute: false }) service: Outlining | null = null;
  /** True where there is no editor to put the better version in. */
  @property({ type: Boolean }) readonly = false;
  @state() private file: TextFile = 'dockerfile';

  override render() {
    if (!this.analysed) return nothing;
    const { report } = this.analysed;
    if (report.stages.length === 0) return this.empty('Write a FROM line first.');
    const { steps, praise } = report.optimized;
    if (steps.length === 0 && !report.syntax.valid) {
      return this.empty('Correct what Findings lists as an error first.');
    }
    if (steps.length > 0) return this.better(report.optimized, report.image.size.expected);
    if (praise.length > 0) return this.praise(report.optimized);
    return this.empty('No recipe applies to this file.');
  }

  private empty(text: string) {
    return html`<div class="empty">
      <h2>Nothing to optimize</h2>
      <p>${text}</p>
    </div>`;
  }

  private praise(optimized: OptimizedReport) {
    return html`<h2>This file is already good</h2>
      <p class="lead">Nothing to change. What it does well:</p>
      <ul class="praise">
        ${optimized.praise.map(
          (text) =>
            html`<li>
              <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 8.5l4 4 8-9" /></svg>${text}
            </li>`,
        )}
      </ul>
      ${this.beside(optimized)}`;
  }

  /** What goes beside the files. */
  private beside({ companions }: OptimizedReport) {
    return html`<h2 class="version">Beside the files</h2>
      <dp-companion-list .companions=${companions}></dp-companion-list>`;
  }

  private better(optimized: OptimizedReport, size: number) {
    const { steps, image } = optimized;
    const max = Math.max(size, ...steps.map((step) => step.size_after));
    const before = (at: number) => steps[at - 1]?.size_after ?? size;
    const off = steps.filter((step) => !step.enabled).length;
    return html`
      <h2>Step by step</h2>
      <p class="lead">
        Switch a step off to keep your own way; all figures follow. ${offNote(off)}
      </p>
      <ol class="falls">
        <li class="columns" aria-hidden="true">
          <span></span><span class="num">Change</span><span class="num">Image</span
          ><span class="num">Rebuild</span>
        </li>
        ${this.end('Now', size, max)} ${steps.map((step, at) => this.step(step, before(at), max))}
        ${this.end('Optimized', image.size.expected, max, size)}
      </ol>
      <h2 class="version">The better version</h2>
      ${this.files(optimized)} ${this.beside(optimized)}
    `;
  }

  private end(title: string, bytes: number, max: number, from?: number) {
    const width = `${percentOf(bytes, max)}%`;
    const saved = from === undefined || from === bytes ? '' : formatSignedBytes(bytes - from);
    return html`<li class="end">
      <span>${title}</span><span class="num">${saved}</span
      ><span class="num">${formatBytes(bytes)}</span><span></span>
      <div class="track"><div class="rest" ${place({ width })}></div></div>
    </li>`;
  }

  private step(step: RecipeStep, before: number, max: number) {
    const { recipe, title, why, applicability, enabled, saves_seconds, verify } = step;
    const id = `recipe-${recipe}`;
    const toggle = (event: Event) =>
      act(this, {
        type: 'toggle-recipe',
        recipe,
        enabled: (event.target as HTMLInputElement).checked,
      });
    return html`<li class="step ${enabled ? '' : 'off'}">
      <div class="name">
        <input type="checkbox" role="switch" id=${id} .checked=${enabled} @change=${toggle} />
        <span>
          <label for=${id}>${title}</label>
          <span class="badge ${badgeOf[applicability]}">${applicabilityNames[applicability]}</span>
        </span>
      </div>
      <span class="num figure">${this.saving(step)}</span>
      <span class="num figure"
        >${enabled && step.size_after !== before ? formatBytes(step.size_after) : nothing}</span
      >
      <span class="num figure muted"
        >${saves_seconds === 0 ? '' : formatSignedSeconds(-saves_seconds)}</span
      >
      ${enabled ? this.bar(before, step.size_after, max) : nothing}
      <div class="why">
        ${why}
        ${
          verify
            ? html`<div class="verify">
                <span>Check:</span><code tabindex="0">${verify}</code>
                <dp-copy-button what="the command" .text=${verify}></dp-copy-button>
              </div>`
            : nothing
        }
      </div>
    </li>`;
  }

  private saving({ saves_bytes, enabled }: RecipeStep) {
    if (saves_bytes === 0) return nothing;
    const text = formatSignedBytes(-saves_bytes);
    return html`<span class=${enabled && saves_bytes > 0 ? 'good' : 'muted'}>${text}</span>`;
  }

  private bar(before: number, after: number, max: number) {
    const rest = Math.min(before, after);
    const difference = {
      'inset-inline-start': `${percentOf(rest, max)}%`,
      width: `${percentOf(Math.abs(before - after), max)}%`,
    };
    return html`<div class="track">
      <div class="rest" ${place({ width: `${percentOf(rest, max)}%` })}></div>
      ${
        percentOf(Math.abs(before - after), max) < SHORTEST_DIFFERENCE
          ? nothing
          : html`<div class="saved ${after > before ? 'added' : ''}" ${place(difference)}></div>`
      }
    </div>`;
  }

  private files(optimized: OptimizedReport) {
    const files = Object.keys(fileNames) as TextFile[];
    return html`<dp-tab-pane
      label="Files"
      .tabs=${files.map((id) => ({ id, label: fileNames[id] }))}
      .selected=${this.file}
      @select=${({ detail }: CustomEvent<TextFile>) => (this.file = detail)}
    >
      <div slot=${this.file} class="file">
        ${this.fileBody(this.file, optimized[this.file])}
        ${
          this.file === 'dockerignore'
            ? html`<dp-ignore-lines .lines=${optimized.dockerignore_lines}></dp-ignore-lines>`
            : nothing
        }
      </div>
    </dp-tab-pane>`;
  }

  private fileBody(file: TextFile, text: string) {
    const name = fileNames[file];
    return html`<div class="actions">
        <dp-copy-button what=${name} .text=${text}></dp-copy-button>
        <button class="button small" @click=${() => download(name, text)}>
          Download<span class="visually-hidden"> ${name}</span>
        </button>
        ${this.readonly ? nothing : this.use(file, text)}
      </div>
      <dp-diff-view
        .file=${file}
        .original=${this.analysed?.workspace[file] ?? ''}
        .improved=${text}
        .service=${this.service}
      ></dp-diff-view>`;
  }

  private use(file: TextFile, text: string) {
    return html`<button
      class="button small"
      @click=${() => act(this, { type: 'edit', file, text })}
    >
      Put it in the editor
    </button>`;
  }
}

/** What is said of steps that are off. */
function offNote(count: number): string {
  if (count === 0) return '';
  const [steps, they] = count === 1 ? ['One step is', 'it'] : [`${count} steps are`, 'they'];
  return `${steps} off: what ${they} would save is in grey.`;
}
