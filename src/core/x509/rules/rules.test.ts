import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oid, sequence } from '#pki/build/der-writer.ts';
import { certificatePolicies, type ExtensionInput, keyPurposes } from '#pki/build/fields/extensions.ts';
import { at, type Chain, evaluateChain } from '#test/pki/chains.ts';
import type { Code } from '../../trace/reasons.ts';

interface Row extends Chain {
  readonly name: string;
  readonly expect: Code;
  /** A part of the evidence. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const { name, expect, evidence = {}, ...chain } of rows)
      test(name, () => {
        const because = evaluateChain(chain);
        const match = because.evidence as Readonly<Record<string, unknown>>;
        const description = Object.fromEntries(Object.keys(evidence).map((key) => [key, match[key]]));
        assert.deepEqual({ code: because.code, ...description }, { code: expect, ...evidence });
      });
  });
}

const second = (n: number): Date => new Date(at.getTime() + n * 1000);
const ca = (n: number) => `CN=CA ${n}`;
const leaf = 'CN=ana@woodgrove.com';

table('validity counts both ends, to the second (RFC 5280 §4.1.2.5, PATH-6, PATH-7)', [
  { name: 'all are current', expect: 'pathValid' },
  { name: 'the last second counts', leaf: { notAfter: at }, expect: 'pathValid' },
  {
    name: 'the rest of the last second counts',
    leaf: { notAfter: at },
    at: new Date(+at + 999),
    expect: 'pathValid',
  },
  { name: 'the first second counts', leaf: { notBefore: at }, expect: 'pathValid' },
  {
    name: 'a second after the end is too late',
    leaf: { notAfter: second(-1) },
    expect: 'certificateNotCurrent',
    evidence: { subject: leaf, notAfter: '2026-11-21T11:59:59.000Z', now: at.toISOString() },
  },
  {
    name: 'a second before the beginning is too early',
    leaf: { notBefore: second(1) },
    expect: 'certificateNotCurrent',
    evidence: { subject: leaf },
  },
  {
    name: 'a CA must be current',
    cas: [{ notAfter: second(-1) }],
    expect: 'certificateNotCurrent',
    evidence: { subject: ca(1) },
  },
  {
    name: 'so must the anchor',
    root: { notAfter: second(-1) },
    cas: [],
    leaf: { notAfter: second(9) },
    expect: 'certificateNotCurrent',
    evidence: { subject: 'CN=Root' },
  },
  {
    name: 'no time is inside of no period',
    at: new Date(Number.NaN),
    expect: 'certificateNotCurrent',
    evidence: { now: 'no time' },
  },
]);

table('an issuer is a CA and says so (RFC 5280 §6.1.4 (k), (n))', [
  {
    name: 'basic constraints are needed',
    cas: [{ basicConstraints: null }],
    expect: 'issuerNotAuthority',
    evidence: { subject: ca(1) },
  },
  {
    name: 'cA must be true',
    cas: [{ basicConstraints: { cA: false } }],
    expect: 'issuerNotAuthority',
    evidence: { subject: ca(1) },
  },
  {
    name: 'version 1 cannot say so',
    cas: [{ version: 1 }],
    expect: 'issuerNotAuthority',
    evidence: { subject: ca(1) },
  },
  {
    name: 'keyCertSign is needed where key usage is there',
    cas: [{ keyUsage: ['cRLSign'] }],
    expect: 'keyUsageForbids',
    evidence: { subject: ca(1), needed: 'keyCertSign', allowed: ['cRLSign'] },
  },
  {
    name: 'nor an anchor without it (RFC 5937)',
    root: { keyUsage: ['cRLSign'] },
    expect: 'keyUsageForbids',
    evidence: { subject: 'CN=Root', needed: 'keyCertSign' },
  },
  { name: 'no key usage is no restriction', cas: [{ keyUsage: null }], expect: 'pathValid' },
  {
    name: 'a CA certificate is not a user certificate',
    leaf: { basicConstraints: { cA: true } },
    expect: 'leafIsAuthority',
    evidence: { subject: leaf },
  },
  {
    name: 'unless any purpose will do',
    leaf: { basicConstraints: { cA: true } },
    options: { purpose: 'any' },
    expect: 'pathValid',
  },
]);

const selfIssued = [{}, { subject: 'CA 1' }];
table('path length counts the CAs below, not the self-issued ones (RFC 5280 §6.1.4 (l), (m))', [
  { name: 'none below a CA of length 0', cas: [{ pathLength: 0 }], expect: 'pathValid' },
  {
    name: 'one below a CA of length 0',
    cas: [{ pathLength: 0 }, {}],
    expect: 'pathLengthExceeded',
    evidence: { subject: ca(2) },
  },
  {
    name: 'two below a CA of length 1',
    cas: [{ pathLength: 1 }, {}, {}],
    expect: 'pathLengthExceeded',
    evidence: { subject: ca(3) },
  },
  { name: 'a CA cannot give itself more', cas: [{ pathLength: 0 }, { pathLength: 9 }], expect: 'pathLengthExceeded' },
  { name: 'a self-issued CA does not count', cas: [{ pathLength: 0 }, selfIssued[1]!], expect: 'pathValid' },
  {
    name: 'the length of an anchor counts (RFC 5937)',
    root: { pathLength: 0 },
    expect: 'pathLengthExceeded',
    evidence: { subject: ca(1) },
  },
  {
    name: 'unless anchors are only keys',
    root: { pathLength: 0 },
    options: { anchorConstraints: false },
    expect: 'pathValid',
  },
  { name: 'ten CAs are enough (PATH-12)', cas: Array.from({ length: 9 }, () => ({})), expect: 'pathValid' },
  {
    name: 'eleven are too many',
    cas: Array.from({ length: 10 }, () => ({})),
    expect: 'pathTooLong',
    evidence: { limit: 10 },
  },
]);

table('a leaf is for what it says (RFC 5280 §4.2.1.3, §4.2.1.12, PATH-11)', [
  {
    name: 'signing in needs digitalSignature',
    leaf: { keyUsage: ['keyEncipherment'] },
    expect: 'keyUsageForbids',
    evidence: { needed: 'digitalSignature' },
  },
  { name: 'a leaf without purposes is for any', leaf: { extendedKeyUsage: null }, expect: 'pathValid' },
  {
    name: 'any purpose is client authentication too',
    leaf: { extendedKeyUsage: [keyPurposes.any] },
    expect: 'pathValid',
  },
  {
    name: 'a server is no client',
    leaf: { extendedKeyUsage: [keyPurposes.serverAuth] },
    expect: 'extendedKeyUsageForbids',
    evidence: { subject: leaf, allowed: [keyPurposes.serverAuth] },
  },
  {
    name: 'smart card logon alone is not client authentication',
    leaf: { extendedKeyUsage: [keyPurposes.smartCardLogon] },
    expect: 'extendedKeyUsageForbids',
  },
  {
    name: 'a CA for servers makes no clients',
    cas: [{ extendedKeyUsage: [keyPurposes.serverAuth] }],
    expect: 'extendedKeyUsageForbids',
    evidence: { subject: ca(1) },
  },
  {
    name: 'nor does an anchor for servers',
    root: { extendedKeyUsage: [keyPurposes.serverAuth] },
    expect: 'extendedKeyUsageForbids',
    evidence: { subject: 'CN=Root' },
  },
  {
    name: 'a CRL signer has cRLSign',
    leaf: { keyUsage: ['digitalSignature'] },
    options: { purpose: 'crlSigning' },
    expect: 'keyUsageForbids',
    evidence: { needed: 'cRLSign' },
  },
  {
    name: 'a responder is one by name (RFC 6960 §4.2.2.2)',
    leaf: { extendedKeyUsage: [keyPurposes.ocspSigning] },
    options: { purpose: 'ocspSigning' },
    expect: 'pathValid',
  },
  {
    name: 'a certificate without purposes is no responder',
    leaf: { extendedKeyUsage: null },
    options: { purpose: 'ocspSigning' },
    expect: 'extendedKeyUsageForbids',
    evidence: { allowed: [] },
  },
  {
    name: 'nor is one for any purpose',
    leaf: { extendedKeyUsage: [keyPurposes.any] },
    options: { purpose: 'ocspSigning' },
    expect: 'extendedKeyUsageForbids',
  },
]);

const policiesWithQualifier = (qualifier: string, critical: boolean) => ({
  oid: '2.5.29.32',
  critical,
  value: sequence(sequence(oid('1.2.3.1'), sequence(sequence(oid(qualifier), sequence())))),
});
const unknown = { oid: '1.2.3.4.5', value: Uint8Array.of(5, 0) };
table('a critical extension that is not understood refuses (RFC 5280 §4.2)', [
  {
    name: 'in a leaf',
    leaf: { extensions: [{ ...unknown, critical: true }] },
    expect: 'criticalExtensionUnknown',
    evidence: { subject: leaf, extension: '1.2.3.4.5' },
  },
  {
    name: 'in a CA',
    cas: [{ extensions: [{ ...unknown, critical: true }] }],
    expect: 'criticalExtensionUnknown',
    evidence: { subject: ca(1) },
  },
  { name: 'not when it is not critical', leaf: { extensions: [unknown] }, expect: 'pathValid' },
  {
    name: 'a policy qualifier of another kind in critical policies (§4.2.1.4)',
    leaf: { extensions: [policiesWithQualifier('1.2.3.4', true)] },
    expect: 'policyQualifierUnknown',
    evidence: { subject: leaf, qualifier: '1.2.3.4' },
  },
  {
    name: 'also in a CA',
    cas: [{ extensions: [policiesWithQualifier('1.2.3.4', true)] }],
    expect: 'policyQualifierUnknown',
    evidence: { subject: ca(1) },
  },
  {
    name: 'not in policies that are not critical',
    leaf: { extensions: [policiesWithQualifier('1.2.3.4', false)] },
    expect: 'pathValid',
  },
  {
    name: 'nor where the qualifier is a user notice',
    leaf: { extensions: [policiesWithQualifier('1.3.6.1.5.5.7.2.2', true)] },
    expect: 'pathValid',
  },
]);

const [gold, silver, bronze, any] = ['1.2.3.1', '1.2.3.2', '1.2.3.3', '2.5.29.32.0'];
const explicit = { initialExplicitPolicy: true };
table('policies (RFC 5280 §6.1, RFC 9618)', [
  { name: 'no policy is required, none is needed', expect: 'pathValid' },
  {
    name: 'one is demanded and there is none',
    options: explicit,
    expect: 'policyNotAcceptable',
    evidence: { subject: ca(1) },
  },
  {
    name: 'the same policy all the way down',
    cas: [{ policies: [gold] }],
    leaf: { policies: [gold] },
    options: explicit,
    expect: 'pathValid',
  },
  {
    name: 'another one at the end',
    cas: [{ policies: [gold] }],
    leaf: { policies: [silver] },
    options: explicit,
    expect: 'policyNotAcceptable',
    evidence: { subject: leaf },
  },
  {
    name: 'anyPolicy above is every policy',
    cas: [{ policies: [any] }],
    leaf: { policies: [silver] },
    options: explicit,
    expect: 'pathValid',
  },
  {
    name: 'unless it is inhibited',
    cas: [{ policies: [any] }],
    leaf: { policies: [silver] },
    options: { ...explicit, initialAnyPolicyInhibit: true },
    expect: 'policyNotAcceptable',
  },
  {
    name: 'a CA inhibits it for those below',
    cas: [{ policies: [any], inhibitAnyPolicy: 0 }, { policies: [any] }],
    leaf: { policies: [gold] },
    options: explicit,
    expect: 'policyNotAcceptable',
  },
  {
    name: 'a CA demands one',
    cas: [{ policyConstraints: { requireExplicitPolicy: 0 } }],
    expect: 'policyNotAcceptable',
    evidence: { subject: leaf },
  },
  {
    name: 'the anchor demands one (RFC 5937)',
    root: { policyConstraints: { requireExplicitPolicy: 0 } },
    expect: 'policyNotAcceptable',
  },
  ...[1, 2].map((requireExplicitPolicy) => ({
    name: `the anchor demands one ${requireExplicitPolicy} certificates below`,
    root: { policyConstraints: { requireExplicitPolicy } },
    expect: 'policyNotAcceptable' as const,
  })),
  ...[
    { inhibitAnyPolicy: 0, leaf: any, expect: 'policyNotAcceptable' as const },
    { inhibitAnyPolicy: 0, leaf: gold, expect: 'policyNotAcceptable' as const },
    { inhibitAnyPolicy: 1, leaf: gold, expect: 'pathValid' as const },
    { inhibitAnyPolicy: 1, leaf: any, expect: 'policyNotAcceptable' as const },
    { inhibitAnyPolicy: 2, leaf: any, expect: 'pathValid' as const },
  ].map(({ inhibitAnyPolicy, leaf: policy, expect }) => ({
    name: `the anchor inhibits anyPolicy ${inhibitAnyPolicy} certificates below, and the leaf has ${policy}: ${expect}`,
    root: { inhibitAnyPolicy },
    cas: [{ policies: [any] }],
    leaf: { policies: [policy] },
    options: explicit,
    expect,
  })),
  ...[0, 1].map((inhibitPolicyMapping) => ({
    name: `the anchor inhibits mapping ${inhibitPolicyMapping} certificates below`,
    root: { policyConstraints: { inhibitPolicyMapping } },
    cas: [{ policies: [gold], policyMappings: [[gold, silver] as const] }],
    leaf: { policies: [silver] },
    options: explicit,
    expect: inhibitPolicyMapping === 0 ? ('policyNotAcceptable' as const) : ('pathValid' as const),
  })),
  ...[1, 2].map((inhibitPolicyMapping) => ({
    name: `the anchor inhibits mapping ${inhibitPolicyMapping} certificates below, and the second one maps`,
    root: { policyConstraints: { inhibitPolicyMapping } },
    cas: [{ policies: [gold] }, { policies: [gold], policyMappings: [[gold, silver] as const] }],
    leaf: { policies: [silver] },
    options: explicit,
    expect: inhibitPolicyMapping === 1 ? ('policyNotAcceptable' as const) : ('pathValid' as const),
  })),
  {
    name: 'the anchor is for other policies',
    root: { policies: [silver] },
    cas: [{ policies: [gold] }],
    leaf: { policies: [gold] },
    options: explicit,
    expect: 'policyNotAcceptable',
  },
  {
    name: 'the user wants another',
    cas: [{ policies: [gold] }],
    leaf: { policies: [gold] },
    options: { ...explicit, userInitialPolicySet: [silver] },
    expect: 'policyNotAcceptable',
  },
  {
    name: 'a mapped policy counts',
    cas: [{ policies: [gold], policyMappings: [[gold, silver]] }],
    leaf: { policies: [silver] },
    options: explicit,
    expect: 'pathValid',
  },
  {
    name: 'not when mapping is inhibited',
    cas: [{ policies: [gold], policyMappings: [[gold, silver]] }],
    leaf: { policies: [silver] },
    options: { ...explicit, initialPolicyMappingInhibit: true },
    expect: 'policyNotAcceptable',
  },
  {
    name: 'what was mapped away does not count',
    cas: [{ policies: [gold, bronze], policyMappings: [[gold, silver]] }],
    leaf: { policies: [gold] },
    options: explicit,
    expect: 'policyNotAcceptable',
  },
  {
    name: 'anyPolicy cannot be mapped',
    cas: [{ policies: [any], policyMappings: [[any, silver]] }],
    expect: 'policyMappingInvalid',
    evidence: { subject: ca(1) },
  },
  {
    name: 'nothing can be mapped to anyPolicy',
    cas: [{ policies: [gold], policyMappings: [[gold, any]] }],
    expect: 'policyMappingInvalid',
  },
]);

// CVE-2023-0464: every policy mapped to every other, in every CA. As a tree this has 20^8 nodes.
const items = Array.from({ length: 20 }, (_, i) => `1.2.3.${i + 1}`);
const everything = items.flatMap((from) => items.map((to) => [from, to] as const));
table('a mapping bomb stays small', [
  {
    name: 'eight CAs that map all onto all',
    cas: Array.from({ length: 8 }, () => ({ policies: items, policyMappings: everything })),
    leaf: { policies: items },
    options: explicit,
    expect: 'pathValid',
  },
]);

/** `szOID_APPLICATION_CERT_POLICIES`, in the syntax of certificatePolicies, as AD CS issues it. */
const applicationPolicies = (purposes: readonly string[], critical: boolean): ExtensionInput => ({
  ...certificatePolicies(purposes, critical),
  oid: '1.3.6.1.4.1.311.21.10',
});
const anyApplicationPolicy = '1.3.6.1.4.1.311.10.12.1';
const { clientAuth, serverAuth, smartCardLogon, ocspSigning } = keyPurposes;

table('Microsoft application policies are understood, and never widen what a certificate is for (PATH-11)', [
  ...(
    [
      // extended key usage, application policies, when critical, when not
      [[clientAuth], [clientAuth, smartCardLogon], 'pathValid', 'pathValid'],
      [[clientAuth], [anyApplicationPolicy], 'pathValid', 'pathValid'],
      [[clientAuth], [keyPurposes.any], 'pathValid', 'pathValid'],
      [[clientAuth], [serverAuth], 'extendedKeyUsageForbids', 'pathValid'],
      [[clientAuth], [smartCardLogon], 'extendedKeyUsageForbids', 'pathValid'],
      [[serverAuth], [clientAuth], 'extendedKeyUsageForbids', 'extendedKeyUsageForbids'],
      [[serverAuth], [anyApplicationPolicy], 'extendedKeyUsageForbids', 'extendedKeyUsageForbids'],
      [[keyPurposes.any], [serverAuth], 'extendedKeyUsageForbids', 'pathValid'],
      [null, [clientAuth], 'pathValid', 'pathValid'],
      [null, [serverAuth], 'extendedKeyUsageForbids', 'pathValid'],
    ] as const
  ).flatMap(([extendedKeyUsage, purposes, whenCritical, whenNot]) =>
    [true, false].map(
      (critical): Row => ({
        name: `${critical ? 'critical' : 'non-critical'} ${purposes} beside ${extendedKeyUsage ?? 'no extended key usage'}`,
        leaf: { extendedKeyUsage, extensions: [applicationPolicies(purposes, critical)] },
        expect: critical ? whenCritical : whenNot,
      }),
    ),
  ),
  {
    name: 'critical ones of a CA hold for what it issues',
    cas: [{ extensions: [applicationPolicies([serverAuth], true)] }],
    expect: 'extendedKeyUsageForbids',
    evidence: { subject: ca(1), allowed: [serverAuth] },
  },
  {
    name: 'critical ones of an anchor, too',
    root: { extensions: [applicationPolicies([serverAuth], true)] },
    expect: 'extendedKeyUsageForbids',
    evidence: { subject: 'CN=Root' },
  },
  {
    name: 'they name no responder',
    leaf: { extendedKeyUsage: null, extensions: [applicationPolicies([ocspSigning], true)] },
    options: { purpose: 'ocspSigning' },
    expect: 'extendedKeyUsageForbids',
  },
  {
    name: 'critical ones for clients make a responder none',
    leaf: { extendedKeyUsage: [ocspSigning], extensions: [applicationPolicies([clientAuth], true)] },
    options: { purpose: 'ocspSigning' },
    expect: 'extendedKeyUsageForbids',
    evidence: { allowed: [clientAuth] },
  },
]);
