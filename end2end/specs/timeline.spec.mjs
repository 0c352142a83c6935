// The timeline: lanes of every target, a span that becomes the draft of a scale event by mouse and by
// keyboard, or of an override where a schedule stands, and what a viewer is told. And the money in the
// schedule's editor, as one types.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { approvedBy, goTo, openDialog, targetOf, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const [t, ko] = [WORDS.en, WORDS.ko];
const TARGET = 'web-prod';
const LANE = `Capacity of ${TARGET} over time`;
// The target of a schedule, and the schedule.
const SCHEDULED = 'worker-prod';
const SCHEDULE = 'workers';

/** The times that the form of a scale event holds, once it is there. */
async function formTimes(page) {
  await page.getByRole('heading', { level: 1, name: `Scale event for ${TARGET}` }).waitFor();
  const read = async (name) => Date.parse(await page.getByLabel(name, { exact: false }).first().inputValue());
  return { from: await read('From'), until: await read(t.until) };
}

test('a span of a lane becomes a draft', scenario({ as: 'operator' }, async ({ page, visit, axe, screenshot }) => {
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Timeline', exact: true }).click();
  const lane = page.getByRole('slider', { name: LANE, exact: true });
  await lane.waitFor();
  await axe();
  await screenshot('timeline-en-light-desktop');

  // Whoever points at a lane reads it.
  await lane.scrollIntoViewIfNeeded();
  const box = await lane.boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
  await page.mouse.move(...at(0.6));
  const said = page.getByRole('region', { name: TARGET, exact: true }).getByText(/planned \d+ to \d+/);
  await said.waitFor();

  // Dragged from left to right, or from right to left: the earlier end is the start.
  await page.mouse.move(...at(0.8));
  await page.mouse.down();
  await page.mouse.move(...at(0.75));
  await page.mouse.move(...at(0.7));
  await screenshot('timeline-dragging-en-light-desktop');
  await page.mouse.up();
  await page.waitForURL(/\/event\?from=.*&until=/);
  const dragged = await formTimes(page);
  assert.ok(dragged.until > dragged.from, 'the span has a length');
  await page.getByRole('radio', { name: 'At a planned time', checked: true }).waitFor();
  await axe();

  // The same with the keyboard: to the end of the week, back some hours, there and further.
  await page.goBack();
  await lane.waitFor();
  await until('the page listens', async () => {
    await lane.focus();
    await page.keyboard.press('End');
    return (await lane.getAttribute('aria-valuenow')) === (await lane.getAttribute('aria-valuemax'));
  });
  for (let hour = 0; hour < 5; hour += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/event\?from=.*&until=/);
  const typed = await formTimes(page);
  assert.equal(typed.until - typed.from, 2 * 3_600_000);

  // The address is the view.
  await visit('/capacity/timeline?environment=prod&days=1');
  await lane.waitFor();
  assert.equal(await page.getByRole('slider', { name: /web-dev/ }).count(), 0);
  await page.getByRole('link', { name: '4 weeks', exact: true }).click();
  await page.waitForURL(/days=28/);
  await lane.waitFor();
  await page.locator('summary', { hasText: 'Planned changes as a table' }).click();
  await page.getByRole('table', { name: 'Planned changes as a table' }).getByText(TARGET).first().waitFor();
  await axe();
}));

test('where a schedule stands, a span becomes an override, which is ended', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  const { reference: { scope } } = await targetOf(server, SCHEDULED);
  const schedule = {
    name: SCHEDULE, timezone: 'Asia/Seoul', targets: [{ asg: SCHEDULED }], base: { min: 4, desired: 8, max: 16 },
  };
  const { id } = await server.ask('/changes', { kind: 'apply_schedule', scope, schedule, reason: 'steady' });
  await visit(`/changes/${id}`);
  await approvedBy(page, person, t);

  // The lane leads to the schedule, with the time that was chosen.
  await visit('/capacity/timeline?environment=prod');
  const lane = page.getByRole('slider', { name: `Capacity of ${SCHEDULED} over time`, exact: true });
  await lane.scrollIntoViewIfNeeded();
  await page.getByRole('link', { name: `Draft override: ${SCHEDULED}`, exact: true }).waitFor();
  await axe();
  const box = await lane.boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
  const said = page.getByRole('region', { name: SCHEDULED, exact: true }).getByText(/planned \d+ to \d+/);
  await until('the page listens', async () => {
    await page.mouse.move(...at(0.6));
    await page.mouse.move(...at(0.65));
    return said.isVisible();
  });
  await page.mouse.move(...at(0.7));
  await page.mouse.down();
  await page.mouse.move(...at(0.75));
  await page.mouse.move(...at(0.8));
  await page.mouse.up();
  await page.waitForURL(/\/workers\?override=new&from=.*&until=/);
  const dialog = page.getByRole('dialog', { name: 'Add override' });
  await dialog.waitFor();
  const time = async (name) => Date.parse(await dialog.getByLabel(name).inputValue());
  assert.ok(await time(t.until) - await time('From') > 3_600_000, 'the span has a length');
  await axe();
  await screenshot('override-en-light-desktop');
  await dialog.getByLabel('Min').fill('6');
  await dialog.getByLabel(t.reason).fill('course registration');
  await dialog.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText(/^Overrides schedule workers, .* – .*: 4–8–16 → 6–8–16/).waitFor();
  await axe();

  // Decided in a minute, on a telephone.
  const approver = await person({ as: 'approver', lang: 'ko', viewport: PHONE });
  await approver.visit(new URL(page.url()).pathname);
  await approver.page.getByText(/^일정 workers 재정의, .*: 4–8–16 → 6–8–16/).waitFor();
  await fits(approver.page, 'the override');
  await approver.axe();
  await approver.screenshot('override-ko-light-phone');
  const vote = await openDialog(approver.page, ko.approve, ko.approveTitle);
  await vote.getByRole('button', { name: ko.approve, exact: true }).click();
  await toast(approver.page, '승인했습니다.');
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });

  // It stands on the schedule's page, and ends there before it begins, when that is approved.
  await page.getByRole('link', { name: SCHEDULE, exact: true }).first().click();
  const standing = page.getByRole('list', { name: 'Overrides', exact: true });
  await standing.getByText('6–8–16').waitFor();
  await standing.getByText('course registration').waitFor();
  await axe();
  await standing.getByRole('button', { name: /^End override: / }).click();
  const ending = page.getByRole('dialog', { name: `End this override of schedule ${SCHEDULE}?` });
  await ending.getByRole('button', { name: 'End override', exact: true }).click();
  await ending.getByText('Say why it ends.').waitFor();
  await axe();
  await ending.getByLabel(t.reason).fill('it was called off');
  await ending.getByRole('button', { name: 'End override', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText(/^Ends the override of schedule workers, .*: 6–8–16 → 4–8–16/).waitFor();
  await approvedBy(page, person, t);
  await visit(`/capacity/schedules/${SCHEDULE}`);
  await page.getByRole('heading', { level: 1, name: SCHEDULE }).waitFor();
  assert.equal(await standing.count(), 0);
}));

test('a lane scrolls inside its box on a telephone', scenario({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' }, async ({ page, visit, axe, screenshot }) => {
  await visit('/capacity/timeline');
  await page.getByRole('slider', { name: `${TARGET} 시간별 용량`, exact: true }).waitFor();
  await fits(page, 'the timeline');
  // What one may not do stays, and says why.
  const draft = page.getByRole('button', { name: `이벤트 작성: ${TARGET}`, exact: true });
  assert.match(await draft.getAttribute('aria-description'), /운영자/);
  await axe();
  await screenshot('timeline-ko-dark-phone');
}));

test('the editor tells the money as one types', scenario({ as: 'operator' }, async ({ page, visit, server, axe, screenshot }) => {
  const { id } = await targetOf(server, TARGET);
  await visit(`/capacity/new-schedule?target=${id}`);
  const money = page.getByRole('region', { name: 'The 30 days to come' });
  await money.waitFor();
  const said = page.locator('.money-said');
  await until('the sentence stands', async () => /instance hours/.test(await said.innerText()));
  const before = await said.innerText();
  const base = page.getByRole('group', { name: 'Outside the window' });
  for (const [name, number] of [['Max', '12'], ['Desired', '9'], ['Min', '9']]) await base.getByLabel(name).fill(number);
  await until('the sentence changes', async () => (await said.innerText()) !== before);
  await page.getByText(/List prices: /).waitFor();
  await axe();
  await screenshot('schedule-money-en-light-desktop');
}));
