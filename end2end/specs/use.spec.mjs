// Using the pages: addresses that lead nowhere, the way in, the keyboard, language and theme, and
// forms filled in by somebody who means no good.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, focused, hydrated, reloads, until, world } from '../harness.mjs';
import { fits } from '../pages.mjs';
import { HOSTILE, HUGE, nothingBecameMarkup } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

test('what does not exist answers 404', scenario({ as: 'viewer', expect: [/404/] }, async ({ page, visit, axe }) => {
  for (const address of ['/nowhere', '/alarms/alm_00000000000000000000000000', '/changes/not-an-id']) {
    const answer = await visit(address);
    assert.equal(answer.status(), 404, address);
    await page.getByText(t.notFound, { exact: true }).first().waitFor();
  }
  await axe();
}));

test('the sign-in page stands alone, in the colours and the language of the browser', scenario({ lang: 'ko', colorScheme: 'dark', viewport: PHONE }, async ({ page, visit, axe, screenshot }) => {
  await visit('/sign-in?next=%2Falarms');
  await axe();
  await fits(page, 'sign-in');
  await screenshot('sign-in-ko-dark-phone');
  await reloads(page, () => page.getByRole('button', { name: 'English' }).click());
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.getByRole('button', { name: /viewer/i }).click();
  await page.waitForURL(/\/alarms$/);
}));

test('everything is reached from the keyboard', scenario({ as: 'operator' }, async ({ page, visit }) => {
  await visit('/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), t.skip);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#main');

  await page.keyboard.press('Control+k');
  const palette = page.getByRole('combobox', { name: t.palette });
  await palette.waitFor();
  await palette.fill('web-prod');
  await page.getByRole('option', { name: /web-prod/ }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/(capacity|alarms)\//);
  await page.keyboard.press('Control+k');
  await palette.waitFor();
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });

  await visit('/capacity');
  await page.getByRole('rowheader', { name: 'web-prod', exact: true }).getByRole('link').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: t.plan }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: new RegExp(`^${t.exactly}`) }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await focused(page, 'count');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('6');
  await page.getByText('autoscaling:UpdateAutoScalingGroup').first().waitFor();
}));

test('language and theme change without losing the page', scenario({ as: 'viewer' }, async ({ page, visit }) => {
  await visit('/alarms?state=ok');
  await page.getByRole('button', { name: t.theme }).click();
  await page.locator('html[data-theme="dark"]').waitFor();
  // At once, while the theme may still be on its way to the server.
  await page.locator('summary', { hasText: t.account }).click();
  await page.getByRole('button', { name: '한국어' }).click();
  await page.locator('html[lang="ko"]').waitFor();
  await hydrated(page);
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  assert.match(page.url(), /\/alarms\?state=ok$/);
}));

test('forms survive empty, huge and scripted values', scenario({ as: 'operator', expect: [/status of 4\d\d/] }, async ({ page, visit, axe }) => {
  await visit('/alarms');
  const search = page.getByRole('searchbox', { name: t.search });
  for (const text of [HOSTILE, '%41%zz', '경보 & +']) {
    await search.fill(text);
    await search.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('text') === text.trim());
    await until(`the search says ${text}`, async () => (await search.inputValue()) === text);
  }
  await visit('/capacity');
  await page.getByRole('rowheader', { name: 'web-prod', exact: true }).getByRole('link').click();
  await page.getByRole('link', { name: t.plan }).click();
  const propose = page.getByRole('button', { name: t.propose, exact: true });

  const offered = await until('an end is offered', () => page.getByLabel(t.until).inputValue());
  // A count that is none is said at once.
  for (const count of ['-3', '']) {
    await page.getByLabel(t.count).fill('7');
    await page.getByText(t.wholeNumber).waitFor({ state: 'detached' });
    await page.getByLabel(t.count).fill(count);
    await page.getByText(t.wholeNumber).waitFor();
  }
  await page.getByLabel(t.until).fill('');
  await propose.click();
  for (const message of [t.wholeNumber, t.enterTime, t.sayWhy]) await page.getByText(message).waitFor();
  await axe();

  await page.getByLabel(t.reason).fill(HUGE);
  await propose.click();
  await page.getByText('2000').first().waitFor();

  await page.getByLabel(t.count).fill('7');
  await page.getByLabel(t.until).fill(offered);
  await page.getByLabel(t.reason).fill(HOSTILE);
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText(HOSTILE).first().waitFor();
  await nothingBecameMarkup(page);
}));
