import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import type { Storage } from '#storage/storage.ts';
import { databasesUnderTest, openAt } from '../databases.ts';

/** Started as a process of its own, this file writes until it is killed and names every row that was committed. */
const writing = process.env.CARDEA_TEST_WRITE_TO;
if (writing) await writeForEver(await openAt(JSON.parse(writing)));
else tests();

function tests(): void {
  for (const database of databasesUnderTest()) {
    describe(`loss of a process on ${database.name}`, { skip: database.missing ?? false }, () => {
      after(() => database.end());

      test('kill -9 in the middle of writing: every row that was acknowledged is there, and no half of one', async () => {
        const place = await database.place();
        const child = spawn(process.execPath, [import.meta.filename], {
          env: { ...process.env, CARDEA_TEST_WRITE_TO: JSON.stringify(place) },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const acknowledgements = await killedAfter(child, 300, async () => {
          if (place.kind !== 'sqlite') return;
          await assert.rejects(openAt(place), {
            because: { code: 'dataFolderInUse', evidence: { folder: place.folder } },
          });
        });
        const storage = await openAt(place);
        const tenant = storage.forTenant('t');
        const missing: string[] = [];
        for (const id of acknowledgements) if (!(await tenant.oidcRecords.find('Grant', id))) missing.push(id);
        assert.deepEqual(missing, [], `${acknowledgements.length} rows were acknowledged`);
        const applications = await tenant.applications.list();
        assert.ok(applications.length > 0);
        for (const { appId, identifierUris } of applications) {
          assert.equal((await tenant.applications.findByIdentifierUri(identifierUris[1]!))?.appId, appId);
        }
        assert.equal((await tenant.audits.list({ top: 10_000 })).length, applications.length);
        await storage.close();
      });
    });
  }
}

/** What the child said until it was killed, in full lines. */
async function killedAfter(child: ChildProcess, lines: number, meanwhile: () => Promise<void>): Promise<string[]> {
  const body: string[] = [];
  const end = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout! })) {
    body.push(line);
    if (body.length !== lines) continue;
    await meanwhile();
    child.kill('SIGKILL');
  }
  const [, signal] = await end;
  assert.equal(signal, 'SIGKILL', 'it was still writing');
  return body;
}

async function writeForEver(storage: Storage): Promise<never> {
  const { oidcRecords, applications } = storage.forTenant('t');
  const write = async () => {
    const id = crypto.randomUUID();
    await oidcRecords.upsert('Grant', id, { id }, 3600);
    process.stdout.write(`${id}\n`);
  };
  for (;;) {
    const appId = crypto.randomUUID();
    const application = {
      appId,
      displayName: 'App',
      redirectUris: [],
      postLogoutRedirectUris: [],
      isPublicClient: true,
      secretHashes: [],
      identifierUris: [`api://${appId}/1`, `api://${appId}/2`],
      roles: [],
      homepage: undefined,
    };
    await Promise.all([applications.put(application), ...Array.from({ length: 8 }, write)]);
  }
}
