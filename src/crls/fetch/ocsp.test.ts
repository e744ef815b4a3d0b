import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { type OcspRequest, ocspNeeded } from '#core/ocsp/needed.ts';
import { checkOcsp } from '#core/ocsp/status.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import { validatePath } from '#core/x509/path.ts';
import type { TrustedAuthority } from '#core/x509/trust-store.ts';
import { ocspResponse } from '#test/pki/ocsp-response.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { openOcspClient } from './ocsp.ts';

const at = new Date('2026-11-21T12:00:00Z');
const root = testCa('Responding Root');
const impostor = testCa('Responding Root');
const card = root.issueUserCertificate({ upn: 'ana@woodgrove.com' });
const certificateOf = (der: Uint8Array) => {
  const ruling = readCertificate(der);
  assert.equal(ruling.outcome, 'passed', ruling.because.code);
  return ruling.value;
};
const statement = {
  status: 'good',
  thisUpdate: new Date('2026-11-21T11:00:00Z'),
  nextUpdate: new Date('2029-01-01T00:00:00Z'),
} as const;
const genuine = ocspResponse(root, card, at, [statement]);
const forged = ocspResponse(root, card, at, [{ ...statement, status: 'revoked' }], impostor.privateKey);

describe('the OCSP client keeps what is authentic, and nothing else', () => {
  const replies: Uint8Array[] = [];
  let requestCount = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      requestCount += 1;
      response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(replies.shift() ?? genuine);
    });
  });
  let request: OcspRequest;
  const store = () => ({ authorities: [authority] });
  let authority: TrustedAuthority;
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    authority = {
      id: 'root',
      certificate: certificateOf(root.der),
      authorityType: 'root',
      certificateRevocationListUrl: undefined,
      deltaCertificateRevocationListUrl: undefined,
      isIssuerHintEnabled: false,
      store: 'pki',
      revocation: { ocsp: { url, order: 'first' } },
    };
    const path = validatePath(certificateOf(card.der), store(), at);
    assert.equal(path.outcome, 'passed');
    const policy = { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;
    [request] = ocspNeeded(path.value, store(), policy) as [OcspRequest];
  });
  after(() => server.close());

  const outcome = async (client: ReturnType<typeof openOcspClient>) => {
    const [answer] = await client.ask([request], at);
    if (answer?.kind !== 'answered') return answer?.because.code;
    const question = { certificate: certificateOf(card.der), issuer: certificateOf(root.der), isLeaf: true };
    return checkOcsp(answer.response, { ...question, store: store(), at }).because.code;
  };

  test('a forged response is asked for again, so that it cannot be served until the end that it gives itself', async () => {
    const client = openOcspClient();
    replies.push(forged, genuine);
    const before = requestCount;
    assert.equal(await outcome(client), 'ocspSignerRefused');
    assert.equal(await outcome(client), 'ocspGood');
    assert.equal(requestCount - before, 2);
  });

  test('a genuine response is kept until newer information was promised', async () => {
    const client = openOcspClient();
    const before = requestCount;
    assert.equal(await outcome(client), 'ocspGood');
    assert.equal(await outcome(client), 'ocspGood');
    assert.equal(requestCount - before, 1);
  });

  test('a genuine response about another certificate is not kept', async () => {
    const client = openOcspClient();
    replies.push(ocspResponse(root, root.issueUserCertificate({ upn: 'ben@woodgrove.com' }), at, [statement]));
    const before = requestCount;
    assert.equal(await outcome(client), 'ocspResponseForeign');
    assert.equal(await outcome(client), 'ocspGood');
    assert.equal(requestCount - before, 2);
  });

  for (const [change, problem] of [
    [(url: string) => url.replace('http:', 'ftp:'), 'it is neither http nor https'],
    [(url: string) => url.replace('//', '//ana:secret@'), 'it contains a user name or password'],
  ] as const)
    test(`an address is not asked where ${problem}`, async () => {
      const before = requestCount;
      const url = change(request.url);
      const [answer] = await openOcspClient().ask([{ ...request, url }], at);
      assert.ok(answer && answer.kind !== 'answered');
      assert.deepEqual(
        [answer.because.code, (answer.because.evidence as { problem: string }).problem],
        ['ocspAddressRefused', problem],
      );
      assert.equal(requestCount, before);
    });
});
