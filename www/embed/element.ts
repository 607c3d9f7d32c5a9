/**
 * The module that other pages load: it defines `<dockerfile-playground>`. The element is small and
 * shows the text inside of it; the rest is loaded when it comes into view.
 */
import tokens from '../styles/tokens.css?inline';
import type * as Declared from '../../pkg/element';
import type { Report } from '../../pkg/report';
import type { Snapshot } from '../state';
import type { EmbedView } from './embed-view';
import { heightOf, homeOf, themeOf, viewOf } from './options';

/** Where the playground is: this module beside it, but in the npm package. */
const address = import.meta.url;
const home = import.meta.env.MODE === 'package' ? '' : new URL('.', address).href;

/** An element that is this close to the window is loaded. */
const NEAR = '200px';
/** A longer text at `src` is no Dockerfile. */
const MAX_LENGTH = 1_000_000;

const styles = new CSSStyleSheet();
styles.replaceSync(`${tokens}
  :host { display: block; }
  :host([hidden]) { display: none; }
  .problem { color: var(--error); }`);

export class DockerfilePlayground extends HTMLElement implements Declared.DockerfilePlayground {
  static readonly observedAttributes = [
    'src',
    'state',
    'view',
    'readonly',
    'theme',
    'height',
    'home',
  ];

  private readonly root = this.attachShadow({ mode: 'open' });
  private view: EmbedView | null = null;
  private near = false;
  /** What the texts were read from; texts are read again only when it changes. */
  private readFrom: string | null = null;
  private readonly sight = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.comeNear();
    },
    { rootMargin: NEAR },
  );
  private readonly texts = new MutationObserver(() => void this.update());

  constructor() {
    super();
    this.root.adoptedStyleSheets = [styles];
    this.root.append(document.createElement('slot'));
  }

  /** The last report; null before there is one. */
  get report(): Report | null {
    return this.view?.report ?? null;
  }

  connectedCallback(): void {
    this.texts.observe(this, { childList: true, characterData: true, subtree: true });
    if (!this.near) this.sight.observe(this);
  }

  disconnectedCallback(): void {
    this.sight.disconnect();
    this.texts.disconnect();
  }

  attributeChangedCallback(): void {
    void this.update();
  }

  private comeNear(): void {
    this.near = true;
    this.sight.disconnect();
    void this.update();
  }

  private async update(): Promise<void> {
    if (!this.near) return;
    if (this.view) this.configure(this.view);
    const source = JSON.stringify([
      this.getAttribute('src'),
      this.getAttribute('state'),
      this.textContent,
    ]);
    if (source === this.readFrom) return;
    this.readFrom = source;
    try {
      const [snapshot, { EmbedView }] = await Promise.all([
        this.snapshot(),
        import('./embed-view'),
      ]);
      if (source === this.readFrom)
        this.show((this.view ??= this.listened(new EmbedView())), snapshot);
    } catch (error) {
      if (source === this.readFrom) this.fail(error);
    }
  }

  /** What the attributes and the elements inside say. */
  private async snapshot(): Promise<Snapshot> {
    const state = this.getAttribute('state');
    if (state) return decoded(state);
    const { snapshotIn } = await import('./content');
    const snapshot = snapshotIn(this);
    const src = this.getAttribute('src');
    if (src === null) return snapshot;
    const dockerfile = await textAt(new URL(src, document.baseURI));
    return { ...snapshot, workspace: { ...snapshot.workspace, dockerfile } };
  }

  private configure(view: EmbedView): void {
    view.view = viewOf(this.getAttribute('view'));
    view.readonly = this.hasAttribute('readonly');
    view.theme = themeOf(this.getAttribute('theme'), 'page');
    view.height = heightOf(this.getAttribute('height'));
    view.home = homeOf(this.getAttribute('home') ?? home, document.baseURI);
  }

  private show(view: EmbedView, snapshot: Snapshot): void {
    view.snapshot = snapshot;
    this.configure(view);
    if (view.parentNode !== this.root) this.root.replaceChildren(view);
  }

  /** Passes on what the view tells. */
  private listened(view: EmbedView): EmbedView {
    for (const type of [
      'report',
      'change',
    ] satisfies (keyof Declared.DockerfilePlaygroundEvents)[]) {
      view.addEventListener(type, ({ detail }: CustomEventInit) =>
        this.dispatchEvent(new CustomEvent(type, { detail })),
      );
    }
    return view;
  }

  /** Goes back to the plain text, and says why. */
  private fail(error: unknown): void {
    console.warn('The playground could not be shown.', error);
    this.view = null;
    const message = document.createElement('p');
    message.className = 'problem';
    message.setAttribute('role', 'alert');
    message.textContent = error instanceof Unreadable ? error.message : FAILED;
    this.root.replaceChildren(message, document.createElement('slot'));
  }
}

const FAILED = 'Dockerfile Playground could not be loaded.';

/** Why a text could not be had, as a sentence for a person. */
class Unreadable extends Error {}

async function decoded(state: string): Promise<Snapshot> {
  const { LinkError, decodeSnapshot } = await import('../share');
  return decodeSnapshot(state).catch((error: unknown) => {
    throw error instanceof LinkError ? new Unreadable(error.message) : error;
  });
}

async function textAt(url: URL): Promise<string> {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new Unreadable(`${url.pathname} could not be loaded.`);
  const text = await response.text();
  if (text.length > MAX_LENGTH) throw new Unreadable(`${url.pathname} is too long.`);
  return text;
}

// A page may load the module twice, from two places.
if (!customElements.get('dockerfile-playground')) {
  customElements.define('dockerfile-playground', DockerfilePlayground);
}
