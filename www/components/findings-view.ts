import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Finding, Fix, Problem, Report } from '../../pkg/report';
import { jump } from '../events';
import { shared } from '../styles/shared';
import { findingKindNames, severityNames } from '../words';

const badgeOf = { error: 'error', warning: 'warning', info: '' } as const;

/** What is wrong or could be better, in the file's order. Fires `fix` with the chosen fix. */
@customElement('dp-findings-view')
export class FindingsView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
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

      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 12px;
        color: var(--muted);
        font-size: 0.857rem;
      }

      /* As tall as a finger needs. */
      .facts .link {
        min-height: 24px;
      }

      .facts code {
        font-size: 0.95em;
      }

      @media (max-width: 520px) {
        li {
          grid-template-columns: minmax(0, 1fr);
        }

        .button {
          justify-self: start;
        }
      }
    `,
  ];

  @property({ attribute: false }) report: Report | null = null;
  /** True while the report lags behind the editor: a fix would hit the wrong place. */
  @property({ type: Boolean }) stale = false;

  override render() {
    if (!this.report) return nothing;
    const { syntax, findings } = this.report;
    if (syntax.errors.length + findings.length === 0) return this.none();
    return html`<ul>
      ${syntax.errors.map((problem) => this.problem(problem))}
      ${findings.map((finding) => this.finding(finding))}
    </ul>`;
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

  private finding({ severity, message, line, kind, rule, aliases, fix }: Finding) {
    return html`<li>
      <span class="badge ${badgeOf[severity]}">${severityNames[severity]}</span>
      <div>
        <p>${message}</p>
        <p class="facts">
          ${this.place(line)}<span>${findingKindNames[kind]}</span><code>${rule}</code>
          ${aliases.map((alias) => html`<code>${alias}</code>`)}
        </p>
      </div>
      ${fix ? this.fixButton(fix) : nothing}
    </li>`;
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
