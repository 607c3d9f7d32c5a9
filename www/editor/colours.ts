/** What the parser says of texts that a component shows without the editor. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Outline } from '../../pkg/report';
import type { LanguageService } from './service';

export type Outlining = Pick<LanguageService, 'outline'>;

/** Asks for the outline of each text once, and has its component drawn again with the answer. */
export class Colours implements ReactiveController {
  private readonly known = new Map<string, Outline | null>();
  /** Texts of the last drawing: others are forgotten. */
  private used = new Set<string>();

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** The outline of a text; null while there is none. */
  of(text: string, service: Outlining | null): Outline | null {
    this.used.add(text);
    if (service && !this.known.has(text)) void this.ask(text, service);
    return this.known.get(text) ?? null;
  }

  hostUpdate(): void {
    this.used = new Set();
  }

  hostUpdated(): void {
    for (const text of this.known.keys()) if (!this.used.has(text)) this.known.delete(text);
  }

  private async ask(text: string, service: Outlining): Promise<void> {
    this.known.set(text, null);
    const outline = await service.outline(text);
    if (!this.known.has(text)) return;
    // No answer: the next drawing asks once more.
    if (outline) this.known.set(text, outline);
    else this.known.delete(text);
    if (outline) this.host.requestUpdate();
  }
}
