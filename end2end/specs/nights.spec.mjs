// A night with spot instances, as a batch team lives it: drafted as text, checked, refused to its author,
// approved in Korean on a telephone, carried out by AWS through an evening, a night on spot and a morning.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { goTo, openDialog, ruleOf, stepUntil, targetOf, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const [t, ko] = [WORDS.en, WORDS.ko];
const TARGET = 'batch-dev';
const NAME = 'spot-nights';
const HALF_AN_HOUR = 1_800;
const A_FEW_MINUTES = 300;
// A refused vote is no fault of the page.
const REFUSALS = [/status of 4\d\d/];
const SCHEDULE = `name: ${NAME}
timezone: Asia/Seoul
targets:
  - asg: ${TARGET}
base: { min: 0, desired: 0, max: 6, spot: { on_demand_base: 0, on_demand_percent: 100 } }
windows:
  - name: day
    from: "08:00"
    to: "20:00"
    capacity: { min: 1, desired: 2, max: 6 }
  - name: cheap
    from: "00:00"
    to: "06:00"
    capacity: { spot: { on_demand_base: 1, on_demand_percent: 0 } }
  - name: batch
    from: "00:50"
    to: "05:10"
    capacity: { desired: 4, spot: { on_demand_base: 1, on_demand_percent: 0 } }
`;

/** How many instances serve, and how many of those that there are were bought as spot. */
async function serving(server) {
  const { in_service: serves, spot } = await targetOf(server, TARGET);
  return `${serves} serving, ${spot} spot`;
}

/** What is going off in the group's environment, by name. */
async function goingOff(server) {
  const { rows } = await server.ask('/alarms?state=alarm&environment=dev');
  return rows.map(({ name }) => name).sort();
}

test('a night on spot, from the draft to the morning', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit, person, server, axe, screenshot }) => {
  // The draft is a text; what would happen is seen, and what is the matter with it.
  const { id } = await targetOf(server, TARGET);
  await visit(`/capacity/new-schedule?target=${id}`);
  await page.getByRole('textbox', { name: 'Schedule', exact: true }).fill(SCHEDULE);
  await page.getByText('The text is a schedule.').waitFor();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText(/autoscaling:(Batch)?PutScheduledUpdateGroupAction/).first().waitFor();
  // What others have scheduled was what the page began with, so its place is taken.
  const others = page.getByRole('group', { name: 'Take the place of these scheduled actions' });
  for (const action of ['batch-begins', 'batch-ends']) {
    await others.getByRole('checkbox', { name: action, checked: true }).waitFor();
  }
  await page.getByText('scheduler:CreateSchedule').first().waitFor();
  await page.getByText(/capacity rebalance is off/).first().waitFor();
  await page.getByRole('textbox', { name: t.reason }).fill('Two by day, nobody in the evening, spot for the batch');
  await screenshot('spot-night-editor-en-light-desktop');
  await axe();
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  const change = new URL(page.url()).pathname;

  // The author cannot press the button, nor get past it.
  const own = page.getByRole('button', { name: t.approve, exact: true });
  await own.waitFor();
  assert.equal(await own.getAttribute('aria-disabled'), 'true');
  assert.match(await own.getAttribute('aria-description'), t.ownApproval);

  // An approver decides on the telephone: what, why, which risk, which calls.
  const approver = await person({ as: 'approver', lang: 'ko', viewport: PHONE });
  await approver.visit(change);
  await approver.page.getByText('Two by day, nobody in the evening').first().waitFor();
  await approver.page.getByText('위험').first().waitFor();
  await fits(approver.page, 'the change request');
  await approver.axe();
  await approver.screenshot('spot-night-change-ko-light-phone');
  const dialog = await openDialog(approver.page, ko.approve, ko.approveTitle);
  await dialog.getByRole('button', { name: ko.approve, exact: true }).click();
  await toast(approver.page, '승인했습니다.');
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });

  // The day: two machines.
  await stepUntil('the day begins', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'window:day');
  await stepUntil('two serve', server, A_FEW_MINUTES, async () => (await targetOf(server, TARGET)).in_service === 2);

  // The evening: AWS ends the machines because the schedule says so, and no alarm opens over it.
  const before = await goingOff(server);
  await stepUntil('the evening begins', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'base');
  await stepUntil('nobody serves', server, A_FEW_MINUTES, async () => (await targetOf(server, TARGET)).in_service === 0);
  await visit(`/capacity/targets/${id}`);
  await page.getByText(/Terminating EC2 instance/).first().waitFor();
  await axe();
  await screenshot('spot-night-target-en-light-desktop');
  const opened = (await goingOff(server)).filter((name) => !before.includes(name));
  assert.deepEqual(opened, [], 'an end that was planned raises no alarm');

  // The night: the batch runs, on spot but for one machine.
  await stepUntil('the batch begins', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'window:batch');
  await stepUntil('four serve, three of them spot', server, A_FEW_MINUTES, async () => (await serving(server)) === '4 serving, 3 spot');

  // The morning: two on demand again, and nothing in AWS is other than the schedule wants it.
  await stepUntil('the batch ends', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'base');
  await stepUntil('the morning comes', server, HALF_AN_HOUR, async () => (await ruleOf(server, NAME)) === 'window:day');
  await stepUntil('two serve again', server, A_FEW_MINUTES, async () => (await serving(server)) === '2 serving, 0 spot');
  await until('nothing drifts', async () => (await server.ask(`/schedules/${NAME}`)).drift === 0);
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Schedules', exact: true }).click();
  await page.getByRole('rowheader', { name: NAME }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
  await axe();
}));
