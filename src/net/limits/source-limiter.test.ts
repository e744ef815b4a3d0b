import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, test } from 'node:test';
import { Penalties, penaltySeconds, refusalsPerTenSeconds } from './penalties.ts';
import { SourceLimiter, usualLimits } from './source-limiter.ts';

const messageFrom = (remoteAddress: string, message: { url?: string; method?: string; header?: string } = {}) =>
  ({
    socket: { remoteAddress },
    headers: message.header === undefined ? {} : { 'x-forwarded-for': message.header },
    url: message.url ?? '/',
    method: message.method ?? 'GET',
  }) as unknown as IncomingMessage;
const source = '192.0.2.1';

describe('a source far above its limits', () => {
  const flooded = () => {
    const limiter = new SourceLimiter({ ...usualLimits, requestsPerTenSeconds: 10 });
    const events: string[] = [];
    limiter.listen({
      onPenalty: (address) => events.push(`penalty ${address}`),
      onReport: (penalty) => events.push(`report ${penalty.source} ${penalty.refused}`),
    });
    for (let i = 0; i < 10 + refusalsPerTenSeconds; i++) limiter.request(messageFrom(source), 0);
    return { limiter, events };
  };

  test('is served until its last refusal, and then closed as it connects; another source is served', () => {
    const { limiter, events } = flooded();
    assert.ok(limiter.connect(source, 0));
    assert.deepEqual(events, []);
    limiter.request(messageFrom(source), 0);
    assert.equal(limiter.connect(source, 0), undefined);
    assert.ok(limiter.isPenalised(source, 0));
    assert.ok(!limiter.isPenalised('192.0.2.2', 0));
    assert.ok(limiter.connect('192.0.2.2', 0));
    assert.deepEqual(events, [`penalty ${source}`, `report ${source} 201`]);
  });

  test('is served again ten seconds after the flood ended, and not before', () => {
    const { limiter } = flooded();
    limiter.request(messageFrom(source), 0);
    for (let at = 0; at <= 30_000; at += 10) limiter.isPenalised(source, at);
    assert.ok(limiter.isPenalised(source, 30_000 + penaltySeconds * 1000 - 100));
    assert.ok(limiter.connect(source, 30_000 + 2 * penaltySeconds * 1000));
  });

  test('is one line of the log a minute, which counts what was refused', () => {
    const { limiter, events } = flooded();
    limiter.request(messageFrom(source), 0);
    for (let at = 0; at < 120_000; at += 10) limiter.isPenalised(source, at);
    const reports = events.filter((event) => event.startsWith('report')).map((event) => Number(event.split(' ')[2]));
    assert.equal(reports.length, 2);
    assert.ok(Math.abs(reports[1]! - 6000) <= 5, `${reports}`);
  });

  test('handshakes that were refused count, too', () => {
    const limiter = new SourceLimiter({ ...usualLimits, handshakesPerTenSeconds: 10 });
    for (let i = 0; i < 11 + refusalsPerTenSeconds; i++) limiter.connect(source, 0);
    assert.ok(limiter.isPenalised(source, 0));
  });

  test('a trusted proxy has no penalty, whatever its clients send', () => {
    const trusted = { proxies: new Set(['10.0.0.1']), header: 'x-forwarded-for' };
    const limiter = new SourceLimiter({ ...usualLimits, requestsPerTenSeconds: 10 }, trusted);
    const message = messageFrom('10.0.0.1', { header: source });
    for (let i = 0; i < 1000; i++) limiter.request(message, 0);
    assert.ok(limiter.request(message, 0));
    assert.ok(!limiter.isPenalised('10.0.0.1', 0));
    assert.ok(limiter.connect('10.0.0.1', 0));
    assert.equal(limiter.request(messageFrom('10.0.0.1', { header: '192.0.2.2' }), 0), undefined);
  });
});

describe('the defaults', () => {
  /** One sign-in through a browser, as the front sees it. */
  const signIn = (limiter: SourceLimiter, at: number): boolean => {
    const connections = [1, 2, 3, 4].map(() => limiter.connect(source, at));
    const requests = [
      ...Array.from({ length: 8 }, () => messageFrom(source, { url: '/common/oauth2/v2.0/authorize' })),
      ...Array.from({ length: 2 }, () => messageFrom(source, { url: '/login/x', method: 'POST' })),
      ...Array.from({ length: 4 }, () => messageFrom(source, { url: '/assets/cardea.css' })),
    ].map((message) => limiter.request(message, at));
    for (const leave of connections) leave?.();
    return connections.every(Boolean) && requests.every((wait) => wait === undefined);
  };

  test('let 500 people behind one address sign in within one minute, and again after five', () => {
    const limiter = new SourceLimiter();
    for (const start of [0, 300_000])
      for (let i = 0; i < 500; i++) assert.ok(signIn(limiter, start + i * 120), `${start} ${i}`);
  });

  test('let one source continue for hours at the rate of a sixth of that minute', () => {
    const limiter = new SourceLimiter();
    let served = 0;
    for (let at = 0; at < 3_600_000; at += 20)
      if (limiter.request(messageFrom(source, { url: '/common/oauth2/v2.0/authorize' }), at) === undefined) served++;
    const perTenMinutes = usualLimits.signInsPerTenSeconds * 10;
    assert.ok(served <= 7 * perTenMinutes, `${served}`);
  });
});

test('the table of penalties is bounded', () => {
  const penalties = new Penalties(100);
  for (let i = 0; i < 1000; i++)
    for (let refusal = 0; refusal <= refusalsPerTenSeconds; refusal++) penalties.note(`source ${i}`, i);
  assert.equal(penalties.size, 100);
});
