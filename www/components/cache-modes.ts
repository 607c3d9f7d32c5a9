import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CacheMode, CacheReport, ModeReport } from '../../pkg/report';
import { act } from '../events';
import { formatBytes, formatSeconds } from '../format';
import { shared } from '../styles/shared';
import { evidenceNames, modeNames } from '../words';

/** What a change costs under each place where the build cache may live. */
@customElement('dp-cache-modes')
export class CacheModes extends LitElement {
  static override styles = [
    shared,
    css`
      p {
        margin: 2px 0 6px;
      }

      .chosen td {
        background: var(--accent-soft);
      }

      .link {
        text-align: start;
      }

      .bytes {
        color: var(--muted);
        font-size: 12px;
        white-space: normal;
      }

      .bytes span {
        white-space: nowrap;
      }

      @media (max-width: 360px) {
        th,
        td {
          padding-inline: 4px;
        }

        .bytes span {
          white-space: normal;
        }
      }

      ul {
        margin-top: 8px;
        color: var(--muted);
        font-size: 12px;
      }
    `,
  ];

  @property({ attribute: false }) now: CacheReport | null = null;
  @property({ attribute: false }) optimized: CacheReport | null = null;
  @property({ attribute: false }) mode: CacheMode = 'local';

  override render() {
    const { now, optimized } = this;
    if (!now || now.modes.length === 0) return nothing;
    const chosen = now.modes.find(({ mode }) => mode === this.mode);
    return html`<h2>Where the build cache lives</h2>
      <p class="muted">
        Choose one to see its steps above. All but the first start on a new machine.
      </p>
      <table>
        <thead>
          <tr>
            <th>Cache</th>
            <th>Now</th>
            ${optimized ? html`<th>Optimized</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${now.modes.map((mode, at) => this.row(mode, optimized?.modes[at]))}
        </tbody>
      </table>
      <ul>
        ${chosen?.evidence.map(({ kind, text }) => html`<li>${text} (${evidenceNames[kind]})</li>`)}
      </ul>`;
  }

  private row(now: ModeReport, optimized: ModeReport | undefined) {
    const { mode } = now;
    return html`<tr class=${mode === this.mode ? 'chosen' : ''}>
      <td>
        <button
          class="link"
          aria-pressed=${mode === this.mode}
          @click=${() => act(this, { type: 'choose-mode', mode })}
        >
          ${modeNames[mode]}
        </button>
      </td>
      <td>${cost(now)}</td>
      ${optimized ? html`<td>${cost(optimized)}</td>` : nothing}
    </tr>`;
  }
}

function cost({ seconds, downloaded_bytes, pushed_bytes, cache_uploaded_bytes }: ModeReport) {
  const up = pushed_bytes + cache_uploaded_bytes;
  return html`<span class="num">${formatSeconds(seconds)}</span>
    <div class="bytes num">
      <span>${formatBytes(downloaded_bytes)} down,</span> <span>${formatBytes(up)} up</span>
    </div>`;
}
