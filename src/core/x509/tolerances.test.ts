import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pem, signed } from '#pki/build/certificate-builder.ts';
import * as d from '#pki/build/der-writer.ts';
import { otherName } from '#pki/build/fields/general-names.ts';
import { nameDer } from '#pki/build/fields/names.ts';
import type { CertificateOptions } from '#pki/build/issued.ts';
import { at, certificateOf, storeOf } from '#test/pki/chains.ts';
import { needs, run, withFiles } from '#test/pki/openssl.ts';
import { firstIn, signedAgain } from '#test/pki/signed-again.ts';
import { testCa } from '#test/pki/test-ca.ts';
import { certificateFields } from '../binding/identifiers/certificate-fields.ts';
import { readEntry } from '../crl/format/entries/entry.ts';
import { findEntries } from '../crl/format/entries/entry-index.ts';
import { readCrl } from '../crl/format/read-crl.ts';
import { messageOf } from '../trace/fault.ts';
import { type Tolerance, tolerances } from '../trace/tolerances.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { nameToString } from './name.ts';
import { validatePath } from './path.ts';

const root = testCa('CN=Root');
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const userCertificate = (options: CertificateOptions) =>
  root.issueUserCertificate({ subject: 'CN=Ana', ...options }).der;
const editedCertificate = (options: CertificateOptions, from: string, to: string) =>
  signedAgain(userCertificate(options), root.privateKey, from, to);
const text = (tag: number, value: string) => d.tlv(tag, Buffer.from(value, 'latin1'));
const attribute = (oid: string, value: string) => d.sequence(d.oid(oid), d.utf8String(value));
const keyUsageOf = (bits: string) => ({
  keyUsage: null,
  extensions: [{ oid: '2.5.29.15', critical: true, value: hex(bits) }],
});
const upn = (value: Uint8Array) => ({
  names: [otherName('1.3.6.1.4.1.311.20.2.3', value)],
  email: 'ana@woodgrove.test',
});

/** A version 1 certificate that says so. */
function versionWritten(): Uint8Array {
  const tbs = firstIn(root.issue({ subject: 'CN=Ana', version: 1 }).der);
  const fields = tbs.subarray(tbs[1]! < 0x80 ? 2 : 2 + (tbs[1]! & 0x7f));
  return signed(d.sequence(d.contextConstructed(0, d.integer(0)), fields), { key: root.privateKey });
}

interface Row {
  readonly tolerance: Tolerance;
  readonly name: string;
  readonly der: Uint8Array;
  readonly holds?: (certificate: Certificate) => boolean;
  /** Not a certificate of a user, so that only reading it is compared. */
  readonly isNotOfUser?: true;
}
const digitalSignature = ({ keyUsage }: Certificate) => [...(keyUsage ?? [])].join() === 'digitalSignature';
const hasName = (name: string) => (certificate: Certificate) => nameToString(certificate.subject) === name;
const bindsByMailOnly = (certificate: Certificate) =>
  certificateFields.PrincipalName.read(certificate).length === 0 &&
  certificateFields.RFC822Name.read(certificate).join() === 'ana@woodgrove.test';
const emptyRdn = d.sequence(d.tlv(0x31), d.setOf(attribute('2.5.4.3', 'Ana')));
const twoAttributes = d.sequence(d.tlv(0x31, attribute('2.5.4.3', 'Ana'), attribute('2.5.4.5', '7')));

const certificates: readonly Row[] = [
  ...['01', '7f', '80'].map(
    (octet): Row => ({
      tolerance: 'booleanTrue',
      name: `critical TRUE as ${octet}`,
      der: editedCertificate({}, '0603551d0f0101ff', `0603551d0f0101${octet}`),
      holds: ({ extensions }) => extensions.find(({ oid }) => oid === '2.5.29.15')?.critical === true,
    }),
  ),
  {
    tolerance: 'booleanTrue',
    name: 'cA TRUE as 01',
    der: root.issueCa('CN=CA', {
      basicConstraints: null,
      extensions: [{ oid: '2.5.29.19', critical: true, value: hex('3003 010101') }],
    }).der,
    holds: ({ basicConstraints }) => basicConstraints?.cA === true,
    isNotOfUser: true,
  },
  {
    tolerance: 'defaultWritten',
    name: 'critical FALSE',
    der: editedCertificate({}, '0603551d0f0101ff', '0603551d0f010100'),
    holds: digitalSignature,
  },
  {
    tolerance: 'defaultWritten',
    name: 'cA FALSE',
    der: userCertificate({ extensions: [{ oid: '2.5.29.19', value: hex('3003 010100') }] }),
    holds: ({ basicConstraints }) => basicConstraints?.cA === false,
  },
  {
    tolerance: 'defaultWritten',
    name: 'version 1',
    der: versionWritten(),
    holds: ({ version }) => version === 1,
    isNotOfUser: true,
  },
  {
    tolerance: 'defaultWritten',
    name: 'minimum 0 of a name constraint',
    der: root.issueCa('CN=CA', {
      extensions: [{ oid: '2.5.29.30', critical: true, value: hex('3009 a007 3005 8200 800100') }],
    }).der,
    holds: ({ nameConstraints }) => nameConstraints?.permitted.length === 1,
    isNotOfUser: true,
  },
  {
    tolerance: 'trailingZeroBits',
    name: 'a whole octet',
    der: userCertificate(keyUsageOf('03020080')),
    holds: digitalSignature,
  },
  {
    tolerance: 'trailingZeroBits',
    name: 'two octets',
    der: userCertificate(keyUsageOf('0303078000')),
    holds: digitalSignature,
  },
  {
    tolerance: 'unusedBitsSet',
    name: 'seven unused bits',
    der: userCertificate(keyUsageOf('030207ff')),
    holds: digitalSignature,
  },
  {
    tolerance: 'setUnsorted',
    name: 'an RDN of two attributes',
    der: userCertificate({ subject: twoAttributes }),
    holds: hasName('CN=Ana+SERIALNUMBER=7'),
  },
  {
    tolerance: 'emptyRdn',
    name: 'in the subject',
    der: userCertificate({ subject: emptyRdn }),
    holds: hasName('CN=Ana'),
  },
  {
    tolerance: 'emptyRdn',
    name: 'in an alternative name',
    der: userCertificate({ names: [d.contextConstructed(4, emptyRdn)] }),
    holds: ({ subjectAltName: [name] }) => name?.kind === 'directoryName' && nameToString(name.name) === 'CN=Ana',
  },
  {
    tolerance: 'emptyPolicyQualifiers',
    name: 'of one policy',
    der: userCertificate({
      extensions: [{ oid: '2.5.29.32', value: d.sequence(d.sequence(d.oid('1.2.3'), d.sequence())) }],
    }),
    holds: ({ certificatePolicies }) => certificatePolicies[0]?.policyIdentifier === '1.2.3',
  },
  {
    tolerance: 'emptyAlternativeName',
    name: 'an empty SEQUENCE',
    der: userCertificate({ extensions: [{ oid: '2.5.29.17', value: d.sequence() }] }),
    holds: ({ subjectAltName }) => subjectAltName.length === 0,
  },
  ...(
    [
      ['IA5String', text(0x16, 'ana@woodgrove.test')],
      ['PrintableString', text(0x13, 'ana.woodgrove')],
      ['BMPString', d.bmpString('ana@woodgrove.test')],
      ['T61String', text(0x14, 'ana@woodgrove.test')],
      ['OCTET STRING', text(0x04, 'ana@woodgrove.test')],
    ] as const
  ).map(
    ([type, value]): Row => ({
      tolerance: 'unusableName',
      name: `a UPN in ${type}`,
      der: userCertificate(upn(value)),
      holds: bindsByMailOnly,
    }),
  ),
  ...([1, 2, 6] as const).map(
    (n): Row => ({
      tolerance: 'unusableName',
      name: `a name of kind [${n}] beyond ASCII`,
      der: userCertificate({
        email: 'ana@woodgrove.test',
        names: [d.contextPrimitive(n, Buffer.from('ä@bücher.example'))],
      }),
      holds: bindsByMailOnly,
    }),
  ),
  {
    tolerance: 'policyTwice',
    name: 'beside another one',
    der: userCertificate({ policies: ['1.2.3', '1.2.4', '1.2.3'] }),
    holds: ({ certificatePolicies }) =>
      certificatePolicies.map(({ policyIdentifier }) => policyIdentifier).join() === '1.2.4',
  },
];

describe('a slip of the table of tolerances in a certificate is read, noted, and read by OpenSSL too', () => {
  for (const { tolerance, name, der, holds, isNotOfUser } of certificates)
    test(`${tolerance}: ${name}`, () => {
      const ruling = readCertificate(der);
      assert.ok(ruling.outcome === 'passed', JSON.stringify(ruling.because));
      assert.deepEqual(ruling.value.tolerances, [tolerance]);
      assert.ok(messageOf(ruling.because).endsWith(`; accepted despite ${tolerances[tolerance].slip}`));
      assert.ok(holds?.(ruling.value) ?? true);
      if (!isNotOfUser) assert.equal(validatePath(ruling.value, storeOf([root]), at).because.code, 'pathValid');
    });
  for (const { tolerance, name, der, isNotOfUser } of certificates)
    test(`OpenSSL: ${tolerance}: ${name}`, needs('openssl'), () =>
      withFiles({ 'root.pem': root.pem, 'card.pem': pem('CERTIFICATE', der) }, (folder) => {
        const checks = isNotOfUser ? [] : ['-purpose', 'sslclient'];
        const when = ['-attime', `${at.getTime() / 1000}`];
        const { status, text } = run(
          folder,
          'openssl',
          'verify',
          ...when,
          ...checks,
          '-CAfile',
          'root.pem',
          'card.pem',
        );
        assert.equal(status, 0, text);
      }),
    );

  test('the path says which CA on it has slips', () => {
    const slip = {
      basicConstraints: null,
      extensions: [{ oid: '2.5.29.19', critical: true, value: hex('3003 010101') }],
    };
    const ca = root.issueCa('CN=CA', slip);
    const { because } = validatePath(
      certificateOf(ca.issueUserCertificate({ subject: 'CN=Ana' })),
      storeOf([root], [ca]),
      at,
    );
    assert.match(messageOf(because), /; CN=CA was accepted despite BOOLEAN TRUE with a value other than FF$/);
  });
});

describe('everything else stays strict', () => {
  const utf8 = (text: string) => d.tlv(0x0c, hex(text));
  const rows: readonly (readonly [name: string, der: Uint8Array])[] = [
    ['BOOLEAN of two octets', userCertificate({ extensions: [{ oid: '2.5.29.19', value: hex('3004 0102ffff') }] })],
    ['an indefinite length', userCertificate({ extensions: [{ oid: '2.5.29.19', value: hex('3080 0000') }] })],
    ['a length in a longer form', userCertificate({ extensions: [{ oid: '2.5.29.19', value: hex('308100') }] })],
    ['a trailing byte', userCertificate({ extensions: [{ oid: '2.5.29.19', value: hex('3000 00') }] })],
    [
      'a minimum of 1',
      userCertificate({ extensions: [{ oid: '2.5.29.30', value: hex('3009 a007 3005 8200 800101') }] }),
    ],
    ['a maximum', userCertificate({ extensions: [{ oid: '2.5.29.30', value: hex('3009 a007 3005 8200 810100') }] })],
    ['a UPN in overlong UTF-8', userCertificate(upn(utf8('c080')))],
    ['a UPN with a UTF-8 surrogate', userCertificate(upn(utf8('eda080')))],
    [
      'a universal SEQUENCE among alternative names',
      userCertificate({ extensions: [{ oid: '2.5.29.17', value: hex('3002 3000') }] }),
    ],
    ['eight unused bits', userCertificate(keyUsageOf('03020880'))],
    ['an INTEGER with a spare octet', userCertificate({ extensions: [{ oid: '2.5.29.54', value: hex('02020001') }] })],
    ['a time that does not end with Z', editedCertificate({}, '30305a', '30305b')],
  ];
  for (const [name, der] of rows)
    test(name, () => assert.equal(readCertificate(der).because.code, 'certificateUnreadable'));
});

const crls: readonly { tolerance: Tolerance; name: string; der: Uint8Array; entry?: true }[] = [
  {
    tolerance: 'booleanTrue',
    name: 'critical TRUE as 01',
    der: signedAgain(
      root.crl({ issuingDistributionPoint: { onlyContainsUserCerts: true } }),
      root.privateKey,
      '0603551d1c0101ff',
      '0603551d1c010101',
    ),
  },
  {
    tolerance: 'booleanTrue',
    name: 'a flag of issuingDistributionPoint as 01',
    der: signedAgain(
      root.crl({ issuingDistributionPoint: { onlyContainsUserCerts: true } }),
      root.privateKey,
      '30038101ff',
      '3003810101',
    ),
  },
  {
    tolerance: 'defaultWritten',
    name: 'a flag of issuingDistributionPoint as FALSE',
    der: signedAgain(
      root.crl({ issuingDistributionPoint: { onlyContainsUserCerts: true } }),
      root.privateKey,
      '30038101ff',
      '3003810100',
    ),
  },
  {
    tolerance: 'defaultWritten',
    name: 'critical FALSE of an entry',
    der: root.crl({
      entries: [
        { serial: 7n, revocationDate: at, extensions: [{ oid: '2.5.29.21', critical: true, value: hex('0a0101') }] },
      ],
    }),
    entry: true,
  },
  {
    tolerance: 'trailingZeroBits',
    name: 'reasons in whole octets',
    der: root.crl({ extensions: [{ oid: '2.5.29.28', critical: true, value: hex('3004 8302 0040') }] }),
  },
  {
    tolerance: 'unreadableExtension',
    name: 'an invalidityDate that is a UTCTime of no form',
    der: root.crl({
      entries: [{ serial: 7n, revocationDate: at, extensions: [{ oid: '2.5.29.24', value: hex('1701 30') }] }],
    }),
    entry: true,
  },
  {
    tolerance: 'unreadableExtension',
    name: 'a Next CRL Publish that is text',
    der: root.crl({ extensions: [{ oid: '1.3.6.1.4.1.311.21.4', value: hex('0c0130') }] }),
  },
  { tolerance: 'emptyRevokedCertificates', name: 'an empty SEQUENCE', der: emptyCrl() },
];

/** A CRL with revokedCertificates, but no entry: the one entry of another CRL, without its contents. */
function emptyCrl(): Uint8Array {
  const tbs = Buffer.from(firstIn(root.crl())).toString('hex');
  const [head, extensions] = tbs.split(/(?=a0[0-9a-f]{2}30[0-9a-f]{2}30[0-9a-f]{2}0603551d)/);
  return signed(d.sequence(hex(head!.slice(tbs.startsWith('3081') ? 6 : 4)), d.sequence(), hex(extensions!)), {
    key: root.privateKey,
  });
}

describe('a slip in a CRL is read, noted, and read by OpenSSL too', () => {
  for (const { tolerance, name, der: first, entry } of crls) {
    const der = name.startsWith('critical FALSE of')
      ? signedAgain(first, root.privateKey, '0603551d150101ff', '0603551d15010100')
      : first;
    test(`${tolerance}: ${name}`, () => {
      const ruling = readCrl(der);
      assert.ok(ruling.outcome === 'passed', JSON.stringify(ruling.because));
      const [offset] = findEntries(ruling.value.der, ruling.value.index, Uint8Array.of(7));
      const slips = entry ? readEntry(der, offset!).tolerances : ruling.value.tolerances;
      assert.deepEqual(slips, [tolerance]);
    });
    test(`OpenSSL: ${tolerance}: ${name}`, needs('openssl'), () =>
      withFiles({ 'root.pem': root.pem, 'crl.pem': pem('X509 CRL', der) }, (folder) =>
        assert.match(
          run(folder, 'openssl', 'crl', '-in', 'crl.pem', '-noout', '-verify', '-CAfile', 'root.pem').text,
          /verify OK/,
        ),
      ),
    );
  }

  const refusals: readonly (readonly [name: string, der: Uint8Array, code: string])[] = [
    [
      'an unknown critical extension of an entry',
      entryWith({ oid: '1.2.3', critical: true, value: d.nothing() }),
      'crlExtensionUnknown',
    ],
    [
      'a critical invalidityDate that cannot be read',
      entryWith({ oid: '2.5.29.24', critical: true, value: hex('170130') }),
      'crlMalformed',
    ],
    ['a reason of two octets', entryWith({ oid: '2.5.29.21', value: hex('0a020101') }), 'crlMalformed'],
    [
      'a CRL number that cannot be read',
      root.crl({ number: undefined, extensions: [{ oid: '2.5.29.20', value: hex('0c0130') }] }),
      'crlMalformed',
    ],
  ];
  for (const [name, der, code] of refusals)
    test(`${name} refuses the CRL`, () => assert.equal(readCrl(der).because.code, code));
});

function entryWith(extension: { oid: string; critical?: boolean; value: Uint8Array }): Uint8Array {
  return root.crl({ entries: [{ serial: 7n, revocationDate: at, extensions: [extension] }] });
}

test('every row of the table of tolerances has an input here', () => {
  const coveredNames = new Set([...certificates, ...crls].map(({ tolerance }) => tolerance));
  assert.deepEqual(
    Object.keys(tolerances).filter((name) => !coveredNames.has(name as Tolerance)),
    [],
  );
});

describe('a name that cannot be used is outside of every permitted subtree and inside of every excluded one', () => {
  const kinds: Readonly<Record<string, { odd: Uint8Array; tree: Uint8Array }>> = {
    UPN: {
      odd: otherName('1.3.6.1.4.1.311.20.2.3', text(0x16, 'ana@woodgrove.test')),
      tree: otherName('1.3.6.1.4.1.311.20.2.3', d.utf8String('woodgrove.test')),
    },
    rfc822Name: {
      odd: d.contextPrimitive(1, Buffer.from('ä@woodgrove.test')),
      tree: d.contextPrimitive(1, Buffer.from('woodgrove.test')),
    },
    dNSName: {
      odd: d.contextPrimitive(2, Buffer.from('ä.woodgrove.test')),
      tree: d.contextPrimitive(2, Buffer.from('woodgrove.test')),
    },
    URI: {
      odd: d.contextPrimitive(6, Buffer.from('http://ä.woodgrove.test/')),
      tree: d.contextPrimitive(6, Buffer.from('.woodgrove.test')),
    },
  };
  for (const [kind, { odd, tree }] of Object.entries(kinds))
    for (const side of ['permitted', 'excluded'] as const)
      for (const [label, names, constraints, code] of [
        ['the name is odd', [odd], [tree], 'nameNotAllowed'],
        ['the subtree is odd', [tree], [odd], 'nameNotAllowed'],
        ['the odd name is of another kind', [odd], [d.contextPrimitive(7, hex('0a000000 ff000000'))], 'pathValid'],
      ] as const)
        test(`${kind}, ${side}: ${label}`, () => {
          const ca = root.issueCa('CN=Constrained', { nameConstraints: { [side]: constraints } });
          const leaf = certificateOf(ca.issueUserCertificate({ subject: 'CN=Ana', names }));
          assert.equal(validatePath(leaf, storeOf([root], [ca]), at).because.code, code);
        });
});

test('a name without an attribute in one RDN is the same name as without that RDN, for subtrees too', () => {
  const excluded = [d.contextConstructed(4, nameDer('O=Bad'))];
  const ca = root.issueCa('CN=Constrained', { nameConstraints: { excluded } });
  const subject = d.sequence(d.tlv(0x31), d.setOf(attribute('2.5.4.10', 'Bad')), d.setOf(attribute('2.5.4.3', 'Ana')));
  const leaf = certificateOf(ca.issueUserCertificate({ subject }));
  assert.equal(validatePath(leaf, storeOf([root], [ca]), at).because.code, 'nameNotAllowed');
});

test('a policy that is listed twice does not meet a demand for it', () => {
  const demand = { userInitialPolicySet: ['1.2.3'], initialExplicitPolicy: true };
  const codes = [['1.2.3'], ['1.2.3', '1.2.3']].map((policies) => {
    const leaf = certificateOf(root.issueUserCertificate({ subject: 'CN=Ana', policies }));
    return validatePath(leaf, storeOf([root]), at, demand).because.code;
  });
  assert.deepEqual(codes, ['pathValid', 'policyNotAcceptable']);
});
