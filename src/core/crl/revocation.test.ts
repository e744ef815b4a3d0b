import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CrlOptions } from '#pki/build/authority.ts';
import { directoryName, uri } from '#pki/build/general-names.ts';
import type { CertificateOptions, Issued } from '#pki/build/issued.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { because } from '../trace/reasons.ts';
import type { Ruling } from '../trace/ruling.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { ecdsaTwin } from '../x509/ecdsa-twin.ts';
import { validatePath } from '../x509/path.ts';
import type { TrustedAuthority, TrustStore } from '../x509/trust-store.ts';
import type { CrlAnswer, CrlFetched, CrlRequest } from './answer.ts';
import { readCrl } from './list/read-crl.ts';
import type { RevocationPolicy } from './policy.ts';
import { checkRevocation, crlsNeeded } from './revocation.ts';

const at = new Date('2026-11-21T12:00:00Z');
const week = { thisUpdate: new Date('2026-11-20T00:00:00Z'), nextUpdate: new Date('2026-11-27T00:00:00Z') };
const before = { thisUpdate: new Date('2026-11-01T00:00:00Z'), nextUpdate: new Date('2026-11-20T00:00:00Z') };
const revocationPolicy: RevocationPolicy = {
  state: 'disabled',
  exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [],
};
const strict: RevocationPolicy = { ...revocationPolicy, state: 'enabled' };

const root = testCa('Woodgrove Root');
const issuing = root.issueCa('Woodgrove Issuing');
const card = issuing.issueCard({ upn: 'ana@woodgrove.com', serial: 0x2an });
const noKey = { authorityKeyIdentifier: undefined };
/** A certificate of the issuing CA for signing its CRLs, with the CA's name. */
const crlKey = issuing.issueCa('Woodgrove Issuing', { basicConstraints: null, keyUsage: ['cRLSign'] });
const rootUrl = 'http://crl.woodgrove.com/root.crl';
const issuingUrl = 'http://crl.woodgrove.com/issuing.crl';
const deltaUrl = 'http://crl.woodgrove.com/issuing+.crl';
const octets = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex').toUpperCase();

interface Urls {
  readonly base?: string;
  readonly delta?: string;
}
const record = (id: string, authority: Issued, { base, delta }: Urls = {}): TrustedAuthority => ({
  id,
  certificate: certificateOf(authority),
  authorityType: id === 'root' ? 'root' : 'intermediate',
  certificateRevocationListUrl: base,
  deltaCertificateRevocationListUrl: delta,
  isIssuerHintEnabled: false,
  store: 'pki',
});
function certificateOf({ der }: Issued): Certificate {
  const ruling = readCertificate(der);
  assert.ok(ruling.outcome === 'passed', ruling.because.code);
  return ruling.value;
}
const storeOf = (...authorities: readonly TrustedAuthority[]): TrustStore => ({ authorities });
const usual = storeOf(record('root', root, { base: rootUrl }), record('issuing', issuing, { base: issuingUrl }));
const withDelta = storeOf(record('root', root), record('issuing', issuing, { base: issuingUrl, delta: deltaUrl }));

/** What the world has: octets, or why not, by address; several under one address with a suffix `#2`. */
type World = Readonly<Record<string, Uint8Array | CrlFetched>>;
const good: World = { [rootUrl]: root.crl(week), [issuingUrl]: issuing.crl(week) };

function answer(url: string, match: Uint8Array | CrlFetched | undefined): CrlFetched {
  if (match === undefined) return { kind: 'failed', because: because('crlDownloadFailed', { url, status: 404 }), url };
  if (!(match instanceof Uint8Array)) return match;
  const ruling = readCrl(match, { source: url });
  return ruling.outcome === 'passed'
    ? { kind: 'fetched', crl: ruling.value, url }
    : { kind: 'failed', because: ruling.because, url };
}
function answersIn(world: World, requests: readonly CrlRequest[]): CrlAnswer[] {
  return requests.flatMap((request) => {
    const urls = Object.keys(world).filter((url) => url === request.baseUrl || url.startsWith(`${request.baseUrl}#`));
    const delta = request.deltaUrl === undefined ? undefined : answer(request.deltaUrl, world[request.deltaUrl]);
    return (urls.length > 0 ? urls : [request.baseUrl]).map((url) => ({
      request,
      base: answer(url, world[url]),
      delta,
    }));
  });
}

interface Asked {
  readonly leaf?: Issued;
  readonly store?: TrustStore;
  readonly world?: World;
  readonly policy?: RevocationPolicy;
  readonly at?: Date;
}
function ask({
  leaf = card,
  store = usual,
  world = good,
  policy = revocationPolicy,
  at: moment = at,
}: Asked): Ruling<unknown> {
  const path = validatePath(certificateOf(leaf), store, at);
  assert.ok(path.outcome === 'passed', JSON.stringify(path.because));
  return checkRevocation(
    path.value,
    { answers: answersIn(world, crlsNeeded(path.value, store, policy)) },
    { policy, at: moment, store },
  );
}

interface Row extends Asked {
  readonly name: string;
  readonly code: string;
  readonly evidence?: Record<string, unknown>;
}
function rows(list: readonly Row[]): void {
  for (const { name, code, evidence, ...asked } of list)
    test(name, () => {
      const ruling = ask(asked);
      assert.equal(ruling.because.code, code, JSON.stringify(ruling.because));
      assert.equal(ruling.outcome, code === 'revocationChecked' ? 'passed' : 'refused');
      const description = ruling.because.evidence as Record<string, unknown>;
      for (const [key, value] of Object.entries(evidence ?? {})) assert.deepEqual(description[key], value, key);
    });
}

/** Serial numbers whose octets look alike, and entries of each: an entry names the number, sign included (§4.1.2.2). */
const alike: readonly (readonly number[])[] = [[0xff], [0x00, 0xff], [0x80], [0x00, 0x80], [0x7f], [0x7f, 0xff]];
describe('a CRL entry names one serial number, and none that differs by its sign or a leading zero', () => {
  const text = (octets: readonly number[]) => Buffer.from(octets).toString('hex');
  for (const octets of alike) {
    const leaf = issuing.issueCard({ upn: 'ana@woodgrove.com', serial: Uint8Array.from(octets) });
    rows(
      alike.map((entry) => ({
        name: `the entry ${text(entry)} and the certificate ${text(octets)}`,
        leaf,
        world: {
          ...good,
          [issuingUrl]: issuing.crl({ ...week, entries: [{ serial: Uint8Array.from(entry), revocationDate: at }] }),
        },
        code: entry === octets ? 'certificateRevoked' : 'revocationChecked',
      })),
    );
  }
});

const issuingText = 'CN=Woodgrove Issuing';
const rootText = 'CN=Woodgrove Root';
const revokedCard = issuing.crl({
  ...week,
  entries: [issuing.revoke(card, { reason: 'keyCompromise', revocationDate: before.nextUpdate })],
});

describe('revoked or not', () => {
  rows([
    {
      name: 'CRL-1: a path whose every list is in order passes, and says which lists',
      code: 'revocationChecked',
      evidence: { checked: [`${issuingUrl} (number 1)`, `${rootUrl} (number 1)`], unchecked: [] },
    },
    {
      name: 'CRL-22: a revoked leaf is 500171 with all its parameters',
      world: { ...good, [issuingUrl]: revokedCard },
      code: 'certificateRevoked',
      evidence: {
        subject: 'CN=ana@woodgrove.com',
        issuer: issuingText,
        serialNumber: '2A',
        reason: 'keyCompromise',
        revokedAt: '2026-11-20T00:00:00.000Z',
        url: issuingUrl,
      },
    },
    {
      name: 'CRL-23: a revoked authority ends every path through it',
      world: { ...good, [rootUrl]: root.crl({ ...week, entries: [root.revoke(issuing)] }) },
      code: 'authorityRevoked',
      evidence: { subject: issuingText, issuer: rootText, reason: 'unspecified', url: rootUrl },
    },
    {
      name: 'a certificate on hold is revoked',
      world: {
        ...good,
        [issuingUrl]: issuing.crl({ ...week, entries: [issuing.revoke(card, { reason: 'certificateHold' })] }),
      },
      code: 'certificateRevoked',
      evidence: { reason: 'certificateHold' },
    },
    {
      name: '§5.3.1: in a complete list even removeFromCRL revokes',
      world: {
        ...good,
        [issuingUrl]: issuing.crl({ ...week, entries: [issuing.revoke(card, { reason: 'removeFromCRL' })] }),
      },
      code: 'certificateRevoked',
    },
    {
      name: 'the same serial number of another authority is another certificate',
      world: { ...good, [rootUrl]: root.crl({ ...week, entries: [{ serial: 0x2an, revocationDate: at }] }) },
      code: 'revocationChecked',
    },
  ]);
});

describe('where no list is configured', () => {
  const bare = storeOf(record('root', root), record('issuing', issuing));
  const onlyRoot = storeOf(record('root', root, { base: rootUrl }), record('issuing', issuing));
  const exempting = {
    ...strict,
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [
      hex(issuing.subjectKeyIdentifier)
        .toLowerCase()
        .replace(/(..)(?=.)/g, '$1:'),
    ],
  };
  rows([
    {
      name: 'CRL-2: no address, no check, no failure',
      store: bare,
      world: {},
      code: 'revocationChecked',
      evidence: { checked: [], unchecked: [`${issuingText} (no CRL configured)`, `${rootText} (no CRL configured)`] },
    },
    {
      name: 'CRL-24: with fail-safe the leaf’s issuer must have one',
      store: onlyRoot,
      policy: strict,
      code: 'crlNotConfigured',
      evidence: { issuer: issuingText, subjectKeyIdentifier: hex(issuing.subjectKeyIdentifier) },
    },
    {
      name: 'CRL-24: an upper CA need not',
      store: storeOf(record('root', root), record('issuing', issuing, { base: issuingUrl })),
      policy: strict,
      code: 'revocationChecked',
    },
    { name: 'CRL-25: an exempted CA need not', store: bare, world: {}, policy: exempting, code: 'revocationChecked' },
    {
      name: 'CRL-26: an exempted CA’s broken list does not matter',
      world: { [rootUrl]: root.crl(week) },
      policy: exempting,
      code: 'revocationChecked',
      evidence: { unchecked: [`${issuingText} (exempt)`] },
    },
    {
      name: 'CRL-19, TS-6: a delta address without a base address',
      store: storeOf(record('root', root), record('issuing', issuing, { delta: deltaUrl })),
      code: 'deltaListWithoutBase',
      evidence: { issuer: issuingText, deltaUrl },
    },
  ]);
});

describe('a list that cannot be had or used', () => {
  const sibling = testCa('Woodgrove Issuing');
  rows([
    {
      name: 'CRL-12: what the server said is passed on',
      world: { [rootUrl]: root.crl(week) },
      code: 'crlDownloadFailed',
      evidence: { url: issuingUrl, status: 404 },
    },
    {
      name: 'CRL-17: the list of another CA is no list',
      world: { ...good, [issuingUrl]: root.crl(week) },
      code: 'crlMissing',
      evidence: { subject: 'CN=ana@woodgrove.com', issuer: issuingText, problem: 'the CRL is of another issuer' },
    },
    {
      name: 'CRL-14: a list of the same name with another key',
      world: { ...good, [issuingUrl]: sibling.crl(week) },
      code: 'crlSignerMismatch',
      evidence: {
        authorityKeyIdentifier: hex(sibling.subjectKeyIdentifier),
        subjectKeyIdentifier: hex(issuing.subjectKeyIdentifier),
      },
    },
    {
      name: 'CRL-14: a list without authority key identifier, signed with the key of the CA',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey }) },
      code: 'revocationChecked',
    },
    {
      name: 'CRL-14: a list without authority key identifier that revokes',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey, entries: [issuing.revoke(card)] }) },
      code: 'certificateRevoked',
    },
    {
      name: 'CRL-14: a list without authority key identifier, signed with another key of the same name',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, ...noKey, signWith: sibling.privateKey }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-14: a list without authority key identifier of another name',
      world: { ...good, [issuingUrl]: root.crl({ ...week, ...noKey }) },
      code: 'crlMissing',
    },
    {
      name: 'CRL-14: a list without authority key identifier, signed with a separate key for CRLs',
      store: storeOf(
        record('root', root, { base: rootUrl }),
        record('issuing', issuing, { base: issuingUrl }),
        record('crls', crlKey),
      ),
      world: { ...good, [issuingUrl]: crlKey.crl({ ...week, ...noKey }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-14: a list whose authority key identifier has an issuer and a serial number only',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, authorityKeyIdentifier: {} }) },
      code: 'crlSignerMismatch',
      evidence: { authorityKeyIdentifier: '', authority: issuingText },
    },
    {
      name: 'CRL-14: a signature by another key',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, signWith: sibling.privateKey }) },
      code: 'crlSignatureWrong',
      evidence: { url: issuingUrl, issuer: issuingText },
    },
    {
      name: 'a broken signature',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, brokenSignature: true }) },
      code: 'crlSignatureWrong',
    },
    {
      name: 'CRL-15: a list without a number',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, number: undefined }) },
      code: 'crlNumberMissing',
    },
    {
      name: 'RFC 5280 §5.1.2.5: a list without an end',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, nextUpdate: undefined }) },
      code: 'crlNextUpdateMissing',
    },
    {
      name: 'CRL-7: a list past its end',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      code: 'crlExpired',
      evidence: { kind: 'base', now: at.toISOString(), nextUpdate: before.nextUpdate.toISOString() },
    },
    {
      name: 'CRL-16: a list from the future',
      world: { ...good, [issuingUrl]: issuing.crl({ ...week, thisUpdate: week.nextUpdate }) },
      code: 'crlNotYetValid',
    },
    { name: 'a clock that is not a number trusts no list', at: new Date(Number.NaN), code: 'crlNotYetValid' },
    {
      name: 'grace, where chosen, carries a list over its end',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      policy: { ...revocationPolicy, graceSeconds: 36 * 3600 + 1 },
      code: 'revocationChecked',
    },
    {
      name: 'grace ends too',
      world: { ...good, [issuingUrl]: issuing.crl(before) },
      policy: { ...revocationPolicy, graceSeconds: 36 * 3600 },
      code: 'crlExpired',
    },
  ]);

  test('CRL-7: an ended list that could not be renewed says why', () => {
    const notRenewed = because('crlDownloadFailed', { url: issuingUrl, status: 503 });
    const stale = answer(issuingUrl, issuing.crl(before));
    assert.ok(stale.kind === 'fetched');
    const ruling = ask({ world: { ...good, [issuingUrl]: { ...stale, notRenewed } } });
    assert.deepEqual(ruling.because, notRenewed);
  });

  test('PATH-9: a CA whose key usage lacks cRLSign may not sign lists', () => {
    const silent = root.issueCa('Woodgrove Silent', { keyUsage: ['keyCertSign'] });
    const store = storeOf(record('root', root), record('silent', silent, { base: issuingUrl }));
    const ruling = ask({
      leaf: silent.issueCard({ upn: 'bo@woodgrove.com' }),
      store,
      world: { [issuingUrl]: silent.crl(week) },
    });
    assert.deepEqual(
      ruling.because,
      because('crlSignerNotAllowed', {
        url: issuingUrl,
        issuer: 'CN=Woodgrove Silent',
        problem: 'its key usage lacks cRLSign',
      }),
    );
  });

  test('PATH-13: a signature the tenant’s policy does not accept', () => {
    const algorithms = {
      minimumRsaBits: 3072,
      maximumRsaBits: 16384,
      curves: [],
      hashes: ['sha512'],
      keyTypes: ['rsa'],
    };
    assert.equal(ask({ policy: { ...revocationPolicy, algorithms } }).because.code, 'crlAlgorithmRefused');
  });
});

describe('delta lists', () => {
  const delta = (options: CrlOptions) => issuing.deltaCrl({ ...week, ...options });
  const base = (options: CrlOptions = {}) => issuing.crl({ ...week, ...options });
  const hold = { ...week, entries: [issuing.revoke(card, { reason: 'certificateHold' })] };
  const entry = (reason: 'removeFromCRL' | 'keyCompromise') => ({ entries: [issuing.revoke(card, { reason })] });
  const row = (
    name: string,
    code: string,
    baseList: Uint8Array,
    deltaList: Uint8Array | undefined,
    evidence?: Record<string, unknown>,
  ): Row => ({
    name,
    code,
    store: withDelta,
    world: { [issuingUrl]: baseList, ...(deltaList ? { [deltaUrl]: deltaList } : {}) },
    ...(evidence ? { evidence } : {}),
  });
  rows([
    row('a base and its delta pass together', 'revocationChecked', base(), delta({}), {
      checked: [`${issuingUrl} (number 1) with delta number 2`],
    }),
    row('CRL-20: an entry on the delta revokes', 'certificateRevoked', base(), delta(entry('keyCompromise')), {
      url: deltaUrl,
    }),
    row(
      '§6.3.3 (k): removeFromCRL lifts what the base says',
      'revocationChecked',
      base(hold),
      delta(entry('removeFromCRL')),
    ),
    row('CRL-18: the delta must be there', 'crlDownloadFailed', base(), undefined, { url: deltaUrl, status: 404 }),
    row('CRL-18: the delta must not be past its end', 'crlExpired', base(), delta(before), { kind: 'delta' }),
    row('CRL-18: the base must not be past its end', 'crlExpired', base(before), delta({}), { kind: 'base' }),
    row(
      '§5.2.4: a delta for a newer base cannot be used',
      'crlIncomplete',
      base(),
      delta({ number: 9n, baseNumber: 5n }),
      { type: 'delta', url: deltaUrl, problem: 'it completes the CRL 5, but the base CRL is 1' },
    ),
    row(
      '§5.2.4: a base newer than the delta’s base can',
      'revocationChecked',
      base({ number: 4n }),
      delta({ number: 9n, baseNumber: 2n }),
    ),
    row(
      'a delta no newer than the base says nothing',
      'revocationChecked',
      base({ number: 2n }),
      delta(entry('keyCompromise')),
    ),
    row(
      'a complete list at the delta address is no delta',
      'crlIncomplete',
      base(),
      issuing.crl({ ...week, number: 2n }),
      { type: 'delta' },
    ),
    row('a delta at the base address is no base', 'crlMissing', delta({}), delta({}), {
      problem: 'there are only delta CRLs',
    }),
    row(
      'a delta of another scope is not this base’s',
      'crlIncomplete',
      base(),
      delta({ issuingDistributionPoint: { onlyContainsUserCerts: true } }),
    ),
    row('CRL-14 holds for deltas', 'crlSignatureWrong', base(), delta({ brokenSignature: true })),
  ]);
});

describe('scope: RFC 5280 §6.3.3 (b)', () => {
  const here = 'http://crl.woodgrove.com/part1.crl';
  const there = 'http://crl.woodgrove.com/part2.crl';
  const pointing = (options: CertificateOptions = {}) =>
    issuing.issueCard({ upn: 'ana@woodgrove.com', crlDistributionPoints: [here], ...options });
  const scope = (
    issuingDistributionPoint: NonNullable<CrlOptions['issuingDistributionPoint']>,
    more: CrlOptions = {},
  ) => issuing.crl({ ...week, issuingDistributionPoint, ...more });
  const withName = (name: string) => ({ distributionPoint: { fullName: [uri(name)] } });
  const item = (
    name: string,
    code: string,
    list: Uint8Array,
    leaf: Issued,
    evidence?: Record<string, unknown>,
  ): Row => ({ name, code, leaf, world: { ...good, [issuingUrl]: list }, ...(evidence ? { evidence } : {}) });
  rows([
    item('a list for the point the certificate names', 'revocationChecked', scope(withName(here)), pointing()),
    item('a list for another point says nothing about it', 'crlMissing', scope(withName(there)), pointing(), {
      problem: 'the CRL is for another distribution point',
    }),
    item(
      'a list for the address configured serves a certificate that names none',
      'revocationChecked',
      scope(withName(issuingUrl)),
      card,
    ),
    item('a list for users serves a user', 'revocationChecked', scope({ onlyContainsUserCerts: true }), card),
    item('a list for authorities does not', 'crlMissing', scope({ onlyContainsCACerts: true }), card, {
      problem: 'the CRL is only for certificates of CAs',
    }),
    item(
      'a CRL for attribute certificates serves no certificate',
      'crlMissing',
      scope({ onlyContainsAttributeCerts: true }),
      card,
    ),
    item(
      'a list for some reasons leaves the rest open',
      'crlMissing',
      scope({ onlySomeReasons: ['keyCompromise'] }),
      card,
      { problem: 'the available CRLs cover only some revocation reasons' },
    ),
    item(
      'but revokes what it lists',
      'certificateRevoked',
      scope({ onlySomeReasons: ['keyCompromise'] }, { entries: [issuing.revoke(card, { reason: 'keyCompromise' })] }),
      card,
    ),
  ]);
  test('a list for users does not serve an authority', () => {
    const ruling = ask({
      world: { ...good, [rootUrl]: root.crl({ ...week, issuingDistributionPoint: { onlyContainsUserCerts: true } }) },
    });
    assert.equal(ruling.because.code, 'crlMissing');
  });
  test('two lists that share the reasons between them are enough', () => {
    const first = scope({ onlySomeReasons: ['keyCompromise', 'cACompromise'] });
    const rest = [
      'affiliationChanged',
      'superseded',
      'cessationOfOperation',
      'certificateHold',
      'privilegeWithdrawn',
      'aACompromise',
    ] as const;
    const second = scope({ onlySomeReasons: rest }, { number: 2n });
    assert.equal(
      ask({ world: { ...good, [issuingUrl]: first, [`${issuingUrl}#2`]: second } }).because.code,
      'revocationChecked',
    );
  });
});

describe('lists signed by someone else', () => {
  const signer = root.issueCa('Woodgrove Issuing', { keyUsage: ['cRLSign'], basicConstraints: null });
  const store = storeOf(...usual.authorities, record('signer', signer));
  test('a separate key with the same name may sign when it chains to the same root', () => {
    assert.equal(ask({ store, world: { ...good, [issuingUrl]: signer.crl(week) } }).because.code, 'revocationChecked');
  });
  test('it may not when it was revoked', () => {
    const world = { [rootUrl]: root.crl({ ...week, entries: [root.revoke(signer)] }), [issuingUrl]: signer.crl(week) };
    assert.deepEqual(
      ask({ store, world }).because,
      because('crlSignerNotAllowed', { url: issuingUrl, issuer: issuingText, problem: 'authorityRevoked' }),
    );
  });
  test('it may not when it chains to another root', () => {
    const second = testCa('Fabrikam Root');
    const stranger = second.issueCa('Woodgrove Issuing', { keyUsage: ['cRLSign'] });
    const mix = storeOf(
      ...usual.authorities,
      { ...record('other', second), authorityType: 'root' },
      record('stranger', stranger),
    );
    assert.deepEqual(
      ask({ store: mix, world: { ...good, [issuingUrl]: stranger.crl(week) } }).because,
      because('crlSignerNotAllowed', { url: issuingUrl, issuer: issuingText, problem: 'it leads to another root' }),
    );
  });

  const indirect = root.issueCa('Woodgrove Lists');
  const leaf = issuing.issueCard({
    upn: 'ana@woodgrove.com',
    serial: 77n,
    crlDistributionPoints: [{ cRLIssuer: [directoryName('CN=Woodgrove Lists')] }],
  });
  const lists = storeOf(...usual.authorities, record('lists', indirect));
  const about = (issuer: string) => ({ serial: 77n, revocationDate: at, certificateIssuer: [directoryName(issuer)] });
  const list = (...entries: NonNullable<CrlOptions['entries']> & object[]) =>
    indirect.crl({ ...week, entries: entries as never, issuingDistributionPoint: { indirectCRL: true } });
  const verdict = (der: Uint8Array) => ask({ leaf, store: lists, world: { ...good, [issuingUrl]: der } }).because.code;
  test('§5.3.3: an indirect list revokes what it lists under the issuer’s name, and nothing else', () => {
    assert.equal(verdict(list(about(issuingText))), 'certificateRevoked');
    assert.equal(verdict(list(about('CN=Another CA'))), 'revocationChecked');
    assert.equal(verdict(list({ serial: 77n, revocationDate: at })), 'revocationChecked');
    assert.equal(
      verdict(list({ ...about(issuingText), serial: 1n }, { serial: 77n, revocationDate: at })),
      'certificateRevoked',
    );
    assert.equal(verdict(list({ ...about(issuingText), serial: 1n }, about('CN=Another CA'))), 'revocationChecked');
  });
  test('a list that does not call itself indirect does not speak for others', () => {
    assert.equal(verdict(indirect.crl(week)), 'crlMissing');
  });
});

describe('CRL-14: a CRL belongs to a key, not to a name', () => {
  // AD CS keeps the name of a CA when it renews the key and publishes one CRL for each key.
  const renewal = root.issueCa('Woodgrove Issuing');
  const renewedUrl = 'http://crl.woodgrove.com/issuing(1).crl';
  const store = storeOf(
    record('root', root),
    record('issuing', issuing, { base: issuingUrl }),
    record('renewed', renewal, { base: renewedUrl }),
  );
  const onBoth = renewal.issueCard({ upn: 'ana@woodgrove.com', serial: 0x2an });
  const revoking = renewal.crl({ ...week, entries: [renewal.revoke(onBoth)] });
  const mismatch = { authorityKeyIdentifier: hex(issuing.subjectKeyIdentifier) };
  rows([
    {
      name: 'each key is judged by its own CRL',
      store,
      leaf: onBoth,
      world: { [issuingUrl]: issuing.crl(week), [renewedUrl]: revoking },
      code: 'certificateRevoked',
    },
    {
      name: 'the same serial number of the other key is another certificate',
      store,
      world: { [issuingUrl]: issuing.crl(week), [renewedUrl]: revoking },
      code: 'revocationChecked',
    },
    {
      name: 'the CRL of the other key at the address of this CA',
      store,
      leaf: onBoth,
      world: { [renewedUrl]: issuing.crl(week) },
      code: 'crlSignerMismatch',
      evidence: mismatch,
    },
    ...(
      [
        ['expired', 'crlExpired', renewal.crl(before)],
        ['of tomorrow', 'crlNotYetValid', renewal.crl({ ...week, thisUpdate: week.nextUpdate })],
        ['without a number', 'crlNumberMissing', renewal.crl({ ...week, number: undefined })],
        ['with a broken signature', 'crlSignatureWrong', renewal.crl({ ...week, brokenSignature: true })],
        ['signed by the other key', 'crlSignatureWrong', renewal.crl({ ...week, signWith: issuing.privateKey })],
        [
          'of another scope',
          'crlSignerMismatch',
          renewal.crl({ ...week, issuingDistributionPoint: { onlyContainsCACerts: true } }),
        ],
      ] as const
    ).map(([problem, code, list]) => ({
      name: `the CA’s own CRL ${problem} is the answer, although the other key has a fresh one at the same address`,
      store,
      leaf: onBoth,
      world: { [renewedUrl]: list, [`${renewedUrl}#2`]: issuing.crl(week) },
      code,
    })),
    {
      name: 'one that revokes counts beside one of the same key that does not',
      store,
      leaf: onBoth,
      world: {
        [renewedUrl]: renewal.crl({ ...week, issuingDistributionPoint: { onlyContainsUserCerts: true } }),
        [`${renewedUrl}#2`]: revoking,
      },
      code: 'certificateRevoked',
    },
    {
      name: 'of two of one key the one with the higher number counts, whatever the order',
      store,
      leaf: onBoth,
      world: { [renewedUrl]: revoking, [`${renewedUrl}#2`]: renewal.crl({ ...week, number: 2n }) },
      code: 'revocationChecked',
    },
    {
      name: 'and the lower one does not hide what the higher one revokes',
      store,
      leaf: onBoth,
      world: {
        [renewedUrl]: renewal.crl(week),
        [`${renewedUrl}#2`]: renewal.crl({ ...week, number: 2n, entries: [renewal.revoke(onBoth)] }),
      },
      code: 'certificateRevoked',
    },
    {
      name: 'a delta of the other key does not complete this base',
      store: storeOf(record('root', root), record('issuing', issuing), {
        ...record('renewed', renewal, { base: renewedUrl, delta: deltaUrl }),
      }),
      leaf: onBoth,
      world: { [renewedUrl]: renewal.crl(week), [deltaUrl]: issuing.deltaCrl(week) },
      code: 'crlIncomplete',
      evidence: { type: 'delta' },
    },
  ]);

  test('cross-certificates of a renewal do not lend the CRL of one key to the other', () => {
    const [before, after] = [testCa('Woodgrove Root'), testCa('Woodgrove Root')];
    const link = before.issueCa('Woodgrove Root', { key: after.privateKey });
    const leaf = after.issueCard({ upn: 'ana@woodgrove.com' });
    const asRoot = (id: string, ca: Issued, urls: Urls): TrustedAuthority => ({
      ...record(id, ca, urls),
      authorityType: 'root',
    });
    const crossed = storeOf(
      record('link', link, { base: issuingUrl }),
      asRoot('before', before, {}),
      asRoot('after', after, { base: issuingUrl }),
    );
    assert.equal(
      ask({ store: crossed, leaf, world: { [issuingUrl]: before.crl(week) } }).because.code,
      'crlSignerMismatch',
    );
    assert.equal(
      ask({ store: crossed, leaf, world: { [issuingUrl]: after.crl(week) } }).because.code,
      'revocationChecked',
    );
  });

  test('a CA renewed with the same key keeps its CRL, also where the new certificate names the key differently', () => {
    const again = root.issueCa('Woodgrove Issuing', {
      key: issuing.privateKey,
      subjectKeyIdentifier: new Uint8Array(20).fill(7),
    });
    const pair = storeOf(
      record('root', root),
      record('again', again, { base: issuingUrl }),
      record('issuing', issuing),
    );
    assert.equal(ask({ store: pair, world: { [issuingUrl]: issuing.crl(week) } }).because.code, 'revocationChecked');
  });

  test('a separate key for CRLs speaks for the one CA key of its name, or for the one that issued it', () => {
    const options = { keyUsage: ['cRLSign'], basicConstraints: null } as const;
    const separate = root.issueCa('Woodgrove Issuing', options);
    const delegated = renewal.issueCa('Woodgrove Issuing', options);
    const verdict = (signer: Issued & { crl: (options: CrlOptions) => Uint8Array }, leaf: Issued, url: string) =>
      ask({ store: storeOf(...store.authorities, record('signer', signer)), leaf, world: { [url]: signer.crl(week) } })
        .because.code;
    assert.equal(verdict(separate, onBoth, renewedUrl), 'crlSignerMismatch');
    assert.equal(verdict(delegated, onBoth, renewedUrl), 'revocationChecked');
    assert.equal(verdict(delegated, card, issuingUrl), 'crlSignerMismatch');
  });

  test('a distribution point that names the issuer itself does not open the way to its other key', () => {
    const leaf = renewal.issueCard({
      upn: 'ana@woodgrove.com',
      crlDistributionPoints: [{ cRLIssuer: [directoryName(issuingText)] }],
    });
    const indirect = issuing.crl({ ...week, issuingDistributionPoint: { indirectCRL: true } });
    assert.equal(ask({ store, leaf, world: { [renewedUrl]: indirect } }).because.code, 'crlSignerMismatch');
  });

  test('a CA without a subject key identifier, and a CRL that names its key by issuer and serial number, are refused', () => {
    const nameless = root.issueCa('Woodgrove Nameless', { subjectKeyIdentifier: null });
    const item = storeOf(record('root', root), record('nameless', nameless, { base: issuingUrl }));
    const leaf = nameless.issueCard({ upn: 'ana@woodgrove.com' });
    const byName = { issuer: [directoryName(rootText)], serial: issuing.serial };
    assert.equal(
      ask({ store: item, leaf, world: { [issuingUrl]: nameless.crl(week) } }).because.code,
      'crlSignerMismatch',
    );
    assert.equal(
      ask({ world: { ...good, [issuingUrl]: issuing.crl({ ...week, authorityKeyIdentifier: byName }) } }).because.code,
      'crlSignerMismatch',
    );
  });
});

describe('the local block list', () => {
  const { sha256Thumbprint, tbsSha256 } = certificateOf(card);
  const curves = ['P-256', 'P-384', 'P-521'] as const;
  for (const curve of curves)
    test(`an ECDSA signature (${curve}) rewritten as (r, n − s) does not take a certificate off the list`, () => {
      const ec = testCa('Woodgrove Curves', { key: curve });
      const leaf = ec.issueCard({ upn: 'ana@woodgrove.com' });
      const twin = { ...leaf, der: ecdsaTwin(certificateOf(leaf), certificateOf(ec))! };
      const [first, second] = [certificateOf(leaf), certificateOf(twin)];
      assert.notEqual(second.sha256Thumbprint, first.sha256Thumbprint);
      assert.deepEqual(ecdsaTwin(second, certificateOf(ec)), leaf.der, 'and back');
      const store = storeOf({ ...record('root', ec), authorityType: 'root' });
      const codeWith = (nonNullable: NonNullable<RevocationPolicy['blocked']>) =>
        ask({ leaf: twin, store, world: {}, policy: { ...revocationPolicy, blocked: nonNullable } }).because.code;
      assert.equal(codeWith([]), 'revocationChecked', 'the twin is as valid as the original');
      assert.equal(codeWith([{ tbsSha256: first.tbsSha256 }]), 'certificateBlocked');
      assert.equal(codeWith([{ sha256Thumbprint: first.sha256Thumbprint }]), 'certificateBlocked', 'an earlier entry');
      assert.equal(codeWith([{ sha256Thumbprint, tbsSha256 }]), 'revocationChecked', 'another certificate');
    });

  rows([
    {
      name: 'names a certificate by the hash of its to-be-signed part',
      policy: { ...revocationPolicy, blocked: [{ tbsSha256: tbsSha256.toLowerCase() }] },
      code: 'certificateBlocked',
    },
    {
      name: 'names a certificate by its thumbprint',
      policy: {
        ...revocationPolicy,
        blocked: [{ sha256Thumbprint: sha256Thumbprint.toLowerCase(), note: 'lost on a train' }],
      },
      code: 'certificateBlocked',
      evidence: { serialNumber: '2A', note: 'lost on a train' },
    },
    {
      name: 'or by issuer and serial number, with or without the sign octet',
      policy: {
        ...revocationPolicy,
        blocked: [{ issuerSubjectKeyIdentifier: hex(issuing.subjectKeyIdentifier), serialNumber: '00:2a' }],
      },
      code: 'certificateBlocked',
    },
    {
      name: 'does not mean the same number of another issuer',
      policy: {
        ...revocationPolicy,
        blocked: [{ issuerSubjectKeyIdentifier: hex(root.subjectKeyIdentifier), serialNumber: '2a' }],
      },
      code: 'revocationChecked',
    },
  ]);
});

test('CRL-1, TS-7: one request for each CA with an address, exempt ones left out', () => {
  const path = validatePath(certificateOf(card), withDelta, at);
  assert.ok(path.outcome === 'passed');
  const [request, ...others] = crlsNeeded(path.value, withDelta);
  assert.deepEqual(
    [request?.authorityId, request?.baseUrl, request?.deltaUrl, others.length],
    ['issuing', issuingUrl, deltaUrl, 0],
  );
  assert.deepEqual(request?.signers[0]?.subject, issuing.subject);
  const exempting = {
    ...revocationPolicy,
    exemptedCertificateAuthoritiesSubjectKeyIdentifiers: [hex(issuing.subjectKeyIdentifier)],
  };
  assert.deepEqual(crlsNeeded(path.value, withDelta, exempting), []);
});

test('the finding names the lists and certificates that were read in spite of slips of encoding', () => {
  const reasons = {
    oid: '2.5.29.31',
    value: octets('3010 300e a008 a006 8604 687474 70 8102 0040'.replaceAll(' ', '')),
  };
  const leaf = issuing.issueCard({ subject: 'CN=Ana', crlDistributionPoints: null, extensions: [reasons] });
  const nextPublish = { oid: '1.3.6.1.4.1.311.21.4', value: octets('0c0130') };
  const world = { ...good, [issuingUrl]: issuing.crl({ ...week, extensions: [nextPublish] }) };
  const ruling = ask({ leaf, world });
  assert.deepEqual((ruling.because.evidence as { slips?: unknown }).slips, [
    { source: issuingUrl, tolerances: ['unreadableExtension'] },
    { source: 'CN=Ana', tolerances: ['trailingZeroBits'] },
  ]);
});

test('a list without authority key identifier of a renewed CA says nothing about what the old key issued', () => {
  const renewed = root.issueCa('Woodgrove Issuing');
  const renewedUrl = 'http://crl.woodgrove.com/renewed.crl';
  const store = storeOf(
    record('root', root, { base: rootUrl }),
    record('issuing', issuing, { base: issuingUrl }),
    record('renewed', renewed, { base: renewedUrl }),
  );
  const world = {
    ...good,
    [issuingUrl]: issuing.crl({ ...week, ...noKey, number: 3n }),
    [renewedUrl]: renewed.crl({ ...week, ...noKey, number: 9n, entries: [renewed.revoke(card)] }),
  };
  assert.equal(ask({ store, world }).because.code, 'revocationChecked');
  const lists = { ...world, [issuingUrl]: world[renewedUrl]! };
  assert.equal(ask({ store, world: lists }).because.code, 'crlSignatureWrong');
});
