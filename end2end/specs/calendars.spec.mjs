// A schedule that names a followed calendar: chosen in the form, approved with its days, and an edit that people
// decide on when somebody adds a day to the calendar.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { approvedBy, stepUntil } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const TARGET = 'web-dev';
const NAME = 'office';
const HALF_A_DAY = 43_200;
const SCHEDULE = `name: ${NAME}
timezone: Asia/Seoul
targets: [{ asg: ${TARGET} }]
base: { min: 0, desired: 0, max: 0 }
windows: [{ name: day, days: [mon..fri], from: "08:00", to: "20:00", capacity: { min: 2, desired: 2, max: 3 } }]
`;

test('a calendar changes, and people decide what becomes of the schedule', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  // The form offers the calendar; the text tells its days.
  const { rows } = await server.ask(`/targets?text=${TARGET}`);
  const { id } = rows.find(({ reference }) => reference.name === TARGET);
  await visit(`/capacity/new-schedule?target=${id}`);
  const text = page.getByRole('textbox', { name: 'Schedule', exact: true });
  await text.fill(SCHEDULE);
  await page.getByText('The text is a schedule.').waitFor();
  await page.getByLabel('Days of a calendar without the window').selectOption('holidays');
  await until('the text names the calendar', async () => /calendar: holidays\n\s+# its days: \d{4}-/.test(await text.inputValue()));
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  const others = page.getByRole('group', { name: 'Take the place of these scheduled actions' });
  for (const action of ['office-closes', 'office-opens']) await others.getByRole('checkbox', { name: action }).check();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText(/autoscaling:(Batch)?DeleteScheduledAction/).first().waitFor();
  await axe();
  await page.getByRole('textbox', { name: t.reason }).fill('Nobody works on holidays');
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await approvedBy(page, person, t);

  // The schedule tells from which calendar it has its days.
  await visit(`/capacity/schedules/${NAME}`);
  await page.getByText('holidays', { exact: true }).waitFor();
  await page.getByText(/^read/).first().waitFor();
  assert.equal(await page.getByText('A calendar of this schedule names other days').count(), 0);

  // Somebody adds a day to the calendar: the schedule stays, and an edit waits.
  await stepUntil('the calendar changes', server, HALF_A_DAY, async () => (await server.ask(`/schedules/${NAME}`)).calendar_edit !== null);
  await page.getByText('A calendar of this schedule names other days').waitFor();
  await axe();
  await screenshot('schedule-calendar-en-light-desktop');
  await page.getByRole('link', { name: 'Open the proposed edit' }).click();
  await page.getByText('other days in the calendar holidays').first().waitFor();
  await page.getByText('Lamplighter').first().waitFor();
  await page.locator('.diff [data-line="added"]', { hasText: 'its days' }).waitFor();
  await axe();
  await approvedBy(page, person, t);
  await until('nothing waits', async () => (await server.ask(`/schedules/${NAME}`)).calendar_edit === null);

  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit(`/capacity/schedules/${NAME}`);
  await korean.page.getByText('holidays', { exact: true }).waitFor();
  await fits(korean.page, 'the schedule');
  await korean.axe();
}));
