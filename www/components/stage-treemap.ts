import { LitElement, type PropertyValues, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Kind } from '../../pkg/report';
import { jump } from '../events';
import { formatBytes, formatPercent, formatRange, isWide, percentOf } from '../format';
import { fateClass, fillStyles, legend } from '../legend';
import { place } from '../styles/place';
import { kindColours, shared } from '../styles/shared';
import {
  type Direction,
  type KindGroup,
  type Leaf,
  type StageMap,
  type Tile,
  neighbour,
  tilesOf,
} from '../treemap';
import { evidenceNames, fateOf, kindNames, stageName } from '../words';

/** One picture: a title and the maps below it. */
export interface MapGroup {
  readonly title: string;
  readonly maps: readonly StageMap[];
  /** True when lines are those of the text in the editor. */
  readonly linked: boolean;
}

/** Which rectangle: its group, its map in it, its place in that. */
interface Spot {
  readonly group: number;
  readonly map: number;
  readonly tile: number;
}

/** One kind of one stage over the whole width, without its largest parts where those were seen. */
interface Zoom extends Omit<Spot, 'tile'> {
  readonly kind: Kind;
  readonly skipped: number;
  /** Where the focus goes back to. */
  readonly from: Spot;
}

/** The largest stages are drawn; a pasted file may have thousands. */
const MOST_MAPS = 24;
/** Rows of a table; the rows by instruction hold all. */
const MOST_ROWS = 300;
/** In square pixels: what is smaller is shown together. */
const LEAST_AREA = 400;
/** Pixels from which a rectangle has its name, and the figure below it. */
const NAME_FROM = { width: 44, height: 22 };
const FIGURE_FROM = { width: 52, height: 40 };
/** From this height a name may take several lines. */
const WRAP_FROM = 76;
/** From this side on the dashed lines of a range can be told from the rectangle's own. */
const RANGE_FROM = 20;

/** Words that break after the signs in them before they break anywhere. */
function breakable(text: string) {
  return text.split(/(?<=[_/-])/).map((part, at) => (at === 0 ? part : html`<wbr />${part}`));
}

function sameSpot(a: Spot, b: Spot | null): boolean {
  return a.group === b?.group && a.map === b.map && a.tile === b.tile;
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Treemaps of all stages by kind, before and after in one scale: the same area, the same bytes. */
@customElement('dp-stage-treemap')
export class StageTreemap extends LitElement {
  static override styles = [
    shared,
    kindColours,
    fillStyles,
    css`
      :host {
        container-type: inline-size;
      }

      .group + .group {
        margin-top: 16px;
      }

      .maps {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        gap: 6px 20px;
        margin-top: 6px;
      }

      .stage {
        min-width: min(210px, 100%);
        max-width: 100%;
      }

      .head {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        margin-bottom: 2px;
      }

      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .map {
        position: relative;
        min-width: 6px;
        min-height: 6px;
        overflow: hidden;
        border-radius: 3px;
        background: var(--panel);
      }

      .kind {
        display: contents;
      }

      .tile {
        position: absolute;
        overflow: hidden;
        border-right: 1px solid var(--panel);
        border-bottom: 1px solid var(--panel);
        font-size: 12px;
        line-height: 16px;
        cursor: pointer;
      }

      .tile:hover {
        filter: brightness(1.1);
      }

      .tile:focus-visible {
        outline: none;
      }

      /* Above the words, and seen on every kind: dark beside light. */
      .tile[aria-selected='true']::after,
      .tile:focus-visible::after {
        content: '';
        position: absolute;
        inset: 0;
        border: 2px solid var(--text);
        box-shadow: inset 0 0 0 2px var(--panel);
      }

      /* No pattern behind the words. */
      .words {
        position: relative;
        width: fit-content;
        max-width: 100%;
        padding: 3px 6px;
        background-color: inherit;
      }

      .words b,
      .words span {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .words b {
        font-weight: 500;
      }

      .words.tall b {
        display: -webkit-box;
        overflow-wrap: anywhere;
        white-space: normal;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        line-clamp: 3;
      }

      .least {
        position: absolute;
        inset: 0 auto auto 0;
        border: dashed color-mix(in srgb, currentColor 65%, transparent);
        border-width: 0 1px 1px 0;
      }

      .about {
        display: grid;
        gap: 4px;
        margin-top: 8px;
        padding: 8px 12px;
        border-inline-start: 3px solid var(--kind, var(--line-strong));
        border-radius: 0 var(--radius-small) var(--radius-small) 0;
        background: var(--sunken);
      }

      .about h4 {
        margin: 0;
        font-size: 14px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }

      .about .badge {
        margin-inline-start: 6px;
        font-weight: 400;
      }

      .small {
        color: var(--muted);
        font-size: 12px;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }

      .actions code {
        overflow: hidden;
        min-width: 0;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .zoomed {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
        margin-bottom: 8px;
      }

      .hint {
        margin-top: 8px;
      }

      details {
        margin-top: 10px;
      }

      summary {
        width: max-content;
        cursor: pointer;
      }

      td .swatch {
        margin-inline-end: 7px;
      }
    `,
  ];

  @property({ attribute: false }) groups: readonly MapGroup[] = [];
  /** The width there is, in pixels. */
  @state() private width = 0;
  @state() private chosen: Spot | null = null;
  @state() private zoom: Zoom | null = null;
  /** The chosen rectangle itself: a new report may put it elsewhere. */
  private leaf: Leaf | undefined;
  /** Where the focus was before a new report was drawn. */
  private focused: Spot | null = null;
  private readonly observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry?.contentRect.width ?? 0);
    if (width > 0) this.width = width;
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    this.focused = changed.has('groups') ? this.focusedSpot() : null;
    if (!changed.has('groups')) return;
    if (this.zoom && !this.zoomedGroup(this.zoom)) this.zoom = null;
    if (this.chosen) this.chosen = this.found(this.chosen);
  }

  override updated(): void {
    const { focused } = this;
    if (!focused) return;
    const own = this.chosen?.group === focused.group && this.chosen.map === focused.map;
    const spot = { ...focused, tile: own ? this.chosen!.tile : 0 };
    if (!sameSpot(spot, this.focusedSpot())) void this.focusOn(spot);
  }

  /** Where the focus is, if on a rectangle. */
  private focusedSpot(): Spot | null {
    const focused = this.shadowRoot?.activeElement as HTMLElement | null | undefined;
    const [group, map, tile] = (focused?.dataset['spot'] ?? '').split('/').map(Number);
    if (group === undefined || map === undefined || tile === undefined) return null;
    return { group, map, tile };
  }

  /** Where the chosen rectangle is now. */
  private found(spot: Spot): Spot | null {
    const { what, kind } = this.leaf ?? {};
    const same = ({ leaf }: Tile) => leaf.what === what && leaf.kind === kind;
    const { tiles } = this.tiles(spot);
    const tile = tiles[spot.tile] && same(tiles[spot.tile]!) ? spot.tile : tiles.findIndex(same);
    return tile < 0 ? null : { ...spot, tile };
  }

  private get height(): number {
    return Math.round(this.width * (this.width < 560 ? 0.75 : 0.32));
  }

  /** Pixels that a map of so many bytes is wide: areas are in one scale. */
  private widthOf(bytes: number): number {
    const all = this.groups.flatMap((group) => group.maps.map((map) => map.bytes));
    return this.width * Math.sqrt(bytes / Math.max(1, ...all));
  }

  private shown({ maps }: MapGroup): readonly StageMap[] {
    if (maps.length <= MOST_MAPS) return maps;
    const least = maps.map((map) => map.bytes).sort((a, b) => b - a)[MOST_MAPS - 1] ?? 0;
    return maps.filter((map) => map.bytes >= least).slice(0, MOST_MAPS);
  }

  private mapAt({ group, map }: Omit<Spot, 'tile'>): StageMap | undefined {
    const found = this.groups[group];
    return found && this.shown(found)[map];
  }

  private zoomedGroup(zoom: Zoom): KindGroup | null {
    const group = this.mapAt(zoom)?.groups.find(({ kind }) => kind === zoom.kind);
    const leaves = group?.leaves.slice(zoom.skipped) ?? [];
    if (!group || leaves.length === 0) return null;
    const sum = (of: (leaf: Leaf) => number) => leaves.reduce((total, leaf) => total + of(leaf), 0);
    return {
      ...group,
      leaves,
      bytes: sum((leaf) => leaf.bytes.expected),
      wasted: sum((leaf) => leaf.wasted),
    };
  }

  /** The tiles of a map, in its own pixels. */
  private tiles(spot: Omit<Spot, 'tile'>): { groups: readonly KindGroup[]; tiles: Tile[] } {
    const { zoom } = this;
    const map = this.mapAt(spot);
    const zoomed = zoom && this.zoomedGroup(zoom);
    const groups = zoomed ? [zoomed] : (map?.groups ?? []);
    const width = zoomed ? this.width : this.widthOf(map?.bytes ?? 0);
    const box = { x: 0, y: 0, width, height: (width * this.height) / this.width };
    return { groups, tiles: tilesOf(groups, box, LEAST_AREA) };
  }

  private leafAt(spot: Spot): Leaf | undefined {
    return this.tiles(spot).tiles[spot.tile]?.leaf;
  }

  override render() {
    if (this.width === 0) return nothing;
    return html`${this.zoom ? this.zoomed(this.zoom) : this.overview()} ${this.legend()}
    ${this.table()}`;
  }

  private overview() {
    return this.groups.map((group, index) => {
      const maps = this.shown(group);
      const rest = group.maps.length - maps.length;
      return html`<div class="group">
        <h3>${group.title}</h3>
        <div class="maps">
          ${maps.map((map, at) => this.stage(group, map, { group: index, map: at }))}
        </div>
        ${rest > 0 ? html`<p class="small">${rest} smaller stages are in the table.</p>` : nothing}
        ${this.below(index)}
      </div>`;
    });
  }

  private zoomed(zoom: Zoom) {
    const group = this.groups[zoom.group];
    const map = this.mapAt(zoom);
    const zoomed = this.zoomedGroup(zoom);
    if (!group || !map || !zoomed) return nothing;
    const name = `${kindNames[zoom.kind]} of ${stageName(map.stage)}`;
    return html`<div class="group">
      <div class="zoomed">
        <button class="button small" @click=${() => this.leave()}>All stages</button>
        <h3>${group.title}: ${name}</h3>
        <span class="num">${formatBytes(zoomed.bytes)}</span>
        <span class="small">enlarged</span>
      </div>
      <div class=${fateClass(map.stage)}>
        ${this.map(zoom, `${group.title}, ${name}, ${formatBytes(zoomed.bytes)}`, this.width)}
      </div>
      ${this.below(zoom.group)}
    </div>`;
  }

  private stage(group: MapGroup, map: StageMap, spot: Omit<Spot, 'tile'>) {
    const name = stageName(map.stage);
    const fate = fateOf(map.stage);
    const width = this.widthOf(map.bytes);
    const label = `${group.title}, ${name}, ${fate}, ${formatBytes(map.bytes)}`;
    return html`<div
      class="stage ${fateClass(map.stage)}"
      ${place({ width: `${percentOf(width, this.width)}%` })}
    >
      <div class="head">
        <span class="name">${name} <span class="muted">· ${fate}</span></span>
        <span class="num">${formatBytes(map.bytes)}</span>
      </div>
      ${this.map(spot, label, width)}
    </div>`;
  }

  private map(spot: Omit<Spot, 'tile'>, label: string, width: number) {
    const { groups, tiles } = this.tiles(spot);
    const height = (width * this.height) / this.width;
    const { chosen } = this;
    const own = chosen?.group === spot.group && chosen.map === spot.map ? chosen.tile : null;
    let at = 0;
    return html`<div
      class="map"
      role="listbox"
      aria-label=${label}
      ${place({
        width: `${percentOf(width, this.width)}cqi`,
        'aspect-ratio': `${width} / ${height}`,
      })}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, spot, tiles)}
    >
      ${groups.map((group) => {
        const first = at;
        const mine = tiles.filter(({ leaf }) => leaf.kind === group.kind);
        at += mine.length;
        return html`<div
          class="kind"
          role="group"
          aria-label="${kindNames[group.kind]}, ${formatBytes(group.bytes)}"
        >
          ${mine.map((tile, index) =>
            this.tile(tile, { ...spot, tile: first + index }, own, { width, height }),
          )}
        </div>`;
      })}
    </div>`;
  }

  private tile(
    { leaf, box }: Tile,
    spot: Spot,
    chosen: number | null,
    map: { readonly width: number; readonly height: number },
  ) {
    const { kind, bytes, wasted } = leaf;
    const least = Math.sqrt(bytes.low / bytes.expected);
    return html`<div
      class="tile fill"
      role="option"
      data-kind=${kind}
      data-spot="${spot.group}/${spot.map}/${spot.tile}"
      tabindex=${(chosen ?? 0) === spot.tile ? 0 : -1}
      aria-selected=${chosen === spot.tile}
      aria-label=${this.describe(leaf)}
      title=${this.describe(leaf)}
      ${place({
        left: `${(box.x / map.width) * 100}%`,
        top: `${(box.y / map.height) * 100}%`,
        width: `${(box.width / map.width) * 100}%`,
        height: `${(box.height / map.height) * 100}%`,
      })}
      @click=${() => this.choose(spot)}
    >
      ${
        isWide(bytes) && Math.min(box.width, box.height) >= RANGE_FROM
          ? html`<div
              class="least"
              ${place({ width: `${least * 100}%`, height: `${least * 100}%` })}
            ></div>`
          : nothing
      }
      ${
        wasted > 0
          ? html`<div
              class="wasted"
              ${place({ width: `${percentOf(wasted, bytes.expected)}%` })}
            ></div>`
          : nothing
      }
      ${this.words(leaf, box)}
    </div>`;
  }

  private words({ what, kind, bytes }: Leaf, { width, height }: Tile['box']) {
    if (width < NAME_FROM.width || height < NAME_FROM.height) return nothing;
    const hasFigure = width >= FIGURE_FROM.width && height >= FIGURE_FROM.height;
    const figure = `${formatBytes(bytes.expected)} · ${kindNames[kind].toLowerCase()}`;
    return html`<div class="words ${height >= WRAP_FROM ? 'tall' : ''}">
      <b>${breakable(what)}</b> ${hasFigure ? html`<span class="num">${figure}</span>` : nothing}
    </div>`;
  }

  private describe({ what, kind, layer, bytes, wasted }: Leaf): string {
    return [
      what,
      kindNames[kind],
      `${formatBytes(bytes.expected)}${isWide(bytes) ? ` (${formatRange(bytes)})` : ''}`,
      ...(wasted > 0 ? [`of it ${formatBytes(wasted)} wasted`] : []),
      ...(layer ? [`line ${layer.line}, ${layer.instruction}`] : []),
    ].join(', ');
  }

  /** What is told below a group: about the chosen rectangle, or how to choose one. */
  private below(group: number) {
    const { chosen } = this;
    const leaf = chosen && this.leafAt(chosen);
    if (chosen && leaf) return chosen.group === group ? this.about(chosen, leaf) : nothing;
    if (group > 0 && !this.zoom) return nothing;
    return html`<p class="small hint">
      Choose a rectangle, by a click or with the arrow keys. Dashed lines enclose the least that it
      may be.
    </p>`;
  }

  private about(spot: Spot, leaf: Leaf) {
    const map = this.mapAt(spot);
    const group = this.groups[spot.group];
    if (!map || !group) return nothing;
    const { bytes, wasted, kind, evidence, layer } = leaf;
    const facts = [
      `${formatBytes(bytes.expected)}${isWide(bytes) ? ` (${formatRange(bytes)})` : ''}`,
      `${formatPercent(bytes.expected, map.bytes)} of ${stageName(map.stage)}`,
      ...(wasted > 0 ? [`${formatBytes(wasted)} wasted: not visible at the end`] : []),
    ];
    return html`<div class="about" data-kind=${kind}>
      <h4>${leaf.what}<span class="badge">${kindNames[kind].toLowerCase()}</span></h4>
      <p class="num">${facts.join(' · ')}</p>
      ${
        evidence
          ? html`<p class="small">
              ${evidence.text} <span class="badge">${evidenceNames[evidence.kind]}</span>
            </p>`
          : nothing
      }
      <div class="actions">
        ${layer ? this.line(layer.line, layer.text, group.linked) : nothing}
        ${this.enlarge(spot, leaf, map)}
      </div>
    </div>`;
  }

  private line(line: number, text: string, linked: boolean) {
    return html`${
        linked
          ? html`<button class="link" @click=${() => jump(this, 'dockerfile', line)}>
              Go to line ${line}
            </button>`
          : html`<span class="num">Line ${line}</span>`
      }<code>${text}</code>`;
  }

  /** Offers what the rectangle stands for over the whole width: the small parts, or its kind. */
  private enlarge(spot: Spot, { kind, parts }: Leaf, map: StageMap) {
    const group = map.groups.find((group) => group.kind === kind);
    const shown = this.zoom?.skipped ?? 0;
    const all = group?.leaves.length ?? 0;
    if (parts > 1) {
      return html`<button class="button small" @click=${() => this.enter(spot, kind, all - parts)}>
        Enlarge these ${parts} parts
      </button>`;
    }
    if (this.zoom || all - shown < 2) return nothing;
    return html`<button class="button small" @click=${() => this.enter(spot, kind, 0)}>
      Enlarge ${kindNames[kind].toLowerCase()}: ${all} parts
    </button>`;
  }

  private choose(spot: Spot): void {
    this.chosen = spot;
    this.leaf = this.leafAt(spot);
    void this.focusOn(spot);
  }

  private enter(from: Spot, kind: Kind, skipped: number): void {
    const { group, map } = from;
    this.zoom = { group, map, kind, skipped, from: this.zoom?.from ?? from };
    this.choose({ group, map, tile: 0 });
  }

  private leave(): void {
    const { zoom } = this;
    this.zoom = null;
    if (zoom) this.choose(zoom.from);
  }

  private async focusOn({ group, map, tile }: Spot): Promise<void> {
    await this.updateComplete;
    const spot = `[data-spot="${group}/${map}/${tile}"]`;
    const found = this.renderRoot.querySelector<HTMLElement>(spot);
    (found ?? this.renderRoot.querySelector<HTMLElement>('.tile'))?.focus();
  }

  private onKey(event: KeyboardEvent, spot: Omit<Spot, 'tile'>, tiles: readonly Tile[]): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = (event.target as HTMLElement).dataset['spot'];
    const from = Number(focused?.split('/')[2] ?? 0);
    const to = this.target(event.key, from, tiles);
    if (event.key === 'Escape' && this.zoom) this.leave();
    else if (to !== null) this.choose({ ...spot, tile: to });
    else return;
    event.preventDefault();
  }

  /** The rectangle that a key leads to; null for keys that are not ours. */
  private target(key: string, from: number, tiles: readonly Tile[]): number | null {
    const direction = directions[key];
    if (direction) {
      return (
        neighbour(
          tiles.map((tile) => tile.box),
          from,
          direction,
        ) ?? from
      );
    }
    if (key === 'Home') return 0;
    if (key === 'End') return tiles.length - 1;
    return key === 'Enter' || key === ' ' ? from : null;
  }

  private legend() {
    const groups = this.groups.flatMap((group) => group.maps.flatMap((map) => map.groups));
    return legend(
      [...new Set(groups.map((group) => group.kind))],
      groups.some((group) => group.wasted > 0),
    );
  }

  private table() {
    return html`<details>
      <summary>Table by stage and kind</summary>
      ${this.groups.map(
        ({ title, maps }) =>
          html`<table>
            <caption class="visually-hidden">
              ${title}
            </caption>
            <thead>
              <tr>
                <th>${title}: stage</th>
                <th>Kind</th>
                <th class="right">Size</th>
                <th class="right">Share</th>
                <th class="right">Wasted</th>
              </tr>
            </thead>
            <tbody>
              ${maps
                .flatMap((map) => map.groups.map((group) => this.tableRow(map, group)))
                .slice(0, MOST_ROWS)}
            </tbody>
          </table>`,
      )}
    </details>`;
  }

  private tableRow({ stage, bytes }: StageMap, group: KindGroup) {
    return html`<tr>
      <td>${stageName(stage)}</td>
      <td><span class="swatch fill" data-kind=${group.kind}></span>${kindNames[group.kind]}</td>
      <td class="right num">${formatBytes(group.bytes)}</td>
      <td class="right num">${formatPercent(group.bytes, bytes)}</td>
      <td class="right num">${group.wasted > 0 ? formatBytes(group.wasted) : '–'}</td>
    </tr>`;
  }
}
