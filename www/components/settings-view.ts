import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { ArgumentReport, Report } from '../../pkg/report';
import { act, jump } from '../events';
import { formatMoney, formatSeconds } from '../format';
import { type SettingName, type Workspace, settingNames } from '../state';
import { shared } from '../styles/shared';
import { stageName } from '../words';
import './rule-settings';

/** How a setting is shown: the core's figure is `unit` times what is typed. */
interface Field {
  readonly label: string;
  readonly after: string;
  readonly unit: number;
  /** Where the default comes from. */
  readonly source: string;
}

const fields: Readonly<Record<SettingName, Field>> = {
  bandwidth: {
    label: 'Download',
    after: 'Mbit/s',
    unit: 125_000,
    source: 'assumed',
  },
  unpack_rate: {
    label: 'Unpacking',
    after: 'MB/s, uncompressed',
    unit: 1e6,
    source: 'assumed: gzip layers on an SSD',
  },
  pulls_per_month: {
    label: 'Pulls',
    after: 'a month, all hosts together',
    unit: 1,
    source: '100 a day, three zones together',
  },
  transfer_price: {
    label: 'Transfer',
    after: '$ a GB',
    unit: 1,
    source: 'Amazon ECR, list price of 2026-11',
  },
  storage_price: {
    label: 'Storage',
    after: '$ a GB and month',
    unit: 1,
    source: 'Amazon ECR, list price of 2026-11',
  },
};

/** What the build is asked for, and the assumptions behind pull time and cost. */
@customElement('dp-settings-view')
export class SettingsView extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        padding: 16px;
      }

      section + section,
      dp-rule-settings {
        margin-top: 24px;
      }

      h2 {
        margin-bottom: 8px;
      }

      .field {
        display: grid;
        grid-template-columns: minmax(84px, 130px) minmax(0, 1fr);
        align-items: baseline;
        gap: 2px 12px;
        padding: 5px 0;
      }

      .field label,
      .field .label {
        overflow-wrap: anywhere;
      }

      .value {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        min-width: 0;
      }

      .value .input {
        flex: 0 1 110px;
      }

      .value .wide {
        flex: 1 1 160px;
        max-width: 320px;
      }

      .note {
        grid-column: 2;
        color: var(--muted);
        font-size: 12px;
      }

      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 4px 12px;
      }

      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 32px;
        margin-top: 12px;
        padding-top: 12px;
        border-top: 1px solid var(--line);
        font-variant-numeric: tabular-nums;
      }

      dt {
        color: var(--muted);
        font-size: 12px;
      }

      dd {
        font-size: 16px;
        font-weight: 500;
      }
    `,
  ];

  @property({ attribute: false }) report: Report | null = null;
  @property({ attribute: false }) workspace!: Workspace;
  @state() private wrong: SettingName | null = null;

  override render() {
    if (!this.report) return nothing;
    return html`${this.build(this.report)} ${this.costs(this.report)}
      <dp-rule-settings .workspace=${this.workspace}></dp-rule-settings>`;
  }

  private build({ stages, arguments: declared }: Report) {
    const { target, buildArgs } = this.workspace;
    const named = stages.filter((stage) => stage.name !== undefined);
    const unknown = target !== null && !named.some((stage) => stage.name === target);
    const others = Object.keys(buildArgs).filter(
      (name) => !declared.some((argument) => argument.name === name),
    );
    return html`<section aria-labelledby="build">
      <h2 id="build">Build</h2>
      <div class="field">
        <label for="target">Target stage</label>
        <div class="value">
          <select id="target" class="input wide" @change=${this.onTarget}>
            <option value="" ?selected=${target === null}>the last one</option>
            ${named.map(
              (stage) =>
                html`<option value=${stage.name!} ?selected=${stage.name === target}>
                  ${stageName(stage)}
                </option>`,
            )}
            ${unknown ? html`<option value=${target} selected>${target} (not found)</option>` : nothing}
          </select>
        </div>
      </div>
      ${
        declared.length + others.length === 0
          ? html`<p class="muted">The Dockerfile declares no build arguments.</p>`
          : nothing
      }
      ${declared.map((argument) => this.argument(argument))}
      ${others.map((name) => this.stray(name))}
    </section>`;
  }

  private onTarget(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    act(this, { type: 'set-target', target: value === '' ? null : value });
  }

  private argument({ name, line, default: usual }: ArgumentReport) {
    const given = this.workspace.buildArgs[name];
    const id = `argument-${name}`;
    return html`<div class="field">
      <label for=${id}><code>${name}</code></label>
      <div class="value">
        <input
          id=${id}
          class="input mono wide"
          spellcheck="false"
          placeholder=${usual ?? 'no value'}
          .value=${live(given ?? '')}
          @change=${(event: Event) =>
            act(this, {
              type: 'set-build-arg',
              name,
              value: (event.target as HTMLInputElement).value || null,
            })}
        />
        ${given === undefined ? nothing : this.unset(name)}
        <button
          class="link num"
          aria-label="Go to line ${line} of the Dockerfile"
          @click=${() => jump(this, 'dockerfile', line)}
        >
          line ${line}
        </button>
      </div>
    </div>`;
  }

  /** An argument that was set, and that the Dockerfile no longer declares. */
  private stray(name: string) {
    return html`<div class="field">
      <span class="label"><code>${name}</code></span>
      <div class="value">
        <code>${this.workspace.buildArgs[name]}</code>
        <span class="muted">not declared</span> ${this.unset(name)}
      </div>
    </div>`;
  }

  private unset(name: string) {
    return html`<button
      class="button small"
      aria-label="Reset ${name}"
      @click=${() => act(this, { type: 'set-build-arg', name, value: null })}
    >
      Reset
    </button>`;
  }

  private costs({ image, optimized, default_settings }: Report) {
    const { settings } = this.workspace;
    const changed = settingNames.some((name) => settings[name] !== undefined);
    return html`<section aria-labelledby="costs">
      <div class="head">
        <h2 id="costs">Pull time and cost</h2>
        ${
          changed
            ? html`<button class="button small" @click=${() => this.resetCosts()}>
                Reset all
              </button>`
            : nothing
        }
      </div>
      ${settingNames.map((name) => this.setting(name, default_settings[name] ?? 0))}
      <dl>
        ${this.pair('Cold pull', image.pull_seconds, optimized.image.pull_seconds, formatSeconds)}
        ${this.pair('Cost a month', image.monthly_cost, optimized.image.monthly_cost, formatMoney)}
      </dl>
      <p class="note">
        Every pull transfers the compressed image, and the registry keeps it once. A cold pull
        downloads and unpacks at the same time.
      </p>
    </section>`;
  }

  /** Takes the assumptions back; what rules are set to is none. */
  private resetCosts(): void {
    const { rules } = this.workspace.settings;
    act(this, { type: 'set-settings', settings: rules ? { rules } : {} });
  }

  private setting(name: SettingName, usual: number) {
    const { label, after, unit, source } = fields[name];
    const value = this.workspace.settings[name];
    const id = `setting-${name}`;
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <div class="value">
        <input
          id=${id}
          class="input"
          inputmode="decimal"
          aria-describedby="${id}-note"
          aria-invalid=${this.wrong === name}
          .value=${live(String((value ?? usual) / unit))}
          @change=${(event: Event) => this.onSetting(name, usual, event)}
        />
        <span>${after}</span>
      </div>
      <p class="note" id="${id}-note">
        ${this.wrong === name ? 'Give a number, 0 or more. ' : nothing}Default ${usual / unit}:
        ${source}
      </p>
    </div>`;
  }

  private onSetting(name: SettingName, usual: number, event: Event): void {
    const input = event.target as HTMLInputElement;
    const typed = input.value.trim().replace(',', '.');
    const value = Number(typed) * fields[name].unit;
    const { [name]: _, ...others } = this.workspace.settings;
    if (typed !== '' && !(Number.isFinite(value) && value >= 0)) {
      this.wrong = name;
      return;
    }
    this.wrong = null;
    const settings = typed === '' || value === usual ? others : { ...others, [name]: value };
    act(this, { type: 'set-settings', settings });
    this.requestUpdate();
  }

  private pair(label: string, before: number, after: number, text: (value: number) => string) {
    const [first, second] = [text(before), text(after)];
    return html`<div>
      <dt>${label}</dt>
      <dd>
        ${first}${
          first === second
            ? nothing
            : html` <span class="muted" aria-hidden="true">→</span>
                <span class="visually-hidden">optimized:</span> ${second}`
        }
      </dd>
    </div>`;
  }
}
