// Freezes from calendars: one that is followed, and a file that is imported.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, world } from '../harness.mjs';
import { openDialog, toast } from '../steps.mjs';

const { scenario } = world();
// A calendar that cannot be read is refused, which is no fault of the page.
const REFUSALS = [/status of 4\d\d/];
const DAY_MS = 86_400_000;

test('a calendar is followed, and another is imported', scenario({ as: 'admin', expect: REFUSALS }, async ({ page, visit, person, axe, screenshot }) => {
  await visit('/changes/freezes');
  // What the followed calendar names is lifted there.
  const followed = page.getByRole('row', { name: /Final exams/ });
  await followed.getByText('academic-year').first().waitFor();
  const lift = followed.getByRole('button', { name: 'Lift' });
  assert.match(await lift.getAttribute('aria-description'), /academic-year/);
  await page.getByText('Calendars that are followed').waitFor();

  // A file at hand: what is wrong is told with its line.
  const dialog = await openDialog(page, 'Import a calendar');
  await dialog.getByRole('button', { name: 'Import a calendar', exact: true }).click();
  await dialog.getByText('Paste the calendar’s text.').waitFor();
  await dialog.getByLabel('Calendar').fill('not a calendar');
  await dialog.getByLabel('Reason').fill('the academic year');
  await dialog.getByRole('button', { name: 'Import a calendar', exact: true }).click();
  await dialog.getByText(/line 1/).first().waitFor();
  await axe();
  const day = new Date(Date.now() + 40 * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const event = `BEGIN:VEVENT\nSUMMARY:Entrance exam\nDTSTART;VALUE=DATE:${day}\nEND:VEVENT`;
  await dialog.getByLabel('Calendar').fill(`BEGIN:VCALENDAR\n${event}\nEND:VCALENDAR`);
  await dialog.getByRole('button', { name: 'Import a calendar', exact: true }).click();
  await toast(page, 'Freezes declared: 1.');
  await page.getByRole('row', { name: /Entrance exam/ }).waitFor();
  await axe();
  await screenshot('freezes-en-light-desktop');

  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit('/changes/freezes');
  await korean.page.getByText('따르는 캘린더').waitFor();
  await fits(korean.page, 'the freezes');
  await korean.axe();
  await korean.screenshot('freezes-ko-dark-phone');
}));
