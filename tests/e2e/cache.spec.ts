/** The Cache panel: what may change, when each step runs, and what that costs before and after. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { DRAFT_KEY, type Playground, expect, test } from './helpers';

/** Two stages that need nothing of each other, and one that needs both. */
const PARALLEL = `FROM node:22 AS web
WORKDIR /web
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM golang:1.24 AS server
ARG VERSION=dev
WORKDIR /server
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go build -o /server/app .

FROM alpine AS docs
RUN apk add --no-cache pandoc

FROM debian:12-slim
RUN apt-get update && apt-get install -y ca-certificates
COPY --from=web /web/dist /srv/
COPY --from=server /server/app /usr/bin/app
`;

const LISTING = [
  '120 Dockerfile',
  '300 package.json',
  '90000 package-lock.json',
  '200 go.mod',
  '4000 go.sum',
  '5000 src/main.ts',
  '2500 src/pages/index.ts',
  '3000 main.go',
  '1200 README.md',
].join('\n');

/** Opens the Cache panel on a project, as it would be after a reload. */
async function cache(app: Playground, project: object = {}): Promise<Locator> {
  const draft = JSON.stringify({
    dockerfile: PARALLEL,
    dockerignore: '',
    context: LISTING,
    manifests: {},
    recipes: {},
    changes: [],
    view: { source: 'dockerfile', result: 'cache', change: null, measure: 'size' },
    ...project,
  });
  await app.page.addInitScript(
    ([key, text]) => {
      if (!sessionStorage.getItem('draft-is-set')) localStorage.setItem(key, text);
      sessionStorage.setItem('draft-is-set', 'yes');
    },
    [DRAFT_KEY, draft] as const,
  );
  await app.open();
  return app.panel('Cache');
}

const now = (panel: Locator) => panel.getByRole('region', { name: /^Now: / });

function step(panel: Locator, text: string | RegExp): Locator {
  return now(panel).getByRole('listitem').filter({ hasText: text }).first();
}

/** Opens the form for changes of a kind. */
async function pickFrom(panel: Locator, section: string): Promise<Locator> {
  await panel.getByRole('button', { name: 'Another change …' }).click();
  const where = panel.getByRole('group', { name: 'Where the change is' });
  await where.getByRole('button', { name: section, exact: true }).click();
  return panel.locator('.panel');
}

test.describe('the change picker', () => {
  test('finds a file in the tree and edits it, by keyboard alone', async ({ app, page }) => {
    const panel = await cache(app);
    await panel.getByRole('button', { name: 'Another change …' }).focus();
    await page.keyboard.press('Enter');
    await panel.getByRole('searchbox', { name: 'Search the files' }).focus();
    await page.keyboard.type('pages');
    const tree = panel.getByRole('tree', { name: 'Files of the build context' });
    await expect(tree.getByRole('treeitem')).toHaveCount(2);
    await page.keyboard.press('ArrowDown');
    await expect(tree.getByRole('treeitem', { name: /^src, folder/ })).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await expect(tree.getByRole('treeitem', { name: /^index\.ts/ })).toBeFocused();
    await page.keyboard.press('Enter');
    const chip = panel.getByRole('button', { name: 'Edit src/pages/index.ts', exact: true });
    await expect(chip).toHaveAttribute('aria-pressed', 'true');
    await expect(step(panel, 'RUN npm run build')).toHaveClass(/run/);
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/cached/);
  });

  test('moves in the tree as the pattern for trees says', async ({ app, page }) => {
    const panel = await cache(app);
    await pickFrom(panel, 'Files');
    const item = (name: RegExp) => panel.getByRole('treeitem', { name });
    await item(/^src, folder/).click();
    await expect(item(/^src, folder/)).toHaveAttribute('aria-expanded', 'true');
    await page.keyboard.press('ArrowRight');
    await expect(item(/^pages, folder/)).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(item(/^src, folder/)).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(item(/^src, folder/)).toHaveAttribute('aria-expanded', 'false');
    await page.keyboard.press('r');
    await expect(item(/^README\.md/)).toBeFocused();
    await page.keyboard.press('Home');
    await expect(item(/^src, folder/)).toBeFocused();
    await expect(panel.locator('[role=treeitem][tabindex="0"]')).toHaveCount(1);
  });

  test('offers all that can happen to a file', async ({ app, page }) => {
    const panel = await cache(app);
    const form = await pickFrom(panel, 'Files');
    await form.getByRole('treeitem', { name: /^package\.json/ }).click();
    const what = form.getByRole('group', { name: 'Change package.json' });
    const runs = async (name: string, isRun: boolean) => {
      await form.getByRole('checkbox').uncheck();
      await what.getByRole('button', { name, exact: true }).click();
      await expect(step(panel, 'RUN npm ci')).toHaveClass(isRun ? /run/ : /cached/);
    };
    await runs('Touch only', false);
    await runs('Edit', true);
    await runs('Touch only', false);
    await runs('Change mode', true);
    await runs('Touch only', false);
    await form.getByRole('checkbox').uncheck();
    await what.getByRole('button', { name: 'Rename …' }).click();
    const name = form.getByRole('textbox', { name: 'New path' });
    await expect(name).toHaveValue('package.json');
    await name.fill('packages.json');
    await page.keyboard.press('Enter');
    await expect(
      panel.getByRole('button', { name: 'Rename package.json to packages.json', exact: true }),
    ).toHaveAttribute('aria-pressed', 'true');
    await form.getByRole('checkbox').uncheck();
    await what.getByRole('button', { name: 'Add a file …' }).click();
    await form.getByRole('textbox', { name: 'Path of the new file' }).fill('notes.txt');
    await page.keyboard.press('Enter');
    await expect(step(panel, 'RUN npm run build')).toHaveClass(/run/);
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/cached/);
    await runs('Delete', true);
  });

  test('puts several changes together and takes them apart', async ({ app }) => {
    const panel = await cache(app);
    const form = await pickFrom(panel, 'Files');
    await form.getByRole('checkbox').uncheck();
    await form.getByRole('treeitem', { name: /^package\.json/ }).click();
    await form.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/cached/);
    await form.getByRole('treeitem', { name: /^go\.mod/ }).click();
    await form.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/run/);
    const tokens = panel.getByRole('list', { name: 'At once:' });
    await expect(tokens.getByRole('listitem')).toHaveText([/Edit package\.json/, /Edit go\.mod/]);
    await tokens.getByRole('button', { name: 'Take out Edit package.json' }).click();
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/cached/);
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/run/);
  });

  test('changes a build argument', async ({ app }) => {
    const panel = await cache(app);
    const form = await pickFrom(panel, 'Build argument');
    await expect(form.getByRole('combobox')).toContainText('VERSION (now dev)');
    await form.getByRole('textbox', { name: 'New value' }).fill('1.2.3');
    await form.getByRole('button', { name: 'Change it' }).click();
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/run/);
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/cached/);
  });

  test('moves a base image to a new digest', async ({ app }) => {
    const panel = await cache(app);
    const form = await pickFrom(panel, 'Base image');
    const images = form.getByRole('button', { name: /^New digest of/ });
    await expect(images).toHaveText([/node:22/, /golang:1\.24/, /alpine/, /debian:12-slim/]);
    await images.first().click();
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/cached/);
  });

  test('simulates another .dockerignore', async ({ app }) => {
    const panel = await cache(app);
    const form = await pickFrom(panel, '.dockerignore');
    await form.getByRole('textbox', { name: /\.dockerignore/ }).fill('README.md\n');
    await form.getByRole('button', { name: 'Simulate this text' }).click();
    await expect(step(panel, 'RUN npm run build')).toHaveClass(/run/);
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/cached/);
  });

  test('compares with an earlier Dockerfile of the editor’s history', async ({ app }) => {
    const panel = await cache(app);
    await app.write(PARALLEL.replace('RUN npm ci', 'RUN npm ci --omit=dev'));
    await expect(now(panel)).toContainText('npm ci --omit=dev');
    const form = await pickFrom(panel, 'Dockerfile');
    const versions = form.getByRole('list', { name: 'Earlier versions' });
    await expect(versions.getByRole('listitem')).toHaveText(/Opened .*1\sline differs/s);
    await versions.getByRole('button', { name: /^Compare with/ }).click();
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
    await expect(step(panel, 'RUN go mod download')).toHaveClass(/cached/);
  });

  test('keeps the picked changes in a link', async ({ app, page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const changes = [['edit:package.json', 'arg:VERSION=2']];
    const change = 'edit:package.json + arg:VERSION=2';
    const view = { source: 'dockerfile', result: 'cache', change, measure: 'size' };
    await cache(app, { changes, view });
    await page.getByRole('button', { name: 'Share' }).click();
    await expect.poll(() => page.url()).toContain('#2.');
    const other = await context.newPage();
    await other.goto(page.url());
    const tokens = other.getByRole('list', { name: 'At once:' }).getByRole('listitem');
    await expect(tokens).toHaveText([/Edit package\.json/, /Build with VERSION=2/]);
  });
});

test.describe('the timeline', () => {
  const rowOf = (panel: Locator, stage: string) =>
    panel
      .locator('dp-step-timeline .group')
      .first()
      .locator('.lane')
      .filter({ hasText: new RegExp(`^\\s*${stage}`) });

  test('draws stages that run at the same time below each other', async ({ app }) => {
    const panel = await cache(app, { changes: [['base:node:22', 'base:golang:1.24']] });
    await panel
      .getByRole('button', { name: /New digest of node:22/ })
      .first()
      .click();
    const boxes = [];
    for (const [stage, text] of [
      ['web', 'RUN npm ci'],
      ['server', 'RUN go build'],
    ] as const) {
      const bar = rowOf(panel, stage).locator('.bar').filter({ hasText: text });
      await expect(bar).toBeVisible();
      boxes.push((await rowOf(panel, stage).locator('.bar').first().boundingBox())!);
    }
    expect(boxes[0]!.x).toBeCloseTo(boxes[1]!.x, 0);
    expect(boxes[0]!.y).toBeLessThan(boxes[1]!.y);
    await expect(rowOf(panel, 'docs')).toContainText('not built');
    await expect(rowOf(panel, 'docs').locator('.bar')).toHaveCount(0);
    const key = panel.getByRole('list', { name: 'Key' }).first();
    await expect(key).toContainText('The build waits for it');
    await expect(key).toContainText('Runs beside');
  });

  test('goes to the line of a step, from the picture and from its list', async ({ app, page }) => {
    const panel = await cache(app);
    await rowOf(panel, 'server').locator('.bar').filter({ hasText: 'RUN go build' }).click();
    const line = app.page.locator('dp-source-editor#dockerfile .cm-activeLine');
    await expect(line).toHaveText('RUN go build -o /server/app .');
    await expect(app.dockerfile).toBeFocused();
    await now(panel).getByRole('button', { name: 'Go to line 4: RUN npm ci' }).focus();
    await page.keyboard.press('Enter');
    await expect(line).toHaveText('RUN npm ci');
  });

  test('says the reason and the seconds in one sentence', async ({ app }) => {
    const panel = await cache(app);
    await expect(step(panel, 'RUN go build')).toContainText(/; it takes \d.*s \(.+\)\./);
    const update = step(panel, 'RUN apt-get update');
    await expect(update).toContainText('not repeatable');
  });

  test('has its table for those who do not see the picture', async ({ app }) => {
    const panel = await cache(app);
    const lane = rowOf(panel, 'server').getByRole('img');
    await expect(lane).toHaveAttribute('aria-label', /^server: \d run.*RUN go build.* from /);
    await expect(now(panel).getByRole('listitem')).not.toHaveCount(0);
  });
});

test.describe('before and after', () => {
  const FIRST = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "src/main.ts"]\n';

  test('shows the same change on both versions, with totals', async ({ app, page }) => {
    const panel = await cache(app, { dockerfile: FIRST });
    const optimized = panel.getByRole('region', { name: /^Optimized: / });
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
    const install = optimized.getByRole('listitem').filter({ hasText: 'npm ci' }).first();
    await expect(install).toHaveClass(/cached/);
    await expect(panel.locator('.total')).toHaveText([
      /Now.*s\s+to rebuild.*B to push and pull/s,
      /Optimized.*−\d+\s%.*to rebuild.*B to push and pull/s,
    ]);
    const left = (await now(panel).boundingBox())!;
    expect((await optimized.boundingBox())!.y).toBe(left.y);
    await page.setViewportSize({ width: 390, height: 844 });
    const above = (await now(panel).boundingBox())!;
    expect((await optimized.boundingBox())!.y).toBeGreaterThanOrEqual(above.y + above.height);
  });

  test('takes the Dockerfile for a file of the context', async ({ app }) => {
    const panel = await cache(app, { dockerfile: FIRST, context: null });
    await app.write(FIRST.replace('src/main.ts', 'src/index.ts'));
    await expect(now(panel)).toContainText('RUN npm ci');
    const form = await pickFrom(panel, 'Dockerfile');
    await form
      .getByRole('button', { name: /^Compare with/ })
      .first()
      .click();
    await expect(step(panel, 'COPY . .')).toHaveClass(/run/);
    await expect(step(panel, 'RUN npm ci')).toHaveClass(/run/);
  });
});

test.describe('bad input', () => {
  test('a file that does not exist: the nearest is named', async ({ app }) => {
    const changes = [['edit:src/pages/indx.ts']];
    const panel = await cache(app, { changes });
    await panel.getByRole('button', { name: 'Edit src/pages/indx.ts', exact: true }).click();
    await expect(panel.getByRole('status').first()).toHaveText(
      'Not simulated: src/pages/indx.ts is not in the build context; did you mean src/pages/index.ts?',
    );
    await panel.getByRole('button', { name: 'Remove Edit src/pages/indx.ts' }).click();
    await expect(now(panel)).toBeVisible();
  });

  test('a log of other files, and a truncated build log: told, and kept', async ({ app, page }) => {
    const panel = await cache(app);
    const paste = async (what: string, text: string) => {
      await panel.getByText(`Paste your ${what}`).click();
      const box = page.getByRole('textbox', { name: what });
      await box.fill(text);
      const form = panel.locator('dp-log-paste', { has: box });
      await form.getByRole('button', { name: 'Use it' }).click();
      return box;
    };
    const log = 'commit 0c3b5e7a9d0c3b5e7a9d0c3b5e7a9d0c3b5e7a9d\n\n    Fix\n\nM\telse/where.rb\n';
    const git = await paste('git log', log);
    await expect(panel.locator('dp-replay-view')).toContainText(
      /the file of the log is not in the build context/,
    );
    await expect(git).toHaveValue(log);
    const cut = '#7 [web 3/5] RUN npm ci\n#7 0.512 npm warn\n';
    const build = await paste('build log', cut);
    await expect(panel.locator('dp-measured-times')).toContainText(/cut|truncated|end/i);
    await expect(build).toHaveValue(cut);
    await page.reload();
    await app.settled();
    await expect(panel.locator('dp-replay-view')).toContainText(
      /the file of the log is not in the build context/,
    );
  });
});

async function widthIsKept(page: Page): Promise<void> {
  const overflow = () =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth;
  await expect.poll(() => page.evaluate(overflow)).toBeLessThanOrEqual(0);
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`each form is readable at ${width} px, ${colorScheme}`, async ({ app, page }) => {
      test.slow();
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const panel = await cache(app, { changes: [['edit:package.json', 'base:golang:1.24']] });
      await panel.getByRole('button', { name: /^Edit package\.json \+/ }).click();
      await expect(panel.getByRole('list', { name: 'At once:' })).toBeVisible();
      const shots = process.env['SHOTS'];
      const shoot = async (name: string) => {
        if (shots) await panel.screenshot({ path: `${shots}/${name}-${width}-${colorScheme}.png` });
      };
      await shoot('cache');
      const form = await pickFrom(panel, 'Files');
      await form.getByRole('treeitem', { name: /^src, folder/ }).click();
      for (const section of [
        'Files',
        'Dockerfile',
        '.dockerignore',
        'Build argument',
        'Base image',
      ]) {
        const where = panel.getByRole('group', { name: 'Where the change is' });
        await where.getByRole('button', { name: section, exact: true }).click();
        await widthIsKept(page);
        // The sections differ in the picker alone; replay.spec.ts looks at the whole panel.
        const { violations } = await new AxeBuilder({ page })
          .include({ fromShadowDom: ['dp-app', 'dp-cache-view', 'dp-change-picker'] })
          .analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        if (shots)
          await page.screenshot({
            path: `${shots}/form-${section.replace(/\W/g, '')}-${width}-${colorScheme}.png`,
          });
      }
    });
  }
}
