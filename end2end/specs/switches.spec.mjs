// What AWS does by itself, switched off through the one door: a process of a target, and an alarm's actions.
import assert from 'node:assert/strict';
import test from 'node:test';
import { world } from '../harness.mjs';
import { HOSTILE, approvedBy, openAlarm, openDialog, openTarget, saysOnce } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

test('a process is suspended, and says what it stops', scenario({ as: 'operator' }, async ({ page, person, axe }) => {
  const target = await openTarget(page, t, 'api-prod');
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
  await approvedBy(page, person, t);
  await page.goto(target);
  await page.getByText('AWS does not carry these out: ScheduledActions.').waitFor();
  await page.getByRole('button', { name: 'Resume ScheduledActions', exact: true }).waitFor();
}));

test('an alarm is muted, and names the policy that then stands still', scenario({ as: 'operator' }, async ({ page, visit, person, axe }) => {
  await openAlarm(page, visit, 'worker-prod-queue-age-high');
  const dialog = await openDialog(page, 'Switch actions off', /Switch the actions of/);
  await dialog.getByText('mutes-a-policy').first().waitFor();
  await axe();
  await dialog.getByLabel(t.reason).fill('it cries wolf');
  await dialog.getByRole('button', { name: 'Propose to switch off', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('cloudwatch:DisableAlarmActions').first().waitFor();
  await axe();
  await approvedBy(page, person, t);
  // The request leads back to its alarm.
  await page.getByRole('link', { name: 'worker-prod-queue-age-high' }).click();
  await page.getByText('Its actions are switched off').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Switch actions on', exact: true }).count(), 1);
}));
