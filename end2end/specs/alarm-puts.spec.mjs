// Alarms that are made and changed through the one door: proposed, approved by another, seen to go off, put back.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, PHONE, until, world } from '../harness.mjs';
import { approvedBy, openAlarm, openDialog, saysOnce, stepUntil, votedBy } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const NAME = 'prod-anything-at-all';

/** The list of alarms of that name. */
const listed = (name) => `/alarms?text=${name}`;

test('a new alarm says what is wrong, is approved by another and goes off', scenario({ as: 'operator' }, async ({ page, visit, person, axe, server }) => {
  await visit('/alarms');
  const dialog = await openDialog(page, 'New alarm…', 'A new alarm on a metric');
  const field = (label) => dialog.getByLabel(label, { exact: true });
  await until('an account and region is offered', async () => (await field('Account and region').locator('option').count()) > 0);
  await field('Name').fill(NAME);
  await field('Namespace').fill('AWS/EC2');
  await field('Metric').fill('CPUUtilization');
  await field('Dimensions').fill('AutoScalingGroupName=web-prod');
  await field('Threshold').fill('lots');
  await field('Period').fill('45');
  await dialog.getByLabel(t.reason).fill('nobody watches this');
  const propose = dialog.getByRole('button', { name: 'Propose the alarm', exact: true });
  await propose.click();
  await saysOnce(page, dialog, ['Enter a decimal such as 0.25']);
  await field('Threshold').fill('0.5');
  await propose.click();
  await saysOnce(page, dialog, ['A period has 10, 20 or 30 seconds, or whole minutes.']);
  await field('Period').fill('60');
  // What the checks find follows the keys.
  await dialog.getByText('alarm-breaches-mostly').waitFor();
  await dialog.getByText('tells-nobody').waitFor();
  await axe();
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  const change = new URL(page.url()).pathname;
  await page.getByText('cloudwatch:PutMetricAlarm').first().waitFor();
  await page.getByRole('rowheader', { name: 'Threshold', exact: true }).waitFor();
  await axe();
  await approvedBy(page, person, t);
  await visit(listed(NAME));
  const row = page.getByRole('row', { name: new RegExp(NAME) });
  await stepUntil('it goes off', server, 60, async () => {
    await page.reload();
    return row.getByText('In alarm').isVisible();
  });
  await visit(change);
  const back = await openDialog(page, 'Put back', `Put ${NAME} back to what it was?`);
  await back.getByLabel(t.reason).fill('it was a trial');
  await back.getByRole('button', { name: 'Propose to put back', exact: true }).click();
  await page.waitForURL((url) => /\/changes\/chg_/.test(url.pathname) && url.pathname !== change);
  await page.getByText('cloudwatch:DeleteAlarms').first().waitFor();
  await approvedBy(page, person, t);
  await visit(listed(NAME));
  await stepUntil('it is gone', server, 60, async () => {
    await page.reload();
    return page.getByText('No alarm fits these filters').isVisible();
  });
}));

test('a threshold is changed on a narrow screen in Korean, and put back', scenario({ as: 'operator', lang: 'ko', viewport: PHONE }, async ({ page, visit, person, axe, server }) => {
  const ko = WORDS.ko;
  const english = (own) => person({ ...own, lang: 'en', viewport: DESKTOP });
  const alarm = await openAlarm(page, visit, 'worker-prod-cpu-high');
  const dialog = await openDialog(page, '경보 변경…', 'worker-prod-cpu-high을(를) 변경할까요?');
  const threshold = dialog.getByLabel('임계값', { exact: true });
  assert.equal(await threshold.inputValue(), '96');
  await dialog.getByText('already-so').waitFor();
  await threshold.fill('97.5');
  await dialog.getByText('already-so').waitFor({ state: 'detached' });
  await axe();
  await dialog.getByLabel(ko.reason).fill('너무 자주 울립니다');
  await dialog.getByRole('button', { name: '경보 제안', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  const change = new URL(page.url()).pathname;
  const plan = page.getByRole('table').first();
  await plan.getByRole('rowheader', { name: '임계값', exact: true }).waitFor();
  assert.equal(await plan.getByRole('rowheader').count(), 1, 'only what changes is shown');
  await axe();
  await votedBy(page, english, t);
  const shows = (text) => async () => {
    await page.reload();
    return page.getByText(text).first().isVisible();
  };
  await visit(alarm);
  await stepUntil('it has the new threshold', server, 30, shows('97.5'));
  await visit(change);
  const back = await openDialog(page, '되돌리기', /이전 상태로 되돌릴까요/);
  await back.getByLabel(ko.reason).fill('실수였습니다');
  await back.getByRole('button', { name: '되돌리기 제안', exact: true }).click();
  await page.waitForURL((url) => /\/changes\/chg_/.test(url.pathname) && url.pathname !== change);
  await votedBy(page, english, t);
  await visit(alarm);
  await stepUntil('it has the old one again', server, 30, async () => {
    await page.reload();
    return !(await page.getByText('97.5').first().isVisible());
  });
}));
