import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { RunningServer } from '../server.ts';
import { ReplicatedPostgres, replicationMissing } from './replicated-postgres.ts';

/** Milliseconds from the new primary to the first sign-in: generous, because other tests run beside this one. */
const mostUntilServed = 60_000;

const unavailable = /90033|temporarily|unavailable|503/i;

describe('a primary that is killed, and a replica that takes its place', { skip: replicationMissing ?? false }, () => {
  const postgres = new ReplicatedPostgres();
  let server: RunningServer;
  before(async () => {
    await postgres.start();
    server = await RunningServer.start({
      CARDEA_DATABASE_URL: postgres.url,
      CARDEA_SECRET_KEY: randomBytes(32).toString('base64url'),
    });
  });
  after(async () => {
    await server?.remove();
    postgres.remove();
  });

  test('while the only synchronous replica is away no sign-in is granted, and then they continue without a restart', async () => {
    const signIn = () => server.signIn('ana@woodgrove.test', server.card('ana'));
    assert.equal((await signIn()).kind, 'signedIn');
    postgres.kill('second');
    const end = await signIn();
    assert.match(JSON.stringify(end), unavailable);
    await postgres.follow();
    assert.equal((await signIn()).kind, 'signedIn');
  });

  test('no sign-in that was answered is lost, and sign-ins continue without a restart', async (t) => {
    const card = server.card('ana');
    const answered: string[] = [];
    const refusals: string[] = [];
    let isRunning = true;
    const visitor = async () => {
      while (isRunning) {
        const correlationId = crypto.randomUUID();
        const end = await server.signIn('ana@woodgrove.test', card, { correlationId });
        if (end.kind === 'signedIn') answered.push(correlationId);
        else refusals.push(JSON.stringify(end));
      }
    };
    const visitors = Array.from({ length: 4 }, () => visitor());
    await until(() => answered.length >= 12);
    postgres.kill('first');
    await until(() => refusals.length >= 4);
    const before = [...answered];
    postgres.promote();
    const since = Date.now();
    await until(() => answered.length > before.length + 3);
    const milliseconds = Date.now() - since;
    isRunning = false;
    await Promise.all(visitors);
    t.diagnostic(`${milliseconds} ms from the new primary to four sign-ins; ${answered.length} sign-ins were answered`);
    assert.ok(milliseconds < mostUntilServed, `${milliseconds} ms`);
    const { out, err } = await server.cardea('explain', '--list', '5000', '--json');
    assert.equal(err, '');
    const entries = JSON.parse(out) as { correlationId: string; status: string }[];
    const grants = new Set(entries.flatMap((entry) => (entry.status === 'success' ? [entry.correlationId] : [])));
    assert.deepEqual(
      answered.filter((id) => !grants.has(id)),
      [],
      `${answered.length} sign-ins were answered`,
    );
    assert.ok(
      refusals.every((refusal) => unavailable.test(refusal)),
      refusals[0],
    );
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((next) => setTimeout(next, 5));
}
