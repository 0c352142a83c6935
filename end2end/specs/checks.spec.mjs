// What stands wrong in the sandbox: found from the overview, narrowed down by the address, followed to the
// target and the alarm behind it, and told again where somebody plans to change that target.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until, world } from '../harness.mjs';
import { goTo } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const TARGET = 'worker-prod';
const ALARM = 'worker-prod-backlog-high';
const POLICY = 'worker-prod-backlog-out';

test('a step policy with a gap is found, understood and met again in a plan', scenario({ as: 'operator' }, async ({ page, visit, axe }) => {
  // The overview counts what needs a look and leads there.
  await page.getByRole('link', { name: /^Checks to look at/ }).click();
  await page.getByRole('heading', { level: 1, name: t.capacity }).waitFor();
  const list = page.getByRole('list', { name: 'Checks' });
  const items = list.locator(':scope > li');
  await items.first().waitFor();
  const count = await items.count();
  assert.ok(count > 3, `${count} findings`);
  await axe();

  // Filters are in the address, and the figures lead to them, too.
  await page.getByRole('link', { name: /^Does not work/ }).click();
  await page.waitForURL(/severity=error/);
  await until('only what does not work', async () => (await items.count()) < count);
  await page.getByRole('combobox', { name: 'Rule' }).selectOption('step-gap');
  await page.waitForURL(/rule=step-gap/);
  const gap = items.filter({ hasText: POLICY });
  await gap.getByText(/50000/).first().waitFor();
  await gap.getByText('What to do:').waitFor();
  await page.getByRole('searchbox').fill('no such target');
  await page.getByRole('searchbox').press('Enter');
  await page.getByText('No finding fits these filters').waitFor();
  await axe();

  // From a finding to the alarm and to the target.
  await visit('/capacity/checks?rule=step-gap');
  await gap.getByRole('link', { name: ALARM }).click();
  await page.getByRole('heading', { level: 1, name: ALARM }).waitFor();
  await visit('/capacity/checks?rule=step-gap');
  await gap.getByRole('link', { name: TARGET, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: TARGET }).waitFor();

  // Who plans to change the target is told, and not held up.
  await page.getByRole('link', { name: t.plan }).click();
  await page.getByLabel(t.count).fill('9');
  await page.getByLabel(t.reason).fill('a rehearsal');
  const told = page.getByRole('listitem').filter({ hasText: 'step-gap' });
  await told.getByText(POLICY).first().waitFor();
  const propose = page.getByRole('button', { name: t.propose, exact: true });
  assert.notEqual(await propose.getAttribute('aria-disabled'), 'true');
  await axe();
}));

test('the checks are reached by their tab', scenario({ as: 'viewer' }, async ({ page }) => {
  await goTo(page, t.capacity);
  await page.getByRole('link', { name: 'Checks', exact: true }).click();
  await page.waitForURL(/\/capacity\/checks$/);
  await page.getByRole('list', { name: 'Checks' }).waitFor();
}));
