// Whatever is typed into a form that no other spec tries: it is taken or refused in words, and stays a text.
import assert from 'node:assert/strict';
import test from 'node:test';
import { until, world } from '../harness.mjs';
import { HOSTILE, HUGE, nothingBecameMarkup, saysOnce, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const REFUSALS = [/status of 4\d\d/];

test('searches take whatever is typed', scenario({ as: 'admin' }, async ({ page, visit }) => {
  for (const area of ['/activity', '/changes', '/capacity']) {
    await visit(area);
    const names = await page.getByRole('searchbox').evaluateAll((boxes) => boxes.map((box) => box.name));
    assert.ok(names.length > 0, `${area} can be searched`);
    for (const name of names) {
      for (const text of [HOSTILE, HUGE, '%41%zz \\_', '경보 & +']) {
        const box = page.locator(`input[name="${name}"]`);
        await box.fill(text);
        await box.press('Enter');
        const most = Number(await box.getAttribute('maxlength'));
        const kept = text.slice(0, most).trim();
        await page.waitForURL((url) => url.searchParams.get(name) === kept);
        await until(`${area} is there`, async () => (await page.locator('[aria-busy="true"]').count()) === 0);
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
        await nothingBecameMarkup(page);
      }
      await visit(area);
    }
  }
}));

test('the text of a schedule may be anything', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit }) => {
  await visit('/capacity/new-schedule');
  const text = page.getByRole('textbox', { name: 'Schedule', exact: true });
  const check = page.getByRole('button', { name: 'Check', exact: true });
  for (const words of ['', HOSTILE, HUGE, 'name: *a\n&a', `name: x\nzzz: ${HOSTILE}`]) {
    await text.fill(words);
    await until('what cannot be read cannot be checked', async () => (await check.getAttribute('aria-disabled')) === 'true');
    await nothingBecameMarkup(page);
  }
}));

test('another person gets no password that is none', scenario({ as: 'admin', expect: REFUSALS }, async ({ page, visit }) => {
  await visit('/settings/people');
  await page.getByRole('row', { name: 'viewer@' }).getByRole('button', { name: 'Edit' }).click();
  const form = page.getByRole('dialog').locator('form', { has: page.locator('#reset-password') });
  const [field, reset] = [form.locator('#reset-password'), form.getByRole('button')];
  for (const password of ['', 'short', 'aaaaaaaaaaaaaaaa', HUGE]) {
    await field.fill(password);
    await reset.click();
    const wrong = password.startsWith('aaa') ? 'too easy to guess' : 'Use 12 to 256 characters.';
    await form.getByText(wrong).waitFor();
  }
  await field.fill(HOSTILE);
  await reset.click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await nothingBecameMarkup(page);
}));

test('a planned start that is none is said', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit }) => {
  await visit('/capacity');
  await page.getByRole('rowheader', { name: 'web-prod', exact: true }).getByRole('link').click();
  await page.getByRole('link', { name: t.plan }).click();
  await page.getByRole('radio', { name: 'At a planned time' }).check();
  const [from, end] = [page.locator('input[name="from"]'), page.getByLabel(t.until)];
  const offered = await until('a start is offered', () => from.inputValue());
  await page.getByLabel(t.reason).fill('A planned hour');
  const propose = page.getByRole('button', { name: t.propose, exact: true });
  await from.fill('');
  await propose.click();
  await saysOnce(page, page.locator('form', { has: from }), [t.enterTime]);
  // A start in the past is the checks' matter, one behind its end the form's, and nothing is proposed.
  const wrong = [['2020-01-01T00:00', /is past or less than two minutes away/], ['9999-12-31T23:59', /The end must be after the start/]];
  for (const [start, said] of wrong) {
    await from.fill(start);
    // While the preview of the start before forbids it, the button does nothing: it is pressed until it answers.
    await until(`a start at ${start} is refused`, async () => {
      await propose.click({ force: true });
      return (await page.getByText(said).count()) > 0;
    }, { every: 1_000 });
    assert.match(page.url(), /\/event$/);
  }
  await from.fill(offered);
  assert.ok(await end.inputValue());
}));
