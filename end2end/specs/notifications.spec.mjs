// Notifications: whom the routes tell and why, a test of a channel, and what became of each message.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until, world } from '../harness.mjs';
import { stepUntil, toast } from '../steps.mjs';

const { scenario } = world();

test('the routes say who would be told, and a test arrives and is listed', scenario({ as: 'operator' }, async ({ page, visit, axe }) => {
  await visit('/alarms/routes');
  await page.getByLabel('Name of the alarm').fill('web-5xx');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('Told: on-call, team.').waitFor();
  await page.getByText('route 2 fits and tells team').waitFor();
  await page.getByText(
    /route 1 fits and tells on-call \((mina|jun|sora), on call in production: on-call\); while nobody takes the alarm on, lead after 30 min/,
  ).waitFor();
  await axe();
  const minutes = page.getByLabel('Minutes that nobody has had it');
  await minutes.fill('999999');
  await page.getByLabel('Labels').fill('payments');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('Write each label as team=payments.').waitFor();
  await page.getByText('Write whole minutes from 0 to 10080.').waitFor();
  await axe();
  await minutes.fill('30');
  await page.getByLabel('Labels').fill('team=payments');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('Told: on-call, lead, team.').waitFor();
  await page.getByLabel('Priority', { exact: true }).selectOption('P4');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('Nobody is told.').waitFor();

  const row = page.getByRole('row', { name: /^team/ });
  await row.getByRole('button', { name: 'Send a test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test to team?' });
  await axe();
  await dialog.getByRole('button', { name: 'Send a test' }).click();
  await toast(page, 'The test is on its way');
  await page.getByRole('link', { name: 'Notifications', exact: true }).click();
  const sent = page.getByRole('row', { name: /^Sent Test by/ });
  await sent.waitFor();
  await page.getByLabel('State', { exact: true }).selectOption('dead');
  await page.waitForURL(/state=dead/);
  await page.getByText('No message fits these filters').waitFor();
}));

test('a message that fails says why and when it is tried again, and arrives in the end', scenario({ as: 'operator' }, async ({ page, visit, axe, server }) => {
  await server.act({ kind: 'fault', fault: 'unavailable', seconds: 60 });
  await visit('/alarms/routes');
  await page.getByRole('row', { name: /^on-call/ }).getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('link', { name: 'Notifications', exact: true }).click();
  await page.getByText('It could not be reached.').first().waitFor();
  await page.getByText(/^Tried again/).first().waitFor();
  const banner = page.getByText('AWS cannot be read now');
  await stepUntil('the console has asked AWS in vain', server, 10, async () => (await banner.count()) > 0);
  const top = async (found) => (await found.boundingBox()).y;
  assert.ok(await top(banner) < await top(page.getByRole('heading', { level: 1 })), 'the banner is above the page');
  await axe();
  await stepUntil('the message arrives', server, 60, async () => (await page.getByRole('row', { name: /^Sent Test by/ }).count()) > 0);
}));

test('while nobody takes an alarm on, others are told, and its page says who and when', scenario({ as: 'operator' }, async ({ page, visit, axe, server, screenshot }) => {
  // What a source tells stands until it says otherwise, at whatever hour this runs.
  const { at } = await server.ask('/overview');
  const alert = {
    status: 'firing', labels: { alertname: 'Checkout5xx', environment: 'prod' }, annotations: {},
    startsAt: at, endsAt: '0001-01-01T00:00:00Z',
  };
  await server.hook('alertmanager/prometheus', { version: '4', alerts: [alert] });
  await visit('/alarms/notifications');
  const message = page.getByRole('rowheader').filter({ hasText: 'P1 ALARM · prod · Checkout5xx' }).getByRole('link').first();
  await stepUntil('somebody is called', server, 60, async () => (await message.count()) > 0);
  await message.click();
  await page.getByText('If nobody takes it on, lead is told:').waitFor();
  await axe();
  await screenshot('escalation-en-light-desktop');
  const told = page.getByRole('list', { name: 'Who was told' });
  await stepUntil('the lead is told', server, 60, async () => (await told.getByText('lead').count()) > 0);
  await until('nobody is told next', async () => (await page.getByText('If nobody takes it on').count()) === 0);
}));

test('an alarm says who was told of it', scenario({ as: 'viewer' }, async ({ page, visit, axe, server }) => {
  await server.act({ kind: 'traffic', percent: 600, minutes: 60 });
  await visit('/alarms/notifications');
  const message = page.getByRole('rowheader').filter({ hasText: 'ALARM' }).getByRole('link').first();
  await stepUntil('somebody is told of an alarm', server, 60, async () => (await message.count()) > 0);
  await message.click();
  const told = page.getByRole('list', { name: 'Who was told' });
  await told.getByText('team').first().waitFor();
  await axe();
  await visit('/alarms/routes');
  const button = page.getByRole('button', { name: 'Send a test' }).first();
  assert.equal(await button.getAttribute('aria-disabled'), 'true', 'a viewer sends nothing');
  await until('the reason is said', async () => (await button.getAttribute('aria-description')) === 'This needs the role operator.');
}));

test('other routes are tried alarm by alarm, and mistakes are told with their line', scenario({ as: 'viewer', expect: [/status of 422/] }, async ({ page, visit, axe }) => {
  await visit('/alarms/routes');
  const field = page.getByRole('textbox', { name: 'Routes', exact: true });
  await until('the routes in force stand in the editor', async () => (await field.inputValue()).includes('[[routes]]'));
  const inForce = await field.inputValue();
  const see = page.getByRole('button', { name: 'See what changes' });
  await see.click();
  await page.getByText(/^0 of \d+ alarms would reach somebody else/).waitFor();

  await field.fill('[[routes]]\nchannels = ["team", "ops"]\n');
  await see.click();
  await page.getByText(/text line 2: `routes.channels` is `ops`, not one of: /).waitFor();

  await field.fill('[[routes]]\npriority = ["P1"]\nchannels = ["team"]\n');
  await see.click();
  const table = page.getByRole('table', { name: 'What would change' });
  await table.getByText('nobody').first().waitFor();
  await axe();

  await page.getByRole('button', { name: 'Begin with those in force' }).click();
  await until('the editor is as it was', async () => (await field.inputValue()) === inForce);
}));
