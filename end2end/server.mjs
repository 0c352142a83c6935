// Starts `lamplighter serve --sandbox` for one spec file: a free port, an empty data folder, a fixed
// seed and a clock that moves only when a test moves it.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MAX_MS = 120_000;
const STOP_MAX_MS = 8_000;
const LOG_LINES_SHOWN = 40;
const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');

const running = new Set();
// However the test process ends, its servers end with it.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The session cookie of the sandbox's administrator, who may move its clock. */
async function adminCookie(url) {
  const answer = await fetch(`${url}/sandbox/sign-in`, {
    method: 'POST',
    headers: { origin: url },
    body: new URLSearchParams({ role: 'admin' }),
    redirect: 'manual',
  });
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0]);
  if (answer.status !== 303 || cookies.length === 0) {
    throw new Error(`the sandbox let nobody in: ${answer.status} ${await answer.text()}`);
  }
  return cookies.join('; ');
}

/**
 * @param {{ seed?: number, clock?: string, sandbox?: boolean, arguments?: string[], env?: Record<string, string> }} options
 *   clock: "stepped" (the default; see `step`) or "running:N", N simulated seconds a second
 *   sandbox: false starts the console itself, new and without an account of AWS
 */
export async function startServer(options = {}) {
  // Whoever names a program says where its site is, too: a release has it inside.
  const { LAMPLIGHTER_BINARY: named } = process.env;
  const binary = named ?? path.join(root, 'target/debug/lamplighter');
  const site = named ? {} : { LAMPLIGHTER_SITE_DIR: path.join(root, 'target/site') };
  const data = await mkdtemp(path.join(tmpdir(), 'lamplighter-data-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const log = [];

  const simulated = options.sandbox === false ? [] : [
    '--sandbox',
    '--sandbox-seed', String(options.seed ?? 42),
    '--sandbox-clock', options.clock ?? 'stepped',
  ];

  const start = async () => {
    const child = spawn(
      binary,
      ['serve', ...simulated, '--listen', new URL(url).host, '--data', data, ...(options.arguments ?? [])],
      {
        env: { ...site, ...process.env, ...options.env },
        cwd: data,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => log.push(...text.trimEnd().split('\n')));
    }
    await ready(child);
    return child;
  };

  const ready = async (child) => {
    let failure;
    child.once('error', (error) => { failure = error; });
    const deadline = Date.now() + START_MAX_MS;
    while (Date.now() < deadline) {
      if (failure) throw new Error(`cannot run ${binary}: ${failure.message}`);
      if (child.exitCode !== null) break;
      const answer = await fetch(`${url}/healthz`).catch(() => null);
      if (answer?.ok) return;
      await sleep(30);
    }
    throw new Error(`the server did not start:\n${log.slice(-LOG_LINES_SHOWN).join('\n')}`);
  };

  const stop = async (child, signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const timer = globalThis.setTimeout(() => child.kill('SIGKILL'), STOP_MAX_MS);
    await ended;
    clearTimeout(timer);
  };

  const child = await start();
  let cookie;
  return {
    url,
    /** Lines that the server wrote. */
    log,
    /** Asks /api/v1 as the sandbox's administrator; a body is posted. */
    async ask(path, body) {
      cookie ??= await adminCookie(url);
      const answer = await fetch(`${url}/api/v1${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', origin: url, cookie },
        body: body && JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path} refused: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    /** A page as the sandbox's administrator gets it. */
    async page(address) {
      cookie ??= await adminCookie(url);
      const answer = await fetch(url + address, { headers: { cookie } });
      return { status: answer.status, text: await answer.text() };
    },
    /** Calls as a source of the sandbox does: `alertmanager/prometheus`, `eventbridge/eventbridge`. */
    async hook(source, body) {
      const answer = await fetch(`${url}/hooks/${source}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sandbox' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${source} refused: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
    /** Does something to the sandbox; answers how it stands then. */
    act(act) {
      return this.ask('/sandbox', act);
    },
    /** Moves the sandbox's stepped clock. */
    step(seconds) {
      return this.act({ kind: 'step', seconds });
    },
    async close() {
      await stop(child, 'SIGTERM');
      await rm(data, { recursive: true, force: true });
    },
  };
}
