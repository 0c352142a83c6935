// Settings: what is not for everybody, tokens, people, passwords, preferences; with forms filled in by
// somebody who means no good.
import assert from 'node:assert/strict';
import test from 'node:test';
import { focused, hydrated, until, world } from '../harness.mjs';
import { HOSTILE, HUGE, corrects, nothingBecameMarkup, openDialog, saysOnce, toast } from '../steps.mjs';

const { scenario } = world();
// Refusals are answers of 401, 403 and 422, which a browser writes into its console.
const REFUSALS = [/status of 4\d\d/];
const TOO_LONG = 'At most 200 characters.';

test('what a viewer may not see is there, and says why', scenario({ as: 'viewer', expect: REFUSALS }, async ({ page, visit, axe }) => {
  await visit('/settings');
  for (const [name, needs] of [['People', 'admin'], ['System', 'admin'], ['Activity', 'approver']]) {
    const link = page.getByRole('link', { name, exact: true });
    assert.equal(await link.getAttribute('aria-disabled'), 'true', name);
    assert.equal(await link.getAttribute('aria-description'), `This needs the role ${needs}.`);
    await link.click({ force: true });
    assert.equal(new URL(page.url()).pathname, '/settings', `${name} leads nowhere`);
  }
  await axe();
  const answer = await visit('/settings/people');
  assert.equal(answer.status(), 403);
  await page.getByText('Not allowed').waitFor();
}));

test('a token is shown once, works, and is revoked', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, context, visit, axe, server }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visit('/settings/tokens');
  const dialog = await openDialog(page, 'Make a token');
  await axe();
  const [name, days] = [dialog.getByLabel('What it is for'), dialog.getByLabel('Days until it ends')];
  const make = dialog.getByRole('button', { name: 'Make a token', exact: true });
  const [missing, bad] = ['Say what it is for.', 'Enter a whole number from 1 to 366.'];
  await days.fill('0');
  await make.click();
  await saysOnce(page, dialog, [missing, bad]);
  await corrects(days, '30', dialog, bad, [missing]);
  await name.fill(HUGE);
  await dialog.getByText('5000 / 200').waitFor();
  await make.click();
  await saysOnce(page, dialog, [TOO_LONG]);
  await name.fill(HOSTILE);
  await make.click();

  await toast(page, 'The token is made.');
  const secret = await dialog.locator('code').innerText();
  assert.match(secret, /^lamplighter_/);
  await axe();
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click();
  await dialog.getByText('Copied', { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  const asked = async () => (await fetch(`${server.url}/api/v1/alarms`, { headers: { authorization: `Bearer ${secret}` } })).status;
  assert.equal(await asked(), 200);

  await dialog.getByRole('button', { name: 'I have copied it' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await until('the secret is gone from the page', async () => !(await page.content()).includes(secret));
  const row = page.getByRole('row', { name: HOSTILE });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog', { name: 'Revoke this token?' }).getByRole('button', { name: 'Revoke' }).click();
  await row.waitFor({ state: 'detached' });
  assert.equal(await asked(), 401);
  await nothingBecameMarkup(page);
}));

test('a person is added, signs in, changes the password, and is shut out', scenario({ as: 'admin', expect: REFUSALS }, async ({ page, person, visit, axe }) => {
  const [login, first, second] = ['ana@example.com', 'correct horse battery', 'staple of the lamplighter'];
  await visit('/settings/people');
  const dialog = await openDialog(page, 'Add a person');
  await axe();
  const [address, name, password] = [dialog.getByLabel('E-mail address'), dialog.getByRole('textbox', { name: 'Name', exact: true }), dialog.getByLabel('First password')];
  const add = dialog.getByRole('button', { name: 'Add a person', exact: true });
  const wrong = ['Enter an e-mail address.', 'Enter a name.', 'Use 12 to 256 characters.'];
  await add.click();
  await saysOnce(page, dialog, wrong);
  // The first wrong field has the focus.
  await focused(page, 'login');
  await axe();
  await corrects(address, login, dialog, wrong[0], wrong.slice(1));
  await name.fill(HUGE);
  await password.fill(HUGE);
  await add.click();
  await saysOnce(page, dialog, [TOO_LONG, wrong[2]]);
  await name.fill(HOSTILE);
  await password.fill(first);
  await add.click();
  await toast(page, 'The person is added.');
  const row = page.getByRole('row', { name: HOSTILE });
  await row.waitFor();
  await nothingBecameMarkup(page);

  const again = await openDialog(page, 'Add a person');
  await address.fill(login.toUpperCase());
  await name.fill('Ana');
  await password.fill(first);
  await add.click();
  await again.getByText('Somebody has this sign-in name already.').waitFor();
  await page.keyboard.press('Escape');

  const ana = await person({ as: undefined });
  await signInBy(ana, login, first);
  await changePassword(ana, first, second);

  await row.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('dialog', { name: `Edit ${HOSTILE}` });
  await edit.waitFor();
  await axe();
  await edit.getByRole('textbox', { name: 'Name', exact: true }).fill('');
  await edit.getByRole('button', { name: 'Save' }).click();
  await saysOnce(page, edit, ['Enter a name.']);
  await edit.getByRole('textbox', { name: 'Name', exact: true }).fill('Ana');
  await edit.getByLabel('May not sign in').check();
  await edit.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: 'Ana' }).getByText('disabled').waitFor();
  // Whoever is shut out is led away from the page they have open, and not let in again.
  await ana.page.waitForURL(/\/sign-in\?error=expired/);
  await signInBy(ana, login, second, /error=wrong/);
  assert.equal(await ana.page.getByLabel('E-mail address').inputValue(), login, 'the address stays');
}));

async function signInBy({ page, visit }, login, password, leads = /\/$/) {
  await visit('/sign-in');
  await page.getByLabel('E-mail address').fill(login);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(leads);
  await hydrated(page);
}

async function changePassword({ page, visit, axe }, present, next) {
  await visit('/settings/security');
  const form = page.locator('form', { has: page.getByLabel('Current password') });
  const [current, fresh] = [form.getByLabel('Current password'), form.getByLabel('New password')];
  const change = form.getByRole('button', { name: 'Change the password' });
  const [missing, length] = ['Enter your current password.', 'Use 12 to 256 characters.'];
  await change.click();
  await saysOnce(page, form, [missing, length]);
  await axe();
  await corrects(current, HOSTILE, form, missing, [length]);
  await fresh.fill(HUGE);
  await change.click();
  await saysOnce(page, form, [length]);
  await fresh.fill(next);
  await change.click();
  await saysOnce(page, form, ['This is not your present password.']);
  await current.fill(present);
  await change.click();
  await toast(page, 'The password is changed.');
  // A session reads as a browser and its system, not as its own long name for itself.
  await page.getByRole('rowheader', { name: /^Chrom(e|ium) on Linux$/ }).first().waitFor();
}

test('preferences are kept, and a zone that does not exist is refused', scenario({ as: 'approver', expect: REFUSALS }, async ({ page, visit }) => {
  await visit('/settings');
  const zone = page.getByLabel('Time zone');
  const save = page.getByRole('button', { name: 'Save' });
  await zone.evaluate((select, text) => {
    select.add(new Option(text, text));
    select.value = text;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }, HOSTILE);
  await save.click();
  await page.getByText('This is not an IANA time zone name').waitFor();
  await zone.selectOption('America/New_York');
  // The button of the frame and the form keep one and the same theme.
  await page.getByRole('button', { name: 'Dark theme' }).click();
  await page.getByRole('radio', { name: 'Dark', exact: true, checked: true }).waitFor();
  await page.getByRole('radio', { name: '한국어' }).check();
  await save.click();
  await page.locator('html[lang="ko"][data-theme="dark"]').waitFor();
  await hydrated(page);
  await until('the zone is kept', async () => (await page.getByLabel('시간대').inputValue()) === 'America/New_York');
}));
