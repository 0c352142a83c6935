// What is only on or off: a database of the staging environment that sleeps at night. Drafted as text, approved,
// stopped and started by AWS's own timers, and seen asleep on its page and on the timeline.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { openDialog, ruleOf, stepUntil, targetOf, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const [t, ko] = [WORDS.en, WORDS.ko];
const DATABASE = 'staging-course-db';
const NAME = 'database-nights';
const HALF_AN_HOUR = 1_800;
const A_FEW_MINUTES = 300;
const SCHEDULE = `name: ${NAME}
timezone: Asia/Seoul
targets:
  - rds: ${DATABASE}
base: { state: running }
windows:
  - name: night
    from: "20:00"
    to: "08:00"
    capacity: { state: stopped }
`;

test('a database sleeps at night', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  const { id } = await targetOf(server, DATABASE);
  await visit(`/capacity/new-schedule?target=${id}`);
  await page.getByRole('textbox', { name: 'Schedule', exact: true }).fill(SCHEDULE);
  await page.getByText('The text is a schedule.').waitFor();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText('scheduler:CreateSchedule').first().waitFor();
  await page.getByText(/disks?/i).first().waitFor();
  await page.getByRole('textbox', { name: t.reason }).fill('Nobody tests at night');
  await screenshot('database-editor-en-light-desktop');
  await axe();
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);

  const approver = await person({ as: 'approver', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await approver.visit(new URL(page.url()).pathname);
  await approver.page.getByText('Nobody tests at night').first().waitFor();
  await fits(approver.page, 'the change request');
  await approver.axe();
  await approver.screenshot('database-change-ko-dark-phone');
  const dialog = await openDialog(approver.page, ko.approve, ko.approveTitle);
  await dialog.getByRole('button', { name: ko.approve, exact: true }).click();
  await toast(approver.page, '승인했습니다.');
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });

  await stepUntil('the night begins', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'window:night');
  await stepUntil('it sleeps', server, A_FEW_MINUTES, async () => (await targetOf(server, DATABASE)).in_service === 0);
  await visit(`/capacity/targets/${id}`);
  await page.getByText(/stopped/i).first().waitFor();
  await axe();
  await screenshot('database-asleep-en-light-desktop');
  await approver.visit(`/capacity/targets/${id}`);
  await approver.page.getByRole('heading', { level: 1, name: DATABASE }).waitFor();
  await fits(approver.page, 'the database');
  await approver.axe();
  await approver.screenshot('database-asleep-ko-dark-phone');
  await visit('/capacity/timeline?environment=staging');
  await page.getByText(DATABASE).first().waitFor();
  await axe();
  await screenshot('database-timeline-en-light-desktop');

  await stepUntil('the morning comes', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'base');
  await stepUntil('it is awake', server, A_FEW_MINUTES, async () => (await targetOf(server, DATABASE)).in_service === 1);
  await until('nothing drifts', async () => (await server.ask(`/schedules/${NAME}`)).drift === 0);
  assert.equal((await targetOf(server, DATABASE)).drift ?? 0, 0);
}));

test('every kind of target has its page', scenario({ as: 'viewer' }, async ({ page, visit, person, server, axe, screenshot }) => {
  const phone = await person({ as: 'viewer', lang: 'ko', viewport: PHONE });
  for (const [shot, name] of [['nodes', 'dev/runners'], ['machines', 'Schedule=office'], ['cluster', 'dev-reports']]) {
    const { id } = await targetOf(server, name);
    await visit(`/capacity/targets/${id}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await axe();
    await screenshot(`${shot}-en-light-desktop`);
    await phone.visit(`/capacity/targets/${id}`);
    await phone.page.getByRole('heading', { level: 1, name }).waitFor();
    await fits(phone.page, name);
    await phone.axe();
    await phone.screenshot(`${shot}-ko-light-phone`);
  }
}));
