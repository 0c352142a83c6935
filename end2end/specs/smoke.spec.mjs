// The least that must hold: the server answers, the browser's program takes over, nothing complains.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, world } from '../harness.mjs';

const { scenario } = world();

test('a stranger is led to the sign-in page', scenario({}, async ({ page, visit, axe }) => {
  const answer = await visit('/');
  assert.equal(answer.status(), 200);
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await page.getByRole('heading', { level: 1 }).waitFor();
  await axe();
}));

test('one click signs a sandbox person in', scenario({ as: 'operator' }, async ({ page, axe }) => {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await axe();
}));

test('the console is usable on a phone', scenario({ as: 'viewer', viewport: PHONE }, async ({ page }) => {
  const { width, content } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    content: document.documentElement.scrollWidth,
  }));
  assert.ok(content <= width, `the page is ${content} px wide on a screen of ${width} px`);
}));

test('the language of the browser is spoken', scenario({ lang: 'ko' }, async ({ page, visit }) => {
  await visit('/sign-in');
  assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
}));
