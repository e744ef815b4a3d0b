import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { until } from '#test/until.ts';
import { adminCenter } from './admin-center.ts';
import { AdminCenterBuild, type BuildNews, type BuildState } from './build.ts';

const root = mkdtempSync(join(tmpdir(), 'cardea-build-'));
after(() => rmSync(root, { recursive: true }));

/** A place without pages, whose build runs `program`. */
function placeFor(program = '') {
  const folder = mkdtempSync(join(root, 'place-'));
  const file = join(folder, 'build.mjs');
  writeFileSync(file, program);
  return { folder: join(folder, 'dist'), program: file, hasSources: () => true, isCurrent: () => false };
}

/** What the build of another process leaves. */
function putPages(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), 'the pages');
}

/** Starts a build, and waits for its end. */
async function endOf(build: AdminCenterBuild): Promise<Parameters<BuildNews>[0] | undefined> {
  const news: Parameters<BuildNews>[0][] = [];
  build.start(true, (item) => news.push(item));
  await until('the build ends', () => news.length > 1);
  return news.at(-1);
}

const statusOf = async (build: AdminCenterBuild) => (await adminCenter(build, 'client').request('/admin/')).status;

describe('a build of the admin center that ends without pages has failed', () => {
  const ends: readonly { readonly name: string; readonly program: string; readonly says: string }[] = [
    { name: 'with an exit code', program: 'console.error("no disk"); process.exit(3)', says: 'no disk' },
    ...(['SIGKILL', 'SIGTERM'] as const).map((signal) => ({
      name: `killed by ${signal}`,
      program: `process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`,
      says: `The build was ended by ${signal}.`,
    })),
  ];
  for (const { name, program, says } of ends)
    test(name, async () => {
      const build = new AdminCenterBuild(placeFor(program));
      assert.deepEqual(await endOf(build), { state: 'failed', problem: says });
      assert.deepEqual([build.state, await statusOf(build)], ['failed', 503]);
    });
});

test('a build that the server ends is not reported', async () => {
  const build = new AdminCenterBuild(placeFor('setInterval(() => {}, 1000)'));
  const states: BuildState[] = [];
  build.start(true, ({ state }) => states.push(state));
  await build.stop();
  assert.deepEqual(states, ['building']);
});

describe('pages that another process built are served at the next request', () => {
  for (const state of ['building', 'current', 'failed', 'off', 'toolsMissing'] as const)
    test(`by a process with the state "${state}"`, async () => {
      const place = placeFor();
      const build = new AdminCenterBuild(place);
      build.follow(state);
      const before = await statusOf(build);
      putPages(place.folder);
      assert.deepEqual([before, await statusOf(build)], [503, 200]);
    });
});
