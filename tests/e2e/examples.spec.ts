/** Every example of the menu is a project that the analysis understands. */
import { expect, test } from './helpers';

const titles = [
  'Node service',
  'Node, sources copied first',
  'Node, already good',
  'Python with FastAPI',
  'Go service, one stage',
  'Rust service',
  'Java with Spring',
  '.NET web API',
  'Ruby on Rails',
  'PHP with Laravel',
  'C++ server',
  'Static site on nginx',
];

/** Those that come with what is in their folder. */
const listed = titles.slice(5, 11);

test('every example gives figures, and only the good one has nothing to improve', async ({
  app,
}) => {
  test.slow();
  const { page } = app;
  await app.open();
  await page.getByRole('button', { name: 'Examples' }).click();
  await expect(page.getByRole('menuitem')).toHaveText([...titles, 'Your own folder …']);
  await page.keyboard.press('Escape');
  for (const title of titles) {
    await app.example(title);
    await expect(page.getByText(`Opened “${title}”.`)).toBeVisible();
    await page.getByRole('button', { name: 'Keys' }).click({ trial: true }); // It lies under nothing.
    await app.settled();
    const optimized = await app.show('Optimized');
    if (title === 'Node, already good') {
      await expect(optimized).toContainText('already good');
    } else {
      await expect(optimized.getByRole('switch').first(), title).toBeVisible();
      await expect(app.summary, title).toContainText(/−[1-9]\d*\s%/);
    }
    const findings = await app.show('Findings');
    await expect(findings.getByText('syntax', { exact: true }), title).toHaveCount(0);
  }
});

test('examples with a listing say what .dockerignore leaves out of it', async ({ app }) => {
  test.slow();
  await app.open();
  for (const title of listed) {
    await app.example(title);
    await expect(app.page.getByText(`Opened “${title}”.`)).toBeVisible();
    const context = await app.show('Context');
    await expect(context, title).toContainText(/MB sent\s+\d+.files of [\d,]+, [\d.]+.MB in all/);
    await expect(
      context.getByRole('row', { name: /Go to line 1 of/ }).first(),
      title,
    ).toBeVisible();
    await expect(context.getByRole('alert'), title).toHaveCount(0);
  }
});

test('Undo brings the text and the listing back', async ({ app }) => {
  await app.open();
  await app.example('Rust service');
  await app.page.getByRole('button', { name: 'Undo' }).click();
  await expect(app.dockerfile).toContainText('FROM node:18');
  await expect(await app.show('Context')).toContainText('assumed');
});
