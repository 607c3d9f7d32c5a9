/** What the tests of the page share: a page that is watched, and names for its parts. */
import { expect, test as base, type Locator, type Page } from '@playwright/test';

/** Where the page's draft is kept. */
export const DRAFT_KEY = 'dockerfile-playground.draft';

/** The page with its parts by name, as a user finds them. */
export class Playground {
  private readonly allowed: RegExp[] = [];

  constructor(readonly page: Page) {}

  /** Says that the browser will complain in these words, and that it should. */
  allow(complaint: RegExp): void {
    this.allowed.push(complaint);
  }

  isAllowed(complaint: string): boolean {
    return this.allowed.some((pattern) => pattern.test(complaint));
  }

  get summary(): Locator {
    return this.page.getByRole('region', { name: 'Summary' });
  }

  get dockerfile(): Locator {
    return this.page.getByRole('textbox', { name: 'Dockerfile', exact: true });
  }

  get dockerignore(): Locator {
    return this.page.getByRole('textbox', { name: '.dockerignore', exact: true });
  }

  /** What a tab's panel shows. It is slotted into the panel, so it is no descendant of it. */
  panel(name: string): Locator {
    return this.page.locator(`dp-${name.toLowerCase()}-view`);
  }

  /** Opens the page and waits for the first report. */
  async open(fragment = ''): Promise<void> {
    await this.page.goto(`./${fragment}`);
    await this.settled();
  }

  /** Waits for figures, or for the state without any. */
  async settled(): Promise<void> {
    await expect(this.summary).toContainText(/\d\s[kMG]?B|No image yet/);
  }

  tab(name: string | RegExp): Promise<void> {
    return this.page.getByRole('tab', { name }).first().click();
  }

  /** Shows a view; its code may come after its panel. */
  async show(name: string): Promise<Locator> {
    await this.tab(new RegExp(`^${name}`));
    const panel = this.panel(name);
    await expect(panel).toContainText(/\w/);
    return panel;
  }

  async example(title: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Examples' }).click();
    await this.page.getByRole('menuitem', { name: title, exact: true }).click();
  }

  /** Replaces the Dockerfile, as a paste does, and waits until the report speaks of it. */
  async write(text: string, editor = this.dockerfile): Promise<void> {
    await editor.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    if (text === '') await this.page.keyboard.press('Delete');
    else await this.page.keyboard.insertText(text);
  }

  /** Waits until this tab has kept its draft, with this text in it. */
  async kept(text: string): Promise<void> {
    await expect
      .poll(() => this.page.evaluate((key) => sessionStorage.getItem(key), DRAFT_KEY))
      .toContain(JSON.stringify(text).slice(1, -1));
    await expect(this.page.getByText('Saved in this browser.')).toBeVisible();
  }

  /** The text in the editor, or in the field that stands for it. Long ones are shown in part. */
  async text(editor = this.dockerfile): Promise<string> {
    return editor.evaluate((element) => {
      if (element instanceof HTMLTextAreaElement) return element.value;
      return [...element.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
    });
  }
}

/** Fails a test for whatever the browser complains about or sends away. */
async function watched(
  page: Page,
  baseURL: string,
  run: (app: Playground) => Promise<void>,
): Promise<void> {
  const complaints: string[] = [];
  const origin = new URL(baseURL).origin;
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    const local = url.startsWith('data:') || url.startsWith('blob:');
    if (!local && new URL(url).origin !== origin) complaints.push(`request: ${url}`);
    if (request.method() !== 'GET') complaints.push(`${request.method()}: ${url}`);
  });
  const app = new Playground(page);
  await run(app);
  expect(complaints.filter((complaint) => !app.isAllowed(complaint))).toEqual([]);
}

/** Holds back the answers to some requests; what it returns lets them through. */
export async function holdBack(page: Page, files: string): Promise<() => void> {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(files, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** A WebAssembly module in which one exported function traps at once. */
export function trapping(wasm: Buffer, name: string): Buffer {
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = wasm[at++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  };
  const text = (): string => {
    const length = number();
    at += length;
    return wasm.toString('utf8', at - length, at);
  };
  let target = -1;
  const sections: Readonly<Record<number, () => void>> = {
    // Imports; bindgen's are functions. They come first in the numbering of functions.
    2: () => {
      for (let left = number(); left > 0; left -= 1) {
        text();
        text();
        if (wasm[at++] !== 0) throw new Error('an import that is no function');
        number();
        target -= 1;
      }
    },
    // Exports.
    7: () => {
      for (let left = number(); left > 0; left -= 1) {
        const found = text() === name && wasm[at] === 0;
        at += 1;
        const index = number();
        if (found) target += index + 1;
      }
    },
    // Code: the body becomes no locals, `unreachable`, as many `nop` as fit, `end`.
    10: () => {
      number();
      for (; target > 0; target -= 1) at = number() + at;
      const size = number();
      wasm.fill(0x01, at, at + size).set([0x00, 0x00], at);
      wasm[at + size - 1] = 0x0b;
    },
  };
  while (at < wasm.length) {
    const read = sections[wasm[at++]!];
    const end = number() + at;
    read?.();
    at = end;
  }
  return wasm;
}

export const test = base.extend<{ app: Playground }>({
  app: async ({ page, baseURL }, use) => {
    await watched(page, baseURL ?? '', use);
  },
});

export { expect };
