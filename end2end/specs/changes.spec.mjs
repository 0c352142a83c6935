// What can be done with a change request and a freeze, with forms filled in by somebody who means no good.
import assert from 'node:assert/strict';
import test from 'node:test';
import { world } from '../harness.mjs';
import { HOSTILE, HUGE, corrects, goTo, nothingBecameMarkup, openDialog, propose, saysOnce, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const REFUSALS = [/status of 4\d\d/];
const TOO_LONG = /2,?000/;

test('an edit is shown to those who decide; a rejection ends it', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, person, axe }) => {
  const change = await propose(page, t, 'web-prod', { count: '9', reason: HOSTILE });
  const approver = await person({ as: 'approver' });
  await approver.visit(change);
  await nothingBecameMarkup(approver.page);
  const stale = await openDialog(approver.page, t.approve, t.approveTitle);
  await approver.axe();

  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('heading', { level: 1, name: /Edit the scale event/ }).waitFor();
  await page.getByText('autoscaling:UpdateAutoScalingGroup').first().waitFor();
  await axe();
  await page.getByLabel(t.count).fill('');
  await page.getByRole('button', { name: 'Save the edit' }).click();
  await saysOnce(page, page, [t.wholeNumber]);
  await corrects(page.getByLabel(t.count), '10', page, t.wholeNumber);
  await page.getByRole('button', { name: 'Save the edit' }).click();
  await page.waitForURL((url) => url.pathname === change);
  await page.getByText('at least 10').first().waitFor();

  // Whoever is about to approve is told, and approves nothing that they did not see.
  await stale.getByText('It was edited since you opened this.').first().waitFor();
  await approver.page.keyboard.press('Escape');
  const dialog = await openDialog(approver.page, t.reject, 'Reject this change request?');
  await dialog.getByRole('button', { name: t.reject, exact: true }).click();
  await dialog.locator('.field-error', { hasText: 'Say why.' }).waitFor();
  await dialog.getByLabel(t.note).fill(HUGE);
  await dialog.getByRole('button', { name: t.reject, exact: true }).click();
  await dialog.locator('.field-error', { hasText: TOO_LONG }).waitFor();
  await approver.axe();
  await dialog.getByLabel(t.note).fill(HOSTILE);
  await dialog.getByRole('button', { name: t.reject, exact: true }).click();
  await toast(approver.page, 'Rejected.');
  await page.locator('.page-title .chip', { hasText: 'Rejected' }).waitFor();
  await page.getByText(HOSTILE).first().waitFor();
  await nothingBecameMarkup(page);
}));

test('a proposal is withdrawn', scenario({ as: 'operator' }, async ({ page, axe }) => {
  await propose(page, t, 'web-prod', { count: '9', reason: 'not needed after all' });
  const dialog = await openDialog(page, t.withdraw, 'Withdraw this change request?');
  await axe();
  await dialog.getByRole('button', { name: t.withdraw, exact: true }).click();
  await toast(page, 'Withdrawn.');
  await page.locator('.page-title .chip', { hasText: 'Withdrawn' }).waitFor();
}));

test('an event that runs is ended early', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, person, axe }) => {
  const change = await propose(page, t, 'worker-prod', { count: '9', reason: 'a rehearsal' });
  const approver = await person({ as: 'approver' });
  await approver.visit(change);
  const vote = await openDialog(approver.page, t.approve, t.approveTitle);
  await vote.getByRole('button', { name: t.approve, exact: true }).click();
  await toast(approver.page, 'Approved.');
  await page.locator('.page-title .chip', { hasText: t.running }).waitFor({ timeout: 120_000 });

  const dialog = await openDialog(page, t.endEarly, 'End this scale event now?');
  await axe();
  const end = dialog.getByRole('button', { name: t.endEarly, exact: true });
  await end.click();
  await saysOnce(page, dialog, ['Say why it ends early.']);
  await dialog.getByLabel(t.reason).fill(HUGE);
  await end.click();
  await dialog.locator('.field-error', { hasText: TOO_LONG }).waitFor();
  await dialog.getByLabel(t.reason).fill(HOSTILE);
  await end.click();
  await page.waitForURL((url) => url.pathname.startsWith('/changes/chg_') && url.pathname !== change);
  await page.getByText(HOSTILE).first().waitFor();
  await nothingBecameMarkup(page);
}));

test('a freeze is declared and lifted', scenario({ as: 'admin', expect: REFUSALS }, async ({ page, visit, axe }) => {
  await visit('/changes/freezes');
  const dialog = await openDialog(page, 'Declare a freeze');
  await axe();
  const [name, reason, end] = [dialog.getByRole('textbox', { name: 'Name', exact: true }), dialog.getByLabel(t.reason), dialog.getByLabel(t.until)];
  const declare = dialog.getByRole('button', { name: 'Declare a freeze', exact: true });
  const offered = await end.inputValue();
  const wrong = ['Give it a name.', 'Say why nothing should change then.', t.enterTime];
  await end.fill('');
  await declare.click();
  await saysOnce(page, dialog, wrong);
  await axe();
  await corrects(end, offered, dialog, t.enterTime, wrong.slice(0, 2));
  await name.fill(HUGE);
  await reason.fill(HUGE);
  await declare.click();
  await dialog.locator('.field-error', { hasText: '200' }).first().waitFor();
  await dialog.locator('.field-error', { hasText: TOO_LONG }).waitFor();
  await name.fill(HOSTILE);
  await reason.fill(HOSTILE);
  await declare.click();
  await toast(page, 'The freeze is declared.');
  const row = page.getByRole('row', { name: HOSTILE });
  await row.getByRole('button', { name: 'Lift' }).click();
  const lift = page.getByRole('dialog', { name: 'Lift this freeze?' });
  await lift.waitFor();
  await axe();
  await lift.getByRole('button', { name: 'Lift' }).click();
  await toast(page, 'The freeze is lifted.');
  await row.waitFor({ state: 'detached' });
  await nothingBecameMarkup(page);
}));

test('an alarm is taken on with a note, and given back', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit, axe }) => {
  await goTo(page, t.alarms);
  await visit('/alarms?state=alarm&acknowledged=no');
  await page.getByRole('rowheader').first().getByRole('link').click();
  const dialog = await openDialog(page, t.acknowledge, 'Look after this alarm');
  await axe();
  await dialog.getByLabel(t.note).fill(HUGE);
  await dialog.getByText('5000 / 2000').waitFor();
  await dialog.getByRole('button', { name: t.acknowledge, exact: true }).click();
  await dialog.locator('.field-error', { hasText: TOO_LONG }).waitFor();
  assert.equal(await page.locator('.toast', { hasText: TOO_LONG }).count(), 0, 'it is said at the field');
  await dialog.getByLabel(t.note).fill(HOSTILE);
  await dialog.getByRole('button', { name: t.acknowledge, exact: true }).click();
  await toast(page, 'You look after this alarm now.');
  await page.getByText(HOSTILE).first().waitFor();
  await nothingBecameMarkup(page);
  const back = await openDialog(page, t.giveBack, 'Give this alarm back?');
  await back.getByRole('button', { name: t.giveBack, exact: true }).click();
  await toast(page, 'Nobody looks after this alarm now.');
}));
