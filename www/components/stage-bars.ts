import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { axis, axisStyles } from '../axis';
import { type Bar, type Segment, kindTotals, ticks } from '../bars';
import { jump } from '../events';
import { formatBytes, percentOf } from '../format';
import { fateClass, fillStyles, legend } from '../legend';
import { place } from '../styles/place';
import { kindColours, shared } from '../styles/shared';
import { fateOf, kindNames, stageName } from '../words';

/** One picture: a title and the bars below it. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** True when a click on a segment goes to its line in the editor. */
  readonly linked: boolean;
}

/** Segments whose unwasted part is narrower than this share of the scale carry no label. */
const LABEL_FROM = 9;
/** From this number on the least widths of layers could be more than there is room for. */
const MANY_FROM = 100;

/** Stacked bars of all stages, before and after in one scale. */
@customElement('dp-stage-bars')
export class StageBars extends LitElement {
  static override styles = [
    shared,
    axisStyles,
    kindColours,
    fillStyles,
    css`
      .group + .group {
        margin-top: 14px;
      }

      .stage {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 2px 12px;
        margin-top: 6px;
      }

      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .track {
        grid-column: 1 / -1;
        display: flex;
        height: 30px;
        border-radius: 3px;
        background: var(--sunken);
      }

      /* Layers give way to each other, so that the least width of some does not lengthen the bar. */
      .layer {
        display: flex;
        flex: 0 1 auto;
        min-width: 2px;
        box-shadow: inset -1px 0 0 var(--panel);
      }

      .layer:first-child {
        border-radius: 3px 0 0 3px;
        overflow: hidden;
      }

      /* So many that each has less than a pixel: only their colours are left. */
      .many .layer {
        min-width: 0;
        box-shadow: none;
      }

      .many .segment {
        border: 0;
      }

      .segment {
        container-type: inline-size;
        position: relative;
        display: flex;
        flex: none;
        overflow: hidden;
        min-width: 0;
        padding: 0;
        border: 0;
        border-inline-end: 1px solid var(--panel);
        font-size: 12px;
        line-height: 30px;
        text-align: start;
        white-space: nowrap;
      }

      .linked .segment {
        cursor: pointer;
      }

      .linked .segment:hover {
        filter: brightness(1.12);
      }

      .segment span {
        padding-inline: 7px;
        overflow: hidden;
        /* No pattern behind the words. */
        background-color: inherit;
        text-overflow: ellipsis;
      }

      @container (max-width: 64px) {
        .segment span {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) groups: readonly BarGroup[] = [];

  private get max(): number {
    return Math.max(1, ...this.groups.flatMap((group) => group.bars.map((bar) => bar.bytes)));
  }

  override render() {
    return html`${this.groups.map((group) => this.group(group))}
    ${axis(ticks(this.max), this.max, formatBytes)} ${this.legend()}`;
  }

  private group({ title, bars, linked }: BarGroup) {
    return html`<div class="group ${linked ? 'linked' : ''}">
      <h3>${title}</h3>
      ${bars.map((bar) => this.bar(bar, linked))}
    </div>`;
  }

  private bar(bar: Bar, linked: boolean) {
    const name = stageName(bar.stage);
    return html`<div class="stage ${fateClass(bar.stage)}">
      <span class="name">${name} <span class="muted">· ${fateOf(bar.stage)}</span></span>
      <span class="num">${formatBytes(bar.bytes)}</span>
      <div
        class="track ${bar.layers.length < MANY_FROM ? '' : 'many'}"
        role="img"
        aria-label=${this.describe(bar)}
      >
        ${bar.layers.map((layer) => this.layer(layer, linked))}
      </div>
    </div>`;
  }

  private layer(segments: readonly Segment[], linked: boolean) {
    if (segments.length === 0) return nothing;
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const width = `${percentOf(bytes, this.max)}%`;
    return html`<div class="layer" ${place({ width })}>
      ${segments.map((segment) => this.segment(segment, bytes, linked))}
    </div>`;
  }

  private segment(segment: Segment, layerBytes: number, linked: boolean) {
    const { kind, line, instruction, bytes, wasted } = segment;
    const width = `${percentOf(bytes, layerBytes)}%`;
    const title = `Line ${line}, ${instruction}: ${kindNames[kind]}, ${formatBytes(bytes)}`;
    const waste = wasted > 0 ? `, of it ${formatBytes(wasted)} wasted` : '';
    return html`<div
      class="segment fill"
      data-kind=${kind}
      title=${title + waste}
      ${place({ width })}
      @click=${linked ? () => jump(this, 'dockerfile', line) : nothing}
    >
      ${
        percentOf(bytes, this.max) >= LABEL_FROM
          ? html`<span>${instruction} · ${kindNames[kind].toLowerCase()}</span>`
          : nothing
      }
      ${wasted > 0 ? this.waste(percentOf(wasted, bytes)) : nothing}
    </div>`;
  }

  private waste(share: number) {
    return html`<div class="wasted" ${place({ width: `${share}%` })}></div>`;
  }

  private describe({ stage, bytes, layers }: Bar): string {
    const kinds = kindTotals([{ stage, bytes, layers }])
      .map(([kind, sum]) => `${kindNames[kind]} ${formatBytes(sum)}`)
      .join(', ');
    return `${stageName(stage)}, ${formatBytes(bytes)}: ${kinds}`;
  }

  private legend() {
    const bars = this.groups.flatMap((group) => group.bars);
    const kinds = kindTotals(bars).map(([kind]) => kind);
    const segments = bars.flatMap((bar) => bar.layers.flat());
    return legend(
      kinds,
      segments.some((segment) => segment.wasted > 0),
    );
  }
}
