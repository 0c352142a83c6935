// Every page as people meet it: readable by assistive technology, without a word in the console,
// inside the width of a telephone. One spec for each colour scheme calls it, so that they run side by side.
import assert from 'node:assert/strict';
import test from 'node:test';
import { alerts, terminated } from './hooks.mjs';
import { DESKTOP, PHONE, until } from './harness.mjs';

const PAGES = {
  overview: '/',
  alarms: '/alarms',
  'alarms-filtered': '/alarms?state=alarm&environment=prod&text=no-such-alarm',
  wall: '/alarms/wall',
  'wall-calm': '/alarms/wall?environment=no-such-environment',
  coverage: '/alarms/coverage',
  'coverage-filtered': '/alarms/coverage?severity=error&environment=dev',
  events: '/alarms/events',
  'set-aside': '/alarms/set-aside',
  onCall: '/alarms/on-call',
  drills: '/alarms/drills',
  silences: '/alarms/silences',
  notifications: '/alarms/notifications',
  routing: '/alarms/routes',
  capacity: '/capacity',
  timeline: '/capacity/timeline',
  checks: '/capacity/checks',
  'checks-filtered': '/capacity/checks?severity=error&environment=dev',
  schedules: '/capacity/schedules',
  'schedule-new': '/capacity/new-schedule',
  changes: '/changes',
  waiting: '/changes?waiting=me',
  freezes: '/changes/freezes',
  activity: '/activity',
  settings: '/settings',
  security: '/settings/security',
  tokens: '/settings/tokens',
  people: '/settings/people',
  sources: '/settings/sources',
  system: '/settings/system',
};

/** The addresses of one alarm, one target and its form, change requests and a form, and of what is not there. */
async function details(page, server) {
  await page.goto('/alarms');
  const alarm = await page.getByRole('rowheader').first().getByRole('link').getAttribute('href');
  const { rows } = await server.ask('/targets?text=web-prod');
  const [{ id, capacity }] = rows;
  const { now } = await server.ask('/viewer');
  await server.hook('alertmanager/prometheus', alerts(now));
  await server.hook('eventbridge/eventbridge', terminated(now));
  const { rows: [told] } = await server.ask('/alarms?source=prometheus');
  const { rows: [ended] } = await server.ask('/aws-events');
  const until = new Date(Date.parse(now) + 3_600_000).toISOString();
  const event = { kind: 'scale_event', target: id, hold: 'at_least', count: capacity.desired + 1, until, reason: 'An hour of many' };
  const { id: change } = await server.ask('/changes', event);
  const nights = { name: 'dev-nights', timezone: 'Asia/Seoul', targets: [{ rds_cluster: 'dev-reports' }], base: { state: 'running' },
    windows: [{ name: 'night', from: '20:00', to: '08:00', capacity: { state: 'stopped' } }] };
  const { rows: [{ reference: { scope } }] } = await server.ask('/targets?text=dev-reports');
  const asked = { kind: 'apply_schedule', scope, schedule: nights, reason: 'Nobody reads reports at night' };
  const { id: scheduled } = await server.ask('/changes', asked);
  return {
    alarm,
    'alarm-told': `/alarms/${told.id}`,
    'aws-event': `/alarms/events/${ended.id}`,
    target: `/capacity/targets/${id}`,
    event: `/capacity/targets/${id}/event`,
    change: `/changes/${change}`,
    'change-edit': `/changes/${change}/edit`,
    'change-schedule': `/changes/${scheduled}`,
    nowhere: '/nowhere',
  };
}

/** How many ask for a page at once. */
const MANY = 16;

/** Fails when a page must be scrolled sideways. */
export async function fits(page, name) {
  const { width, content } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    content: document.documentElement.scrollWidth,
  }));
  assert.ok(content <= width, `${name} is ${content} px wide on a screen of ${width} px`);
}

/** Fails when the tab of the page one is on is off the screen. */
async function showsItsTab(page, name, width) {
  for (const tab of await page.locator('.tabs [aria-current]').all()) {
    await until(`${name} shows its tab`, async () => {
      const { x, width: own } = await tab.boundingBox();
      return x >= 0 && x + own <= width;
    });
  }
}

/** One test for each screen: every page of an admin in these colours. */
export function everyPage(scenario, colorScheme) {
  for (const [lang, viewport] of [['en', DESKTOP], ['ko', PHONE]]) {
    const size = viewport === PHONE ? 'phone' : 'desktop';
    test(`every page, ${colorScheme}, ${size}, ${lang}`, scenario({ as: 'admin', lang, viewport, colorScheme, expect: [/status of 404/] }, async ({ page, visit, axe, screenshot, server }) => {
      const pages = { ...PAGES, ...(await details(page, server)) };
      for (const [name, address] of Object.entries(pages)) {
        const answer = await visit(address);
        assert.equal(answer.status(), name === 'nowhere' ? 404 : 200, `${name} at ${address}`);
        await until(`nothing is busy on ${name}`, async () => (await page.locator('[aria-busy="true"]').count()) === 0);
        await until(`${name} has one title`, async () => (await page.getByRole('heading', { level: 1 }).count()) === 1);
        await fits(page, name);
        await showsItsTab(page, name, viewport.width);
        await axe().catch((error) => { throw new Error(`${name}: ${error.message}`); });
        await screenshot(`${name}-${lang}-${colorScheme}-${size}`);
      }
    }));
  }
}

/** Every page is asked for by many at once, as after an incident is announced: each gets it whole. */
export function everyPageForMany(scenario) {
  test('every page for many at once', scenario({ as: 'admin' }, async ({ page, server }) => {
    const pages = { ...PAGES, ...(await details(page, server)) };
    for (const [name, address] of Object.entries(pages)) {
      const answers = await Promise.all(Array.from({ length: MANY }, () => server.page(address)));
      const whole = answers.filter(({ status, text }) => status === (name === 'nowhere' ? 404 : 200) && text.includes('</html>'));
      assert.equal(whole.length, MANY, `${name} at ${address}: ${answers.map(({ status }) => status)}`);
      const titles = new Set(answers.map(({ text }) => text.match(/<title>([^<]+)<\/title>/)?.[1]));
      assert.deepEqual([titles.size, titles.has(undefined)], [1, false], `${name} has one title`);
    }
  }));
}
