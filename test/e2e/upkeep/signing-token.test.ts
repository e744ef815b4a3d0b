import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { openSealing } from '#keys/sealing.ts';
import { openSigningKeys } from '#keys/signing-keys.ts';
import { pinAttemptsIn } from '#keys/token/pin-attempts.ts';
import { findSigningToken, openSigningToken, type SigningToken } from '#keys/token/signing-token.ts';
import { tokenKeysOf } from '#keys/token/token-keys.ts';
import { signToken } from '#oidc/tokens/kinds/sign-token.ts';
import { openStorage, type Storage } from '#storage/storage.ts';
import { makeSoftToken, type SoftToken } from '../../browsers/cards/soft-token.ts';
import { missing } from '../../browsers/packages.ts';
import { emptyFolder, TestClock } from '../../contract/databases.ts';
import { noSettings, RunningServer, runCardea } from '../server.ts';

/** In no other process of this computer. */
const pin = crypto.randomUUID();
const skip = missing('p11-kit', 'softhsm2');

/** Command line and environment of every process that has this text in one of them. */
const processesWith = (text: string): readonly string[] =>
  globSync('/proc/[0-9]*/{cmdline,environ}').filter((file) => {
    try {
      return readFileSync(file, 'utf8').includes(text);
    } catch {
      return false; // it has ended, or belongs to another user
    }
  });

/** Process ids of the helpers of a process. */
const helpersOf = (pid: number): readonly number[] =>
  globSync('/proc/[0-9]*/stat').flatMap((file) => {
    try {
      const [, id, name, rest] = /^(\d+) \((.*)\) (.*)$/s.exec(readFileSync(file, 'utf8')) ?? [];
      const isHelper = Number(rest!.split(' ')[1]) === pid && name!.startsWith('p11-kit');
      return isHelper ? [Number(id)] : [];
    } catch {
      return [];
    }
  });

describe('signing keys on a PKCS #11 token', { skip }, () => {
  let hsm: SoftToken;
  let token: SigningToken;
  let storage: Storage;
  const clock = new TestClock();
  const folder = emptyFolder();
  let pinReads = 0;
  const settings = (more: object = {}) => ({
    module: hsm.module.library,
    label: 'card',
    pin: () => {
      pinReads++;
      return pin;
    },
    pinAttempts: pinAttemptsIn(join(folder, 'pin'), new Uint8Array(32)),
    ...more,
  });

  before(async () => {
    hsm = makeSoftToken([], pin);
    Object.assign(process.env, hsm.module.environment);
    token = openSigningToken(settings());
    storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
  });
  after(async () => {
    token?.close();
    await storage?.close();
    delete process.env.SOFTHSM2_CONF;
    hsm?.remove();
  });
  const keysOf = (tenantId: string, setting: Parameters<typeof tokenKeysOf>[1] = { token, label: 'card' }) =>
    openSigningKeys(storage.forTenant(tenantId).keyStore, clock, tokenKeysOf(tenantId, setting));

  for (const alg of ['RS256', 'PS256', 'ES256'] as const)
    test(`${alg}: the key never leaves the token, and its signatures and certificate verify`, async (t) => {
      const tenantId = crypto.randomUUID();
      const key = await keysOf(tenantId).rotate(alg, 'now');
      const { d, x5c, pkcs11, ...publicJwk } = key.privateJwk as Record<string, never>;
      assert.equal(d, undefined);
      assert.match(JSON.stringify(pkcs11), new RegExp(`"label":"cardea ${tenantId} [0-9a-f]{12}"`));
      const [signs] = await keysOf(tenantId).current();
      const begin = performance.now();
      const jwt = await signToken(signs!, { sub: 'ana' });
      t.diagnostic(`one signature: ${(performance.now() - begin).toFixed(1)} ms`);
      const jwks = createLocalJWKSet({ keys: [publicJwk as never] });
      assert.equal((await jwtVerify(jwt, jwks, { algorithms: [alg] })).payload.sub, 'ana');
      const certificate = new X509Certificate(Buffer.from(x5c![0]!, 'base64'));
      const publicKey = createPublicKey({ key: publicJwk as never, format: 'jwk' });
      assert.ok(certificate.publicKey.equals(publicKey) && certificate.verify(publicKey));
    });

  test('a hundred signatures begun together are each of their own text', async () => {
    const keys = keysOf(crypto.randomUUID());
    const { privateJwk } = await keys.rotate('ES256', 'now');
    const [key] = await keys.current();
    const names = Array.from({ length: 100 }, (_, index) => `user ${index}`);
    const tokens = await Promise.all(names.map((sub) => signToken(key!, { sub })));
    const jwks = createLocalJWKSet({ keys: [privateJwk as never] });
    const subjects = await Promise.all(tokens.map(async (jwt) => (await jwtVerify(jwt, jwks)).payload.sub));
    assert.deepEqual(subjects, names);
  });

  test('after its helper has ended, the token is opened again', async () => {
    await token.open();
    const [helper] = helpersOf(process.pid);
    process.kill(helper!, 'SIGKILL');
    assert.equal(await token.has('none'), false);
    assert.notDeepEqual(helpersOf(process.pid), [helper]);
  });

  test('the PIN is in no command line, and not in the environment of the helper', async () => {
    await token.open();
    assert.deepEqual(processesWith(pin), []);
  });

  test('a wrong PIN is tried once, so that it does not lock the token', async () => {
    pinReads = 0;
    const wrong = openSigningToken(settings({ pin: () => `wrong ${pinReads++}` }));
    for (const attempt of [1, 2, 3])
      await assert.rejects(wrong.open(), /The PKCS #11 token card, .* CKR_PIN_INCORRECT/, `attempt ${attempt}`);
    assert.equal(pinReads, 1);
    wrong.close();
  });

  test('a PIN that the token refused one process is not tried by the next one, and another PIN is', async () => {
    const attempts = pinAttemptsIn(join(folder, 'pin'), new Uint8Array(32));
    let logins = 0;
    const pinAttempts: typeof attempts = {
      ...attempts,
      run: (text, login) =>
        attempts.run(text, () => {
          logins++;
          return login();
        }),
    };
    for (const process of ['first', 'second']) {
      const other = openSigningToken(settings({ pin: () => 'wrong of all', pinAttempts }));
      await assert.rejects(other.open(), /CKR_PIN_INCORRECT/, process);
      other.close();
    }
    assert.equal(logins, 1);
    const right = openSigningToken(settings({ pinAttempts }));
    await right.open();
    right.close();
    assert.equal(logins, 2);
  });

  test('two tokens of one label are refused, because the next start could find the other one first', async () => {
    const several = makeSoftToken([], pin);
    const configuration = process.env.SOFTHSM2_CONF;
    Object.assign(process.env, several.module.environment);
    try {
      several.addToken('spare');
      await findSigningToken(settings());
      several.addToken();
      await assert.rejects(
        findSigningToken(settings()),
        /2 tokens of this label \(SoftHSM project SoftHSM v2 [0-9a-f]+, /,
      );
    } finally {
      Object.assign(process.env, { SOFTHSM2_CONF: configuration });
      several.remove();
    }
  });

  const mistakes = [
    [
      'a token that is not there',
      { label: 'other' },
      /token other, .*the module has no token of this label, only card/,
    ],
    [
      'a module that is not there',
      { module: '/nowhere.so' },
      /token card, .*\/nowhere\.so cannot be read: there is no such file/,
    ],
  ] as const;
  for (const [name, more, says] of mistakes)
    test(`${name} is a sentence`, async () => {
      const secondToken = openSigningToken(settings(more));
      await assert.rejects(secondToken.open(), says);
      secondToken.close();
    });

  test('a key of the token does not sign without the token, and says which setting is missing', async () => {
    const tenantId = crypto.randomUUID();
    await keysOf(tenantId).rotate('ES256', 'now');
    const keys = openSigningKeys(storage.forTenant(tenantId).keyStore, clock, tokenKeysOf(tenantId, undefined));
    await assert.rejects(keys.check(), /token card, .*signingTokenModule is not set/);
    await assert.rejects((await keys.current())[0]!.sign!(new Uint8Array()), { name: 'CardeaError' });
  });
});

describe('a server whose signing keys are on a PKCS #11 token', { skip }, () => {
  let hsm: SoftToken;
  let server: RunningServer;
  const environment: NodeJS.ProcessEnv = {};
  before(async () => {
    hsm = makeSoftToken([], pin);
    Object.assign(environment, hsm.module.environment, {
      CARDEA_SIGNING_TOKEN_MODULE: hsm.module.library,
      CARDEA_SIGNING_TOKEN_LABEL: 'card',
      CARDEA_SIGNING_TOKEN_PIN_COMMAND: `echo ${[...pin].join("''")}`,
      CARDEA_LOG_LEVEL: 'debug',
    });
    server = await RunningServer.start(environment);
  });
  after(async () => {
    await server?.remove();
    hsm?.remove();
  });

  const jwksOf = (tenant: string): Promise<Parameters<typeof createLocalJWKSet>[0]> =>
    new Promise((resolve, reject) => {
      get(`${server.origin}/${tenant}/discovery/v2.0/keys`, { ca: server.trust }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('end', () => resolve(JSON.parse(text)));
      }).once('error', reject);
    });
  const signIn = async () => {
    const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
    assert.equal(end.kind, 'signedIn');
    const { id_token, access_token } = (end as { tokens: Record<string, string> }).tokens;
    const keys = createLocalJWKSet(await jwksOf('woodgrove.test'));
    for (const jwt of [id_token, access_token]) await jwtVerify(jwt!, keys);
    return decodeProtectedHeader(id_token!).kid;
  };

  test('signs every token with them, before and after a rotation', async () => {
    const first = await signIn();
    const { out } = await server.cardea('tenant', 'rotate-key', '--now', '--json');
    const { kid } = JSON.parse(out) as { kid: string };
    assert.notEqual(kid, first);
    assert.equal(await signIn(), kid);
    const status = await server.cardea('keys', 'status');
    assert.equal(status.out.match(/on the token card/g)?.length, 2);
  });

  test('continues after the helper of the module has ended', async () => {
    for (const helper of helpersOf(server.pid)) process.kill(helper, 'SIGKILL');
    await signIn();
  });

  test('has the PIN in no command line and no line of its log', () => {
    assert.deepEqual(processesWith(pin), []);
    assert.ok(!server.output.includes(pin));
  });

  test('is found by config check with its PIN, which is not used', async () => {
    const check = async (more: NodeJS.ProcessEnv) => {
      const settings = { ...noSettings(), ...environment, CARDEA_DATA: join(server.folder, 'unmade'), ...more };
      const { out, err } = await runCardea(['config', 'check'], settings);
      return `${out}${err}`;
    };
    assert.equal(await check({}), 'The settings can be used.\n');
    // A wrong PIN would count as an attempt on the token.
    assert.equal(await check({ CARDEA_SIGNING_TOKEN_PIN_COMMAND: 'echo wrong' }), 'The settings can be used.\n');
    assert.match(await check({ CARDEA_SIGNING_TOKEN_PIN_COMMAND: undefined }), /CARDEA_SIGNING_TOKEN_PIN is not set/);
    assert.match(await check({ CARDEA_SIGNING_TOKEN_LABEL: 'other' }), /no token of this label, only card/);
    assert.ok(!existsSync(join(server.folder, 'unmade')));
  });

  test('does not try a PIN again that the token refused, however often a service manager starts it', async () => {
    await server.stop();
    const newPin = `${pin}9`;
    const withNewPin = { ...environment, CARDEA_SIGNING_TOKEN_PIN_COMMAND: `echo ${[...newPin].join("''")}` };
    const start = () => RunningServer.start(withNewPin, { folder: server.folder });
    const refused = /ended with 1: .*The PKCS #11 token card, .*CKR_PIN_INCORRECT.*remove the file signing-token-pin/s;
    await assert.rejects(start(), refused);
    hsm.changePin(pin, newPin); // a login would succeed now
    try {
      await assert.rejects(start(), refused);
      rmSync(join(server.folder, 'signing-token-pin'));
      server = await start();
      await signIn();
      await server.stop();
    } finally {
      hsm.changePin(newPin, pin);
    }
    server = await RunningServer.start(environment, { folder: server.folder });
  });

  test('a wrong PIN at the first start is tried once, and the next start makes what the first one did not', async () => {
    const folder = join(server.folder, 'first');
    const wrong = { ...environment, CARDEA_SIGNING_TOKEN_PIN_COMMAND: 'echo 00000' };
    for (const attempt of ['the first start', 'a service manager'])
      await assert.rejects(RunningServer.start(wrong, { folder }), /ended with 1: .*CKR_PIN_INCORRECT/s, attempt);
    rmSync(join(folder, 'signing-token-pin'));
    const next = await RunningServer.start(environment, { folder });
    try {
      assert.equal((await next.signIn('ana@woodgrove.test', next.card('ana'))).kind, 'signedIn');
    } finally {
      await next.stop();
    }
  });

  test('does not start without the token, and says so in one sentence', async () => {
    await server.stop();
    const without = { ...environment, CARDEA_SIGNING_TOKEN_MODULE: undefined, CARDEA_SIGNING_TOKEN_LABEL: undefined };
    await assert.rejects(
      RunningServer.start(without, { folder: server.folder }),
      /ended with 1: .*The PKCS #11 token card, which has signing keys, cannot be used: signingTokenModule is not set\./s,
    );
    rmSync(`${hsm.module.environment.SOFTHSM2_CONF!.replace(/[^/]*$/, '')}tokens`, { recursive: true });
    await assert.rejects(
      RunningServer.start(environment, { folder: server.folder }),
      /ended with 1: .*The PKCS #11 token card, .*cannot be used/s,
    );
  });
});
