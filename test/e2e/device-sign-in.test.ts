import assert from 'node:assert/strict';
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import type { CertificateOptions } from '#pki/build/issued.ts';
import { issueUserCertificate, writeCard } from '../browsers/cards/cards.ts';
import { DevicePerson } from '../device-client/device-person.ts';
import { claimsOf, RunningServer } from './server.ts';

const graph = 'https://graph.microsoft.com';
let server: RunningServer;
let person: DevicePerson;
before(async () => {
  server = await RunningServer.start();
  person = new DevicePerson(server);
  const joinAnswer = await person.join('entra', 'ana');
  assert.equal(joinAnswer.code, 0, joinAnswer.err);
});
after(async () => {
  person?.remove();
  await server?.remove();
});

/** Signs in with a card file, and answers the user and the methods, or the code. */
async function signIn(device: string, file: string, ...words: readonly string[]) {
  const answer = await person.run(device, 'sign-in', '--certificate-file', file, '--verbose', '--json', ...words);
  const sent = / {12}iss = (\S+) /.exec(answer.err)?.[1];
  const { userPrincipalName, methods, error } = JSON.parse(answer.out) as {
    userPrincipalName?: string;
    methods?: readonly string[];
    error?: { code: string; description?: string; evidence?: { description?: string } };
  };
  const refusal = /AADSTS\d+/.exec(error?.evidence?.description ?? '')?.[0];
  return { code: answer.code, sent, user: userPrincipalName ?? refusal ?? error?.code, methods };
}

describe('a device signs in with a card, and uses its primary refresh token', () => {
  test('a multifactor card gives a token with the MFA claim, which access tokens have as well (PRT-4, PRT-5)', async () => {
    const { code, user, methods } = await signIn('entra', person.card('ana'));
    assert.deepEqual([code, user, methods], [0, 'ana@woodgrove.test', ['rsa', 'mfa']]);
    for (const words of [
      ['--resource', graph],
      ['--scope', 'https://graph.microsoft.com/.default'],
    ]) {
      const answer = await person.run('entra', 'token', ...words);
      assert.equal(answer.code, 0, answer.err);
      const { aud, upn, amr, deviceid } = claimsOf(answer.out.trim());
      const { deviceId } = JSON.parse(readFileSync(join(person.state('entra'), 'device.json'), 'utf8')) as {
        deviceId: string;
      };
      assert.deepEqual([aud, upn, amr, deviceid], [graph, 'ana@woodgrove.test', ['rsa', 'mfa'], deviceId]);
    }
  });

  test('a single-factor card gives a token without it, and both tokens are kept (PRT-6)', async () => {
    const { user, methods } = await signIn('entra', person.card('cleo'));
    assert.deepEqual([user, methods], ['cleo@woodgrove.test', ['rsa']]);
    const { out } = await person.run('entra', 'status', '--json');
    const { tokens } = JSON.parse(out) as { tokens: { userPrincipalName: string; kind: string; token?: string }[] };
    const users = tokens.map(({ kind, userPrincipalName }) => `${kind} ${userPrincipalName}`).sort();
    assert.deepEqual(users, ['certificate ana@woodgrove.test', 'certificate cleo@woodgrove.test']);
    assert.ok(!/token"|sessionKey/i.test(out), 'neither token nor session key is shown');
  });

  for (const version of ['2.2', '2.3']) {
    test(`windows_api_version ${version}: a renewal with and without the card, and tokens afterwards`, async () => {
      const userOptions = ['--user', 'ana@woodgrove.test', '--windows-api-version', version];
      for (const card of [[], ['--certificate-file', person.card('ana')]]) {
        const answer = await person.run('entra', 'renew', ...userOptions, ...card);
        assert.equal(answer.code, 0, answer.err);
      }
      assert.equal((await person.run('entra', 'token', '--resource', graph, ...userOptions)).code, 0);
    });
  }

  test('an interactive sign-in gives a primary refresh token of its own kind', async () => {
    const answer = await person.run('entra', 'sign-in', '--interactive', '--certificate-file', person.card('ana'));
    assert.equal(answer.code, 0, answer.err);
    assert.equal((await person.run('entra', 'renew', '--kind', 'refreshToken')).code, 0);
  });

  test('the cookie signs a browser in: a code, without a user name, card or password (windows-sign-in §3.12)', async () => {
    const url = new URL('/organizations/oauth2/v2.0/authorize', server.origin);
    url.search = String(
      new URLSearchParams({
        client_id: commandLineApplication.appId,
        response_type: 'code',
        redirect_uri: 'http://localhost',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }),
    );
    const cookie = async (...words: readonly string[]) =>
      (
        await person.run('entra', 'cookie', ...words, '--user', 'ana@woodgrove.test', '--kind', 'certificate')
      ).out.trim();
    const locationWith = (credential: string) =>
      new Promise<string>((resolve, reject) => {
        const headers = { 'x-ms-RefreshTokenCredential': credential };
        get(url, { ca: server.trust, headers }, (answer) => {
          answer.resume();
          resolve(answer.headers.location ?? '');
        }).on('error', reject);
      });
    assert.match(await locationWith(await cookie()), /^http:\/\/localhost\/?\?code=/);
    // A nonce of another server is answered with a new one, which the client signs.
    const challenge = new URL(await locationWith(await cookie('--nonce', 'foreign')), server.origin);
    assert.ok(challenge.searchParams.get('sso_nonce'), challenge.href);
    assert.match(await locationWith(await cookie(challenge.href)), /^http:\/\/localhost\/?\?code=/);
  });

  test('a device that was removed gets nothing more', async () => {
    assert.equal((await person.join('gone', 'ana')).code, 0);
    assert.equal((await signIn('gone', person.card('ana'))).code, 0);
    cpSync(person.state('gone'), person.state('copy'), { recursive: true });
    chmodSync(person.state('copy'), 0o700);
    assert.equal((await person.run('gone', 'leave')).code, 0);
    for (const words of [
      ['renew'],
      ['token', '--resource', graph],
      ['sign-in', '--certificate-file', person.card('ana')],
    ])
      assert.deepEqual([(await person.run('copy', words[0]!, ...words.slice(1))).code, words[0]], [3, words[0]]);
  });

  test('a revoked card and a card of an unknown authority are refused', async () => {
    assert.deepEqual((await signIn('entra', person.card('eve'))).user, 'AADSTS500171');
    assert.equal((await signIn('entra', person.card('stranger'))).code, 3);
  });
});

/** The name on the wire and the user or code of each row (entra-cba §9.2). */
describe('the name that a device sends, and whom the server finds by it', () => {
  const email = '1.2.840.113549.1.9.1';
  const dan = 'dan@woodgrove.test';
  const ana = 'ana@woodgrove.test';
  const certificates: Readonly<Record<string, CertificateOptions>> = {
    routable: { upn: ana, email: 'another@woodgrove.test' },
    nonRoutable: { upn: 'gus@woodgrove.local' },
    mailOnly: { email: 'cleo@woodgrove.test' },
    neither: {},
    subject: { subject: [[{ type: email, value: dan }], [{ type: 'CN', value: dan }]] },
  };
  const files = new Map<string, string>();
  before(async () => {
    for (const [name, options] of Object.entries(certificates)) {
      const cardFile = issueUserCertificate(server, name, { ...options, days: 60 });
      files.set(name, writeCard(server, cardFile, name));
    }
    await bindDan(['neither', 'subject']);
    cpSync(person.state('entra'), person.state('hybrid'), { recursive: true });
    chmodSync(person.state('hybrid'), 0o700);
    const file = join(person.state('hybrid'), 'device.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"join": "joined"', '"join": "hybrid"'));
  });

  /** A card without names is bound by what else it has: its issuer and serial number. */
  async function bindDan(names: readonly string[]) {
    for (const name of names) {
      const answer = await server.cardea('user', 'bind', dan, '--card', files.get(name)!);
      assert.equal(answer.code, 0, answer.err);
    }
    const policy = JSON.parse((await server.cardea('policy', 'get')).out) as {
      x509Certificate: { certificateUserBindings: object[] };
    };
    const bindings = policy.x509Certificate.certificateUserBindings;
    bindings.push({
      x509CertificateField: 'IssuerAndSerialNumber',
      userProperty: 'certificateUserIds',
      priority: bindings.length + 1,
      trustAffinityLevel: 'high',
    });
    const file = join(person.folder, 'policy.json');
    writeFileSync(file, JSON.stringify(policy));
    const answer = await server.cardea('policy', 'apply', file);
    assert.equal(answer.code, 0, answer.err);
  }

  const local = 'gus@woodgrove.local';
  const users: Readonly<Record<string, string>> = {
    routable: ana,
    nonRoutable: 'gus@woodgrove.test',
    mailOnly: 'cleo@woodgrove.test',
    neither: dan,
    subject: dan,
  };
  /** What each certificate makes an Entra-joined device send without a hint. */
  const names: Readonly<Record<string, string | undefined>> = {
    routable: ana,
    nonRoutable: local,
    mailOnly: 'cleo@woodgrove.test',
    neither: undefined,
    subject: undefined,
  };

  for (const kind of Object.keys(certificates)) {
    const user = users[kind]!;
    test(`Entra join, ${kind}: first and later sign-in send the name in the certificate (WIN-5, WIN-6)`, async () => {
      const expectedValue = names[kind] === undefined ? [17, undefined, 'hintNeeded'] : [0, names[kind], user];
      for (const time of ['first', 'later']) {
        const { code, sent, user: signedInUser } = await signIn('entra', files.get(kind)!);
        assert.deepEqual([code, sent, signedInUser], expectedValue, time);
      }
    });

    test(`hybrid join, ${kind}: the first sign-in sends the name of Active Directory, a later one the cached name (WIN-7, WIN-9)`, async () => {
      const active = kind === 'nonRoutable' ? local : user;
      const missing = await signIn('hybrid', files.get(kind)!);
      assert.deepEqual([missing.code, missing.user], [17, 'activeDirectoryNameMissing']);
      const first = await signIn('hybrid', files.get(kind)!, '--active-directory-name', active);
      assert.deepEqual([first.code, first.sent, first.user], [0, active, user]);
      const later = await signIn('hybrid', files.get(kind)!, '--active-directory-name', active);
      assert.deepEqual([later.code, later.sent, later.user], [0, user, user]);
    });

    for (const join of ['entra', 'hybrid']) {
      test(`${join}, ${kind}: a hint is sent in place of every other name, and must be a user principal name (WIN-10, WIN-11)`, async () => {
        for (const time of ['first', 'later']) {
          const right = await signIn(join, files.get(kind)!, '--user-name-hint', user);
          assert.deepEqual([right.code, right.sent, right.user], [0, user, user], time);
          const malformed = await signIn(join, files.get(kind)!, '--user-name-hint', 'WOODGROVE\\ana');
          assert.deepEqual([malformed.code, malformed.sent, malformed.user], [2, undefined, 'hintMalformed'], time);
        }
        // WIN-14: the certificate must be bound to the user of the hint anyway.
        const otherUser = kind === 'routable' ? dan : ana;
        const foreign = await signIn(join, files.get(kind)!, '--user-name-hint', otherUser);
        assert.deepEqual([foreign.code, foreign.sent], [3, otherUser]);
        assert.match(foreign.user ?? '', /^AADSTS/);
      });
    }
  }

  test('a domain hint travels with a name that is not routable (WIN-8)', async () => {
    const { code, user } = await signIn('entra', files.get('nonRoutable')!, '--domain-hint', 'woodgrove.test');
    assert.deepEqual([code, user], [0, 'gus@woodgrove.test']);
  });
});
