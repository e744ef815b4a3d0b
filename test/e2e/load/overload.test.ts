import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../../free-port.ts';
import { until } from '../../until.ts';
import { ask } from '../attacks/ask.ts';
import { RunningServer } from '../server.ts';
import { Sitting } from '../sitting.ts';

const [atOnce, waiting, visitors] = [2, 12, 40];

describe(`a server that works on ${atOnce} sign-ins at once while ${waiting} wait`, () => {
  let server: RunningServer;
  let management = 0;
  before(async () => {
    management = await freePort();
    server = await RunningServer.start({
      CARDEA_SIGN_INS_AT_ONCE: `${atOnce}`,
      CARDEA_SIGN_INS_WAITING: `${waiting}`,
      CARDEA_MANAGEMENT_PORT: `${management}`,
    });
    await server.signIn('ana@woodgrove.test', server.card('ana'));
  });
  after(() => server?.remove());
  const metric = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${management}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  test(`of ${visitors} at once each is signed in or was answered 503 before it began, and none fails otherwise`, async () => {
    const attempts = Array.from({ length: visitors }, () => server.signIn('ana@woodgrove.test', server.card('ana')));
    const ends = await Promise.allSettled(attempts);
    const busy = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    for (const reason of busy) assert.match(reason, /authorize.*HTTP 503/, 'only the first request is refused');
    const rest = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    for (const end of rest) assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    // The sign-in before them may hold its place for some milliseconds more.
    assert.ok(rest.length >= atOnce + waiting - 1, `${rest.length} signed in`);
    assert.equal(await metric('cardea_sign_ins_busy'), busy.length);
    assert.equal(rest.length + busy.length, visitors);
    assert.ok((await metric('cardea_queue_wait_seconds_count\\{queue="sign_in"\\}')) > 0);
  });

  test('while new sign-ins are refused, one that has begun continues, and files and health are served', async () => {
    const begun = new Sitting(server, server.card('ana'));
    await begun.open();
    const before = await metric('cardea_sign_ins_busy');
    let isOver = false;
    const flood = Array.from({ length: atOnce + waiting + 4 }, async () => {
      while (!isOver) await new Sitting(server).open().catch(() => undefined);
    });
    await until('a refusal', async () => (await metric('cardea_sign_ins_busy')) > before);
    for (const path of ['/assets/cardea.css', '/woodgrove.test/v2.0/.well-known/openid-configuration'])
      assert.equal((await ask(server, new URL(path, server.origin))).status, 200);
    await begun.withCard('ana@woodgrove.test');
    isOver = true;
    await Promise.all(flood);
    assert.ok(begun.isSignedIn, begun.page?.body);
  });

  test('the page of a busy server tries again by itself, and a program learns when to', async () => {
    const heard: { status: number; body: string; headers: Readonly<Record<string, unknown>> }[] = [];
    const path = '/woodgrove.test/oauth2/v2.0/authorize?client_id=x&scope=openid&response_type=code';
    for (const accept of ['text/html', 'application/json']) {
      let answer: (typeof heard)[number] | undefined;
      while (!answer) {
        const url = new URL(path, server.origin);
        const answers = await Promise.all(
          Array.from({ length: visitors }, () => ask(server, url, { headers: { accept } })),
        );
        answer = answers.find(({ status }) => status === 503);
      }
      heard.push(answer);
    }
    const [page, json] = heard;
    assert.match(
      page!.body,
      /<meta http-equiv="refresh" content="[1-3];url=\/woodgrove\.test\/oauth2\/v2\.0\/authorize\?/,
    );
    assert.match(page!.body, /Many people are signing in/);
    assert.equal(JSON.parse(json!.body).error, 'temporarily_unavailable');
    for (const { headers } of heard) assert.match(String(headers['retry-after']), /^[1-3]$/);
  });
});
