// On call: people see whose turn it is, and cover a shift for each other.
import assert from 'node:assert/strict';
import test from 'node:test';
import { PHONE, world } from '../harness.mjs';
import { fits } from '../pages.mjs';
import { openDialog, saysOnce, toast } from '../steps.mjs';

const { scenario } = world();

test('a shift is covered, everybody sees by whom, and the cover is ended', scenario({ as: 'operator' }, async ({ page, visit, person, server, axe, screenshot }) => {
  await visit('/alarms/on-call');
  const shifts = page.getByRole('table', { name: 'Next shifts of production' });
  const turn = (await server.ask('/on-call')).rotations[0].shifts[0].contact;
  await shifts.getByRole('row', { name: new RegExp(`^${turn}`) }).first().waitFor();
  await axe();
  await screenshot('on-call-en-light-desktop');
  const cover = turn === 'sora' ? 'jun' : 'sora';
  const dialog = await openDialog(page, 'Cover', 'Cover a shift');
  const add = dialog.getByRole('button', { name: 'Cover', exact: true });
  await dialog.getByLabel('Until').fill('');
  await add.click();
  await saysOnce(page, dialog, ['Write when it ends.']);
  await axe();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  // Opened anew, it begins with the shift again.
  await openDialog(page, 'Cover', 'Cover a shift');
  assert.notEqual(await dialog.getByLabel('Until').inputValue(), '');
  await dialog.getByLabel('Who').selectOption(cover);
  await dialog.getByLabel('Why').fill('a wedding');
  await add.click();
  await toast(page, 'Covered.');
  await page.getByRole('table', { name: 'Covers' }).getByText('a wedding').waitFor();
  assert.equal((await server.ask('/on-call')).rotations[0].shifts[0].contact, cover);

  // The routes tell who covers.
  await visit('/alarms/routes');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText(`(${cover}, on call in production: on-call)`).waitFor();

  const korean = await person({ as: 'viewer', lang: 'ko', viewport: PHONE, colorScheme: 'dark' });
  await korean.visit('/alarms/on-call');
  await korean.page.getByText('지금 당직').waitFor();
  await fits(korean.page, 'who is on call');
  await korean.axe();
  await korean.screenshot('on-call-ko-dark-phone');
  const end = korean.page.getByRole('button', { name: '종료', exact: true }).first();
  assert.equal(await end.getAttribute('aria-disabled'), 'true', 'a viewer ends nothing');

  await visit('/alarms/on-call');
  const asked = await openDialog(page, 'End', 'End this cover?');
  await asked.getByRole('button', { name: 'End', exact: true }).click();
  await toast(page, 'The cover is over.');
  assert.equal((await server.ask('/on-call')).rotations[0].shifts[0].contact, turn);
}));
