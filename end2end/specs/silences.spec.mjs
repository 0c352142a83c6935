// Silences: of what is known nobody is told, everybody sees why, and what still stands is told when it ends.
import assert from 'node:assert/strict';
import test from 'node:test';
import { alerts } from '../hooks.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { fits } from '../pages.mjs';
import { openDialog, saysOnce, stepUntil, toast } from '../steps.mjs';

const { scenario } = world();

test('an alarm is silenced from its page, nobody hears of its like, and then they do', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  const { now } = await server.ask('/viewer');
  await server.hook('alertmanager/prometheus', alerts(now));
  const later = new Date(Date.parse(now) + 1_000).toISOString();
  await server.step(2);
  await server.hook('alertmanager/prometheus', alerts(now, 'resolved', later));
  await visit('/alarms?source=prometheus');
  await page.getByRole('link', { name: /^HighErrorRate/ }).click();
  const dialog = await openDialog(page, 'Silence', 'Silence alarms');
  await dialog.getByText('Alarms: 1, in ALARM now: 0').waitFor();
  const matchers = dialog.getByLabel('Labels');
  assert.match(await matchers.inputValue(), /^alertname="HighErrorRate", environment="prod"/);
  const add = dialog.getByRole('button', { name: 'Silence', exact: true });
  await add.click();
  await saysOnce(page, dialog, ['Write why.']);
  await dialog.getByLabel('Why').fill('we are moving the shop');
  await matchers.fill('alertname=~"High.*"');
  await dialog.getByText('Alarms: 1, in ALARM now: 0').waitFor();
  await dialog.getByRole('button', { name: '30 min', exact: true }).click();
  await axe();
  await screenshot('silence-en-light-desktop');
  await add.click();
  await toast(page, 'Silenced.');
  await page.getByText('Silenced by').waitFor();

  // It goes off again: it is seen, and nobody is told.
  const again = (await server.ask('/viewer')).now;
  await server.hook('alertmanager/prometheus', alerts(again));
  await page.getByText('OK → In alarm').first().waitFor();
  const { rows: [alarm] } = await server.ask('/alarms?source=prometheus');
  const told = async () => (await server.ask(`/notifications?alarm=${alarm.id}`)).rows.filter((row) => row.event === 'firing').length;
  const before = await told();
  await server.step(60);
  assert.equal(await told(), before, 'nobody is told');

  // A colleague on a telephone sees why.
  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit('/alarms?source=prometheus');
  await korean.page.locator('.badge', { hasText: '음소거' }).first().waitFor();
  await fits(korean.page, 'a silenced alarm in the list');
  await korean.visit('/alarms/silences');
  await korean.page.getByText('we are moving the shop').waitFor();
  await fits(korean.page, 'the silences');
  await korean.axe();
  await korean.screenshot('silences-ko-dark-phone');
  const end = korean.page.getByRole('button', { name: '종료', exact: true }).first();
  assert.equal(await end.getAttribute('aria-disabled'), 'true', 'a viewer ends nothing');

  await visit('/alarms/silences');
  await page.getByText('Active', { exact: true }).waitFor();
  await axe();
  await page.getByRole('button', { name: 'End', exact: true }).first().click();
  await page.getByRole('dialog', { name: 'End this silence?' }).getByRole('button', { name: 'End', exact: true }).click();
  await toast(page, 'The silence is over.');
  await page.getByText(/^ended by/).waitFor();
  await stepUntil('what still stands is told', server, 15, async () => (await told()) > before);
  await until('the telephone follows', async () => (await korean.page.getByText('님이 종료').count()) === 1);
}));
