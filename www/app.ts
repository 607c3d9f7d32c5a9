import { LitElement, css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { CacheReport, Fix, Report } from '../pkg/report';
import { AnalysisClient } from './analysis';
import type { CodeEditor } from './editor/codemirror/code-editor';
import { type LineMark, marksOf } from './editor/marks-of-report';
import { languageService } from './editor/service';
import { type Step, Timeline } from './editor/timeline';
import type { Place } from './events';
import { type Example, examples } from './examples/list';
import { copyText } from './files';
import { ignoreFix } from './fixes';
import {
  type LocalFile,
  areFolder,
  chosenFiles,
  droppedFiles,
  isManifest,
  readProject,
} from './folder';
import { plural } from './format';
import { pause } from './idle';
import { toldOnce } from './findings';
import { type NewVersion, watchVersions } from './offline/versions';
import { outputOf, withOutputs } from './outputs';
import { LinkError, decodeSnapshot, encodeSnapshot, readFile } from './share';
import { spawnWorker } from './spawn';
import {
  type Action,
  type Analysed,
  type Files,
  type Notice,
  type ResultTab,
  type SaveState,
  type Snapshot,
  type SourceTab,
  type State,
  type TextFile,
  type View,
  type Workspace,
  chosenChanges,
  chosenIndex,
  defaultView,
  initialState,
  isStale,
  normalise,
  reduce,
  workspaceOf,
} from './state';
import { loadDraft, loadTheme, loadVersions, saveDraft, saveTheme, saveVersions } from './storage';
import { shared } from './styles/shared';
import type { Sharing } from './components/share-dialog';
import { type VersionKind, withVersions } from './versions';
import type { EditorCommand } from './components/editor-bar';
import type { SourceEditor } from './components/source-editor';
import type { Tab, TabPane } from './components/tab-pane';
import './components/editor-bar';
import './components/layers-view';
import './components/notice-bar';
import './components/page-header';
import './components/source-editor';
import './components/summary-line';
import './components/tab-pane';

/** The code of what is not seen on a first visit: loaded once the page stands, or is asked for. */
const code: Readonly<Partial<Record<SourceTab | ResultTab, () => Promise<unknown>>>> = {
  context: () => import('./components/context-view'),
  settings: () => import('./components/settings-view'),
  cache: () => import('./components/cache-view'),
  optimized: () => import('./components/optimized-view'),
  findings: () => import('./components/findings-view'),
  report: () => import('./components/report-view'),
};

/** The first view has been drawn by then. */
const REST_AFTER_MS = 300;
/** Loading that takes longer is told. */
const LONG_MS = 1000;
const SAVE_AFTER_MS = 500;
/** Typing that rests for so long has come to a version worth keeping. */
const PAUSE_MS = 2000;
/** Chromium's address bar shows no longer ones, so nobody could copy them from there. */
const LONGEST_LINK = 32_000;

const savedTexts: Readonly<Record<SaveState, string>> = {
  unsaved: '',
  saved: 'Saved in this browser.',
  disabled: 'Not saved: this browser keeps no data for this page.',
  full: 'Not saved: this browser’s storage is full.',
  'too-large': 'Not saved: the text is over 2 MB.',
};

const sourceTabs: readonly Tab[] = [
  { id: 'dockerfile', label: 'Dockerfile' },
  { id: 'dockerignore', label: '.dockerignore' },
  { id: 'context', label: 'Context', scrolls: true },
  { id: 'settings', label: 'Settings', scrolls: true },
];

function resultTabs(report: Report | undefined): readonly Tab[] {
  const findings = report ? report.syntax.errors.length + toldOnce(report).length : 0;
  return [
    { id: 'layers', label: 'Layers', scrolls: true },
    { id: 'cache', label: 'Cache', scrolls: true },
    { id: 'optimized', label: 'Optimized', scrolls: true },
    {
      id: 'findings',
      label: 'Findings',
      scrolls: true,
      ...(findings > 0 ? { badge: String(findings) } : {}),
    },
    { id: 'report', label: 'Report', scrolls: true },
  ];
}

function snapshotOf({ dockerfile, dockerignore, context }: Example): Snapshot {
  return { workspace: { ...workspaceOf(dockerfile, dockerignore), context }, view: defaultView };
}

/** True for a drop of files outside of the dialogs and places that take files themselves. */
function isForPage(event: DragEvent): boolean {
  if (!event.dataTransfer?.types.includes('Files')) return false;
  return !event.composedPath().some((node) => node instanceof Element && node.matches('.drop'));
}

/** The simulation that the user has chosen. */
function chosenReport({ cache }: Report, change: string | null): CacheReport | undefined {
  return cache[chosenIndex(cache, change)];
}

/** True for a file that looks saved by this page: JSON of another sort than is read. */
async function isSaved({ path, file }: LocalFile): Promise<boolean> {
  return path.endsWith('.json') && !isManifest(path) && outputOf(await file.text()) === null;
}

function missingData(about: string): Notice {
  return {
    text: `The data about ${about} could not be loaded: their sizes stay guesses, with wide ranges.`,
    tone: 'problem',
  };
}

const missingPart: Notice = {
  text: 'This part of the page could not be loaded. Is there a network? Your text is safe.',
  tone: 'problem',
};

/** The whole page: it owns the state, and is the only one to change it. */
@customElement('dp-app')
export class App extends LitElement {
  static override styles = [
    shared,
    css`
      .page {
        display: flex;
        flex-direction: column;
        min-height: 100dvh;
        max-width: 1760px;
        margin: 0 auto;
        padding: 0 16px;
      }

      main {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      .panes {
        display: grid;
        flex: 1;
        grid-template-columns: minmax(0, 1fr);
        gap: 12px;
        min-height: 0;
      }

      /* In one column the editor is as tall as its text, within these bounds. */
      .source {
        --pane-min: 150px;
        --pane-max: max(200px, 46dvh);
      }

      .result {
        min-height: 480px;
      }

      .state {
        margin-bottom: 12px;
      }

      .state .button {
        margin-inline-start: 8px;
      }

      .wait {
        padding: 16px;
        color: var(--muted);
      }

      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 20px;
        min-height: 40px;
        padding: 9px 0;
        color: var(--muted);
        font-size: 12px;
      }

      @media (min-width: 1000px) {
        .page {
          padding: 0 24px;
        }

        .panes {
          grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
          grid-template-rows: minmax(0, 1fr);
        }

        .source {
          --pane-min: 0;
          --pane-max: none;
        }

        .result {
          min-height: 0;
        }
      }

      /* Panes scroll on their own where the window is tall enough to be worth it. */
      @media (min-width: 1000px) and (min-height: 560px) {
        .page {
          height: 100dvh;
        }
      }

      @media print {
        .page {
          display: block;
          height: auto;
          padding: 0;
        }

        .panes {
          display: block;
        }

        dp-page-header,
        .source,
        footer,
        dp-notice-bar {
          display: none;
        }
      }

      @media (min-width: 1000px) and (max-height: 559px) {
        .panes {
          min-height: 480px;
        }
      }
    `,
  ];

  @state() private state!: State;
  /** What the dialogs are about; null while they are closed. */
  @state() private sharing: Sharing | null = null;
  @state() private embedding: Snapshot | null = null;
  @query('dp-tab-pane.source') private sourcePane!: TabPane;
  @query('#dockerfile') private dockerfileEditor!: SourceEditor;
  @query('#dockerignore') private dockerignoreEditor!: SourceEditor;
  /** True while the keys of the editor are shown. */
  @state() private showsKeys = false;
  private readonly timeline = new Timeline<TextFile>();
  /** True while undo or redo sets what is known of the files. */
  private setsFiles = false;
  /** A version of the page that is stored and waits for the user. */
  @state() private newVersion: NewVersion | null = null;
  /** Whether what is not seen at first has been made, too. */
  @state() private whole = false;
  /** False until the first figures stand: the view of them is a task of its own. */
  @state() private showsResult = false;
  /** Files found so far in what was dropped; null while nothing is read. */
  @state() private walked: number | null = null;
  private walk = new AbortController();
  /** The tabs whose code was asked for last: again only when others are chosen. */
  private tabs = '';
  private marks: readonly LineMark[] = [];
  private marksFor: Pick<View, 'change'> & Pick<State, 'analysed'> = {
    analysed: null,
    change: null,
  };
  private saveTimer: ReturnType<typeof setTimeout> | undefined;
  private pauseTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly client = new AnalysisClient(spawnWorker, {
    analysed: (analysed) => this.analysed(analysed),
    status: (status) => this.dispatch({ type: 'status', status }),
    missing: (about) => this.tell((this.missing = missingData(about))),
    loading: (about) => this.onLoading(about),
  });

  /** The data that is being loaded, once it takes longer than usual. */
  @state() private loading: readonly string[] = [];
  private loadingTimer: ReturnType<typeof setTimeout> | undefined;
  /** What was said of data that was missing. */
  private missing: Notice | null = null;

  private readonly service = languageService(this.client, () => this.state.workspace);

  constructor() {
    super();
    const snapshot = loadDraft() ?? snapshotOf(examples[0]);
    this.state = initialState(snapshot, loadTheme(), loadVersions());
    this.keepVersion('opened');
    this.addEventListener('dp-action', ({ detail }) => this.dispatch(detail));
    this.addEventListener('dp-jump', ({ detail }) => void this.jump(detail));
    this.addEventListener('dp-share', () => void this.share());
    this.addEventListener('dp-command', (event) => {
      event.preventDefault();
      void this.command(event.detail);
    });
    this.addEventListener('dp-step', (event) => this.onStep(event));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.applyTheme();
    this.client.request(this.state.workspace);
    void this.openLink();
    window.addEventListener('hashchange', () => void this.openLink());
    window.addEventListener('pagehide', () => this.saveIfPending());
    // A hidden page may be ended without another word.
    document.addEventListener('visibilitychange', () => this.saveIfPending());
    window.addEventListener('beforeunload', (event) => this.askToStay(event));
    window.addEventListener('dragover', (event) => this.onDrag(event), true);
    window.addEventListener('drop', (event) => this.onDrop(event), true);
    void watchVersions((version) => (this.newVersion = version));
  }

  /** Once its code has run: two short tasks in place of a long one. */
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await pause();
    await super.scheduleUpdate();
  }

  /** The frame that index.html shows until now is of no more use. */
  override firstUpdated(): void {
    this.replaceChildren();
  }

  override render() {
    const { state } = this;
    return html`<div class="page">
      <dp-page-header
        .theme=${state.theme}
        @example=${this.onExample}
        @embed=${this.embed}
        @folder=${({ detail }: CustomEvent<readonly File[]>) =>
          void this.openFiles(() => Promise.resolve(chosenFiles(detail)))}
      ></dp-page-header>
      <main>
        <dp-summary-line
          .report=${state.analysed?.report ?? null}
          .busy=${state.status.kind === 'busy'}
        ></dp-summary-line>
        ${this.status()} ${this.walking()} ${this.loadingData()}
        <div class="panes">${this.source()} ${this.result()}</div>
      </main>
      <footer>
        <span>Nothing you paste leaves this page.</span>
        <span role="status"
          >${this.newVersion ? this.versionReady() : savedTexts[state.saved]}</span
        >
      </footer>
      <dp-notice-bar .notice=${state.notice}></dp-notice-bar>
      ${this.dialogs()}
    </div>`;
  }

  private walking() {
    if (this.walked === null) return nothing;
    return html`<p class="state" role="status">
      Reading … ${plural(this.walked, 'file')}
      <button class="button small" @click=${() => this.walk.abort()}>Cancel</button>
    </p>`;
  }

  private loadingData() {
    if (this.loading.length === 0) return nothing;
    return html`<p class="state" role="status">
      Loading the data about ${this.loading.join(' and ')}: sizes are guesses until then …
      <button class="button small" @click=${() => this.client.stopLoading()}>Cancel</button>
    </p>`;
  }

  private onLoading(about: readonly string[]): void {
    clearTimeout(this.loadingTimer);
    const show = () => (this.loading = about);
    // Most often it is there in a moment.
    if (about.length === 0) show();
    else this.loadingTimer = setTimeout(show, LONG_MS);
  }

  private versionReady() {
    return html`A new version is ready.
      <button class="link" @click=${() => void this.takeVersion()}>Reload</button>`;
  }

  private dialogs() {
    return html`${
      this.sharing &&
      html`<dp-share-dialog
        .sharing=${this.sharing}
        @close=${() => (this.sharing = null)}
        @file=${(event: CustomEvent<File>) => void this.openFile(event)}
      ></dp-share-dialog>`
    }
    ${
      this.embedding &&
      html`<dp-embed-dialog
        .snapshot=${this.embedding}
        @close=${() => (this.embedding = null)}
      ></dp-embed-dialog>`
    }
    ${
      this.showsKeys
        ? html`<dp-shortcuts-dialog @close=${() => (this.showsKeys = false)}></dp-shortcuts-dialog>`
        : nothing
    }`;
  }

  private status() {
    const { status, analysed } = this.state;
    if (status.kind === 'busy' && status.long) {
      return html`<p class="state" role="status">
        The analysis takes longer than usual …
        <button class="button small" @click=${() => this.client.cancel()}>Cancel</button>
      </p>`;
    }
    if (status.kind !== 'failed') return nothing;
    return html`<p class="state problem" role="alert">
      ${status.message} ${analysed ? 'The figures are those of the text before.' : ''}
      <button class="button small" @click=${() => this.client.request(this.state.workspace)}>
        Try again
      </button>
    </p>`;
  }

  private source() {
    const { workspace, view, analysed, status } = this.state;
    return html`<dp-tab-pane
      class="source"
      label="Your files"
      @keydown=${this.onSourceKey}
      .tabs=${sourceTabs}
      .selected=${view.source}
      @select=${({ detail }: CustomEvent<SourceTab>) =>
        this.dispatch({ type: 'show-source', tab: detail })}
    >
      <dp-source-editor
        id="dockerfile"
        slot="dockerfile"
        label="Dockerfile"
        file="dockerfile"
        .value=${workspace.dockerfile}
        .analysed=${analysed}
        .marks=${this.marks}
        .cache=${analysed && chosenReport(analysed.report, view.change)}
        .service=${this.service}
        .calm=${status.kind !== 'loading'}
      ></dp-source-editor>
      ${
        this.whole || view.source === 'dockerignore'
          ? html`<dp-source-editor
              id="dockerignore"
              slot="dockerignore"
              label=".dockerignore"
              file="dockerignore"
              .value=${workspace.dockerignore}
              .analysed=${analysed}
              .service=${this.service}
              .calm=${status.kind !== 'loading'}
            ></dp-source-editor>`
          : nothing
      }
      <dp-context-view
        slot="context"
        .report=${analysed?.report.context ?? null}
        .workspace=${workspace}
      ></dp-context-view>
      <dp-settings-view
        slot="settings"
        .report=${analysed?.report ?? null}
        .workspace=${workspace}
      ></dp-settings-view>
      <dp-editor-bar
        slot="foot"
        .canUndo=${this.timeline.canUndo}
        .canRedo=${this.timeline.canRedo}
        .isDockerfile=${view.source === 'dockerfile'}
        .isText=${this.editor !== null}
        @command=${({ detail }: CustomEvent<EditorCommand>) => void this.command(detail)}
      ></dp-editor-bar>
    </dp-tab-pane>`;
  }

  private result() {
    const { view, analysed } = this.state;
    return html`<dp-tab-pane
      class="result"
      label="Results"
      .tabs=${resultTabs(analysed?.report)}
      .selected=${view.result}
      @select=${({ detail }: CustomEvent<ResultTab>) =>
        this.dispatch({ type: 'show-result', tab: detail })}
    >
      <div slot=${view.result}>
        ${analysed && this.showsResult ? this.view(view.result) : this.waiting()}
      </div>
    </dp-tab-pane>`;
  }

  private waiting() {
    if (this.state.status.kind === 'failed') return nothing;
    return html`<p class="wait">Analysing …</p>`;
  }

  private view(tab: ResultTab) {
    const { workspace, view, analysed } = this.state;
    const report = analysed?.report ?? null;
    switch (tab) {
      case 'layers':
        return html`<dp-layers-view
          .report=${report}
          .measure=${view.measure}
          .picture=${view.picture}
          .measured=${workspace.measured}
        ></dp-layers-view>`;
      case 'cache':
        return html`<dp-cache-view
          .analysed=${analysed}
          .workspace=${workspace}
          .change=${view.change}
          .chosen=${chosenChanges(this.state)}
          .versions=${this.state.versions}
          .mode=${view.mode}
        ></dp-cache-view>`;
      case 'optimized':
        return html`<dp-optimized-view
          .analysed=${analysed}
          .service=${this.service}
        ></dp-optimized-view>`;
      case 'findings':
        return html`<dp-findings-view
          .report=${report}
          .stale=${isStale(this.state)}
          @fix=${({ detail }: CustomEvent<Fix>) => void this.applyFix(detail)}
        ></dp-findings-view>`;
      case 'report':
        return html`<dp-report-view
          .analysed=${analysed}
          .measure=${view.measure}
        ></dp-report-view>`;
    }
  }

  /** Elements that are shown before their code is there get it as it comes. */
  private load(tab: SourceTab | ResultTab): void {
    const part = code[tab]?.();
    if (part) void this.loads(part);
  }

  /** One after the other, so that none holds up what the user does. */
  private async loadRest(): Promise<void> {
    this.whole = true;
    for (const load of Object.values(code)) await load().catch(() => undefined);
  }

  override willUpdate(): void {
    const { analysed, view } = this.state;
    const tabs = `${view.source} ${view.result}`;
    if (tabs !== this.tabs) {
      this.tabs = tabs;
      this.load(view.source);
      this.load(view.result);
    }
    if (analysed === this.marksFor.analysed && view.change === this.marksFor.change) return;
    this.marksFor = { analysed, change: view.change };
    if (!analysed) return;
    this.marks = marksOf(analysed.report, chosenReport(analysed.report, view.change));
  }

  /** The editor that is shown, if one is. */
  private get editor(): SourceEditor | null {
    const { source } = this.state.view;
    return source === 'dockerfile' || source === 'dockerignore' ? this.editorOf(source) : null;
  }

  private editorOf(file: TextFile): SourceEditor {
    return file === 'dockerfile' ? this.dockerfileEditor : this.dockerignoreEditor;
  }

  /** Does something in an editor, which is loaded first if it is not there yet. */
  private async inEditor(
    editor: SourceEditor | null,
    run: (editor: CodeEditor) => void,
  ): Promise<void> {
    const ready = editor?.ready();
    if (ready && (await this.loads(ready))) run(await ready);
  }

  private async command(name: EditorCommand): Promise<void> {
    switch (name) {
      case 'undo':
        return this.goBack();
      case 'redo':
        return this.goForward();
      case 'format':
        return this.inEditor(this.editor, (editor) => editor.format());
      case 'find':
        return this.inEditor(this.editor, (editor) => editor.find());
      case 'tell':
        return this.inEditor(this.editor, (editor) => editor.tell());
      case 'keys':
        await import('./components/shortcuts-dialog');
        this.showsKeys = true;
    }
  }

  private onStep(event: Event): void {
    const file = event.composedPath().includes(this.dockerfileEditor)
      ? 'dockerfile'
      : 'dockerignore';
    this.timeline.add({ kind: 'text', editor: file });
    this.requestUpdate();
  }

  /** Undo where no editor has the keys; a field that is typed in has its own. */
  private onSourceKey(event: KeyboardEvent): void {
    const [target] = event.composedPath();
    const isKey = (event.ctrlKey || event.metaKey) && !event.altKey;
    const isTyping =
      target instanceof HTMLElement &&
      (target.isContentEditable || target.matches('input, textarea'));
    const key = event.key.toLowerCase();
    if (!isKey || isTyping || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) this.goForward();
    else this.goBack();
  }

  private goBack(): void {
    const steps = this.timeline.undo();
    this.go(steps, (step) =>
      step.kind === 'text'
        ? void this.inEditor(this.editorOf(step.editor), (editor) => editor.undo())
        : this.setFiles(step.before),
    );
  }

  private goForward(): void {
    const steps = this.timeline.redo();
    this.go(steps, (step) =>
      step.kind === 'text'
        ? void this.inEditor(this.editorOf(step.editor), (editor) => editor.redo())
        : this.setFiles(step.after),
    );
  }

  /** Takes steps, and shows where: one that is not seen to happen is a puzzle. */
  private go(steps: readonly Step<TextFile>[], take: (step: Step<TextFile>) => void): void {
    steps.forEach(take);
    const tabs = steps.map((step) => (step.kind === 'text' ? step.editor : 'context'));
    const { source } = this.state.view;
    const [tab] = tabs;
    if (tab && !tabs.some((one) => one === source)) {
      const hasFocus = this.editor?.matches(':focus-within') ?? false;
      this.dispatch({ type: 'show-source', tab });
      if (hasFocus) void this.focusOn(tab);
    }
    this.requestUpdate();
  }

  /** The focus goes along to what is shown: the next step is taken by the same keys. */
  private async focusOn(tab: TextFile | 'context'): Promise<void> {
    await this.updateComplete;
    if (tab === 'context') await this.sourcePane.focusTab();
    else await this.inEditor(this.editorOf(tab), (editor) => editor.focus());
  }

  private setFiles(files: Files): void {
    this.setsFiles = true;
    this.dispatch({ type: 'set-files', files });
    this.setsFiles = false;
  }

  private analysed(analysed: Analysed): void {
    if (!this.state.analysed) {
      setTimeout(() => void this.loadRest(), REST_AFTER_MS);
      void pause().then(() => (this.showsResult = true));
    }
    this.dispatch({ type: 'analysed', analysed });
    // The pause was over before the answer came.
    if (this.pauseTimer === undefined) this.keepVersion('typed');
    const isComplete = analysed.report.wants.length === 0;
    if (isComplete && this.state.notice === this.missing) this.tell(null);
  }

  private tell(notice: Notice | null): void {
    this.dispatch({ type: 'notice', notice });
  }

  /** Does what the user asked for. */
  private dispatch(action: Action): void {
    const { workspace } = this.state;
    this.apply(action);
    if (this.state.workspace !== workspace) this.changedByUser();
  }

  private apply(action: Action): void {
    const before = this.state;
    this.state = reduce(before, action);
    this.rememberFiles(before.workspace);
    if (this.state.versions !== before.versions) {
      // Another tab may have kept its own.
      saveVersions(withVersions(loadVersions(), this.state.versions));
    }
    if (this.state.theme !== before.theme) this.applyTheme();
    if (this.state.workspace !== before.workspace) this.client.request(this.state.workspace);
  }

  /** The editors, which tell of their own steps, take what an action sets right after it. */
  private rememberFiles(before: Workspace): void {
    const { context, manifests } = this.state.workspace;
    this.timeline.separate();
    if (!this.setsFiles && (context !== before.context || manifests !== before.manifests)) {
      const was = { context: before.context, manifests: before.manifests };
      this.timeline.add({ kind: 'files', before: was, after: { context, manifests } });
    }
    setTimeout(() => this.timeline.separate());
  }

  private applyTheme(): void {
    document.documentElement.dataset['theme'] = this.state.theme;
    saveTheme(this.state.theme);
  }

  /** Saves soon, and takes a link off the address that no longer tells what is on the page. */
  private changedByUser(): void {
    if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
    clearTimeout(this.saveTimer);
    this.saveTimer = setTimeout(() => this.save(), SAVE_AFTER_MS);
    clearTimeout(this.pauseTimer);
    this.pauseTimer = setTimeout(() => this.pause(), PAUSE_MS);
  }

  private pause(): void {
    this.pauseTimer = undefined;
    this.keepVersion('typed');
  }

  /** Keeps the text to compare later ones with; one that does not parse is not worth it. */
  private keepVersion(kind: VersionKind): void {
    const { workspace, analysed } = this.state;
    const isOfText = analysed?.workspace.dockerfile === workspace.dockerfile;
    if (kind === 'typed' && !(isOfText && analysed.report.syntax.valid)) return;
    const version = { text: workspace.dockerfile, kind, at: Date.now() };
    this.apply({ type: 'keep-version', version });
  }

  private save(): void {
    clearTimeout(this.saveTimer);
    this.saveTimer = undefined;
    this.dispatch({ type: 'saved', saved: saveDraft(this.state) });
  }

  private saveIfPending(): void {
    if (this.saveTimer !== undefined) this.save();
  }

  /** The browser asks before it drops a text that it does not keep, and the address does not hold. */
  private askToStay(event: BeforeUnloadEvent): void {
    this.saveIfPending();
    const isKept = ['unsaved', 'saved'].includes(this.state.saved) || location.hash !== '';
    if (!isKept) event.preventDefault();
  }

  private onExample({ detail: id }: CustomEvent<string>): void {
    const example = examples.find((candidate) => candidate.id === id);
    if (!example) return;
    const snapshot = { ...snapshotOf(example), view: { ...this.state.view, change: null } };
    this.keepVersion('typed');
    this.dispatch({
      type: 'open',
      snapshot,
      notice: this.notice(`Opened “${example.title}”.`, 'Undo', this.state),
    });
    this.keepVersion('opened');
  }

  private notice(text: string, label: string, { workspace, view }: Snapshot): Notice {
    return { text, tone: 'plain', restore: { label, snapshot: { workspace, view } } };
  }

  /** Opens the link in the address, if there is one. What is saved stays until the next edit. */
  private async openLink(): Promise<void> {
    const fragment = location.hash.slice(1);
    if (fragment === '') return;
    try {
      const snapshot = await decodeSnapshot(fragment);
      const draft = loadDraft();
      const notice = draft && this.notice('Opened from a link.', 'Back to my text', draft);
      this.keepVersion('typed');
      this.apply({ type: 'open', snapshot, notice });
      this.keepVersion('opened');
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      const text = `${error.message} Your own text is untouched.`;
      this.apply({ type: 'notice', notice: { text, tone: 'problem' } });
    }
  }

  /** Loads the page anew; where the browser keeps no text, the address takes it along. */
  private async takeVersion(): Promise<void> {
    if (saveDraft(this.state) !== 'saved') {
      const { link, fits } = await this.link();
      if (!fits) {
        const text = 'Save your text first, under Share: this browser does not keep it.';
        this.tell({ text, tone: 'problem' });
        return;
      }
      history.replaceState(null, '', link);
    }
    if (await this.newVersion?.take()) return;
    const text =
      'This browser could not start the new version: it comes after all tabs of it are closed.';
    this.tell({ text, tone: 'problem' });
  }

  private async link(): Promise<{ readonly link: string; readonly fits: boolean }> {
    const { workspace, view } = this.state;
    const fragment = await encodeSnapshot({ workspace, view });
    const link = `${location.href.replace(/#.*/s, '')}#${fragment}`;
    return { link, fits: link.length <= LONGEST_LINK };
  }

  /** False where a part of the page cannot be had, and says so. */
  private async loads(part: Promise<unknown>): Promise<boolean> {
    try {
      await part;
      return true;
    } catch {
      this.tell(missingPart);
      return false;
    }
  }

  /** Copies the link at once; the dialog says so, and what else there is. */
  private async share(): Promise<void> {
    const { workspace, view } = this.state;
    this.keepVersion('shared');
    const { link, fits } = await this.link();
    if (fits) history.replaceState(null, '', link);
    const copied = fits && (await copyText(link));
    if (!(await this.loads(import('./components/share-dialog')))) return;
    this.sharing = { snapshot: { workspace, view }, link, fits, copied };
  }

  /** Files that are dropped anywhere open here, but for those that a component takes itself. */
  private onDrag(event: DragEvent): void {
    if (isForPage(event)) event.preventDefault();
  }

  private onDrop(event: DragEvent): void {
    const { dataTransfer } = event;
    if (!dataTransfer || !isForPage(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const tell = (count: number) => (this.walked = count);
    void this.openFiles((signal) => droppedFiles(dataTransfer, tell, signal));
  }

  private async openFiles(
    find: (signal: AbortSignal) => Promise<readonly LocalFile[]>,
  ): Promise<void> {
    const { signal } = (this.walk = new AbortController());
    this.walked = 0;
    try {
      const files = await find(signal);
      this.walked = files.length;
      const [only] = files;
      if (files.length === 1 && only && (await isSaved(only))) {
        await this.openFile(new CustomEvent('file', { detail: only.file }));
      } else if (files.length > 0) {
        await this.openProject(files, signal);
      }
    } catch (error) {
      // The user's own wish needs no message.
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error;
    } finally {
      this.walked = null;
    }
  }

  /** A folder brings its listing; files alone take the place of those of the same names. */
  private async openProject(files: readonly LocalFile[], signal: AbortSignal): Promise<void> {
    const project = await readProject(files, signal);
    const { workspace, view } = this.state;
    const isFolder = areFolder(files);
    const texts: Workspace = {
      ...(isFolder ? workspaceOf('') : workspace),
      dockerfile: normalise(project.dockerfile ?? workspace.dockerfile),
      dockerignore: normalise(project.dockerignore ?? (isFolder ? '' : workspace.dockerignore)),
      manifests: { ...(isFolder ? {} : workspace.manifests), ...project.manifests },
      context: isFolder ? project.listing : workspace.context,
    };
    const next = withOutputs(texts, project.others);
    const unknown = project.others.filter((text) => outputOf(text) === null).length;
    const what = `Opened ${plural(project.files, 'file')}, read in this page.`;
    const without =
      project.dockerfile === null && isFolder
        ? ' No Dockerfile is among them.'
        : unknown > 0
          ? ` Of no use here: ${plural(unknown, 'file')}.`
          : '';
    const notice = this.notice(what + without, 'Undo', this.state);
    this.dispatch({
      type: 'open',
      snapshot: { workspace: next, view: { ...view, change: null } },
      notice,
    });
  }

  /** Opens a file that was saved in place of a link. */
  private async openFile({ detail: file }: CustomEvent<File>): Promise<void> {
    try {
      const snapshot = readFile(await file.text());
      const notice = this.notice(`Opened ${file.name}.`, 'Undo', this.state);
      this.dispatch({ type: 'open', snapshot, notice });
    } catch {
      const text = `${file.name} was not saved by this page. Your own text is untouched.`;
      this.tell({ text, tone: 'problem' });
    }
  }

  /** The dialog comes with the element that it previews, so it is loaded when it is asked for. */
  private async embed(): Promise<void> {
    if (!(await this.loads(import('./components/embed-dialog')))) return;
    const { workspace, view } = this.state;
    this.embedding = { workspace, view };
  }

  private async applyFix(fix: Fix): Promise<void> {
    this.whole = true;
    await this.updateComplete;
    const ignore = ignoreFix(fix, this.state.workspace.dockerignore);
    const ready = Promise.all([this.dockerfileEditor.ready(), this.dockerignoreEditor.ready()]);
    if (!(await this.loads(ready))) return;
    const [dockerfile, dockerignore] = await ready;
    this.timeline.together(() => {
      if (fix.edits.length > 0) dockerfile.applyFix(fix);
      if (ignore) dockerignore.applyFix(ignore);
    });
  }

  private async jump({ file, line }: Place): Promise<void> {
    this.dispatch({ type: 'show-source', tab: file });
    await this.updateComplete;
    const editor = this.editorOf(file);
    editor.scrollIntoView({ block: 'nearest' });
    await this.inEditor(editor, (ready) => ready.reveal(line));
  }
}
