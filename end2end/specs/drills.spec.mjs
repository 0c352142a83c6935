// Drills: an operator learns before starting whom it tells, sees what each channel got, and ends it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, until, world } from '../harness.mjs';
import { fits } from '../pages.mjs';
import { openDialog, stepUntil, toast } from '../steps.mjs';

const { scenario } = world();

test('a drill tells whom its preview named, shows what each got, and is ended', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  await visit('/alarms/drills');
  await page.getByText('No drill yet').waitFor();
  const dialog = await openDialog(page, 'Start a drill');
  await dialog.getByLabel('Environment').selectOption('prod');
  await dialog.getByLabel('Priority').selectOption('P1');
  await dialog.getByLabel('Name').fill('checkout is down');
  await dialog.getByText('At once: on-call, team').waitFor();
  const tell = dialog.getByRole('button', { name: 'Tell on-call, team', exact: true });
  await tell.waitFor();

  // What cannot be read is said at its field, and nothing is told then.
  const minutes = dialog.getByLabel('Minutes', { exact: true });
  await minutes.fill('0');
  await dialog.getByText('Write whole minutes from 1 to 240.').waitFor();
  const start = dialog.getByRole('button', { name: 'Start a drill', exact: true });
  assert.equal(await start.getAttribute('aria-disabled'), 'true', 'nobody is told by surprise');
  // A longer drill reaches the next step.
  await minutes.fill('45');
  await dialog.getByText('After 30 min, while nobody takes it on: lead').waitFor();
  await dialog.getByRole('button', { name: 'Tell on-call, team, lead', exact: true }).waitFor();
  await minutes.fill('20');
  await tell.waitFor();
  await dialog.getByLabel('Why').fill('every first Monday');
  await axe();
  await screenshot('drill-start-en-light-desktop');
  await until('the button may be pressed', async () => (await tell.getAttribute('aria-disabled')) === null);
  await tell.click();
  await toast(page, 'The drill has begun.');
  await page.waitForURL(/\/alarms\/drills\/drl_/);
  const address = new URL(page.url()).pathname;

  // The receipts come in by themselves.
  const receipts = page.getByRole('table', { name: 'What each channel got' });
  const got = (channel) => receipts.getByRole('row', { name: new RegExp(`^${channel}`) }).getByText('took it');
  await stepUntil('both channels took it', server, 5, async () => (await got('on-call').count()) + (await got('team').count()) === 2);
  await page.getByText('It runs: 2 of 2 channels have taken it.').waitFor();
  await axe();
  await screenshot('drill-en-light-desktop');

  // Its alarm says what it is, and leads back.
  await page.getByRole('link', { name: 'Open the alarm' }).click();
  await page.getByText('Nothing set this alarm off.').waitFor();
  const back = page.getByRole('link', { name: 'To the drill' });
  await until('the link is that of the drill', async () => (await back.getAttribute('href')) === address);
  await back.click();
  await page.waitForURL(`**${address}`);

  // A colleague on a telephone sees it, and ends nothing.
  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit('/alarms/drills');
  const begin = korean.page.getByRole('button', { name: '훈련 시작', exact: true }).first();
  assert.equal(await begin.getAttribute('aria-disabled'), 'true', 'a viewer starts nothing');
  await korean.page.getByText('진행 중').first().waitFor();
  await fits(korean.page, 'the drills');
  await korean.axe();
  await korean.screenshot('drills-ko-dark-phone');
  await korean.visit(address);
  await korean.page.getByText('채널 2개 중 2개가 받았습니다').waitFor();
  await fits(korean.page, 'a drill');
  await korean.axe();
  await korean.screenshot('drill-ko-dark-phone');
  const end = korean.page.getByRole('button', { name: '종료', exact: true }).first();
  assert.equal(await end.getAttribute('aria-disabled'), 'true', 'a viewer ends nothing');

  const asked = await openDialog(page, 'End', 'End this drill?');
  await asked.getByRole('button', { name: 'End', exact: true }).click();
  await toast(page, 'The drill is over.');
  const chip = (text) => page.locator('.page-title .chip', { hasText: text });
  await stepUntil('it is known that it passed', server, 30, async () => (await chip('Passed').count()) > 0);
  await page.getByText('It passed: every channel whose turn came took all of it.').waitFor();
  // It is seen on the telephone, too, without being asked for.
  await korean.page.locator('.page-title .chip', { hasText: '통과' }).waitFor();
  await visit('/alarms/drills');
  await page.getByRole('table', { name: 'Drills' }).getByText('Passed').waitFor();
}));

test('an alarm is drilled from its page', scenario({ as: 'operator' }, async ({ page, visit }) => {
  await visit('/alarms?source=cloudwatch');
  await page.getByRole('rowheader').first().getByRole('link').click();
  const dialog = await openDialog(page, 'Drill this', 'Start a drill');
  await dialog.getByText('What you leave open is as of this alarm.').waitFor();
  const start = dialog.getByRole('button', { name: /^Tell |^Start, telling nobody/ });
  await until('whom it tells is known', async () => (await start.count()) === 1 && (await start.getAttribute('aria-disabled')) === null);
  await start.click();
  await page.waitForURL(/\/alarms\/drills\/drl_/);
  await page.getByText('DRILL', { exact: true }).first().waitFor();
}));
