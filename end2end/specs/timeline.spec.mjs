// The timeline: lanes of every target, a span that becomes the draft of a scale event by mouse and by
// keyboard, and what a viewer is told. And the money in the schedule's editor, as one types.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { goTo, targetOf } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const TARGET = 'web-prod';
const LANE = `Capacity of ${TARGET} over time`;

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
