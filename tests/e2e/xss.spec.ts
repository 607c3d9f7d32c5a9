/** Hostile texts through every input: they stay texts, here and in what is exported. */
import type { Locator, Page } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { type Playground, expect, test } from './helpers';

/** What would run scripts, make elements or break out of where it stands; without line breaks. */
const CORPUS = [
  '<script>fire(1)</script>',
  '<script src=//127.0.0.1:9/x.js></script>',
  '"><img src=x onerror=fire(2)>',
  "'><svg onload=fire(3)></svg>",
  '<img src=x:x onerror="fire(4)" data-xss>',
  '<svg><script>fire(5)</script></svg>',
  '<svg><animate onbegin=fire(6) attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.fire(7)</script>"></iframe>',
  '<iframe src="javascript:parent.fire(8)"></iframe>',
  '<a href="javascript:fire(9)" data-xss>x</a>',
  'javascript:fire(10)//',
  'java\tscript:fire(11)',
  'data:text/html,<script>parent.fire(12)</script>',
  '</textarea><script>fire(13)</script>',
  '</title></style></script><script>fire(14)</script>',
  '<noscript><p title="</noscript><img src=x onerror=fire(15)>">',
  '<math><mtext><table><mglyph><style><img src=x onerror=fire(16)>',
  '<!--><img src=x onerror=fire(17)>-->',
  ']]><img src=x onerror=fire(18)>',
  '&lt;img src=x onerror=fire(19)&gt;',
  '&#60;img src=x onerror=fire(20)&#62;',
  '\\u003cimg src=x onerror=fire(21)\\u003e',
  '${fire(22)}',
  '{{constructor.constructor("fire(23)")()}}',
  '`${fire(24)}`',
  '<template shadowrootmode=open><img src=x onerror=fire(25)></template>',
  '<base href=//127.0.0.1:9/ data-xss>',
  '<link rel=stylesheet href=//127.0.0.1:9/x.css data-xss>',
  '<meta http-equiv=refresh content="0;url=javascript:fire(26)" data-xss>',
  '<style data-xss>*{background:url(//127.0.0.1:9/x.png)}</style>',
  '<form action=//127.0.0.1:9/ data-xss><button autofocus onfocus=fire(27)>x</button></form>',
  '<object data="javascript:fire(28)"></object><embed src="javascript:fire(29)">',
  '<details open ontoggle=fire(30) data-xss>',
  '<dp-app data-xss></dp-app>',
  '<input autofocus onfocus=fire(31) data-xss>',
  '" autofocus onfocus="fire(32)" x="',
  "' style='background:url(//127.0.0.1:9/y.png)' x='",
  'x" onmouseover=fire(33) "',
  '<?lit$123$?><!--?lit$123$--><img src=x onerror=fire(34)>',
  '__proto__',
  'constructor',
  '\u202e<img src=x onerror=fire(35)>\u2066',
  '\u0000<img src=x onerror=fire(36)>',
] as const;

const ALL = CORPUS.join('\n');

/** In a Dockerfile that builds: in quotes and comments, names and paths. */
const quoted = (text: string) => JSON.stringify(text.replaceAll('$', '\\$'));
const VALID = [
  `# ${CORPUS.join(' ')}`,
  'FROM debian:12-slim AS build',
  ...CORPUS.map((text, at) => `ARG A${at}=${quoted(text)}`),
  ...CORPUS.map((text, at) => `LABEL l${at}=${quoted(text)}`),
  ...CORPUS.map((text) => `ENV PASSWORD_TOKEN=${quoted(text)}`),
  `RUN apt-get update && apt-get install -y curl ${CORPUS.map(quoted).join(' ')}`,
  ...CORPUS.map((text) => `RUN echo ${quoted(text)} > /${quoted(text)}`),
  `RUN <<'EOF'\n${ALL}\nEOF`,
  ...CORPUS.map((text) => `COPY ${JSON.stringify([text, `/${text}/`])}`),
  `ADD ["https://example.com/<img src=x onerror=fire(90) data-xss>", "/tmp/"]`,
  'FROM scratch',
  'COPY --from=build / /',
  ...CORPUS.map((text) => `CMD ${JSON.stringify([text])}`),
  '',
].join('\n');

/** As instructions, flags, names and directives: most of it is wrong, and is told of. */
const BROKEN = [
  ...CORPUS.map((text) => `# check=skip=${text}`),
  ...CORPUS,
  ...CORPUS.map((text) => `FROM ${text} AS ${text}`),
  ...CORPUS.map((text) => `FROM --platform=${text} a`),
  ...CORPUS.map((text) => `COPY --from=${text} --chown=${text} a b`),
  ...CORPUS.map((text) => `RUN --mount=type=${text} --${text} x`),
  ...CORPUS.map((text) => `EXPOSE ${text}\nUSER ${text}\nWORKDIR ${text}\nSTOPSIGNAL ${text}`),
  ...CORPUS.map((text) => `ONBUILD ${text}\nHEALTHCHECK ${text}\nSHELL ${text}`),
  ...CORPUS.map((text) => `# hadolint ignore=${text}\nMAINTAINER ${text}`),
  '',
].join('\n');

const LISTING = CORPUS.map((text, at) => `${at + 1}00\t${text.replaceAll('\t', ' ')}`).join('\n');
const MANIFEST = JSON.stringify({
  name: CORPUS[2],
  scripts: Object.fromEntries(CORPUS.map((text) => [text, text])),
  dependencies: Object.fromEntries(CORPUS.map((text) => [text, text])),
});
const GIT_LOG = CORPUS.map(
  (text, at) => `commit ${String(at).padStart(10, 'a')}\n\n    ${text}\n\nM\t${text}\n`,
).join('\n');
const BUILD_LOG = `${CORPUS.map((text, at) => `#${at + 5} [2/5] RUN ${text}\n#${at + 5} DONE 9.0s\n`).join('')}${ALL}\n`;
const HISTORY = `IMAGE CREATED CREATED BY SIZE COMMENT\n${CORPUS.map((text) => `abc 2 days ago RUN ${text} 10MB ${text}`).join('\n')}\n`;
const record = (value: unknown) => Object.fromEntries(CORPUS.map((text) => [text, value]));

/** Everything that a link may say, said by a stranger. */
function hostile(dockerfile: string) {
  return {
    dockerfile,
    dockerignore: `${ALL}\n${CORPUS.map((text) => `!${text}`).join('\n')}\n`,
    context: LISTING,
    manifests: { 'package.json': MANIFEST, ...record(ALL) },
    recipes: record(false),
    changes: CORPUS.map((text) => [`edit:${text}`, `base:${text}`, `arg:${text}=${text}`, text]),
    measured: HISTORY,
    settings: {
      rules: { trusted_registries: CORPUS, label_schema: record(CORPUS[2]), enable: CORPUS },
    },
    buildArgs: record(CORPUS[2]),
    target: dockerfile === VALID ? null : CORPUS[2],
    weekly: record(3),
    gitLog: GIT_LOG,
    buildLog: BUILD_LOG,
    view: { source: CORPUS[0], result: CORPUS[2], change: `edit:${CORPUS[2]}`, measure: CORPUS[4] },
  };
}

function packed(value: object): string {
  const json = JSON.stringify(value).replace('{', '{"__proto__": {"polluted": 1},');
  return `2.${deflateRawSync(json).toString('base64url')}`;
}

/** Notes what runs and what the policy has to stop, from the first script on. */
async function watch(page: Page): Promise<void> {
  page.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') throw new Error(`a dialog: ${dialog.message()}`);
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen, fire: (what: unknown) => seen.push(`script ${what}`) });
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, sample }) =>
      seen.push(`violation ${effectiveDirective} ${sample}`),
    );
  });
}

/** Fails for a script that ran, a violation of the policy, and an element that a text made. */
async function expectHarmless(page: Page, expected = /^$/): Promise<void> {
  for (const frame of page.frames()) {
    const found = await frame.evaluate(() => {
      const bad: string[] = [...((window as unknown as { seen?: string[] }).seen ?? [])];
      const forbidden = 'iframe, object, embed, base, math, marquee, foreignObject, animate';
      const look = (root: Document | ShadowRoot) => {
        for (const element of root.querySelectorAll('*')) {
          const attributes = [...element.attributes];
          const isOurs = element.matches('head > *') && !element.matches('[data-xss]');
          if (
            element.matches(`${forbidden}, [data-xss], [src="x"], [src^="x:"]`) ||
            (element.matches('script, link, meta, style') && !isOurs && root === document) ||
            (element.matches('script') && root !== document) ||
            attributes.some(({ name }) => name.startsWith('on')) ||
            attributes.some(
              ({ name, value }) =>
                !element.matches('dockerfile-playground') &&
                /^(href|src|action|formaction|data)$/.test(name) &&
                /^\s*(javascript|vbscript|data:text)/i.test(value),
            ) ||
            attributes.some(({ name, value }) => name === 'style' && value.includes('127.0.0.1:9'))
          ) {
            bad.push(`element ${element.outerHTML.slice(0, 120)}`);
          }
          if (element.shadowRoot) look(element.shadowRoot);
        }
      };
      look(document);
      if (({} as { polluted?: unknown }).polluted !== undefined) bad.push('prototype');
      return bad;
    });
    const unexpected = found.filter((what) => !expected.test(what));
    expect(unexpected, frame.url().slice(0, 60)).toEqual([]);
  }
}

/** Opens every view, and in it whatever opens. */
async function seeAll(app: Playground): Promise<void> {
  const { page } = app;
  for (const tab of ['Layers', 'Cache', 'Optimized', 'Findings', 'Report', 'Context', 'Settings']) {
    const panel = await app.show(tab);
    await expect(panel).toContainText(/\w/);
    await openAll(panel);
    await expectHarmless(page);
    const other = panel.getByRole('button', { name: 'Treemap' });
    if (tab === 'Layers' && (await other.count()) > 0) {
      await other.click();
      await expectHarmless(page);
    }
  }
  await app.tab('.dockerignore');
  await app.dockerignore.hover();
  await app.tab('Dockerfile');
  // Only lines in view are there; the first one alone may fill it.
  await app.dockerfile.press('ControlOrMeta+End');
  await page.locator('#dockerfile .cm-line').nth(-2).hover();
  await expectHarmless(page);
}

async function openAll(panel: Locator): Promise<void> {
  await panel.evaluate((host) => {
    const open = (root: ParentNode) => {
      for (const details of root.querySelectorAll('details')) details.open = true;
      const closed = [...root.querySelectorAll('[aria-expanded="false"]')].slice(0, 12);
      for (const button of closed) (button as HTMLElement).click();
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) open(element.shadowRoot);
      }
    };
    open(host.shadowRoot ?? host);
  });
}

test.beforeEach(async ({ page }) => watch(page));

test('the watch sees what it is there for', async ({ page }) => {
  await page.goto('./');
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.setAttribute('data-xss', '');
    document.body.append(image);
    (window as unknown as { fire(what: string): void }).fire('itself');
  });
  await expect(expectHarmless(page)).rejects.toThrow(/script itself[^]*data-xss/);
});

for (const [name, dockerfile] of [
  ['one that builds', VALID],
  ['one that does not', BROKEN],
] as const) {
  test(`a link with a hostile project, ${name}`, async ({ app, page }) => {
    test.slow();
    await page.goto(`./#${packed(hostile(dockerfile))}`);
    await expect(page.getByRole('region', { name: 'Summary' })).toContainText(/\w/);
    await expect(app.dockerfile).toContainText('fire(2)');
    await seeAll(app);
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectHarmless(page);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Embed', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.locator('dp-embed')).toContainText(/\w/);
    await expectHarmless(page);
    // What is kept is read again.
    await page.evaluate(() => localStorage.clear());
  });
}

test('what is pasted, typed and set', async ({ app, page }) => {
  test.slow();
  await app.open();
  await app.write(VALID);
  await app.tab('.dockerignore');
  await app.write(ALL, app.dockerignore);
  const context = await app.show('Context');
  await context.getByText('Use your own files').click();
  await context.getByRole('textbox', { name: 'File listing' }).fill(LISTING);
  await context.getByRole('button', { name: 'Use this listing' }).click();
  const settings = await app.show('Settings');
  for (const name of ['Trusted registries', 'Labels']) {
    const box = settings.getByRole('textbox', { name });
    await box.fill(ALL);
    await box.press('Tab');
  }
  const argument = settings.getByRole('textbox', { name: 'A2', exact: true });
  await argument.fill(CORPUS[2]);
  await argument.press('Enter');
  const layers = await app.show('Layers');
  await layers.getByText('Built it already?').click();
  await layers.getByRole('textbox', { name: /Output of docker history/ }).fill(HISTORY);
  await layers.getByRole('button', { name: 'Use these sizes' }).click();
  await app.show('Cache');
  for (const [what, text] of [
    ['git log', GIT_LOG],
    ['build log', BUILD_LOG],
  ] as const) {
    await page.getByText(`Paste your ${what}`).click();
    const box = page.getByRole('textbox', { name: what });
    await box.fill(text);
    const paste = page.locator('dp-log-paste', { has: box });
    await paste.getByRole('button', { name: 'Use it' }).click();
  }
  await seeAll(app);
  await page.reload();
  await app.settled();
  await expectHarmless(page);
});

test('names of files and folders', async ({ app, page }, info) => {
  await app.open();
  const names = CORPUS.map((text) => text.replaceAll(/[/\0]/g, '_').slice(0, 200));
  const root = info.outputPath('<img src=x onerror=fire(40) data-xss>');
  for (const path of ['Dockerfile', ...names, ...names.map((name) => `${name}.d/package.json`)]) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, path === 'Dockerfile' ? VALID : MANIFEST);
  }
  await drop(page, root);
  await expect(page.getByText(/^Opened \d+\sfiles/)).toBeVisible();
  await expect(await app.show('Context')).toContainText('onerror=fire(2)');
  await expectHarmless(page);
  const file = join(info.outputPath('other'), '<img src=x onerror=fire(41) data-xss>.json');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '{');
  await drop(page, file);
  await expect(page.getByText(/fire\(41\).*was not saved by this page/)).toBeVisible();
  await expectHarmless(page);
});

test('what another script has put into the storage, and messages', async ({ app, page }) => {
  await page.addInitScript(
    ([state, versions]) => {
      localStorage.setItem('dockerfile-playground.draft', state!);
      localStorage.setItem('dockerfile-playground.versions', versions!);
      localStorage.setItem('dockerfile-playground.theme', '"><img src=x onerror=fire(50)>');
    },
    [
      JSON.stringify(hostile(VALID)),
      JSON.stringify(CORPUS.map((text, at) => ({ text, kind: 'typed', at }))),
    ] as const,
  );
  await page.goto('./');
  await expect(app.dockerfile).toContainText('fire(2)');
  const before = await app.text();
  // Nothing here listens to the messages of others: `www/` has no such handler but the workers'.
  await page.evaluate((texts) => {
    for (const text of texts) {
      window.postMessage(text, '*');
      window.postMessage({ kind: 'report', id: 1, report: text, type: 'open', html: text }, '*');
    }
  }, CORPUS);
  await app.show('Cache');
  await expectHarmless(page);
  await expect.poll(() => app.text()).toBe(before);
});

test.describe('embedded', () => {
  for (const options of [
    '',
    '&view="><img src=x onerror=fire(60)>&theme=<b data-xss>&readonly=<b>',
  ]) {
    test(`the frame, ${options === '' ? 'its state' : 'its options'}`, async ({
      app: { page },
    }) => {
      await page.goto(`./embed.html#${packed(hostile(VALID))}${options}`);
      await expect(page.locator('dp-embed')).toContainText('fire(2)');
      await expectHarmless(page);
    });
  }

  test('addresses that are no state', async ({ app: { page } }) => {
    for (const text of [
      '<img src=x onerror=fire(61) data-xss>',
      'javascript:fire(62)',
      '1.%3Cb%3E',
    ]) {
      for (const name of ['./', './embed.html']) {
        await page.goto('about:blank');
        await page.goto(`${name}#${text}`);
        await expect(page.getByText(/link|damaged|another version/i).first()).toBeVisible();
        await expectHarmless(page);
      }
    }
  });

  test('attributes and text of the element', async ({ app, baseURL }) => {
    const { page } = app;
    app.allow(/Failed to load resource|URL scheme "javascript" is not supported|Refused|violates/);
    await page.goto(`${baseURL}docs/plain.html`);
    await page.evaluate(
      ([texts, dockerfile]) => {
        const element = document.querySelector('dockerfile-playground')!;
        for (const name of [
          'view',
          'theme',
          'height',
          'readonly',
          'state',
          'src',
          'home',
          'class',
        ]) {
          for (const text of texts!) element.setAttribute(name, text);
        }
        element.removeAttribute('state');
        element.removeAttribute('src');
        element.textContent = dockerfile!;
      },
      [CORPUS, VALID] as const,
    );
    const shown = page.locator('dockerfile-playground').first().locator('dp-embed');
    await expect(shown).toContainText('fire(2)');
    for (const src of ['javascript:fire(63)', 'data:text/html,<script>parent.fire(64)</script>']) {
      await page
        .locator('dockerfile-playground')
        .first()
        .evaluate((element, value) => element.setAttribute('src', value), src);
      await expect(page.getByRole('alert').first()).toContainText('could not be loaded');
    }
    // Its own text has set the address, which the policy of that page forbids to load.
    await expectHarmless(page, /^violation connect-src/);
  });
});

test('what the editor offers and tells', async ({ app, page }) => {
  test.slow();
  const files = CORPUS.map((text, at) => `1\ta${at}${text.replaceAll(/[\t/]/g, '')}`).join('\n');
  const named = CORPUS.map((text, at) => `ARG B${at}=${quoted(text)}`).join('\n');
  const dockerfile = `${named}\nFROM debian:12-slim\n${named}\n`;
  await app.open(`#${packed({ dockerfile, dockerignore: '', context: files })}`);
  const offered = page.locator('.cm-tooltip-autocomplete');
  for (const [line, expected] of [
    ['COPY a', 'onerror=fire'],
    ['RUN echo $B', 'B1'],
  ] as const) {
    await app.dockerfile.press('ControlOrMeta+End');
    await page.keyboard.insertText(line);
    await page.keyboard.press('Control+Space');
    await expect(offered).toContainText(expected);
    await page.keyboard.press('ArrowDown');
    await expectHarmless(page);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
  }
  await page.keyboard.insertText('RUN echo $B2 $B3');
  const variable = page.locator('#dockerfile .cm-line', { hasText: 'echo $B2' }).getByText('$B2');
  await variable.hover();
  await expect(page.locator('.cm-tooltip-hover')).toContainText('fire(2)');
  await expectHarmless(page);
});

test('what is exported', async ({ app, page, baseURL }) => {
  test.slow();
  await app.open(`#${packed({ dockerfile: VALID, dockerignore: ALL })}`);
  await page.getByRole('button', { name: 'Embed', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Embed in your page' });
  const snippet = (await dialog.getByRole('group', { name: 'HTML' }).textContent()) ?? '';
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await app.show('Report');
  const save = async (name: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: `Download ${name}` }).click();
    const stream = await (await download).createReadStream();
    return (await stream.toArray()).join('');
  };
  const picture = await save('Picture');

  // In a page that has no policy of its own, so that nothing else holds it back.
  for (const body of [snippet, picture]) {
    await page.route(`${baseURL}exported.html`, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<!doctype html><body>${body}` }),
    );
    await page.goto(`${baseURL}exported.html`);
    await expect(page.locator('dockerfile-playground, body > svg')).toHaveCount(1);
    const found = await page.evaluate(() => [
      ...(window as unknown as { seen: string[] }).seen,
      ...[...document.querySelectorAll('img, [data-xss], iframe, [onload], svg script')].map(
        (element) => element.outerHTML,
      ),
    ]);
    expect(found).toEqual([]);
  }
});

/** Drops a file or folder of this machine on the page, as its user does. */
async function drop(page: Page, path: string): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
}
