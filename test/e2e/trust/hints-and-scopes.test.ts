import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { hexOf } from '#core/hex.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { DocumentedAuthority, TenantDocument } from '#schema/tenant-document.ts';
import { needs } from '../../pki/openssl.ts';
import { testCa } from '../../pki/test-ca.ts';
import { Attempt } from '../attempt.ts';
import { RunningServer } from '../server.ts';

const group = '11111111-2222-4333-8444-555555555555';

/** §11.1 and §11.2 as people meet them: in the handshake, and in who gets in. */
describe('a tenant names its CAs in the handshake and says whom each may speak for', () => {
  let server: RunningServer;
  let factory: Required<TenantDocument>;
  before(async () => {
    server = await RunningServer.start();
    factory = JSON.parse((await server.cardea('policy', 'get')).out);
  });
  after(() => server.remove());

  async function apply(document: TenantDocument): Promise<void> {
    const file = join(server.folder, 'document.json');
    writeFileSync(file, JSON.stringify(document));
    // Ana is the last administrator, and some of these policies are about to shut her out.
    const { code, err } = await server.cardea('policy', 'apply', file, '--force');
    assert.equal(code, 0, err);
  }
  const method = (change: object) => apply({ x509Certificate: { ...factory.x509Certificate, ...change } });
  const flag = (flags: readonly string[]) =>
    factory.certificateAuthorities.map((certificateAuthority) => ({
      ...certificateAuthority,
      isIssuerHintEnabled: flags.includes(certificateAuthority.displayName ?? ''),
    }));
  const names = () => factory.certificateAuthorities.map(({ displayName }) => displayName!);
  const signIn = async (name: string) => {
    const end = await server.signIn(`${name}@woodgrove.test`, server.card(name));
    return end.kind === 'signedIn' ? 'signed in' : end.code;
  };
  /** The CA names that the host asks for to which ana is sent. */
  async function request(): Promise<{ readonly host: string; readonly names: string }> {
    const { hostname: host } = await new Attempt(server, undefined).toCertauth('ana@woodgrove.test');
    const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${server.port}`, '-servername', host]);
    let body = '';
    child.stdout.on('data', (chunk) => {
      body += chunk;
    });
    child.stdin.on('error', () => undefined).end('GET / HTTP/1.0\r\n\r\n');
    await once(child, 'close');
    const match = /Acceptable client certificate CA names\n([\s\S]*?)\n(?:Requested|Client Certificate|Peer)/.exec(
      body,
    )?.[1];
    return { host, names: match ?? (/No client certificate CA names sent/.test(body) ? 'none' : body) };
  }

  test(
    'hints are off from the factory: the host names no tenant, and no CA is named (HINT-1)',
    needs('openssl'),
    async () => {
      const { host, names } = await request();
      assert.doesNotMatch(host, /^t[0-9a-f]{8}-/);
      assert.equal(names, 'none');
    },
  );

  test(
    'with hints on, the host names the tenant and the flagged CAs are named, no others (HINT-2, HINT-3, HINT-6)',
    needs('openssl'),
    async () => {
      const [first] = names().filter((name) => /1/.test(name));
      await apply({ certificateAuthorities: flag([first!]) });
      await method({ issuerHintsConfiguration: { state: 'enabled' } });
      const { host, names: message } = await request();
      assert.match(host, /^t[0-9a-f]{8}-[0-9a-f-]{27}-[0-9a-f]{12}\.certauth\.localhost$/);
      assert.equal(message.split('\n').length, 1, message);
      assert.match(message, /Issuing/);
      assert.equal(await signIn('ana'), 'signed in');
      assert.equal(await signIn('cleo'), 'signed in', 'a hint is a hint: another CA’s card is evaluated as usual');
    },
  );

  test('no CA flagged means all are named, from the next handshake on (HINT-3, HINT-5)', needs('openssl'), async () => {
    await apply({ certificateAuthorities: flag([]) });
    const { names: message } = await request();
    assert.equal(message.split('\n').length, names().length, message);
  });

  test('above 16 KB no name is sent and every user can still sign in (HINT-4)', needs('openssl'), async () => {
    const long = (n: number): DocumentedAuthority => {
      const ca = testCa(`CN=${n},${Array.from({ length: 20 }, (_, k) => `OU=${`${k}`.padStart(60, 'x')}`).join(',')}`);
      return { displayName: `Long ${n}`, certificate: Buffer.from(ca.der).toString('base64') };
    };
    await apply({ certificateAuthorities: [...flag([]), ...Array.from({ length: 14 }, (_, n) => long(n))] });
    assert.equal((await request()).names, 'none');
    assert.equal(await signIn('ana'), 'signed in');
    await apply({ certificateAuthorities: factory.certificateAuthorities });
    assert.notEqual((await request()).names, 'none');
  });

  test('hints turned off again are off with the next handshake', needs('openssl'), async () => {
    await method({ issuerHintsConfiguration: { state: 'disabled' } });
    assert.equal((await request()).names, 'none');
  });

  test('the last administrator is not locked out by a document unless it is forced', async () => {
    assert.equal(await signIn('ana'), 'signed in');
    const file = join(server.folder, 'scoped.json');
    writeFileSync(file, JSON.stringify({ x509Certificate: { ...factory.x509Certificate, includeTargets: [] } }));
    const { code, err } = await server.cardea('policy', 'apply', file);
    assert.equal(code, 1, 'ana has signed in');
    assert.match(err, /no Global Administrator could sign in/);
  });

  /** A scope on the CA of ana's card, for the group. */
  async function scope(): Promise<object> {
    const authority = factory.certificateAuthorities.find(({ displayName }) => /Issuing.*1/.test(displayName ?? ''))!;
    const read = readCertificate(Buffer.from(authority.certificate, 'base64'));
    assert.equal(read.outcome, 'passed');
    return {
      subjectKeyIdentifier: hexOf((read.outcome === 'passed' && read.value.subjectKeyIdentifier) || new Uint8Array()),
      publicKeyInfrastructureIdentifier: authority.container,
      includeTargets: [{ targetType: 'group', id: group }],
    };
  }

  test('a scoped CA speaks for the group’s members only; an unscoped one for every user (CAS-1, CAS-2, CAS-4)', async () => {
    await apply({ groups: [{ id: group, displayName: 'Contractors', members: ['ben@woodgrove.test'] }] });
    await method({ certificateAuthorityScopes: [await scope()] });
    assert.equal(await signIn('ana'), 'AADSTS500189');
    assert.equal(await signIn('ben'), 'signed in');
    assert.equal(await signIn('cleo'), 'signed in');
  });

  test('who joins the group gets in with the next sign-in, and who leaves it no longer', async () => {
    await apply({ groups: [{ id: group, displayName: 'Contractors', members: ['ana@woodgrove.test'] }] });
    assert.equal(await signIn('ana'), 'signed in');
    assert.equal(await signIn('ben'), 'AADSTS500189');
  });

  test('out of the method’s own scope is 130501, whatever the CA allows (SCOPE-7)', async () => {
    await method({ certificateAuthorityScopes: [await scope()], includeTargets: [{ targetType: 'group', id: group }] });
    assert.equal(await signIn('ana'), 'signed in');
    assert.equal(await signIn('cleo'), 'AADSTS130501');
    await method({
      includeTargets: factory.x509Certificate.includeTargets,
      excludeTargets: [{ targetType: 'group', id: group }],
    });
    assert.equal(await signIn('ana'), 'AADSTS130501', 'exclusion beats inclusion (SCOPE-3)');
    assert.equal(await signIn('cleo'), 'signed in');
  });

  test('who is out of scope is shown the way to a certificate anyway (FLOW-3)', async () => {
    const page = await new Attempt(server, undefined).toPassword('ben@woodgrove.test');
    assert.ok(
      page.location?.includes('certificate') || /id="use-certificate"/.test(page.body),
      page.body.slice(0, 400),
    );
  });
});
