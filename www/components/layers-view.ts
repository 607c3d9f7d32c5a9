import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Evidence, LayerReport, Part, Range, Report, StageReport } from '../../pkg/report';
import { barsOf } from '../bars';
import { act, jump } from '../events';
import { formatBytes, formatCount, formatRange, isWide, percentOf, plural } from '../format';
import { type Measure, type Picture } from '../state';
import { place } from '../styles/place';
import { kindColours, shared } from '../styles/shared';
import { stageMaps } from '../treemap';
import { evidenceNames, kindNames, stageName } from '../words';
import './calibrate-panel';
import './stage-bars';
import './stage-treemap';

type Side = 'now' | 'optimized';

const measureNames: Readonly<Record<Measure, string>> = {
  size: 'Uncompressed',
  compressed: 'Compressed',
};

const pictureNames: Readonly<Record<Picture, string>> = {
  bars: 'Bars',
  treemap: 'Treemap',
};

/** In per cent of the scale; a shorter one is but a blot. */
const SHORTEST_WHISKER = 4;

/** Rows shown before "Show all": a pasted file may have thousands. */
const FIRST_ROWS = 300;
/** Parts of a layer shown before "Show all". */
const FIRST_PARTS = 12;

/** Where the bytes go: a picture of the stages, and its table by instruction. */
@customElement('dp-layers-view')
export class LayersView extends LitElement {
  static override styles = [
    shared,
    kindColours,
    css`
      :host {
        container-type: inline-size;
        padding: 16px;
      }

      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 16px;
        margin-bottom: 14px;
      }

      .switches {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .rows {
        margin-top: 24px;
        margin-bottom: 4px;
      }

      table {
        table-layout: fixed;
      }

      .col-line {
        width: 58px;
      }

      .col-size {
        width: 128px;
      }

      .col-other {
        width: 96px;
      }

      .row td {
        vertical-align: baseline;
      }

      tbody tr.row:hover {
        background: var(--hover);
      }

      tr.open td {
        border-bottom-color: transparent;
      }

      .toggle {
        display: flex;
        align-items: baseline;
        gap: 8px;
        width: 100%;
        min-width: 0;
        padding: 0;
        border: 0;
        background: none;
        text-align: start;
        cursor: pointer;
      }

      .toggle::before {
        content: '';
        flex: none;
        align-self: center;
        border: 4px solid transparent;
        border-inline-start: 5px solid var(--muted);
        border-inline-end: 0;
      }

      .toggle[aria-expanded='true']::before {
        transform: rotate(90deg);
      }

      .toggle code {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .toggle b {
        font-weight: 600;
      }

      .range {
        position: relative;
        height: 5px;
        margin-top: 3px;
        border-radius: 2px;
        background: var(--hover);
      }

      .fill {
        position: absolute;
        inset: 0 auto 0 0;
        min-width: 1px;
        border-radius: 2px;
        background: var(--kind);
      }

      .whisker {
        position: absolute;
        inset-block: 2px;
        background: var(--text);
      }

      .whisker::before,
      .whisker::after {
        content: '';
        position: absolute;
        inset-block: -2px;
        width: 1px;
        background: var(--text);
      }

      .whisker::after {
        inset-inline-end: 0;
      }

      .small {
        color: var(--muted);
        font-size: 12px;
      }

      .detail > td {
        padding: 0 8px 14px 30px;
      }

      .evidence {
        margin-bottom: 8px;
      }

      .evidence li {
        color: var(--muted);
      }

      .parts {
        table-layout: auto;
      }

      .parts td {
        border: 0;
        padding: 3px 8px 3px 0;
      }

      .parts td.what {
        overflow-wrap: anywhere;
      }

      .parts .swatch {
        margin-inline-end: 7px;
      }

      .parts summary {
        cursor: pointer;
      }

      .parts details[open] {
        padding-bottom: 4px;
      }

      dp-calibrate-panel {
        margin-top: 18px;
      }

      .stage-row th {
        padding-top: 14px;
        color: var(--text);
        font-size: 12px;
        font-weight: 600;
      }

      .more {
        margin-top: 10px;
      }

      .faint td {
        color: var(--muted);
      }

      @container (max-width: 560px) {
        /* Not out of the table: rows that span it count on five columns. */
        .col-other,
        .other {
          width: 0;
          padding-inline: 0;
          overflow: hidden;
          visibility: hidden;
        }

        .col-line {
          width: 46px;
        }

        .col-size {
          width: 112px;
        }

        .detail > td {
          padding-inline-start: 8px;
        }
      }
    `,
  ];

  @property({ attribute: false }) report: Report | null = null;
  @property() measure: Measure = 'size';
  @property() picture: Picture = 'bars';
  /** What container tools printed of the built image. */
  @property() measured = '';
  /** True takes no measured sizes. */
  @property({ type: Boolean }) readonly = false;
  @state() private side: Side = 'now';
  @state() private all = false;
  @state() private open: ReadonlySet<number> = new Set();
  /** Lines of the rows whose parts are all shown. */
  @state() private unfolded: ReadonlySet<number> = new Set();

  override willUpdate(changed: PropertyValues<LayersView>): void {
    if ((changed as Map<string, unknown>).has('side')) this.open = new Set();
  }

  override render() {
    const { report } = this;
    if (!report) return nothing;
    if (report.layers.length === 0) return this.empty();
    const { optimized } = report;
    const improved = optimized.steps.some((step) => step.enabled);
    const side = improved ? this.side : 'now';
    return html`
      <div class="head">
        <h2>Where the bytes go</h2>
        <div class="switches">${this.pictureSwitch()} ${this.measureSwitch()}</div>
      </div>
      ${this.drawing(report, improved)} ${this.readonly ? nothing : this.calibration(report)}
      <div class="head rows">
        <h2>By instruction</h2>
        ${improved ? this.sideSwitch() : nothing}
      </div>
      ${
        side === 'now'
          ? this.table(report.stages, report.layers, true)
          : this.table(optimized.stages, optimized.layers, false)
      }
    `;
  }

  /** The picture: before, and beside it after where something was improved. */
  private drawing({ stages, layers, optimized }: Report, improved: boolean) {
    const { measure } = this;
    const sides = [
      { title: 'Now', stages, layers, linked: true },
      ...(improved ? [{ title: 'Optimized', ...optimized, linked: false }] : []),
    ];
    if (this.picture === 'treemap') {
      const groups = sides.map(({ title, stages, layers, linked }) => ({
        title,
        linked,
        maps: stageMaps(stages, layers, measure),
      }));
      return html`<dp-stage-treemap .groups=${groups}></dp-stage-treemap>`;
    }
    const groups = sides.map(({ title, stages, layers, linked }) => ({
      title,
      linked,
      bars: barsOf(stages, layers, measure),
    }));
    return html`<dp-stage-bars .groups=${groups}></dp-stage-bars>`;
  }

  private calibration({ calibration, image }: Report) {
    return html`<dp-calibrate-panel
      .calibration=${calibration}
      .image=${image}
      .measure=${this.measure}
      .measured=${this.measured}
    ></dp-calibrate-panel>`;
  }

  private empty() {
    return html`<div class="empty">
      <h2>No layers yet</h2>
      <p>Write a FROM line, or choose one of the examples above.</p>
    </div>`;
  }

  private measureSwitch() {
    return html`<div class="segmented" role="group" aria-label="Sizes">
      ${(Object.keys(measureNames) as Measure[]).map(
        (measure) =>
          html`<button
            aria-pressed=${measure === this.measure}
            @click=${() => act(this, { type: 'measure', measure })}
          >
            ${measureNames[measure]}
          </button>`,
      )}
    </div>`;
  }

  private pictureSwitch() {
    return html`<div class="segmented" role="group" aria-label="Picture">
      ${(Object.keys(pictureNames) as Picture[]).map(
        (picture) =>
          html`<button
            aria-pressed=${picture === this.picture}
            @click=${() => act(this, { type: 'picture', picture })}
          >
            ${pictureNames[picture]}
          </button>`,
      )}
    </div>`;
  }

  private sideSwitch() {
    const button = (side: Side, label: string) =>
      html`<button aria-pressed=${side === this.side} @click=${() => (this.side = side)}>
        ${label}
      </button>`;
    return html`<div class="segmented" role="group" aria-label="Rows of">
      ${button('now', 'Now')} ${button('optimized', 'Optimized')}
    </div>`;
  }

  private table(stages: readonly StageReport[], layers: readonly LayerReport[], linked: boolean) {
    const max = Math.max(1, ...layers.map((layer) => layer[this.measure].high));
    const main = measureNames[this.measure];
    const other = measureNames[this.measure === 'size' ? 'compressed' : 'size'];
    const shown = this.all ? layers : layers.slice(0, FIRST_ROWS);
    return html`<table>
        <thead>
          <tr>
            <th class="col-line">Line</th>
            <th>Instruction</th>
            <th class="col-size right">${main}</th>
            <th class="col-other right">${other}</th>
            <th class="col-other right">Wasted</th>
          </tr>
        </thead>
        <tbody>
          ${stages.map((stage) => [
            stages.length > 1 ? this.stageRow(stage) : nothing,
            shown
              .filter((layer) => layer.stage === stage.index)
              .map((layer) => this.row(layer, max, linked)),
          ])}
        </tbody>
      </table>
      ${shown.length < layers.length ? this.more(layers.length) : nothing}`;
  }

  private more(count: number) {
    return html`<button class="button more" @click=${() => (this.all = true)}>
      Show all ${formatCount(count)}
    </button>`;
  }

  private stageRow(stage: StageReport) {
    const { base, needed } = stage;
    const fate = stage.final ? '' : needed ? ' · not shipped' : ' · not built';
    return html`<tr class="stage-row">
      <th colspan="5" scope="rowgroup">
        ${stageName(stage)} <span class="muted">from ${base.reference}${fate}</span>
      </th>
    </tr>`;
  }

  private row(layer: LayerReport, max: number, linked: boolean) {
    const { line, instruction, text, wasted } = layer;
    const open = this.open.has(line);
    const rest = text.slice(instruction.length);
    const other = this.measure === 'size' ? layer.compressed : layer.size;
    return html`
      <tr class="row ${open ? 'open' : ''} ${layer.in_image ? '' : 'faint'}">
        <td>${linked ? this.lineLink(line) : html`<span class="num">${line}</span>`}</td>
        <td>
          <button class="toggle" aria-expanded=${open} @click=${() => this.toggle(line)}>
            <code><b>${instruction}</b>${rest}</code>
          </button>
        </td>
        <td class="right">${this.figure(layer, max)}</td>
        <td class="right other num">${formatBytes(other.expected)}</td>
        <td class="right other num">${wasted > 0 ? formatBytes(wasted) : '–'}</td>
      </tr>
      ${open ? this.detail(layer) : nothing}
    `;
  }

  private lineLink(line: number) {
    const label = `Go to line ${line}`;
    return html`<button
      class="link num"
      aria-label=${label}
      @click=${() => jump(this, 'dockerfile', line)}
    >
      ${line}
    </button>`;
  }

  private figure(layer: LayerReport, max: number) {
    const range = layer[this.measure];
    const kind = layer.parts[0]?.kind ?? 'os';
    return html`<span class="num">${formatBytes(range.expected)}</span> ${
        range.expected > 0
          ? html`<div class="range" data-kind=${kind} title=${formatRange(range)}>
              <div class="fill" ${place({ width: `${percentOf(range.expected, max)}%` })}></div>
              ${this.whisker(range, max)}
            </div>`
          : nothing
      }`;
  }

  private whisker(range: Range, max: number) {
    const left = percentOf(range.low, max);
    const length = percentOf(range.high, max) - left;
    if (!isWide(range) || length < SHORTEST_WHISKER) return nothing;
    const width = `${length}%`;
    return html`<div class="whisker" ${place({ left: `${left}%`, width })}></div>`;
  }

  private detail(layer: LayerReport) {
    const { size, compressed, wasted, files, evidence, parts } = layer;
    const facts = [
      `${formatBytes(size.expected)} uncompressed${isWide(size) ? ` (${formatRange(size)})` : ''}`,
      `${formatBytes(compressed.expected)} compressed`,
      ...(files === undefined ? [] : [plural(files, 'file')]),
      ...(wasted > 0 ? [`${formatBytes(wasted)} not visible at the end`] : []),
    ];
    return html`<tr class="detail">
      <td colspan="5">
        <p class="small">${facts.join(' · ')}</p>
        <ul class="evidence">
          ${evidence.map((item) => html`<li>${this.source(item)}</li>`)}
        </ul>
        ${parts.length > 0 ? this.parts(layer) : nothing}
      </td>
    </tr>`;
  }

  private source({ kind, text }: Evidence) {
    return html`<span class="small"
      >${text} <span class="badge">${evidenceNames[kind]}</span></span
    >`;
  }

  private parts({ line, parts }: LayerReport) {
    const all = this.unfolded.has(line) || parts.length <= FIRST_PARTS + 1;
    const shown = all ? parts : parts.slice(0, FIRST_PARTS);
    return html`<table class="parts">
        <thead class="visually-hidden">
          <tr>
            <th>Part</th>
            <th>Size</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((part) => this.partRow(part))}
        </tbody>
      </table>
      ${
        all
          ? nothing
          : html`<button
              class="button small"
              @click=${() => (this.unfolded = new Set([...this.unfolded, line]))}
            >
              Show all ${formatCount(parts.length)} parts
            </button>`
      }`;
  }

  private partRow({ what, kind, bytes, compressed, wasted, evidence }: Part) {
    const range = this.measure === 'size' ? bytes : compressed;
    return html`<tr>
      <td class="what">
        <details>
          <summary>
            <span class="swatch" data-kind=${kind}></span>${what}
            <span class="small">${kindNames[kind].toLowerCase()}</span>
          </summary>
          ${this.source(evidence)}
        </details>
      </td>
      <td class="right col-size">
        <span class="num">${formatBytes(range.expected)}</span>
        ${isWide(range) ? html`<br /><span class="small num">${formatRange(range)}</span>` : nothing}
        ${
          wasted > 0
            ? html`<br /><span class="small num">${formatBytes(wasted)} wasted</span>`
            : nothing
        }
      </td>
    </tr>`;
  }

  private toggle(line: number): void {
    const open = new Set(this.open);
    if (!open.delete(line)) open.add(line);
    this.open = open;
  }
}
