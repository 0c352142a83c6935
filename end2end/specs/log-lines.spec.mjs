// Lines of logs stand on the page of an alarm: of a function by its name, of a metric filter by its pattern.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, world } from '../harness.mjs';
import { openAlarm } from '../steps.mjs';

const { scenario } = world();
const FUNCTION = 'prod-payment-webhook';

test('an operator reads what a function wrote, and what a filter counts', scenario({ as: 'operator' }, async ({ page, visit, axe }) => {
  await openAlarm(page, visit, `${FUNCTION}-lambda-errors`);
  const lines = page.getByRole('table', { name: `Lines of /aws/lambda/${FUNCTION}` });
  await lines.getByText(/ERROR|RequestId/).first().waitFor();
  await page.getByText('Lines may hold secrets and personal data.').waitFor();
  assert.ok((await lines.getByRole('row').count()) <= 101);
  await axe();
  await openAlarm(page, visit, 'prod-enrol-latency-p95');
  await page.getByText('metric filter request-latency').waitFor();
  await page.getByText('$.service = "prod/enrol"').waitFor();
  await page.getByRole('table', { name: 'Lines of /company/services' }).waitFor();
  // Nothing names a log group for what a database reports: there is no such card.
  await openAlarm(page, visit, 'prod-course-db-cpu-high');
  await page.getByRole('heading', { name: 'State changes' }).waitFor();
  assert.equal(await page.getByRole('heading', { name: 'Log lines' }).count(), 0);
}));

test('a viewer is told who may read them, on a narrow screen in Korean', scenario({ as: 'viewer', lang: 'ko', viewport: PHONE }, async ({ page, visit, axe }) => {
  await openAlarm(page, visit, `${FUNCTION}-lambda-errors`);
  await page.getByRole('heading', { name: '로그', exact: true }).waitFor();
  assert.equal(await page.getByText(/RequestId/).count(), 0);
  await axe();
}));
