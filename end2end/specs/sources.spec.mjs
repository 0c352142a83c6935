// Sources that call us: their alarms stand beside CloudWatch's, and what AWS tells by events is listed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { alerts, terminated } from '../hooks.mjs';
import { until, world } from '../harness.mjs';

const { scenario } = world();

test('an alarm of Prometheus is found by its source, shows its labels and links, and ends', scenario({ as: 'operator' }, async ({ page, visit, axe, server }) => {
  const { now } = await server.ask('/viewer');
  await server.hook('alertmanager/prometheus', alerts(now));
  await visit('/alarms');
  await page.getByLabel('Source').selectOption('prometheus');
  await page.waitForURL(/source=prometheus/);
  await page.getByRole('link', { name: /^HighErrorRate/ }).click();
  await page.getByText('checkout-1:9100', { exact: true }).waitFor();
  await page.getByText('Prometheus (prometheus)').waitFor();
  const runbook = page.getByRole('link', { name: 'Open the runbook' });
  assert.equal(await runbook.getAttribute('href'), 'https://wiki.example.com/high-error-rate');
  assert.equal(await page.getByRole('button', { name: 'Switch actions on' }).getAttribute('aria-disabled'), 'true');
  await axe();

  // The open page follows.
  await server.step(60);
  const later = new Date(Date.parse(now) + 30_000).toISOString();
  await server.hook('alertmanager/prometheus', alerts(now, 'resolved', later));
  await page.getByText('In alarm → OK').waitFor();
}));

test('an instance that ended is listed with what AWS told', scenario({ as: 'viewer' }, async ({ page, visit, axe, server }) => {
  const { now } = await server.ask('/viewer');
  await server.hook('eventbridge/eventbridge', terminated(now));
  await visit('/alarms/events');
  await page.getByLabel('Kind').selectOption('instance');
  await page.waitForURL(/kind=instance/);
  await page.getByRole('link', { name: 'EC2 Instance State-change Notification' }).click();
  await page.getByText('"state": "terminated"').waitFor();
  await axe();
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByPlaceholder('Name or subject').fill('i-nowhere');
  await page.keyboard.press('Enter');
  await until('nothing fits', async () => (await page.getByText('No event fits these filters').count()) === 1);
}));
