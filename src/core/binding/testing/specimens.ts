/** Certificates and users for the tables of this module: the certificate of specification Appendix C, taken apart manually. */
import type { Certificate } from '../../x509/certificate.ts';
import type { GeneralName } from '../../x509/extensions/general-name.ts';
import type { Name } from '../../x509/name.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '../policy.ts';
import type { DirectoryAnswer, DirectoryQuestion, User } from '../user.ts';

const types: Record<string, string> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  DC: '0.9.2342.19200300.100.1.25',
};

/** A name in encoding order from pairs of label (or OID) and value; an array of pairs is one multi-valued RDN. */
export function nameOf(...rdns: readonly (readonly [string, string] | readonly (readonly [string, string])[])[]): Name {
  const pairs = rdns.map((rdn) => (Array.isArray(rdn[0]) ? rdn : [rdn]) as readonly (readonly [string, string])[]);
  return {
    der: new Uint8Array(),
    rdns: pairs.map((rdn) => rdn.map(([label, value]) => ({ type: types[label] ?? label, value }))),
  };
}

export function userPrincipalName(text: string): GeneralName {
  return { kind: 'otherName', oid: '1.3.6.1.4.1.311.20.2.3', value: new Uint8Array(), text };
}
export function mail(text: string): GeneralName {
  return { kind: 'rfc822Name', text };
}

/** The fields that this module reads; the rest is empty. A test states only what it is about. */
export function certificateWith(fields: Partial<Certificate>): Certificate {
  const empty = new Uint8Array();
  return {
    der: empty,
    tbs: empty,
    version: 3,
    serialNumber: Uint8Array.of(1),
    signatureAlgorithm: empty,
    signature: empty,
    issuer: nameOf(['CN', 'Contoso CA']),
    subject: nameOf(['CN', 'Somebody']),
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2027-01-01T00:00:00Z'),
    subjectPublicKeyInfo: empty,
    extensions: [],
    subjectKeyIdentifier: undefined,
    authorityKeyIdentifier: undefined,
    subjectAltName: [],
    certificatePolicies: [],
    sha1Thumbprint: '00'.repeat(20),
    sha256Thumbprint: '00'.repeat(32),
    tbsSha256: '11'.repeat(32),
    ...fields,
  } as Certificate;
}

/** The leaf of Appendix C. */
export const userCertificate = certificateWith({
  serialNumber: Buffer.from('48EFA06BA8127299499B069F133441B2', 'hex'),
  issuer: nameOf(['DC', 'com'], ['DC', 'contoso'], ['CN', 'CONTOSO-DC-CA']),
  subject: nameOf(['DC', 'com'], ['DC', 'contoso'], ['OU', 'UserAccounts'], ['CN', 'mfatest']),
  subjectAltName: [userPrincipalName('bob@woodgrove.com'), mail('user@woodgrove.com')],
  certificatePolicies: [{ policyIdentifier: '1.2.3.4' }, { policyIdentifier: '1.2.3.4.6' }],
  subjectKeyIdentifier: Buffer.from('E58EEC7C0E6FE94FB3CA8A51BC9A739FC3538F3E', 'hex'),
  authorityKeyIdentifier: Buffer.from('A8A5E425AFAC389822CE523D7E2F29FA40C8FF0A', 'hex'),
  sha1Thumbprint: '767C733671D130CC89D62E278D05B8ED39C7243A',
});

/** Its CA, which is a root. */
export const authority = certificateWith({
  issuer: userCertificate.issuer,
  subject: userCertificate.issuer,
  subjectKeyIdentifier: Buffer.from('A8A5E425AFAC389822CE523D7E2F29FA40C8FF0A', 'hex'),
});

export function userWith(fields: Partial<User> = {}): User {
  return {
    id: '11111111-1111-1111-1111-111111111111',
    userPrincipalName: 'bob@woodgrove.com',
    onPremisesUserPrincipalName: undefined,
    displayName: 'Bob',
    mail: undefined,
    accountEnabled: true,
    certificateUserIds: [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: ['card-holders'],
    ...fields,
  };
}

/** Enabled for every user unless the test says otherwise. */
export function configurationWith(fields: Partial<X509CertificateConfiguration> = {}): X509CertificateConfiguration {
  return {
    ...defaultX509CertificateConfiguration,
    state: 'enabled',
    includeTargets: [{ targetType: 'group', id: 'all_users' }],
    ...fields,
  };
}

/** What a directory of these users answers: as loosely as the loosest one, for the module to check again. */
export function answersOf(
  questions: readonly DirectoryQuestion[],
  ...users: readonly User[]
): readonly DirectoryAnswer[] {
  return questions.map((question) => ({ question, users: users.filter((user) => has(user, question)) }));
}
function has(user: User, { property, value }: DirectoryQuestion): boolean {
  return [user[property] ?? []].flat().some((holding) => holding.toLowerCase() === value.toLowerCase());
}
