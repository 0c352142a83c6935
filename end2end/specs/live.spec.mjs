// Live news: only for pages that somebody sees, and only while they are signed in.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until, world } from '../harness.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

/** The browser driver cannot hide a page; the page is told that it was. */
function show(page, hidden) {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
}

test('a page that nobody sees holds no connection, and catches up when it is shown', scenario({ as: 'viewer' }, async ({ page, visit, server }) => {
  const following = async () => (await server.ask('/system')).stream_clients;
  const state = page.getByRole('status').filter({ hasText: t.live });
  await visit('/alarms');
  await state.waitFor();
  // The page before this one may still be counted for a moment.
  await until('one follows', async () => (await following()) === 1);
  await show(page, true);
  await until('nobody follows', async () => (await following()) === 0);
  const read = page.waitForResponse((answer) => answer.url().endsWith('/rpc/alarms/list'));
  await show(page, false);
  await state.waitFor();
  await read;
  await until('one follows again', async () => (await following()) === 1);
}));

test('news leave menus, dialogs, words and the focus alone', scenario({ as: 'operator' }, async ({ page, visit }) => {
  await visit('/alarms?state=alarm&acknowledged=no');
  const link = page.getByRole('rowheader').first().getByRole('link');
  await link.focus();
  const name = await link.innerText();
  await show(page, true);
  const read = page.waitForResponse((answer) => answer.url().endsWith('/rpc/alarms/list'));
  await show(page, false);
  await read;
  assert.equal(await page.evaluate(() => document.activeElement.innerText), name, 'the focus is where it was');

  await link.click();
  await page.getByRole('button', { name: t.acknowledge, exact: true }).click();
  const note = page.getByRole('dialog').getByLabel(t.note);
  await note.fill('half a sent');
  await show(page, true);
  const again = page.waitForResponse((answer) => answer.url().endsWith('/rpc/alarms/show'));
  await show(page, false);
  await again;
  assert.equal(await note.inputValue(), 'half a sent');
  assert.equal(await page.evaluate(() => document.activeElement.name), 'note');
  await page.keyboard.press('Escape');

  await page.locator('summary', { hasText: t.account }).click();
  const signOut = page.getByRole('button', { name: t.signOut });
  await signOut.waitFor();
  await show(page, true);
  await show(page, false);
  await page.getByRole('status').filter({ hasText: t.live }).waitFor();
  assert.ok(await signOut.isVisible(), 'the menu is still open');
}));

test('whoever signs out elsewhere is led to the sign-in page and back', scenario({ as: 'operator', expect: [/status of 401/] }, async ({ page, context, visit }) => {
  await visit('/capacity?text=web');
  await page.getByRole('status').filter({ hasText: t.live }).waitFor();
  const other = await context.newPage();
  await other.goto('/');
  await other.locator('summary', { hasText: t.account }).click();
  await other.getByRole('button', { name: t.signOut }).click();
  await other.waitForURL(/\/sign-in/);
  await page.waitForURL(/\/sign-in\?error=expired/);
  await page.getByText('Your session has ended.').waitFor();
  await page.getByRole('button', { name: /operator/i }).click();
  await page.waitForURL(/\/capacity\?text=web$/);
}));
