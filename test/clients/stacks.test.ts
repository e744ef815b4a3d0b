import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { cases } from './stacks/cases.ts';
import { Kit } from './stacks/kit.ts';
import { keyOf, type Outcome, rowsMissing, writeTable } from './stacks/table.ts';
import { built, environment, toolchains } from './stacks/toolchains.ts';

/** Refusals that a quick start provokes by itself. */
const expectedRefusals: readonly RegExp[] = [
  /^400 POST \/[\w-]+\/oauth2\/(v2\.0\/)?token$/, // authorization_pending of device codes
];

describe('clients of other vendors, as their quick starts have them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-stacks-'));
  let kit: Kit;
  before(async () => {
    kit = await Kit.start(folder);
    for (const words of kit.javaTrustWords) spawnSync('keytool', words, { env: environment });
  });
  const outcomes = new Map<string, Outcome>();
  after(async () => {
    if (process.env.CARDEA_CLIENTS_TABLE === '1') writeTable(outcomes);
    await kit.graph.server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const toolchain of toolchains) {
    describe(toolchain.language, () => {
      let builds: ReturnType<typeof built>;
      before(() => {
        builds = built(toolchain);
      });
      for (const { client, flow, run } of cases.filter(({ language }) => language === toolchain.language)) {
        test(`${client}: ${flow}`, async (context) => {
          const key = keyOf({ client, flow });
          outcomes.set(key, 'why' in builds ? `not run: ${builds.why.split('\n')[0]}` : 'fails');
          if ('why' in builds) return context.skip(builds.why);
          await run(kit, toolchain, builds.folder);
          outcomes.set(key, 'works');
        });
      }
    });
  }

  test('docs/reference/clients.md has a row for each flow, with the version that is pinned', () => {
    if (process.env.CARDEA_CLIENTS_TABLE !== '1') assert.deepEqual(rowsMissing(), [], 'run npm run clients');
  });

  test('no client asked for anything that is not there', () => {
    const lines = existsSync(kit.requestLog) ? readFileSync(kit.requestLog, 'utf8').trim().split('\n') : [];
    const unexpected = lines.filter((line) => !expectedRefusals.some((pattern) => pattern.test(line)));
    assert.deepEqual(unexpected, []);
  });
});
