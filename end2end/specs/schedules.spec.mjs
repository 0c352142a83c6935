// A night schedule for development: drafted and checked, refused to its author, approved on a telephone,
// kept by AWS through a night and a morning, overridden for an hour, and taken out again.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, until, world } from '../harness.mjs';
import { goTo, openDialog, ruleOf, stepUntil, targetOf, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const [t, ko] = [WORDS.en, WORDS.ko];
const TARGET = 'web-dev';
const NAME = 'dev-nights';
const REASON = 'Nobody works at night </textarea><script>alert(1)</script>';
const STEP_SECONDS = 1_800;
// A refused proposal is no fault of the page.
const REFUSALS = [/status of 4\d\d/];
const CHANGE = /\/changes\/chg_/;

/** The numbers of the target as AWS has them: min, desired, max. */
async function capacity(server) {
  const { min, desired, max } = (await targetOf(server, TARGET)).capacity;
  return `${min}–${desired}–${max}`;
}

/** Approves as somebody else, and waits until AWS has it. */
async function approve(approver, words, path) {
  await approver.visit(path);
  const dialog = await openDialog(approver.page, words.approve, words.approveTitle);
  await dialog.getByRole('button', { name: words.approve, exact: true }).click();
  await toast(approver.page, words === ko ? '승인했습니다.' : 'Approved.');
}

/** Where a request ends when all went well. */
async function appliedAtLast(page) {
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });
  assert.equal(await page.locator('.page-title .chip').first().innerText(), 'Applied');
}

test('a night schedule, from the draft to its removal', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit, person, server, axe, screenshot }) => {
  // The list is empty and leads on.
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await page.getByText('No schedule stands yet').waitFor();
  await axe();
  await page.getByRole('link', { name: 'New schedule' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'New schedule' }).waitFor();

  // The form writes the text.
  const text = page.getByRole('textbox', { name: 'Schedule', exact: true });
  const says = (what, words) => until(what, async () => (await text.inputValue()).includes(words));
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(NAME);
  await says('the text has the name', `name: ${NAME}`);
  for (const box of await page.getByRole('group', { name: 'Targets' }).getByRole('checkbox', { checked: true }).all()) {
    await box.uncheck();
  }
  await page.getByRole('group', { name: 'Targets' }).getByRole('checkbox', { name: new RegExp(`^${TARGET}`) }).check();
  await says('the text has the target', `asg: ${TARGET}`);
  const base = page.getByRole('group', { name: 'Outside the window' });
  for (const [name, number] of [['Min', '2'], ['Desired', '2'], ['Max', '4']]) await base.getByLabel(name).fill(number);
  await says('the text has the base', 'base: { min: 2, desired: 2, max: 4 }');

  // What is wrong is told by its line; the last picture stays.
  const good = await text.inputValue();
  await text.fill(good.replace('to: "08:00"', 'to: "25:00"'));
  await page.locator('.field-error', { hasText: /^Line \d+/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Check', exact: true }).getAttribute('aria-disabled'), 'true');
  await axe();
  await text.fill(good);
  await page.getByText('The text is a schedule.').waitFor();
  await page.getByRole('slider', { name: /Capacity by hour/ }).waitFor();

  // The calls are seen before anything is proposed; what others have scheduled gives way.
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText(/autoscaling:(Batch)?PutScheduledUpdateGroupAction/).first().waitFor();
  const others = page.getByRole('group', { name: 'Take the place of these scheduled actions' });
  for (const action of ['office-closes', 'office-opens']) await others.getByRole('checkbox', { name: action }).check();
  await page.getByText(/autoscaling:(Batch)?PutScheduledUpdateGroupAction/).first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText(/autoscaling:(Batch)?DeleteScheduledAction/).first().waitFor();
  await page.getByRole('textbox', { name: t.reason }).fill(REASON);
  await screenshot('schedule-editor-en-light-desktop');
  await axe();
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(CHANGE);
  const change = new URL(page.url()).pathname;

  // Nobody approves their own proposal.
  const own = page.getByRole('button', { name: t.approve, exact: true });
  await own.waitFor();
  assert.equal(await own.getAttribute('aria-disabled'), 'true');
  await page.getByText(REASON).first().waitFor();
  await axe();

  // Somebody else does, on a telephone, in Korean.
  const approver = await person({ as: 'approver', lang: 'ko', viewport: PHONE });
  await approver.visit(change);
  await approver.page.getByText('위험').first().waitFor();
  const button = await approver.page.getByRole('button', { name: ko.approve, exact: true }).boundingBox();
  assert.ok(button.y + button.height < PHONE.height, 'the buttons are in sight');
  await approver.axe();
  await approver.screenshot('schedule-change-ko-light-phone');
  await approve(approver, ko, change);
  await appliedAtLast(page);

  // AWS keeps the time: down to nothing at night, back in the morning.
  await stepUntil('the night begins', server, STEP_SECONDS, async () => (await ruleOf(server, NAME)) === 'window:night');
  await stepUntil('the group is empty', server, 300, async () => (await capacity(server)) === '0–0–0');
  await stepUntil('the morning comes', server, STEP_SECONDS, async () => (await ruleOf(server, NAME)) === 'base');
  await stepUntil('the group is back', server, 300, async () => (await capacity(server)) === '2–2–4');

  // The page tells what holds, and leads to the target and back.
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await page.getByRole('rowheader', { name: NAME }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
  await axe();
  await screenshot('schedule-en-light-desktop');
  await page.getByRole('link', { name: TARGET }).first().click();
  await page.getByRole('link', { name: NAME }).click();
  await page.getByRole('heading', { level: 1, name: NAME }).waitFor();

  // For an hour there is more, when somebody else agrees. The page offers times by the clock as it is now.
  await visit(`/capacity/schedules/${NAME}`);
  const more = await openDialog(page, 'Add override');
  await axe();
  await more.getByLabel('Max').fill('1');
  await more.getByRole('button', { name: 'Propose', exact: true }).click();
  await more.getByText('Say why: the reason stands in the schedule.').waitFor();
  await more.locator('.field-error', { hasText: 'min ≤ desired ≤ max' }).waitFor();
  await more.getByLabel('Max').fill('6');
  await more.getByLabel('Desired').fill('3');
  await more.getByLabel(t.reason).fill('a rehearsal');
  await more.getByRole('button', { name: 'Propose', exact: true }).click();
  await page.waitForURL((url) => CHANGE.test(url.pathname) && url.pathname !== change);
  await page.getByText('a rehearsal').first().waitFor();
  const overriding = new URL(page.url()).pathname;
  await approve(approver, ko, overriding);
  await appliedAtLast(page);
  await stepUntil('the override begins', server, 600, async () => (await capacity(server)) === '2–3–6');

  // Then it goes. The capacity stays what it is.
  await page.getByRole('link', { name: NAME }).first().click();
  await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
  const removal = await openDialog(page, 'Remove', `Remove schedule ${NAME}?`);
  await removal.getByLabel(t.reason).fill('it has taught us enough');
  await removal.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.waitForURL((url) => CHANGE.test(url.pathname) && url.pathname !== overriding);
  await page.getByText('it has taught us enough').first().waitFor();
  await axe();
  await approve(approver, ko, new URL(page.url()).pathname);
  await appliedAtLast(page);
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await page.getByText('No schedule stands yet').waitFor();
}));

test('a viewer is told why there is nothing to press', scenario({ as: 'viewer' }, async ({ page, visit, axe }) => {
  await visit('/capacity/schedules');
  const button = page.getByRole('button', { name: 'New schedule' }).first();
  assert.match(await button.getAttribute('aria-description'), /operator/);
  await visit('/capacity/new-schedule');
  await page.getByText('You cannot change schedules here').waitFor();
  await axe();
}));
