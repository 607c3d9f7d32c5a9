import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Fix, Report } from '../../pkg/report';
import { AnalysisClient } from '../analysis';
import { type LineMark, marksOf } from '../editor/marks-of-report';
import { languageService } from '../editor/service';
import type { Place } from '../events';
import { ignoreFix } from '../fixes';
import { encodeSnapshot } from '../share';
import { spawnWorker } from '../spawn';
import {
  type Action,
  type ResultTab,
  type Snapshot,
  type State,
  type TextFile,
  chosenIndex,
  initialState,
  isStale,
  reduce,
  resultTabs,
} from '../state';
import { shared } from '../styles/shared';
import type { Tab } from '../components/tab-pane';
import { type EmbedTheme, type EmbedViewName } from './options';
import '../components/summary-line';
import '../components/tab-pane';

/** Each view's code, loaded when it is shown first. */
const code: Readonly<Record<ResultTab | 'text' | 'editor', () => Promise<unknown>>> = {
  text: () => import('../components/source-text'),
  editor: () => import('../components/source-editor'),
  layers: () => import('../components/layers-view'),
  cache: () => import('../components/cache-view'),
  optimized: () => import('../components/optimized-view'),
  findings: () => import('../components/findings-view'),
  report: () => import('../components/report-view'),
};

const tabNames: Readonly<Record<ResultTab, string>> = {
  layers: 'Layers',
  cache: 'Cache',
  optimized: 'Optimized',
  findings: 'Findings',
  report: 'Report',
};

const fileNames: Readonly<Record<TextFile, string>> = {
  dockerfile: 'Dockerfile',
  dockerignore: '.dockerignore',
};

/** What both sorts of text can do. */
interface TextView extends LitElement {
  reveal(line: number): void | Promise<void>;
  applyFix?(fix: Fix): Promise<void>;
}

/** The report as it is for a text that cannot be changed. */
function withoutFixes(report: Report): Report {
  const findings = report.findings.map(({ fix: _, ...finding }) => finding);
  return { ...report, findings };
}

/**
 * A playground in another page: one view of the report, or the text and all views. It keeps nothing
 * and changes nothing around it. Fires `report` with each report, and `change` with the texts when
 * the user changed them.
 */
@customElement('dp-embed')
export class EmbedView extends LitElement {
  static override styles = [
    shared,
    css`
      /* What the page around says of texts ends here; custom properties go through. */
      :host {
        all: initial;
        display: block;
        box-sizing: border-box;
        container-type: inline-size;
        overflow: clip;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--page);
        color: var(--text);
        color-scheme: inherit;
        font: 14px/1.5 var(--sans);
      }

      :host([theme='system']) {
        color-scheme: light dark;
      }

      :host([theme='light']) {
        color-scheme: light;
      }

      :host([theme='dark']) {
        color-scheme: dark;
      }

      .frame {
        display: flex;
        flex-direction: column;
        height: 100%;
        padding: 12px;
      }

      .panes {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        min-height: 0;
      }

      .single {
        min-height: 0;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--panel);
      }

      .pane {
        --pane-max: 460px;
        --pane-min: 120px;
      }

      .fixed .panes {
        flex: 1;
        overflow: auto;
      }

      .fixed .single {
        flex: 1;
      }

      @container (min-width: 860px) {
        .both {
          grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
        }

        .fixed .both {
          grid-template-rows: minmax(0, 1fr);
          overflow: visible;
        }

        .fixed .both .pane {
          --pane-max: none;
          --pane-min: 0;
        }
      }

      .text {
        overflow: auto;
        max-height: var(--pane-max, none);
      }

      .wait,
      .state {
        padding: 12px;
      }

      .wait {
        color: var(--muted);
      }

      .state {
        margin-bottom: 12px;
      }

      .foot {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 2px 20px;
        padding-top: 8px;
        color: var(--muted);
        font-size: 12px;
      }

      .foot a {
        color: var(--accent);
      }
    `,
  ];

  /** What is shown first; a new one takes the place of what the user did. */
  @property({ attribute: false }) snapshot!: Snapshot;
  @property() view: EmbedViewName = 'all';
  @property({ type: Boolean }) readonly = false;
  @property({ reflect: true }) theme: EmbedTheme = 'page';
  /** As CSS has it; empty: as high as what is shown. */
  @property({ attribute: false }) height = '';
  /** Where the playground itself is, with a final slash; empty: nowhere. */
  @property({ attribute: false }) home = './';

  @state() private state!: State;
  @state() private loaded: ReadonlySet<ResultTab> = new Set();
  /** True once the user went to a line where no text was shown. */
  @state() private sourceShown = false;
  @state() private link = '';
  /** True while the keys of the editor are shown. */
  @state() private showsKeys = false;
  private marks: readonly LineMark[] = [];
  private readonly client = new AnalysisClient(spawnWorker, {
    analysed: (analysed) => {
      this.dispatch({ type: 'analysed', analysed });
      this.fire('report', analysed.report);
    },
    status: (status) => this.dispatch({ type: 'status', status }),
    missing: () => undefined,
    loading: () => undefined,
  });

  private readonly service = languageService(this.client, () => this.state.workspace);

  constructor() {
    super();
    this.addEventListener('dp-action', (event) => {
      event.stopPropagation();
      this.dispatch(event.detail);
    });
    this.addEventListener('dp-jump', (event) => {
      event.stopPropagation();
      void this.jump(event.detail);
    });
    // Each editor of this element has its own undo, whatever page the element is in.
    this.addEventListener('dp-step', (event) => event.stopPropagation());
    this.addEventListener('dp-command', (event) => {
      event.stopPropagation();
      if (event.detail === 'keys') void this.showKeys();
    });
  }

  private async showKeys(): Promise<void> {
    await import('../components/shortcuts-dialog');
    this.showsKeys = true;
  }

  /** The last report; null before there is one. */
  get report(): Report | null {
    return this.state?.analysed?.report ?? null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.client.request(this.state.workspace);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.client.stop();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('snapshot')) this.open();
    if (changed.has('view') && this.view !== 'all' && this.view !== 'source') this.show(this.view);
    if (changed.has('height')) this.style.height = this.height;
    void this.load();
    const { analysed, view } = this.state;
    const cache = analysed?.report.cache ?? [];
    this.marks = analysed ? marksOf(analysed.report, cache[chosenIndex(cache, view.change)]) : [];
  }

  override render() {
    const { state } = this;
    return html`<div class="frame ${this.height ? 'fixed' : ''}">
      <dp-summary-line
        embedded
        .report=${state.analysed?.report ?? null}
        .busy=${state.status.kind === 'busy'}
      ></dp-summary-line>
      ${this.status()} ${this.panes()}
      <div class="foot">
        <span>Analysed in your browser. Nothing is sent.</span>
        ${
          this.home === ''
            ? nothing
            : html`<a href=${this.link || this.home} target="_blank" rel="noopener">
                Open in Dockerfile Playground
              </a>`
        }
      </div>
      ${
        this.showsKeys
          ? html`<dp-shortcuts-dialog
              @close=${() => (this.showsKeys = false)}
            ></dp-shortcuts-dialog>`
          : nothing
      }
    </div>`;
  }

  private status() {
    const { status, workspace } = this.state;
    if (status.kind !== 'failed') return nothing;
    return html`<p class="state problem" role="alert">
      ${status.message}
      <button class="button small" @click=${() => this.client.request(workspace)}>Try again</button>
    </p>`;
  }

  private panes() {
    const { view } = this;
    const one = view === 'all' ? nothing : html`<div class="single">${this.result()}</div>`;
    if (view === 'source') return html`<div class="panes">${this.source()}</div>`;
    if (view === 'all') {
      return html`<div class="panes both">${this.source()} ${this.results()}</div>`;
    }
    return this.sourceShown
      ? html`<div class="panes both">${this.source()} ${one}</div>`
      : html`<div class="panes">${one}</div>`;
  }

  private source() {
    const { workspace, view } = this.state;
    const files = (Object.keys(fileNames) as TextFile[]).filter(
      (file) => file === 'dockerfile' || !this.readonly || workspace[file] !== '',
    );
    const shown = files.find((file) => file === view.source) ?? 'dockerfile';
    return html`<dp-tab-pane
      class="pane"
      label="Files"
      .tabs=${files.map((id) => ({ id, label: fileNames[id], scrolls: this.readonly }))}
      .selected=${shown}
      @select=${({ detail }: CustomEvent<TextFile>) =>
        this.dispatch({ type: 'show-source', tab: detail })}
    >
      ${files.map((file) => this.text(file))}
    </dp-tab-pane>`;
  }

  private text(file: TextFile) {
    const { workspace, analysed, view, status } = this.state;
    const marks = file === 'dockerfile' ? this.marks : [];
    if (this.readonly) {
      return html`<dp-source-text
        class="text"
        id=${file}
        slot=${file}
        .file=${file}
        .label=${fileNames[file]}
        .value=${workspace[file]}
        .marks=${marks}
        .service=${this.service}
      ></dp-source-text>`;
    }
    return html`<dp-source-editor
      class="text"
      id=${file}
      slot=${file}
      .file=${file}
      .label=${fileNames[file]}
      .value=${workspace[file]}
      .analysed=${analysed}
      .marks=${marks}
      .cache=${analysed?.report.cache[chosenIndex(analysed.report.cache, view.change)]}
      .service=${this.service}
      .calm=${status.kind !== 'loading'}
    ></dp-source-editor>`;
  }

  private results() {
    const { view } = this.state;
    const tabs: Tab[] = resultTabs.map((id) => ({ id, label: tabNames[id], scrolls: true }));
    return html`<dp-tab-pane
      class="pane"
      label="Results"
      .tabs=${tabs}
      .selected=${view.result}
      @select=${({ detail }: CustomEvent<ResultTab>) => this.show(detail)}
    >
      <div slot=${view.result}>${this.result()}</div>
    </dp-tab-pane>`;
  }

  private result() {
    const { analysed, view, workspace, status } = this.state;
    if (!analysed || !this.loaded.has(view.result)) {
      return status.kind === 'failed' ? nothing : html`<p class="wait">Analysing …</p>`;
    }
    const { report } = analysed;
    switch (view.result) {
      case 'layers':
        return html`<dp-layers-view
          readonly
          .report=${report}
          .measure=${view.measure}
          .picture=${view.picture}
        ></dp-layers-view>`;
      case 'cache':
        return html`<dp-cache-view
          .analysed=${analysed}
          .workspace=${workspace}
          .change=${view.change}
          .chosen=${report.cache[chosenIndex(report.cache, view.change)]?.changes ?? []}
          .mode=${view.mode}
        ></dp-cache-view>`;
      case 'optimized':
        return html`<dp-optimized-view
          .analysed=${analysed}
          .readonly=${this.readonly}
          .service=${this.service}
        ></dp-optimized-view>`;
      case 'findings':
        return html`<dp-findings-view
          .report=${this.readonly ? withoutFixes(report) : report}
          .stale=${isStale(this.state)}
          @fix=${({ detail }: CustomEvent<Fix>) => void this.fix(detail)}
        ></dp-findings-view>`;
      case 'report':
        return html`<dp-report-view
          .analysed=${analysed}
          .measure=${view.measure}
        ></dp-report-view>`;
    }
  }

  private open(): void {
    this.state = this.state
      ? reduce(this.state, { type: 'open', snapshot: this.snapshot, notice: null })
      : initialState(this.snapshot, 'system');
    this.sourceShown = false;
    this.client.request(this.state.workspace);
    void this.relink();
  }

  /** Loads the code of what is shown. */
  private async load(): Promise<void> {
    const { result } = this.state.view;
    const hasText = this.view === 'all' || this.view === 'source' || this.sourceShown;
    await Promise.all([
      hasText && (this.readonly ? code.text() : code.editor()),
      this.view !== 'source' && code[result](),
    ]);
    if (!this.loaded.has(result)) this.loaded = new Set([...this.loaded, result]);
  }

  private show(tab: ResultTab): void {
    this.dispatch({ type: 'show-result', tab });
  }

  private dispatch(action: Action): void {
    const { workspace } = this.state;
    this.state = reduce(this.state, action);
    if (this.state.workspace === workspace) return;
    this.client.request(this.state.workspace);
    const { dockerfile, dockerignore } = this.state.workspace;
    this.fire('change', { dockerfile, dockerignore });
    void this.relink();
  }

  private fire(type: 'report' | 'change', detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** The link follows what is shown; links of longer texts take longer to make. */
  private async relink(): Promise<void> {
    const { workspace, view } = this.state;
    const fragment = await encodeSnapshot({ workspace, view });
    if (workspace === this.state.workspace) this.link = `${this.home}#${fragment}`;
  }

  private async jump({ file, line }: Place): Promise<void> {
    this.sourceShown = true;
    this.dispatch({ type: 'show-source', tab: file });
    await this.load();
    await this.updateComplete;
    await this.textView(file)?.reveal(line);
  }

  private textView(file: TextFile): TextView | null {
    return this.renderRoot.querySelector<TextView>(`#${file}`);
  }

  private async fix(fix: Fix): Promise<void> {
    const ignore = ignoreFix(fix, this.state.workspace.dockerignore);
    if (ignore) {
      await this.jump({ file: 'dockerignore', line: 1 });
      await this.textView('dockerignore')?.applyFix?.(ignore);
    }
    if (fix.edits.length === 0) return;
    await this.jump({ file: 'dockerfile', line: 1 });
    await this.textView('dockerfile')?.applyFix?.(fix);
  }
}
