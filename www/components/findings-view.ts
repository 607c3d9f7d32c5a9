import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Finding, FindingKind, Fix, Problem, Report } from '../../pkg/report';
import { jump } from '../events';
import { toldOnce } from '../findings';
import { allFixes } from '../fixes';
import { type RuleDocs, ruleDocs } from '../rule-docs';
import { shared } from '../styles/shared';
import { findingKindNames, severityNames } from '../words';

const badgeOf = { error: 'error', warning: 'warning', info: '' } as const;

/** The filter's kinds, in the order of their buttons. */
const kinds = Object.keys(findingKindNames) as FindingKind[];

/** What is wrong or could be better, in the file's order. Fires `fix` with the chosen fix. */
@customElement('dp-findings-view')
export class FindingsView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        padding: 4px 16px 16px;
      }

      li {
        display: grid;
        grid-template-columns: 84px minmax(0, 1fr) auto;
        gap: 4px 12px;
        align-items: start;
        padding: 12px 0;
        border-bottom: 1px solid var(--line);
      }

      .badge {
        justify-self: start;
      }

      .filter {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 12px;
        padding: 8px 0;
        border-bottom: 1px solid var(--line);
      }

      .segmented {
        flex-wrap: wrap;
      }

      .docs {
        grid-column: 2 / -1;
        max-width: 76ch;
        padding: 8px 12px;
        border-radius: var(--radius-small);
        background: var(--sunken);
      }

      .docs p + p {
        margin-top: 6px;
      }

      .docs h3 {
        margin-top: 10px;
        color: var(--muted);
      }

      .docs pre {
        margin: 4px 0 0;
        overflow-x: auto;
        font-family: var(--mono);
        font-size: 0.893em;
      }

      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        color: var(--muted);
        font-size: 12px;
      }

      /* As tall as a finger needs. */
      .facts .link {
        min-height: 24px;
      }

      .facts code {
        font-size: 0.95em;
      }

      /* Leaves the finding room. */
      li > .button {
        justify-self: end;
        max-width: 240px;
        text-align: start;
        white-space: normal;
      }

      /* Beside a button there would be few words in a line. */
      @container (max-width: 640px) {
        li > .button {
          grid-column: 2;
          justify-self: start;
          max-width: 100%;
        }
      }

      @container (max-width: 440px) {
        li {
          grid-template-columns: minmax(0, 1fr);
        }

        li > .button,
        .docs {
          grid-column: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) report: Report | null = null;
  /** True while the report lags behind the editor: a fix would hit the wrong place. */
  @property({ type: Boolean }) stale = false;
  /** The kind that is shown; null shows all. */
  @state() private kind: FindingKind | null = null;
  /** The finding whose docs are open, by rule and line, as findings come anew with each report. */
  @state() private open: string | null = null;
  @state() private docs: Readonly<Record<string, RuleDocs>> | null = null;

  override render() {
    if (!this.report) return nothing;
    const { syntax } = this.report;
    const findings = toldOnce(this.report);
    if (syntax.errors.length + findings.length === 0) return this.none();
    const isKind = ({ kind }: Finding) => this.kind === null || kind === this.kind;
    const shown = findings.filter(isKind);
    return html`${this.filter(findings, shown)}
      <ul>
        ${this.kind === null ? syntax.errors.map((problem) => this.problem(problem)) : nothing}
        ${shown.map((finding) => this.finding(finding))}
      </ul>`;
  }

  private filter(findings: readonly Finding[], shown: readonly Finding[]) {
    const errors = this.report?.syntax.errors.length ?? 0;
    const counted = kinds
      .map((kind) => ({ kind, count: findings.filter((finding) => finding.kind === kind).length }))
      .filter(({ kind, count }) => count > 0 || kind === this.kind);
    const all = allFixes(shown);
    return html`<div class="filter">
      <div class="segmented" role="group" aria-label="Kinds of findings">
        ${this.choice(null, `all ${findings.length + errors}`)}
        ${counted.map(({ kind, count }) => this.choice(kind, `${findingKindNames[kind]} ${count}`))}
      </div>
      ${all ? this.fixButton(all) : nothing}
    </div>`;
  }

  private choice(kind: FindingKind | null, label: string) {
    return html`<button
      class="num"
      aria-pressed=${this.kind === kind}
      @click=${() => (this.kind = kind)}
    >
      ${label}
    </button>`;
  }

  private none() {
    const empty = this.report?.stages.length === 0;
    return html`<div class="empty">
      <h2>${empty ? 'Nothing to check yet' : 'No findings'}</h2>
      <p>${empty ? 'Write a FROM line first.' : 'No rule has anything to say about this file.'}</p>
    </div>`;
  }

  private problem({ message, line, help }: Problem) {
    return html`<li>
      <span class="badge error">Error</span>
      <div>
        <p>${message}</p>
        <p class="facts">
          ${this.place(line)}<span>syntax</span>${help ? html`<span>${help}</span>` : nothing}
        </p>
      </div>
    </li>`;
  }

  private finding(finding: Finding) {
    const { severity, message, line, kind, rule, aliases, fix } = finding;
    const key = `${rule}:${line}`;
    const open = this.open === key;
    return html`<li>
      <span class="badge ${badgeOf[severity]}">${severityNames[severity]}</span>
      <div>
        <p>${message}</p>
        <p class="facts">
          ${this.place(line)}<span>${findingKindNames[kind]}</span><code>${rule}</code>
          ${[...aliases, ...this.alsoKnown(finding)].map((alias) => html`<code>${alias}</code>`)}
          <button
            class="link"
            aria-expanded=${open}
            aria-label="Why ${rule} in line ${line}"
            @click=${() => this.toggle(open ? null : key)}
          >
            ${open ? 'less' : 'why'}
          </button>
        </p>
      </div>
      ${fix ? this.fixButton(fix) : nothing} ${open ? this.page(rule) : nothing}
    </li>`;
  }

  /** What other rules call the same thing in the same line. */
  private alsoKnown({ rule, line }: Finding): readonly string[] {
    const others = this.report?.findings.filter(
      (other) => other.same_as === rule && other.line === line,
    );
    return others?.flatMap(({ aliases }) => aliases) ?? [];
  }

  private toggle(key: string | null): void {
    this.open = key;
    if (key === null || this.docs) return;
    // Without a network the finding stands without them.
    void ruleDocs().then(
      (docs) => (this.docs = docs),
      () => undefined,
    );
  }

  private page(rule: string) {
    const docs = this.docs?.[rule];
    if (!docs) return nothing;
    return html`<div class="docs">
      ${[`${docs.title}.`, ...docs.why].map((text) => html`<p>${withCode(text)}</p>`)}
      ${
        docs.bad
          ? html`<h3>Found</h3>
              <pre>${docs.bad}</pre>`
          : nothing
      }
      ${
        docs.good
          ? html`<h3>Better</h3>
              <pre>${docs.good}</pre>`
          : nothing
      }
    </div>`;
  }

  private place(line: number) {
    return html`<button class="link num" @click=${() => jump(this, 'dockerfile', line)}>
      line ${line}
    </button>`;
  }

  private fixButton(fix: Fix) {
    const apply = () => {
      if (!this.stale) this.dispatchEvent(new CustomEvent('fix', { detail: fix }));
    };
    return html`<button class="button small" @click=${apply}>${fix.title}</button>`;
  }
}

/** A text with what stands in backticks as code. */
function withCode(text: string) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
