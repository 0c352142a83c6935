// What has no alarm: found by its tab, closed by one click and the approval of another, and a gap no more.
import assert from 'node:assert/strict';
import test from 'node:test';
import { DESKTOP, PHONE, until, world } from '../harness.mjs';
import { approvedBy, goTo, openDialog, stepUntil, votedBy } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const FUNCTION = 'prod-invoice-mailer';

test('a function without an alarm gets one by one click and the approval of another', scenario({ as: 'operator' }, async ({ page, visit, person, axe, server }) => {
  await goTo(page, t.alarms);
  await page.getByRole('link', { name: 'Coverage', exact: true }).click();
  await page.waitForURL(/\/alarms\/coverage$/);
  const items = page.getByRole('list', { name: 'Coverage' }).locator(':scope > li');
  await items.first().waitFor();
  const count = await items.count();
  assert.ok(count > 5, `${count} gaps`);
  await page.getByText(/^Looked at: \d+ alarms/).waitFor();
  await axe();

  // Filters are in the address.
  await page.getByRole('combobox', { name: 'Rule' }).selectOption('function-no-error-alarm');
  await page.waitForURL(/rule=function-no-error-alarm/);
  await until('only functions', async () => (await items.count()) < count);
  const gap = items.filter({ hasText: FUNCTION });
  await gap.getByText('What to do:').waitFor();

  // The draft is whole but for its reason.
  await gap.getByRole('button', { name: 'Draft an alarm…' }).click();
  const dialog = page.getByRole('dialog', { name: 'A new alarm on a metric' });
  await dialog.waitFor();
  const field = (label) => dialog.getByLabel(label, { exact: true });
  assert.equal(await field('Name').inputValue(), `${FUNCTION}-errors`);
  assert.equal(await field('Dimensions').inputValue(), `FunctionName=${FUNCTION}`);
  await dialog.getByText(/The draft goes off at values > 0/).waitFor();
  await axe();
  await dialog.getByLabel(t.reason).fill('nobody would hear of it');
  await dialog.getByRole('button', { name: 'Propose the alarm', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('cloudwatch:PutMetricAlarm').first().waitFor();
  await approvedBy(page, person, t);
  await visit(`/alarms/coverage?text=${FUNCTION}`);
  await stepUntil('it is a gap no more', server, 60, async () => {
    await page.reload();
    return page.getByText('No gap fits these filters').isVisible();
  });
}));

test('a muted alarm is switched on again on a narrow screen in Korean', scenario({ as: 'operator', lang: 'ko', viewport: PHONE }, async ({ page, visit, person, axe, server }) => {
  const ko = WORDS.ko;
  const english = (own) => person({ ...own, lang: 'en', viewport: DESKTOP });
  await visit('/alarms/coverage?rule=alarm-switched-off');
  const dialog = await openDialog(page, '작업 켜기…', /us-prod-player-latency-p95/);
  await axe();
  await dialog.getByLabel(ko.reason).fill('잊힌 경보입니다');
  await dialog.getByRole('button', { name: '켜기 제안', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await votedBy(page, english, t);
  await visit('/alarms/coverage?rule=alarm-switched-off');
  await stepUntil('it is a gap no more', server, 60, async () => {
    await page.reload();
    return page.getByText('이 조건에 맞는 항목이 없습니다').isVisible();
  });
}));

test('a viewer sees the gaps and is told who may close them', scenario({ as: 'viewer' }, async ({ page, visit }) => {
  await visit('/alarms/coverage?rule=function-no-error-alarm');
  const button = page.getByRole('button', { name: 'Draft an alarm…' }).first();
  await button.waitFor();
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
}));
