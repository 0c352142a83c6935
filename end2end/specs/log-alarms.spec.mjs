// An alarm on lines of a log, through the one door: tried while it is written, approved by another, seen to go off.
import test from 'node:test';
import { PHONE, until, world } from '../harness.mjs';
import { approvedBy, openDialog, saysOnce, stepUntil } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const NAME = 'prod-certificates-called';
const GROUP = '/aws/lambda/prod-certificate-issuer';

test('a log alarm is tried on what was written, is approved by another and goes off', scenario({ as: 'operator' }, async ({ page, visit, person, axe, server, screenshot }) => {
  await visit('/alarms');
  const dialog = await openDialog(page, 'New log alarm…', 'A new alarm on lines of a log');
  const field = (label) => dialog.getByLabel(label, { exact: true });
  await until('an account and region is offered', async () => (await field('Account and region').locator('option').count()) > 0);
  await field('Name').fill(NAME);
  const propose = dialog.getByRole('button', { name: 'Propose the alarm', exact: true });
  await dialog.getByLabel(t.reason).fill('nobody reads this log');
  await propose.click();
  await saysOnce(page, dialog, ["A log group's name has 1 to 512 letters, digits and . _ - / #."]);
  await field('Log group').fill('/aws/lambda/prod-nobody');
  await dialog.getByText('There is no log group /aws/lambda/prod-nobody.').waitFor();
  await field('Log group').fill(GROUP);
  await field('Lines that count').fill('{ $.a = 1');
  await dialog.getByText(/CloudWatch Logs does not take the pattern/).waitFor();
  await field('Lines that count').fill('REPORT');
  await dialog.getByText(/^Of the last 3 hours, (at least )?\d+ lines fit/).waitFor();
  await axe();
  await screenshot('log-alarm-en-light-desktop');
  await propose.click();
  await page.waitForURL(/\/changes\/chg_/);
  await page.getByText('logs:PutMetricFilter').first().waitFor();
  await page.getByText('cloudwatch:PutMetricAlarm').first().waitFor();
  await approvedBy(page, person, t);
  await visit(`/alarms?text=${NAME}`);
  const row = page.getByRole('row', { name: new RegExp(NAME) });
  await stepUntil('it goes off', server, 60, async () => {
    await page.reload();
    return row.getByText('In alarm').isVisible();
  });
  await row.getByRole('link', { name: NAME, exact: true }).click();
  await page.getByRole('table', { name: `Lines of ${GROUP}` }).getByText(/^REPORT/).first().waitFor();
  await axe();
  const korean = await person({ as: 'operator', lang: 'ko', viewport: PHONE });
  await korean.visit(new URL(page.url()).pathname);
  const change = await openDialog(korean.page, '집계 대상 변경…', `${NAME}을(를) 변경할까요?`);
  await change.getByLabel('집계할 로그', { exact: true }).fill('?REPORT ?ERROR');
  await change.getByText(/일치한 로그는 \d+줄/).waitFor();
  await korean.axe();
  await korean.screenshot('log-alarm-ko-light-phone');
}));
