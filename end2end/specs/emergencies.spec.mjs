// A change request that people talk about, and one that nobody could be asked for.
import test from 'node:test';
import { world } from '../harness.mjs';
import { HOSTILE, HUGE, nothingBecameMarkup, openDialog, propose, saysOnce, toast } from '../steps.mjs';
import { WORDS } from '../words.mjs';

const { scenario } = world();
const t = WORDS.en;
const REFUSALS = [/status of 4\d\d/];

test('comments arrive while one looks', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, person, axe }) => {
  const change = await propose(page, t, 'web-prod', { count: '9', reason: 'a rehearsal' });
  const approver = await person({ as: 'approver' });
  await approver.visit(change);
  const [box, say] = [approver.page.getByLabel('Comment'), approver.page.getByRole('button', { name: 'Comment', exact: true })];
  await say.click();
  await saysOnce(approver.page, approver.page, ['Write something first.']);
  await box.fill(HUGE);
  await say.click();
  await approver.page.locator('.field-error', { hasText: /2,?000/ }).waitFor();
  // What one is typing stays when another's words arrive.
  await page.getByLabel('Comment').fill('half a sent');
  await box.fill(HOSTILE);
  await say.click();
  await toast(approver.page, 'Said.');
  await page.getByText(HOSTILE).first().waitFor();
  await nothingBecameMarkup(page);
  await page.locator('textarea[name="comment"]').and(page.getByLabel('Comment')).waitFor();
  await axe();
}));

test('the glass is broken, marked everywhere, and reviewed by somebody else', scenario({ as: 'operator', expect: REFUSALS }, async ({ page, visit, person, axe }) => {
  const change = await propose(page, t, 'worker-prod', { count: '9', reason: 'checkout is slow' });
  const dialog = await openDialog(page, 'Let it through without approval', 'Carry it out without an approval?');
  await axe();
  const now = dialog.getByRole('button', { name: 'Carry it out now', exact: true });
  await now.click();
  await saysOnce(page, dialog, ['Say why it cannot wait for an approval.']);
  await dialog.getByLabel(t.reason).fill('nobody answers the phone');
  await now.click();
  await page.locator('.page-title .chip', { hasText: 'Emergency, to review' }).waitFor();
  await page.getByText('nobody answers the phone').first().waitFor();
  await page.locator('.page-title .chip', { hasText: t.running }).waitFor({ timeout: 120_000 });
  await axe();
  await visit('/changes');
  await page.getByText('none: emergency').first().waitFor();

  const approver = await person({ as: 'approver' });
  await approver.visit('/');
  await approver.page.getByRole('heading', { name: 'Needs review' }).waitFor();
  await approver.axe();
  await approver.visit(change);
  const review = await openDialog(approver.page, 'Review', 'Review this emergency');
  await review.getByRole('button', { name: 'Sign', exact: true }).click();
  await saysOnce(approver.page, review, ['Write what you found.']);
  await review.getByLabel('What you found').fill('it was right');
  await review.getByRole('button', { name: 'Sign', exact: true }).click();
  await toast(approver.page, 'Reviewed.');
  await approver.page.locator('.page-title .chip', { hasText: 'Emergency, reviewed' }).waitFor();
  await approver.axe();
}));
