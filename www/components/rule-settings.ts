import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { LabelKind, RuleSettings } from '../../pkg/report';
import { act } from '../events';
import { type Workspace, labelKinds } from '../state';
import { shared } from '../styles/shared';

/** Rules that run only when they are asked for, and what they find. */
const optional = [
  { name: 'DL3057', finds: 'stages without HEALTHCHECK' },
  { name: 'DL1001', finds: 'comments that ignore a rule' },
] as const;

/** What rules of findings cannot know by themselves: registries, labels, rules that are off. */
@customElement('dp-rule-settings')
export class RuleSettingsView extends LitElement {
  static override styles = [
    shared,
    css`
      h2 {
        margin-bottom: 8px;
      }

      .field {
        display: grid;
        grid-template-columns: minmax(84px, 130px) minmax(0, 1fr);
        gap: 2px 12px;
        padding: 5px 0;
      }

      .field > label,
      .field > span {
        padding-top: 5px;
      }

      .input {
        width: 100%;
        max-width: 420px;
      }

      textarea {
        min-height: 92px;
        resize: vertical;
      }

      .check {
        display: flex;
        align-items: baseline;
        gap: 8px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }

      .note {
        grid-column: 2;
        color: var(--muted);
        font-size: 12px;
      }
    `,
  ];

  @property({ attribute: false }) workspace!: Workspace;
  /** The first line of the labels that is not one. */
  @state() private wrong: string | null = null;

  override render() {
    const rules = this.workspace.settings.rules ?? {};
    const labels = Object.entries(rules.label_schema ?? {});
    return html`<section aria-labelledby="rules">
      <h2 id="rules">Findings</h2>
      <div class="field">
        <label for="registries">Trusted registries</label>
        <input
          id="registries"
          class="input mono"
          spellcheck="false"
          placeholder="any"
          aria-describedby="registries-note"
          .value=${live((rules.trusted_registries ?? []).join(', '))}
          @change=${this.onRegistries}
        />
        <p class="note" id="registries-note">
          With commas between: <code>docker.io, *.example.com</code>. Images of others are found.
        </p>
      </div>
      <div class="field">
        <label for="labels">Labels</label>
        <textarea
          id="labels"
          class="input mono"
          spellcheck="false"
          placeholder="version: semver"
          aria-describedby="labels-note"
          aria-invalid=${this.wrong !== null}
          .value=${live(labels.map(([name, kind]) => `${name}: ${kind}`).join('\n'))}
          @change=${this.onLabels}
        ></textarea>
        <p class="note" id="labels-note">
          ${this.wrong === null ? nothing : html`<strong>Not a label: ${this.wrong}.</strong> `} A
          line each, the label and what it is: ${labelKinds.join(', ')}.
        </p>
      </div>
      <div class="field">
        <span>Also find</span>
        <div>
          ${this.check('labels that are not listed', rules.strict_labels === true, (on) =>
            this.change({ strict_labels: on }),
          )}
          ${optional.map(({ name, finds }) => {
            const enabled = rules.enable ?? [];
            const others = enabled.filter((other) => other !== name);
            return this.check(`${finds} (${name})`, enabled.includes(name), (on) =>
              this.change({ enable: on ? [...others, name] : others }),
            );
          })}
        </div>
      </div>
    </section>`;
  }

  private check(label: string, checked: boolean, change: (on: boolean) => void) {
    return html`<label class="check">
      <input
        type="checkbox"
        .checked=${live(checked)}
        @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
      />
      <span>${label}</span>
    </label>`;
  }

  private onRegistries(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    const names = value.split(/[\s,]+/).filter((name) => name !== '');
    this.change({ trusted_registries: names });
  }

  private onLabels(event: Event): void {
    const lines = (event.target as HTMLTextAreaElement).value.split('\n');
    const labels: Record<string, LabelKind> = {};
    for (const line of lines.map((text) => text.trim()).filter((text) => text !== '')) {
      const [, name, word] = /^(\S+)\s*:\s*(\w+)$/.exec(line) ?? [];
      const kind = labelKinds.find((known) => known === word);
      if (name === undefined || kind === undefined) {
        this.wrong = line;
        return;
      }
      labels[name] = kind;
    }
    this.wrong = null;
    this.change({ label_schema: labels });
  }

  private change(rules: RuleSettings): void {
    const { settings } = this.workspace;
    act(this, {
      type: 'set-settings',
      settings: { ...settings, rules: { ...settings.rules, ...rules } },
    });
  }
}
