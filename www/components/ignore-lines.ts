import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { IgnoreLine } from '../../pkg/report';
import { formatBytes, formatCount } from '../format';
import { shared } from '../styles/shared';

/** What each line of the proposed .dockerignore takes out, and why it may. */
@customElement('dp-ignore-lines')
export class IgnoreLines extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        margin-top: 14px;
      }

      td {
        vertical-align: top;
      }

      .pattern {
        min-width: 12ch;
        overflow-wrap: anywhere;
      }

      .reason {
        color: var(--muted);
      }

      @container (max-width: 480px) {
        .files {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly IgnoreLine[] = [];

  override render() {
    if (this.lines.length === 0) return nothing;
    return html`<table>
      <caption class="visually-hidden">
        What each line of the proposed .dockerignore does
      </caption>
      <thead>
        <tr>
          <th>Line</th>
          <th>Why</th>
          <th class="right files">Files</th>
          <th class="right">Left out</th>
        </tr>
      </thead>
      <tbody>
        ${this.lines.map((line) => this.line(line))}
      </tbody>
    </table>`;
  }

  private line(line: IgnoreLine) {
    const { pattern, reason, files, bytes } = line;
    return html`<tr>
      <td class="pattern">
        <code>${pattern}</code>
      </td>
      <td class="reason">${reason ?? 'Yours.'}${this.dead(line)}</td>
      <td class="right num files">${files === 0 ? '' : formatCount(files)}</td>
      <td class="right num">${files === 0 ? '' : formatBytes(bytes)}</td>
    </tr>`;
  }

  private dead({ pattern, added, files, matches }: IgnoreLine) {
    if (files > 0) return nothing;
    if (matches > 0) return html` Another line decides about what it matches.`;
    if (added) return html` Nothing matches it yet.`;
    return pattern.startsWith('!')
      ? html` Dead: it brings nothing back.`
      : html` Dead: it matches nothing.`;
  }
}
