import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type Word, colouredLines } from '../editor/coloured';
import { Colours, type Outlining } from '../editor/colours';
import { ignoreOutlining } from '../editor/ignore-outline';
import { type LineMark, markElement } from '../editor/marks-of-report';
import type { TextFile } from '../state';
import { codeColours } from '../styles/code-colours';
import { lineMarkStyles } from '../styles/line-marks';
import { place } from '../styles/place';
import { shared } from '../styles/shared';

/** Browsers put longer pastes into a field line by line, which may take minutes. */
const LONG_PASTE = 2000;
/** A longer text to write in has no colours and numbers: so many elements take long. */
const LONG = 30_000;

/**
 * One of the two texts as the editor shows it, without loading the editor: to be read only, or to
 * be written in plainly until the editor is there. Fires `edit` with the text.
 */
@customElement('dp-source-text')
export class SourceText extends LitElement {
  static override styles = [
    shared,
    lineMarkStyles,
    codeColours,
    css`
      .text {
        position: relative;
        min-height: 100%;
      }

      pre,
      textarea {
        margin: 0;
        font: 13px/1.6 var(--mono);
        tab-size: 4;
      }

      pre {
        padding: 10px 0;
      }

      code,
      textarea {
        overflow-wrap: anywhere;
        white-space: break-spaces;
        word-break: break-word;
      }

      .line {
        display: flex;
        padding-inline-end: 12px;
      }

      .line.chosen {
        background: color-mix(in srgb, var(--accent) 26%, transparent);
      }

      /* Not in the text, so that it is not copied with it. */
      .line::before {
        content: attr(data-line);
        flex: none;
        width: max(22px, calc(var(--digits) * 1ch + 8px));
        margin-inline-start: 6px;
        padding-inline: 4px;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }

      .dp-marks {
        flex: none;
        width: 52px;
        user-select: none;
      }

      code {
        flex: 1;
        min-width: 0;
        padding-inline-start: 6px;
        font: inherit;
      }

      /* Where the editor has signs to fold by. */
      .writable code {
        margin-inline-start: 20px;
      }

      .writable.dockerignore code {
        margin-inline-start: 0;
      }

      /* Over the coloured text, each of its letters over the same one. */
      textarea {
        position: absolute;
        inset: 0;
        width: 100%;
        padding: 10px 12px 10px calc(max(22px, var(--digits) * 1ch + 8px) + 84px);
        border: 0;
        overflow: hidden;
        background: none;
        color: transparent;
        caret-color: var(--text);
        resize: none;
      }

      .dockerignore textarea {
        padding-inline-start: calc(max(22px, var(--digits) * 1ch + 8px) + 12px);
      }

      /* The cursor shows where one writes, as in the editor. */
      textarea:focus-visible {
        outline: 0;
      }

      .long {
        height: 100%;
      }

      .long pre {
        display: none;
      }

      .long textarea {
        position: static;
        display: block;
        height: 100%;
        overflow: auto;
        color: inherit;
      }

      textarea::selection {
        background: var(--selection);
      }

      textarea::placeholder {
        color: var(--muted);
        font-family: var(--sans);
      }
    `,
  ];

  @property() file: TextFile = 'dockerfile';
  @property() label = '';
  /** Shown while there is no text. */
  @property() hint = '';
  @property({ type: Boolean }) writable = false;
  @property({ attribute: false }) value = '';
  @property({ attribute: false }) marks: readonly LineMark[] = [];
  @property({ attribute: false }) service: Outlining | null = null;
  @state() private chosen = 0;
  @query('textarea') readonly field!: HTMLTextAreaElement | null;
  private isComposing = false;
  private readonly colours = new Colours(this);

  override firstUpdated(): void {
    this.field?.setSelectionRange(0, 0);
  }

  override render() {
    const text = this.writable ? this.value : this.value.replace(/\n$/, '');
    const service = this.file === 'dockerfile' ? this.service : ignoreOutlining;
    const isLong = this.writable && text.length > LONG;
    const lines = isLong ? [] : colouredLines(text, this.colours.of(text, service));
    const marks = new Map(this.marks.map((mark) => [mark.line, mark]));
    const digits = place({ '--digits': String(String(lines.length).length) });
    const rows = lines.map((line, at) => this.line(line, at + 1, marks.get(at + 1)));
    // prettier-ignore
    return html`<div class="text ${this.file} ${this.writable ? 'writable' : ''} ${isLong ? 'long' : ''}" ${digits}><pre
      role=${this.writable ? nothing : 'group'}
      aria-label=${this.writable ? nothing : this.label}
      aria-hidden=${this.writable ? 'true' : nothing}
    >
${rows}</pre>${this.writable ? this.input() : nothing}</div>`;
  }

  private input() {
    return html`<textarea
      aria-label=${this.label}
      placeholder=${this.hint}
      spellcheck="false"
      autocapitalize="off"
      autocorrect="off"
      autocomplete="off"
      .value=${this.value}
      @beforeinput=${this.onBeforeInput}
      @input=${this.onInput}
      @compositionstart=${() => (this.isComposing = true)}
      @compositionend=${() => (this.isComposing = false)}
    ></textarea>`;
  }

  /** Waits until no letter is half put together in the field. */
  async composed(): Promise<void> {
    if (!this.isComposing) return;
    const ended = (resolve: () => void) =>
      this.field?.addEventListener('compositionend', () => setTimeout(resolve), { once: true });
    await new Promise<void>(ended);
  }

  private onBeforeInput(event: InputEvent): void {
    const { data } = event;
    if (!this.field || !data || data.length < LONG_PASTE) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = this.field;
    this.field.setRangeText(data, selectionStart, selectionEnd, 'end');
    this.onInput();
  }

  private onInput(): void {
    this.dispatchEvent(new CustomEvent('edit', { detail: this.field?.value ?? '' }));
  }

  /** Shows and marks a line. */
  reveal(line: number): void {
    this.chosen = line;
    void this.updateComplete.then(() => {
      const element = this.renderRoot.querySelector(`[data-line="${line}"]`);
      element?.scrollIntoView({ block: 'nearest' });
    });
  }

  private line(words: readonly Word[], line: number, mark: LineMark | undefined) {
    const hasMarks = this.file === 'dockerfile' && (this.writable || this.marks.length > 0);
    const marks = hasMarks
      ? html`<span class="dp-marks">${mark ? markElement(mark) : nothing}</span>`
      : nothing;
    // Without spaces between the elements: they would be part of the text.
    // prettier-ignore
    return html`<div class="line ${line === this.chosen ? 'chosen' : ''}" data-line=${line}>${marks}<code>${words.map(wordElement)}\n</code></div>`;
  }
}

function wordElement({ text, colour }: Word) {
  return colour === null ? text : html`<span class=${colour}>${text}</span>`;
}
