// What every browser test stands on: a real server on the sandbox, Debian's Chromium, one person per
// browser context, and a watch on each page that fails the test when its console, its scripts or its
// requests complain.
//
//   const { scenario } = world();            // once per file: starts the server, stops it at the end
//   test('an operator acknowledges', scenario({ as: 'operator' }, async ({ page, axe }) => { … }));
//
// Elements are found by role and name, as people and screen readers find them. The network is never
// intercepted: failures are provoked in the sandbox, where a developer can see them too.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { startServer } from './server.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const SCREENSHOTS = process.env.LAMPLIGHTER_SCREENSHOTS ?? path.join(here, '../target/screenshots');
// Generous: what counts is that a state comes, not how soon on a machine that does other things, too.
const ACTION_MAX_MS = 45_000;
const NAVIGATION_MAX_MS = 60_000;
const POLL_MS = 200;
const LOG_LINES_SHOWN = 20;
const TEXT_SHOWN_CHARS = 3_000;

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

// Requests that a page leaves open on purpose; the browser reports them as aborted when it goes on.
const STREAMS = ['/api/v1/stream', '/__reload'];

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--force-color-profile=srgb',
];

/** One server and one browser for the scenarios of a file. Options are those of `startServer`. */
export function world(options = {}) {
  const shared = {};
  before(async () => {
    shared.server = await startServer(options);
    shared.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: CHROMIUM_ARGUMENTS,
    });
  });
  after(async () => {
    await shared.browser?.close();
    await shared.server?.close();
  });

  /**
   * A test body with a page of its own. `settings`:
   *   as: role to sign in as ("viewer" | "operator" | "approver" | "admin"); absent: nobody
   *   lang: "en" (the default) or "ko"; viewport; colorScheme: "light" | "dark"; zone
   *   expect: patterns of complaints that this test provokes on purpose
   */
  const scenario = (settings, body) => async (context) => {
    const people = [];
    const person = async (own = {}) => {
      const opened = await openPerson(shared, { ...settings, ...own });
      people.push(opened);
      return opened;
    };
    try {
      const first = await person();
      await body({ ...first, server: shared.server, person, test: context });
      for (const { complaints } of people) assert.deepEqual(complaints(), [], 'the page complained');
    } catch (error) {
      const name = `failed-${context.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 80)}`;
      const seen = await Promise.all(people.map((one, index) => sight(one, `${name}-${index}`)));
      const log = shared.server.log.slice(-LOG_LINES_SHOWN).join('\n');
      throw new Error(`${error.message}\n\n${seen.join('\n\n')}\n\nthe server said last:\n${log}`, { cause: error });
    } finally {
      await Promise.all(people.map(({ close }) => close()));
    }
  };
  return { scenario, shared };
}

/** What a person has before them when a test fails: address, complaints, words; and a picture. */
async function sight({ page, complaints, screenshot }, name) {
  await screenshot(name).catch(() => {});
  const text = await page.evaluate(() => document.body.innerText).catch((error) => `no text: ${error.message}`);
  const heard = complaints().map((line) => `\n  it complained: ${line}`).join('');
  return `${page.url()} showed:${heard}\n${text.replace(/\n{2,}/g, '\n').slice(0, TEXT_SHOWN_CHARS)}`;
}

/** Asks again and again until the answer is truthy, and gives it back. `what` says what was waited for. */
export async function until(what, ask, { every = POLL_MS, most = NAVIGATION_MAX_MS } = {}) {
  const deadline = Date.now() + most;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${most / 1_000} s in vain: ${what}`);
    await sleep(every);
  }
}

async function openPerson(shared, settings) {
  const context = await shared.browser.newContext({
    baseURL: shared.server.url,
    viewport: settings.viewport ?? DESKTOP,
    locale: settings.lang === 'ko' ? 'ko-KR' : 'en-GB',
    timezoneId: settings.zone ?? 'Asia/Seoul',
    colorScheme: settings.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(ACTION_MAX_MS);
  context.setDefaultNavigationTimeout(NAVIGATION_MAX_MS);
  const page = await context.newPage();
  const heard = listen(page);
  const expected = settings.expect ?? [];
  const opened = {
    page,
    context,
    visit: (address) => visit(page, address),
    axe: (options) => axe(page, options),
    screenshot: (name) => screenshot(page, name),
    complaints: () => heard.filter((line) => !expected.some((pattern) => pattern.test(line))),
    close: () => context.close(),
  };
  if (settings.as) await signIn(page, settings.as);
  return opened;
}

/** Everything that a healthy page never says. */
function listen(page) {
  const heard = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      heard.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => heard.push(`page error: ${error.stack ?? error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) heard.push(`answer ${response.status()}: ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    const address = new URL(request.url()).pathname;
    const why = request.failure()?.errorText ?? '';
    // Leaving a page aborts what it was still loading; that is no fault.
    if (STREAMS.includes(address) || why === 'net::ERR_ABORTED') return;
    heard.push(`request failed: ${request.method()} ${address} ${why}`);
  });
  return heard;
}

/** Goes to an address and waits until every button answers. */
export async function visit(page, address) {
  const answer = await page.goto(address);
  await hydrated(page);
  return answer;
}

/** Waits until the browser's program has taken over the page. */
export async function hydrated(page) {
  await page.waitForSelector('html[data-hydrated="true"]', { state: 'attached' });
}

/** Does what loads another document, and waits until every button of that one answers. */
export async function reloads(page, act) {
  await page.evaluate(() => { document.documentElement.dataset.left = 'true'; });
  await act();
  await page.waitForSelector('html[data-hydrated="true"]:not([data-left])', { state: 'attached' });
}

/** Waits until the field of this name has the focus. */
export async function focused(page, name) {
  await page.waitForFunction((name) => document.activeElement?.name === name, name);
}

/** One click on the sandbox's sign-in page. */
export async function signIn(page, role) {
  await visit(page, '/sign-in');
  await page.getByRole('button', { name: new RegExp(ROLE_NAMES[role] ?? role, 'i') }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await hydrated(page);
}

const ROLE_NAMES = {
  viewer: 'viewer|조회자|뷰어',
  operator: 'operator|운영자',
  approver: 'approver|승인자',
  admin: 'admin|관리자',
};

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Fails on every serious or critical accessibility problem. The script is evaluated through the
 * debugger, so that the page's content security policy stays as strict as it is for users.
 */
export async function axe(page, options = {}) {
  await page.evaluate(await axeSource);
  const result = await page.evaluate((options) => globalThis.axe.run(document, options), options);
  const problems = result.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => ({
      id, impact, help, at: nodes.slice(0, 5).map(({ target, failureSummary }) => `${target} ${failureSummary}`),
    }));
  assert.deepEqual(problems, [], 'accessibility problems');
}

/** The whole page as target/screenshots/NAME.png. */
export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  const file = path.join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  return file;
}
