// How a schedule fits its traffic: the advice on its page, and the editor that opens with it drafted.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { openDialog, targetOf, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const TARGET = 'web-staging';
const NAME = 'always-three';
const SCHEDULE = `name: ${NAME}
timezone: Asia/Seoul
targets:
  - asg: ${TARGET}
base: { min: 3, desired: 3, max: 4 }
`;

test('advice from weeks of requests becomes a draft', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  const { id } = await targetOf(server, TARGET);
  await visit(`/capacity/new-schedule?target=${id}`);
  await page.getByRole('textbox', { name: 'Schedule', exact: true }).fill(SCHEDULE);
  await page.getByText('The text is a schedule.').waitFor();
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText('autoscaling:UpdateAutoScalingGroup').first().waitFor();
  await page.getByRole('textbox', { name: t.reason }).fill('Staging is always there');
  await page.getByRole('button', { name: t.propose, exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  const approver = await person({ as: 'approver' });
  await approver.visit(new URL(page.url()).pathname);
  const dialog = await openDialog(approver.page, t.approve, t.approveTitle);
  await dialog.getByRole('button', { name: t.approve, exact: true }).click();
  await toast(approver.page, 'Approved.');
  await page.locator('.page-title .chip', { hasText: 'Applied' }).waitFor({ timeout: 120_000 });

  // Nobody works at night: the page says so, with the numbers.
  await visit(`/capacity/schedules/${NAME}`);
  await page.getByText(/From 2\d days of requests/).waitFor();
  const advice = page.getByRole('list', { name: 'Advice' });
  await advice.getByText(/^Min 3 is unused 00:00–\d\d:\d\d every day\.$/).waitFor();
  await advice.getByText(/^At most 1 were needed: [\d,]+ requests in a quarter hour\.$/).waitFor();
  await axe();
  await screenshot('fit-en-light-desktop');
  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit(`/capacity/schedules/${NAME}`);
  await korean.page.getByText(/최소 3대가 다 쓰이지 않습니다/).waitFor();
  await fits(korean.page, 'the schedule');
  await korean.axe();
  await korean.screenshot('fit-ko-dark-phone');

  // One click drafts it; what is drafted fits.
  await advice.getByRole('link', { name: 'Draft this change' }).click();
  await page.getByText('The advice is in the text already.', { exact: false }).waitFor();
  const text = page.getByRole('textbox', { name: 'Schedule', exact: true });
  await until('the text has the window', async () => /name: quiet[\s\S]*min: 1, desired: 1, max: 4/.test(await text.inputValue()));
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText(/autoscaling:(Batch)?PutScheduledUpdateGroupAction/).first().waitFor();
  await axe();
}));
