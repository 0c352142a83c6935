// What acts at once, through the one door: machines stopped now, how a group buys from now on, and its
// instances replaced some at a time.
import assert from 'node:assert/strict';
import test from 'node:test';
import { world } from '../harness.mjs';
import { approvedBy, openDialog, openTarget, saysOnce, stepUntil, votedBy } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

test('machines are stopped now, each by its name', scenario({ as: 'operator' }, async ({ page, visit, person, axe }) => {
  const target = await openTarget(page, t, 'Schedule=office');
  const dialog = await openDialog(page, 'Stop now', 'Stop Schedule=office now?');
  await dialog.getByText('stays-switched').waitFor();
  await axe();
  const propose = dialog.getByRole('button', { name: 'Propose to stop', exact: true });
  await propose.click();
  await saysOnce(page, dialog, ['Say why it is stopped.']);
  await dialog.getByLabel(t.reason).fill('nobody works today');
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('ec2:StopInstances').first().waitFor();
  const machines = page.getByRole('table', { name: 'Plan' }).getByRole('rowheader');
  assert.equal(await machines.count(), 4, 'every machine is named');
  await axe();
  await approvedBy(page, person, t);
  await visit(target);
  const again = page.getByRole('button', { name: 'Stop now', exact: true });
  await again.waitFor();
  assert.equal(await again.getAttribute('aria-disabled'), 'true', 'what is stopped is not stopped again');
  await openDialog(page, 'Start now', 'Start Schedule=office now?');
}));

test('a spot mix is set now, and says what stays as it was bought', scenario({ as: 'operator' }, async ({ page, visit, person, axe }) => {
  const target = await openTarget(page, t, 'web-prod');
  const dialog = await openDialog(page, 'Set the spot mix', 'Set the spot mix of web-prod now?');
  await dialog.getByText('already-so').waitFor();
  await dialog.getByLabel('On demand above it').fill('101');
  await dialog.getByLabel(t.reason).fill('spot is interrupted today');
  const propose = dialog.getByRole('button', { name: 'Propose the mix', exact: true });
  await propose.click();
  await saysOnce(page, dialog, ['Enter a whole number from 0 to 100.']);
  await dialog.getByLabel('On demand above it').fill('100');
  // What the checks find follows the keys.
  await dialog.getByText('instances-stay').waitFor();
  await dialog.getByLabel('Spot allocation strategy').selectOption('capacity-optimized');
  await axe();
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('autoscaling:UpdateAutoScalingGroup').first().waitFor();
  await page.getByRole('rowheader', { name: 'Spot allocation strategy' }).waitFor();
  await axe();
  await approvedBy(page, person, t);
  await visit(target);
  await page.getByText('then 100 % on demand · capacity-optimized').waitFor();
}));

test('instances are replaced while the page tells how far it is, and the rest is left', scenario({ as: 'operator' }, async ({ page, visit, person, axe, server }) => {
  await openTarget(page, t, 'web-prod');
  const dialog = await openDialog(page, 'Refresh the instances', 'Replace the instances of web-prod?');
  await dialog.getByText('replaces', { exact: true }).waitFor();
  await dialog.getByLabel('Checkpoints', { exact: true }).fill('50, 20');
  await dialog.getByLabel(t.reason).fill('a new template');
  const propose = dialog.getByRole('button', { name: 'Propose the refresh', exact: true });
  await propose.click();
  await saysOnce(page, dialog, ['Checkpoints ascend, each once, from 1 to 100 %.']);
  await dialog.getByLabel('Checkpoints', { exact: true }).fill('');
  await axe();
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('autoscaling:StartInstanceRefresh').first().waitFor();
  const change = new URL(page.url()).pathname;
  await votedBy(page, person, t);
  const progress = page.getByText(/Instance refresh: [1-9]\d? % replaced/);
  await stepUntil('some of them are replaced', server, 60, () => progress.isVisible());
  await axe();
  const cancel = await openDialog(page, 'Cancel the refresh', 'Cancel the instance refresh of web-prod?');
  await cancel.getByText('cancel-leaves').waitFor();
  await cancel.getByLabel(t.reason).fill('the template is wrong');
  await cancel.getByRole('button', { name: 'Cancel the refresh', exact: true }).click();
  await page.waitForURL((url) => /\/changes\/chg_/.test(url.pathname) && url.pathname !== change);
  await visit(change);
  const ended = page.getByText(/The instance refresh ended at \d+ %: cancelled/).first();
  await stepUntil('its end is told', server, 30, () => ended.isVisible());
}));
