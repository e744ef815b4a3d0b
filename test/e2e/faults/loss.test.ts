import assert from 'node:assert/strict';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../../until.ts';
import { RunningServer } from '../server.ts';
import { mountSmallDisk } from './small-disk.ts';

test('after kill -9 in the middle of sign-ins, every sign-in that was answered is in the log', async (t) => {
  const server = await RunningServer.start({}, { separateProcess: true });
  t.after(() => server.remove());
  const answer: string[] = [];
  const card = server.card('ana');
  let running = true;
  const visitor = async () => {
    while (running) {
      const correlationId = crypto.randomUUID();
      const end = await server.signIn('ana@woodgrove.test', card, { correlationId }).catch(() => undefined);
      if (end?.kind === 'signedIn') answer.push(correlationId);
    }
  };
  const visitors = Array.from({ length: 6 }, visitor);
  await until('twenty answers', () => answer.length >= 20);
  await server.stop('SIGKILL');
  running = false;
  await Promise.all(visitors);

  const { out } = await server.cardea('explain', '--list', '5000', '--json');
  const grant = new Set(
    (JSON.parse(out) as { correlationId: string; status: string }[])
      .filter(({ status }) => status === 'success')
      .map((item) => item.correlationId),
  );
  assert.deepEqual(
    answer.filter((id) => !grant.has(id)),
    [],
    `${answer.length} sign-ins were answered`,
  );
  await server.run();
  assert.equal(
    (await server.signIn('ana@woodgrove.test', card)).kind,
    'signedIn',
    'and the next start needs no repair',
  );
});

const mounted = mountSmallDisk(8);
test('on a full disk a sign-in is refused, nothing is lost, and it works again when there is space', {
  skip: mounted.missing ?? false,
}, async (t) => {
  t.after(() => mounted.remove());
  const server = await RunningServer.start({}, mounted.folder);
  t.after(() => server.remove());
  const correlationId = crypto.randomUUID();
  assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'), { correlationId })).kind, 'signedIn');
  const ballast = join(mounted.folder, 'ballast');
  const { bavail, bsize } = statfsSync(mounted.folder);
  writeFileSync(ballast, Buffer.alloc(bavail * bsize));
  const refusals: string[] = [];
  for (let attempt = 0; attempt < 40 && refusals.length < 3; attempt++) {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    if (end.kind === 'refused') refusals.push(end.code);
  }
  assert.deepEqual([...new Set(refusals)], ['AADSTS90033']);
  rmSync(ballast);
  assert.equal((await server.signIn('ana@woodgrove.test', server.card('ana'))).kind, 'signedIn');
  assert.equal((await server.entries(correlationId)).length, 2);
});
