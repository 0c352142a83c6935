// What AWS does by itself, switched off through the one door: a process of a target, and an alarm's actions.
import assert from 'node:assert/strict';
import test from 'node:test';
import { world } from '../harness.mjs';
import { HOSTILE, goTo, nothingBecameMarkup, openDialog, saysOnce, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

/** Another person approves, and it is carried out. */
async function approved(page, person) {
  const change = new URL(page.url()).pathname;
  const approver = await person({ as: 'approver' });
  await approver.visit(change);
  await nothingBecameMarkup(approver.page);
  const vote = await openDialog(approver.page, t.approve, t.approveTitle);
  await vote.getByRole('button', { name: t.approve, exact: true }).click();
  await toast(approver.page, 'Approved.');
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });
}

test('a process is suspended, and says what it stops', scenario({ as: 'operator' }, async ({ page, person, axe }) => {
  await goTo(page, t.capacity);
  await page.getByRole('rowheader', { name: 'api-prod', exact: true }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'api-prod' }).waitFor();
  const target = new URL(page.url()).pathname;
  const dialog = await openDialog(page, 'Suspend ScheduledActions', 'Suspend ScheduledActions of api-prod?');
  await dialog.getByText('stops-runs').first().waitFor();
  await axe();
  const propose = dialog.getByRole('button', { name: 'Propose to suspend', exact: true });
  await propose.click();
  await saysOnce(page, dialog, ['Say why it is suspended.']);
  await dialog.getByLabel(t.reason).fill(HOSTILE);
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('autoscaling:SuspendProcesses').first().waitFor();
  await axe();
  await approved(page, person);
  await page.goto(target);
  await page.getByText('AWS does not carry these out: ScheduledActions.').waitFor();
  await page.getByRole('button', { name: 'Resume ScheduledActions', exact: true }).waitFor();
}));

test('an alarm is muted, and names the policy that then stands still', scenario({ as: 'operator' }, async ({ page, visit, person, axe }) => {
  await visit('/alarms?text=worker-prod-queue-age-high');
  await page.getByRole('rowheader').first().getByRole('link').click();
  const dialog = await openDialog(page, 'Switch actions off', /Switch the actions of/);
  await dialog.getByText('mutes-a-policy').first().waitFor();
  await axe();
  await dialog.getByLabel(t.reason).fill('it cries wolf');
  await dialog.getByRole('button', { name: 'Propose to switch off', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('cloudwatch:DisableAlarmActions').first().waitFor();
  await axe();
  await approved(page, person);
  // The request leads back to its alarm.
  await page.getByRole('link', { name: 'worker-prod-queue-age-high' }).click();
  await page.getByText('Its actions are switched off').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Switch actions on', exact: true }).count(), 1);
}));
