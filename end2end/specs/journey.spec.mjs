// The journey of the product, in both languages: an alarm is taken on, a scale event is planned and
// proposed, refused to its author, approved by somebody else, carried out before everybody's eyes,
// and returns by itself; the log tells it all.
import assert from 'node:assert/strict';
import test from 'node:test';
import { hydrated, until, world } from '../harness.mjs';
import { goTo, propose, stepUntil } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
// One target for each language, as the tests of this file share a world; neither has scheduled
// actions of its own, so that whatever the hour, only the event moves its minimum.
const TARGETS = { en: 'web-prod', ko: 'us-web-prod' };
const COUNT = '9';
const STEP_SECONDS = 600;
const REASON = 'Course registration </textarea><script>alert(1)</script>';

/** Chooses in a filter, and waits until every row of the list says so. */
async function filter(page, table, name, label, said) {
  await page.getByRole('combobox', { name, exact: true }).selectOption({ label });
  await until(`every row says ${said}`, async () => {
    const rows = await table.locator('tbody tr').allInnerTexts();
    return rows.length > 0 && rows.every((row) => row.includes(said));
  });
}

async function takeOnAnAlarm(page, t) {
  await goTo(page, t.alarms);
  const table = page.getByRole('table', { name: t.alarms });
  await filter(page, table, t.state, t.inAlarm, t.inAlarm);
  await filter(page, table, t.acknowledgedFilter, t.notAcknowledged, t.nobody);
  await page.waitForURL(/state=alarm&.*acknowledged=no/);
  const first = table.getByRole('rowheader').first().getByRole('link');
  const name = await first.innerText();
  await first.click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  // The chart is there, with its values as a table for those who do not see it.
  await page.locator('figure svg').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: t.acknowledge, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(t.note).fill('<b>looking</b> at it');
  await dialog.getByRole('button', { name: t.acknowledge, exact: true }).click();
  await page.getByText(t.looksAfter).first().waitFor();
  await page.getByText('<b>looking</b> at it').first().waitFor();
}

/** Nothing is sent without a reason, and the field says so. */
async function proposeNothingWithoutAReason(page, t, target) {
  await goTo(page, t.capacity);
  await page.getByRole('rowheader', { name: target, exact: true }).getByRole('link').click();
  await page.getByRole('link', { name: t.plan }).click();
  await page.getByLabel(t.count).fill(COUNT);
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.getByText(t.sayWhy).waitFor();
}

async function minimumOf(page, t) {
  const stat = page.locator('.stat', { has: page.getByText(t.min, { exact: true }) });
  return stat.locator('.stat-value').innerText();
}

test('nobody approves their own proposal, whatever their role', scenario({ as: 'admin' }, async ({ page }) => {
  const t = WORDS.en;
  await propose(page, t, 'worker-prod', { count: COUNT, reason: REASON });
  for (const act of [t.approve, t.reject]) {
    const button = page.getByRole('button', { name: act, exact: true });
    assert.equal(await button.getAttribute('aria-disabled'), 'true', act);
    assert.match(await button.getAttribute('aria-description'), t.ownApproval);
    // Forced, as the browser driver would wait for it to become pressable.
    await button.click({ force: true });
    assert.equal(await page.getByRole('dialog').count(), 0, 'a press does nothing');
  }
}));

for (const lang of ['en', 'ko']) {
  test(`from an alarm to the return of a scale event (${lang})`, scenario({ as: 'operator', lang }, async ({ page, person, server, axe, screenshot }) => {
    const t = WORDS[lang];
    const target = TARGETS[lang];
    await page.getByRole('heading', { level: 1, name: t.overview }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await takeOnAnAlarm(page, t);

    await proposeNothingWithoutAReason(page, t, target);
    const change = await propose(page, t, target, { count: COUNT, reason: REASON });
    await axe();
    const own = page.getByRole('button', { name: t.approve, exact: true });
    await own.waitFor();
    // Nobody approves their own proposal.
    await until('it cannot be pressed', async () => (await own.getAttribute('aria-disabled')) === 'true');
    assert.match(await own.getAttribute('aria-description'), t.ownApproval);

    const approver = await person({ as: 'approver' });
    await approver.visit(change);
    await approver.page.getByRole('button', { name: t.approve, exact: true }).click();
    const dialog = approver.page.getByRole('dialog', { name: t.approveTitle });
    await dialog.getByLabel(t.note).fill('go');
    await dialog.getByRole('button', { name: t.approve, exact: true }).click();

    // The author's page follows without being loaded again.
    await page.getByRole('heading', { level: 2, name: t.steps, exact: true }).waitFor();
    await page.locator('.page-title .chip', { hasText: t.running }).waitFor({ timeout: 90_000 });
    await until('every step is done', async () => {
      const states = await page.locator('.calls > li > p .chip').allInnerTexts();
      return states.length > 1 && states.every((state) => state.trim() === t.done);
    });
    await screenshot(`change-applied-${lang}`);

    await goTo(page, t.capacity);
    await page.getByRole('rowheader', { name: target, exact: true }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: target }).waitFor();
    await until('the minimum is raised', async () => (await minimumOf(page, t)) === COUNT);

    // Past its end AWS brings it back; the console only looks.
    await page.goto(change);
    await hydrated(page);
    const over = page.locator('.page-title .chip', { hasText: t.over });
    await stepUntil('the event is over', server, STEP_SECONDS, () => over.isVisible());
    await goTo(page, t.capacity);
    await page.getByRole('rowheader', { name: target, exact: true }).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: target }).waitFor();
    await stepUntil('the capacity returned', server, 120, async () => (await minimumOf(page, t)) !== COUNT);

    await approver.visit(`/activity?subject=${change.split('/').at(-1)}`);
    const log = approver.page.getByRole('table', { name: t.activity });
    for (const verb of [t.proposed, t.approved, t.applied]) {
      await log.getByRole('rowheader', { name: verb, exact: true }).first().waitFor();
    }
    await approver.axe();
  }));
}
