import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '#test/until.ts';
import { AddressRefused, guardSocket, openFetch, openHttpClient, type Resolver, refusalOfHost } from './http-client.ts';

/** A resolver that gives these answers, one a question, the last again and again. */
function resolverOf(...answers: readonly (readonly string[])[]): Resolver & { queries: number } {
  const resolver = Object.assign(
    (...[, , callback]: Parameters<Resolver>) => {
      const addresses = answers[Math.min(resolver.queries++, answers.length - 1)]!;
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
    { queries: 0 },
  );
  return resolver;
}

describe('the HTTP client for addresses that others choose', () => {
  let server: Server;
  let port = 0;
  let requests = 0;
  before(async () => {
    server = createServer((request, response) => {
      requests++;
      if (request.url === '/moved') response.writeHead(302, { location: `http://metadata.test:${port}/` });
      if (request.url !== '/silent') response.end('an answer');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ({ port } = server.address() as AddressInfo);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const signal = () => AbortSignal.timeout(3000);
  const get = (resolver: Resolver, privateAddresses: 'allow' | 'refuse' = 'allow', path = '/') =>
    openHttpClient({ privateAddresses, resolver }).send(new URL(`http://ca.test:${port}${path}`), { signal: signal() });

  test('connects to what the resolver answered, and asks it once', async () => {
    const resolver = resolverOf(['127.0.0.1'], ['169.254.169.254']);
    const answer = await get(resolver);
    assert.equal(answer.status, 200);
    answer.body.destroy();
    assert.equal(resolver.queries, 1, 'the checked answer is the one that is dialled');
  });

  test('every request resolves the name again, and a name that moved to a forbidden address is refused', async () => {
    const resolver = resolverOf(['127.0.0.1'], ['169.254.169.254']);
    const rules = { privateAddresses: 'allow', resolver } as const;
    assert.equal(await refusalOfHost('ca.test', rules), undefined, 'the check passes');
    await assert.rejects(get(resolver), (thrown) => thrown instanceof AddressRefused);
  });

  test('of several addresses only those that are permitted are dialled', async () => {
    for (const addresses of [
      ['169.254.169.254', '127.0.0.1'],
      ['127.0.0.1', 'fe80::1'],
      ['::ffff:0:0', '64:ff9b::a9fe:a9fe', '127.0.0.1'],
    ]) {
      const { status, body } = await get(resolverOf(addresses));
      body.destroy();
      assert.equal(status, 200);
    }
  });

  for (const address of [
    '169.254.169.254',
    '0.0.0.0',
    '::',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '2002:a9fe:a9fe::',
  ])
    test(`a name with the address ${address} is refused whatever the setting`, async () => {
      for (const setting of ['allow', 'refuse'] as const) {
        const seenKeys = requests;
        await assert.rejects(get(resolverOf([address]), setting), new RegExp(`${address} is `));
        assert.match(
          (await refusalOfHost('ca.test', { privateAddresses: setting, resolver: resolverOf([address]) }))!,
          / is /,
        );
        assert.equal(requests, seenKeys);
      }
    });

  test('a name with a private address obeys the setting', async () => {
    await assert.rejects(get(resolverOf(['127.0.0.1']), 'refuse'), /127\.0\.0\.1 is not a public address/);
    const { status, body } = await get(resolverOf(['127.0.0.1']), 'allow');
    body.destroy();
    assert.equal(status, 200);
  });

  test('a name that has no address is refused in words', async () => {
    await assert.rejects(get(resolverOf([])), /ca\.test has no address/);
  });

  test('send follows no redirect; fetch dials the target of one under the same policy', async () => {
    const move = await get(resolverOf(['127.0.0.1']), 'allow', '/moved');
    move.body.destroy();
    assert.equal(move.status, 302);
    const fetch = openFetch({ privateAddresses: 'allow', resolver: resolverOf(['127.0.0.1'], ['169.254.169.254']) });
    await assert.rejects(fetch(`http://ca.test:${port}/moved`), ({ cause }: Error) => cause instanceof AddressRefused);
  });

  test('the signal ends a request that is not answered, and its connection', async () => {
    const url = new URL(`http://127.0.0.1:${port}/silent`);
    const httpClient = openHttpClient({ privateAddresses: 'allow' }).send(url, { signal: AbortSignal.timeout(100) });
    await assert.rejects(httpClient, { name: 'TimeoutError' });
    const connections = promisify(server.getConnections.bind(server));
    await until('the connection to end', async () => (await connections()) === 0);
  });

  test('a socket that reached a refused address is destroyed before anything is written to it', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    guardSocket(socket, { privateAddresses: 'refuse' }, undefined);
    const seenKeys = requests;
    socket.write('GET / HTTP/1.1\r\nhost: ca.test\r\n\r\n');
    const problem = await new Promise((end) => socket.once('error', end));
    assert.ok(problem instanceof AddressRefused);
    assert.equal(requests, seenKeys);
  });
});
