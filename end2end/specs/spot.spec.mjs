// Spot capacity: an interruption is told on the page of its group, beside the share of spot and the prices;
// and spot capacity that does not come is told, with the way to buy on demand instead.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';
import { approvedBy, openTarget, stepUntil } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;

/** The group whose instance was interrupted. */
async function interrupted(server) {
  const { rows } = await server.ask('/targets?kind=asg');
  for (const row of rows) {
    const { notices } = await server.ask(`/targets/${row.id}/spot`);
    if (notices.length > 0) return { ...row, notices };
  }
  return undefined;
}

test('an interruption stands beside the share of spot and its prices', scenario({ as: 'viewer' }, async ({ visit, page, person, server, axe, screenshot }) => {
  assert.equal(await interrupted(server), undefined, 'nothing was interrupted yet');
  await server.act({ kind: 'interrupt_spot' });
  // It comes by the queue of events.
  await until('the interruption is told', () => interrupted(server));
  const group = await interrupted(server);
  assert.deepEqual(group.notices.map(({ kind }) => kind), ['interruption']);
  const { name } = group.reference;

  // The list tells the share; the page by zone and by type.
  await visit(`/capacity?text=${name}`);
  const { spot, on_demand } = group.bought;
  const share = `${Math.round((spot * 100) / (spot + on_demand))} %`;
  await page.getByText(`${spot} · ${share}`).first().waitFor();
  await page.getByRole('rowheader', { name, exact: true }).getByRole('link').click();
  await page.getByText(/^\d+ of \d+ in service are spot: \d+ %\.$/).waitFor();
  await page.getByText('In the last 30 days: interruptions 1, rebalance recommendations 0.').waitFor();
  const [{ instance }] = group.notices;
  await page.getByRole('list', { name: 'Spot notices' }).getByText(instance).waitFor();
  await page.getByText(/on demand \$0\.\d{4}/).first().waitFor();
  await axe();
  await screenshot('spot-en-light-desktop');

  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit(new URL(page.url()).pathname);
  await korean.page.getByText('최근 30일: 중단 1건, 재조정 권고 0건.').waitFor();
  await until('nothing is busy', async () => (await korean.page.locator('[aria-busy="true"]').count()) === 0);
  await fits(korean.page, 'the group');
  await korean.axe();
  await korean.screenshot('spot-ko-dark-phone');
}));

test('spot capacity that does not come is told and bought on demand instead', scenario({ as: 'operator' }, async ({ visit, page, person, server, axe, screenshot }) => {
  const target = await openTarget(page, t, 'web-prod');
  // Three times the visitors: the group wants more, and what it would buy as spot does not come.
  await server.act({ kind: 'spot_shortage', minutes: 240 });
  await server.act({ kind: 'traffic', percent: 300, minutes: 240 });
  const short = page.getByText('Below its desired capacity');
  await stepUntil('people have waited long enough', server, 240, () => short.isVisible());
  await page.getByText('There is no Spot capacity available that matches your request.').first().waitFor();
  await axe();

  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit('/capacity/checks?rule=below-desired');
  await korean.page.getByRole('link', { name: '온디맨드로 대신 구매' }).first().waitFor();
  await fits(korean.page, 'the checks');
  await korean.axe();
  await korean.screenshot('short-ko-dark-phone');

  // The page of checks leads to the question, with its answer filled in.
  await visit('/capacity/checks?rule=below-desired');
  const here = page.getByRole('link', { name: 'web-prod', exact: true });
  const found = page.getByRole('list', { name: 'Checks' }).locator(':scope > li').filter({ has: here });
  await axe();
  await found.getByRole('link', { name: 'Buy on demand instead' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set the spot mix of web-prod now?' });
  await dialog.waitFor();
  assert.equal(await dialog.getByLabel('On demand above it').inputValue(), '100');
  await screenshot('short-en-light-desktop');
  await dialog.getByLabel(t.reason).fill('there is no spot capacity');
  await dialog.getByRole('button', { name: 'Propose the mix', exact: true }).click();
  await page.waitForURL(/\/changes\/chg_/);
  await approvedBy(page, person, t);
  await visit(target);
  await page.getByText('then 100 % on demand').waitFor();
  await stepUntil('the group has what it wants', server, 120, async () => !(await short.isVisible()));
}));
