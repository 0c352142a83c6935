// Spot capacity: an interruption is told on the page of its group, beside the share of spot and the prices.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fits } from '../pages.mjs';
import { PHONE, until, world } from '../harness.mjs';

const { scenario } = world();

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
