import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateOf } from '#test/pki/chains.ts';
import { ocspResponse } from '#test/pki/ocsp-response.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { because } from '../trace/reasons.ts';
import { defaultAlgorithmPolicy } from '../x509/algorithms/algorithm-policy.ts';
import { certIdOf } from './cert-id.ts';
import { evaluateOcsp } from './evaluate-answers.ts';
import type { OcspAnswer } from './needed.ts';
import { readOcspResponse } from './response.ts';

const at = new Date('2026-11-21T12:00:00Z');
const day = { thisUpdate: new Date(at.getTime() - 3_600_000), nextUpdate: new Date(at.getTime() + 3_600_000) };
const ca = testCa('OCSP CA', { key: 'P-256' });
const userCertificate = ca.issueUserCertificate({ upn: 'ana@woodgrove.com' });
const [issuer, certificate] = [certificateOf(ca), certificateOf(userCertificate)];

type Says = 'good' | 'revoked' | 'unknown' | 'nothing';

function answerOf(says: Says, number: number): OcspAnswer {
  const url = `http://ocsp-${number}.test`;
  const { sha256Thumbprint: about } = certificate;
  const request = { url, certId: certIdOf(certificate, issuer), about, withNonce: false, isAuthentic: () => true };
  if (says === 'nothing')
    return { request, nonce: undefined, kind: 'failed', because: because('ocspUnreachable', { url, problem: 'away' }) };
  const read = readOcspResponse(ocspResponse(ca, userCertificate, day.thisUpdate, [{ status: says, ...day }]), url);
  assert.ok(read.outcome === 'passed');
  return { request, nonce: undefined, kind: 'answered', response: read.value };
}

describe('several responders answer about one certificate (RFC 6960 §2.2)', () => {
  const rows: readonly (readonly [readonly Says[], string])[] = [
    [['good'], 'good'],
    [['good', 'revoked'], 'certificateRevoked'],
    [['revoked', 'good'], 'certificateRevoked'],
    [['nothing', 'good', 'revoked'], 'certificateRevoked'],
    [['unknown', 'revoked'], 'certificateRevoked'],
    [['nothing', 'good'], 'good'],
    [['unknown', 'good'], 'good'],
    [['nothing', 'unknown'], 'ocspUnreachable'],
    [[], 'ocspUnreachable'],
  ];
  for (const [answers, expectedValue] of rows)
    test(`${answers.join(', ') || 'no answer'}: ${expectedValue}`, () => {
      const link = { certificate, issuer, isLeaf: true, authority: undefined } as never;
      const scope = { store: { authorities: [] }, at, algorithms: defaultAlgorithmPolicy };
      const { refusal, good } = evaluateOcsp(answers.map(answerOf), link, scope);
      assert.equal(refusal?.because.code ?? (good && 'good'), expectedValue);
    });
});
