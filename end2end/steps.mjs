// What several specs do on the way to what they are about.
import assert from 'node:assert/strict';
import { until } from './harness.mjs';

/** Texts that mean no good. */
export const HOSTILE = `"><img src=x onerror=alert(1)></textarea><script>alert(1)</script>{{7*7}}`;
export const HUGE = 'x'.repeat(5_000);

/** Fails when a text that somebody wrote became part of the page. */
export async function nothingBecameMarkup(page) {
  assert.equal(await page.locator('img[src="x"]').count(), 0, 'nothing became markup');
}

/** Goes to an area by the navigation. */
export async function goTo(page, area) {
  await page.getByRole('navigation').first().getByRole('link', { name: area }).click();
  await page.getByRole('heading', { level: 1, name: area, exact: true }).waitFor();
}

/** A target as programs are told of it, by its name. */
export async function targetOf(server, name) {
  const { rows } = await server.ask(`/targets?text=${encodeURIComponent(name)}`);
  return rows.find(({ reference }) => reference.name === name);
}

/** The rule of a schedule that holds now, as programs are told. */
export async function ruleOf(server, schedule) {
  const { rule } = await server.ask(`/schedules/${schedule}`);
  return rule;
}

/** Opens the page of a target; its path. */
export async function openTarget(page, t, target) {
  await goTo(page, t.capacity);
  await page.getByRole('rowheader', { name: target, exact: true }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: target }).waitFor();
  return new URL(page.url()).pathname;
}

/** Opens the page of the alarm of exactly this name: others may hold the name in theirs, and stand before it by the hour. */
export async function openAlarm(page, visit, name) {
  await visit(`/alarms?text=${encodeURIComponent(name)}`);
  await page.getByRole('rowheader').getByRole('link', { name, exact: true }).click();
  await page.waitForURL(/\/alarms\/alm_/);
  return new URL(page.url()).pathname;
}

/** Another person approves the change request of this page. */
export async function votedBy(page, person, t) {
  const approver = await person({ as: 'approver' });
  await approver.visit(new URL(page.url()).pathname);
  await nothingBecameMarkup(approver.page);
  const vote = await openDialog(approver.page, t.approve, t.approveTitle);
  await vote.getByRole('button', { name: t.approve, exact: true }).click();
  await toast(approver.page, 'Approved.');
}

/** Another person approves the change request of this page, and it is carried out. */
export async function approvedBy(page, person, t) {
  await votedBy(page, person, t);
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });
}

/** Plans an event on a target and proposes it; the page is then that of the request. */
export async function propose(page, t, target, { count, reason }) {
  await openTarget(page, t, target);
  await page.getByRole('link', { name: t.plan }).click();
  await page.getByLabel(t.count).fill(count);
  // What will happen shows as one types.
  await page.getByText('autoscaling:PutScheduledUpdateGroupAction').first().waitFor();
  await page.getByText('autoscaling:UpdateAutoScalingGroup').first().waitFor();
  await page.getByLabel(t.reason).fill(reason);
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByRole('button', { name: t.withdraw, exact: true }).waitFor();
  return new URL(page.url()).pathname;
}

/** Opens a dialog by its button. */
export async function openDialog(page, button, name = button) {
  await page.getByRole('button', { name: button, exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name });
  await dialog.waitFor();
  return dialog;
}

/** A message that passes. It is read out once, and so it is looked for once. */
export async function toast(page, text) {
  await page.locator('.toast', { hasText: text }).first().waitFor();
}

/** Each field says what is wrong with it, once, and no toast repeats it. (An earlier step's toast may still stand.) */
export async function saysOnce(page, place, messages) {
  for (const message of messages) await place.getByText(message).waitFor();
  for (const message of messages) {
    await until(`“${message}” is said once`, async () => (await place.getByText(message).count()) === 1);
    assert.equal(await page.locator('.toast', { hasText: message }).count(), 0, `no toast repeats “${message}”`);
  }
}

/** Types into a field whose answer was wrong: what was said about it goes, the rest stays. */
export async function corrects(field, text, place, gone, stays = []) {
  await field.fill(text);
  await place.getByText(gone).waitFor({ state: 'detached' });
  for (const message of stays) {
    await until(`“${message}” stays`, async () => (await place.getByText(message).count()) === 1);
  }
}

/** Moves the sandbox's clock until something shows. */
export async function stepUntil(what, server, seconds, shows) {
  await until(what, async () => {
    if (await shows()) return true;
    await server.step(seconds);
    return false;
  }, { every: 1_500, most: 150_000 });
}
