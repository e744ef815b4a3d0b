import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import { certificateOf } from '#test/pki/chains.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { because } from '../../trace/reasons.ts';
import { validatePath } from '../../x509/path.ts';
import type { TrustedAuthority } from '../../x509/trust-store.ts';
import type { CrlAnswer, CrlFetched, CrlRequest } from '../answer.ts';
import { readCrl } from '../format/read-crl.ts';
import { checkRevocation, crlsNeeded } from '../revocation.ts';

/**
 * A CA with two keys and one name, each with its base CRL and its delta (CRL-14, CRL-18). Every combination of what may lie at
 * the addresses of the new key is checked, and a certificate of that key passes only where CRLs of that key, which count, say so.
 */
const at = new Date('2026-11-21T12:00:00Z');
const week = { thisUpdate: new Date('2026-11-20T00:00:00Z'), nextUpdate: new Date('2026-11-27T00:00:00Z') };
const lastWeek = { thisUpdate: new Date('2026-11-01T00:00:00Z'), nextUpdate: new Date('2026-11-20T00:00:00Z') };
const root = testCa('Woodgrove Root');
const [oldKey, newKey] = [root.issueCa('Woodgrove Issuing'), root.issueCa('Woodgrove Issuing')];
const userCertificate = newKey.issueUserCertificate({ upn: 'ana@woodgrove.com', serial: 0x2an });
const onlyCas = { onlyContainsCACerts: true };
const oneReason = { onlySomeReasons: ['keyCompromise'] as const };
const indirectScope = { indirectCRL: true };

/** What a CRL says of the certificate, and whether it counts: of the key, signed by it, in time, for users and all reasons. */
interface SignedCrl {
  readonly name: string;
  readonly der: Uint8Array | undefined;
  readonly says: 'good' | 'revoked' | 'removed';
  readonly counts: boolean;
  readonly number: number;
}
const entriesFor = (reason: 'keyCompromise' | 'certificateHold' | 'removeFromCRL') => ({
  entries: [newKey.revoke(userCertificate, { reason })],
});
const base = (
  name: string,
  says: SignedCrl['says'],
  options: CrlOptions,
  counts = true,
  signer = newKey,
): SignedCrl => ({
  ...{ name, says, counts },
  number: Number(options.number ?? 1n),
  der: signer.crl({ number: 1n, ...week, ...options }),
});
const nothingThere: SignedCrl = { name: 'nothing', der: undefined, says: 'good', counts: false, number: 0 };
const asNew = { signWith: oldKey.privateKey };

const bases: readonly SignedCrl[] = [
  base('a good base', 'good', {}),
  base('a revoking base', 'revoked', entriesFor('keyCompromise')),
  base('a base with a hold', 'revoked', entriesFor('certificateHold')),
  base('an ended base', 'good', lastWeek, false),
  base('an ended revoking base', 'revoked', { ...lastWeek, ...entriesFor('keyCompromise') }, false),
  base('a broken base', 'good', { brokenSignature: true }, false),
  base('a base for CAs', 'good', { issuingDistributionPoint: onlyCas }, false),
  base('a base for one reason', 'good', { issuingDistributionPoint: oneReason }, false),
  base(
    'a revoking base for one reason',
    'revoked',
    { ...entriesFor('keyCompromise'), issuingDistributionPoint: oneReason },
    false,
  ),
  base('a base of the old key', 'good', {}, false, oldKey),
  base('an indirect base of the old key', 'good', { issuingDistributionPoint: indirectScope }, false, oldKey),
  base('a base that the old key signed in its name', 'good', asNew, false),
  base('a base without a number', 'good', { number: undefined }, false),
  nothingThere,
];
const seconds: readonly (SignedCrl | undefined)[] = [
  undefined,
  base('a newer base of the old key', 'good', { number: 9n }, false, oldKey),
  base(
    'a newer indirect base of the old key',
    'good',
    { number: 9n, issuingDistributionPoint: indirectScope },
    false,
    oldKey,
  ),
  base('an older good base', 'good', { number: 0n }),
  base('a newer revoking base', 'revoked', { number: 9n, ...entriesFor('keyCompromise') }),
];
const delta = (name: string, says: SignedCrl['says'], options: CrlOptions, counts = true, signer = newKey): SignedCrl =>
  base(name, says, { number: 20n, baseNumber: 0n, ...options }, counts, signer);
const deltas: readonly (SignedCrl | undefined)[] = [
  undefined,
  delta('a good delta', 'good', {}),
  delta('a revoking delta', 'revoked', entriesFor('keyCompromise')),
  delta('a removing delta', 'removed', entriesFor('removeFromCRL')),
  delta('an ended removing delta', 'removed', { ...lastWeek, ...entriesFor('removeFromCRL') }, false),
  delta('a broken removing delta', 'removed', { ...entriesFor('removeFromCRL'), brokenSignature: true }, false),
  delta('a removing delta of the old key', 'removed', entriesFor('removeFromCRL'), false, oldKey),
  delta('a removing delta that the old key signed', 'removed', { ...entriesFor('removeFromCRL'), ...asNew }, false),
  delta('a removing delta for a later base', 'removed', { ...entriesFor('removeFromCRL'), baseNumber: 15n }, false),
  delta(
    'a removing delta for one reason',
    'removed',
    { ...entriesFor('removeFromCRL'), issuingDistributionPoint: oneReason },
    false,
  ),
  nothingThere,
];

const [url, deltaUrl, oldUrl] = ['new.crl', 'new+.crl', 'old.crl'].map((name) => `http://crl.test/${name}`) as [
  string,
  string,
  string,
];
const record = (id: string, authority: typeof root, urls: object): TrustedAuthority => ({
  id,
  certificate: certificateOf(authority),
  authorityType: id === 'root' ? 'root' : 'intermediate',
  certificateRevocationListUrl: undefined,
  deltaCertificateRevocationListUrl: undefined,
  isIssuerHintEnabled: false,
  store: 'pki',
  ...urls,
});

const answersByCrl = new Map<Uint8Array, CrlFetched>();
function answerFrom(der: Uint8Array | undefined, from: string): CrlFetched {
  if (!der) return { kind: 'failed', because: because('crlDownloadFailed', { url: from, status: 404 }), url: from };
  const ruling = readCrl(der, { source: from });
  const result: CrlFetched =
    ruling.outcome === 'passed'
      ? { kind: 'fetched', crl: ruling.value, url: from }
      : { kind: 'failed', because: ruling.because, url: from };
  if (!answersByCrl.has(der)) answersByCrl.set(der, result);
  return answersByCrl.get(der)!;
}

function isAccepted(crls: readonly SignedCrl[], ofDelta: SignedCrl | undefined, isReversed: boolean): boolean {
  const deltaCertificateRevocationListUrl = ofDelta && deltaUrl;
  const authorities = [
    record('root', root, {}),
    record('old', oldKey, { certificateRevocationListUrl: oldUrl }),
    record('new', newKey, { certificateRevocationListUrl: url, deltaCertificateRevocationListUrl }),
  ];
  const store = { authorities: isReversed ? authorities.toReversed() : authorities };
  const path = validatePath(certificateOf(userCertificate), store, at);
  assert.ok(path.outcome === 'passed');
  const policy = { state: 'disabled', exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [] } as const;
  const answerTo = (request: CrlRequest): CrlAnswer[] =>
    (isReversed ? crls.toReversed() : crls).map(({ der }) => ({
      request,
      base: answerFrom(der, request.baseUrl),
      delta: ofDelta && answerFrom(ofDelta.der, deltaUrl),
    }));
  const answers = crlsNeeded(path.value, store, policy).flatMap(answerTo);
  return checkRevocation(path.value, { answers }, { policy, at, store }).outcome === 'passed';
}

/** May the certificate pass? Of the bases that count the newest decides, with the delta where there is one. */
function mayPass(crls: readonly SignedCrl[], ofDelta: SignedCrl | undefined): boolean {
  const [newest] = crls.filter(({ counts }) => counts).toSorted((first, second) => second.number - first.number);
  if (!newest) return false;
  if (!ofDelta) return newest.says === 'good';
  return ofDelta.counts && (ofDelta.says === 'removed' || (ofDelta.says === 'good' && newest.says === 'good'));
}

describe('a certificate of a renewed CA passes only on the word of its own key', () => {
  for (const first of bases)
    test(`with ${first.name} at the address, whatever else is there`, () => {
      for (const second of seconds)
        for (const ofDelta of deltas)
          for (const isReversed of [false, true]) {
            const crls = second ? [first, second] : [first];
            const accepted = isAccepted(crls, ofDelta, isReversed);
            const names = [...crls, ...(ofDelta ? [ofDelta] : [])].map(({ name }) => name).join(', ');
            if (accepted) assert.ok(mayPass(crls, ofDelta), `accepted with ${names}, reversed: ${isReversed}`);
            // Where one CRL lies at an address, what may pass does.
            else if (!second) assert.ok(!mayPass(crls, ofDelta), `refused with ${names}`);
          }
    });
});
