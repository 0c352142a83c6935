// The first start of a real console: the link in its log makes the first admin, once.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hydrated, reloads, until, world } from '../harness.mjs';
import { HOSTILE, HUGE } from '../steps.mjs';

const { scenario } = world({ sandbox: false });

test('the link in the log makes the first admin, once', scenario({}, async ({ page, visit, axe, server }) => {
  await visit('/setup');
  await page.getByText('This page needs the link').waitFor();
  const link = await until('the link is in the log', () => server.log.join('\n').match(/\/setup\?token=[\w-]+/)?.[0]);
  await visit(link);
  await axe();
  const fill = async (login, name, password) => {
    await page.getByLabel('E-mail address').fill(login);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await page.getByLabel('New password').fill(password);
    await reloads(page, () => page.getByRole('button', { name: 'Create the admin' }).click());
  };
  for (const [login, name, password, told] of [
    ['', '', '', 'Enter an e-mail address.'],
    [HOSTILE, 'Ana', 'correct horse battery', 'Enter an e-mail address.'],
    ['ana@example.com', HUGE, 'correct horse battery', 'Enter a name of at most 200 characters.'],
    ['ana@example.com', 'Ana', HUGE, 'Use 12 to 256 characters.'],
  ]) {
    await fill(login, name, password);
    await page.getByText(told).waitFor();
    if (name === 'Ana') assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), name, 'what was right stays');
    assert.equal(await page.locator('.field-error').count(), 1, `only “${told}” is said`);
  }
  await axe();
  await fill('ana@example.com', HOSTILE, 'correct horse battery');
  await page.waitForURL(/\/$/);
  await hydrated(page);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  assert.equal(await page.locator('img[src="x"]').count(), 0, 'nothing became markup');
  await visit(link);
  await page.waitForURL(/\/sign-in/);
}));
