// Runs the browser tests: every specs/**/*.spec.mjs, or those whose path contains one of the words
// given. The last line has the counts, for `cargo xtask test`.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
// One browser and one server per file: more at once than this only waits for the processor.
const CONCURRENCY = process.env.LAMPLIGHTER_E2E_CONCURRENCY ?? '2';
// For one test: a journey on a slow machine that has other work.
const TIMEOUT_MS = '420000';

async function specs(words) {
  const names = await readdir(path.join(here, 'specs'), { recursive: true });
  return names
    .filter((name) => name.endsWith('.spec.mjs'))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort()
    .map((name) => path.join('specs', name));
}

// Node's TAP report ends with `# pass N`, `# fail N` and others that did not pass either. A test
// that is skipped proves nothing, so it counts as failed.
function counts(tap) {
  const number = (name) => Number(tap.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? 0);
  const failed = ['fail', 'cancelled', 'skipped', 'todo'].map(number);
  return { passed: number('pass'), failed: failed.reduce((sum, count) => sum + count) };
}

async function main() {
  const files = await specs(process.argv.slice(2));
  if (files.length === 0) {
    console.error(`no spec matches ${process.argv.slice(2).join(' ')}`);
    return 2;
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'lamplighter-e2e-'));
  const report = path.join(folder, 'report.tap');
  const runner = spawn(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${CONCURRENCY}`,
      `--test-timeout=${TIMEOUT_MS}`,
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${report}`,
      ...files,
    ],
    { cwd: here, stdio: 'inherit' },
  );
  const code = await new Promise((resolve) => runner.once('exit', (exit) => resolve(exit ?? 1)));
  const { passed, failed } = counts(await readFile(report, 'utf8').catch(() => ''));
  await rm(folder, { recursive: true, force: true });
  console.log(`end2end: ${passed} passed, ${failed} failed`);
  // Files without a test in them leave Node content.
  return code === 0 && (failed > 0 || passed === 0) ? 1 : code;
}

process.exitCode = await main();
