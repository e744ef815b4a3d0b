import { messageOf } from '#core/trace/fault.ts';
import type { Code, EvidenceOf } from '#core/trace/reasons.ts';
import type { SignInRecord } from '#model/sign-in.ts';

/** What an entry's account found at a step, with the evidence of that code. */
export function match<C extends Code>({ trace }: SignInRecord, code: C): EvidenceOf<C> | undefined {
  return trace.findings.findLast(({ because }) => because.code === code)?.because.evidence as EvidenceOf<C> | undefined;
}

const isCertificate = (method: string) => method.startsWith('x509Certificate');

export function proofOfSuccess(record: SignInRecord): string | null {
  const isMulti = record.proofs.some(({ method }) => method === 'x509CertificateMultiFactor');
  if (isMulti) return 'MFA requirement satisfied by certificate';
  return match(record, 'sessionAccepted') ? 'Satisfied by claim in the session' : null;
}

/** Names the portal shows for methods. */
const methodNames: Readonly<Record<string, string>> = {
  password: 'Password',
  softwareOath: 'OATH verification code',
  hardwareOath: 'OATH verification code',
  fido2: 'Passkey',
  windowsHelloForBusiness: 'Windows Hello for Business',
  temporaryAccessPassOneTime: 'Temporary Access Pass',
  temporaryAccessPassMultiUse: 'Temporary Access Pass',
  approval: 'Approval in another session',
};
export const methodName = (method: string) =>
  isCertificate(method) ? 'X.509 Certificate' : (methodNames[method] ?? method);

/** LOG-2: a row for every factor, and one for the attempt that failed. */
export function authenticationDetails(record: SignInRecord): readonly unknown[] {
  const rows = record.proofs.map(({ method, at, certificate }, i) => ({
    authenticationStepDateTime: at,
    authenticationMethod: methodName(method),
    authenticationMethodDetail: certificate ? certificateDetail(certificate.subject, certificate.sha1Thumbprint) : null,
    succeeded: true,
    authenticationStepResultDetail: isCertificate(method) ? 'certificate accepted' : 'accepted',
    authenticationStepRequirement: i === 0 ? 'Primary authentication' : 'Secondary authentication',
  }));
  return record.status === 'failure' && rows.length === 0 ? triedStep(record) : rows;
}

/** What the user tried when one of these is in the trace. */
const triedBy: Readonly<Partial<Record<Code, string>>> = {
  certificateRead: 'x509Certificate',
  certificateMissing: 'x509Certificate',
  certificateUnreadable: 'x509Certificate',
  passwordWrong: 'password',
  oneTimeCodeWrong: 'softwareOath',
  passkeyWrong: 'fido2',
  temporaryAccessPassWrong: 'temporaryAccessPassOneTime',
  temporaryAccessPassInvalid: 'temporaryAccessPassOneTime',
  approvalRefused: 'approval',
};

/** The one step of a refused sign-in; none where nothing was shown. A card may be right and policy refuse it anyway. */
function triedStep(record: SignInRecord): readonly unknown[] {
  const { findings } = record.trace;
  const method = findings.map(({ because }) => triedBy[because.code]).find((item) => item !== undefined);
  if (method === undefined) return [];
  const certificateRead = match(record, 'certificateRead');
  const succeeded = match(record, 'userBound') !== undefined;
  return [
    {
      authenticationStepDateTime: record.createdDateTime.toISOString(),
      authenticationMethod: methodName(method),
      authenticationMethodDetail: certificateRead
        ? certificateDetail(certificateRead.subject, certificateRead.sha1Thumbprint)
        : null,
      succeeded,
      authenticationStepResultDetail: succeeded ? 'certificate accepted' : messageOf(record.because),
      authenticationStepRequirement: match(record, 'provenBefore')
        ? 'Secondary authentication'
        : 'Primary authentication',
    },
  ];
}

const certificateDetail = (subject: string, thumbprint: string) => `${subject || '(empty subject)'}; ${thumbprint}`;

const levels = {
  x509CertificateMultiFactor: 'multiFactorAuthentication',
  x509CertificateSingleFactor: 'singleFactorAuthentication',
};
const levelTypes = {
  policyOID: 'PolicyId',
  issuerSubject: 'IssuerSubject',
  issuerSubjectAndPolicyOID: 'IssuerSubjectAndPolicyId',
  default: 'Default',
};

/** entra-cba §10.1: what the certificate was, how it was bound and rated. Keys are the portal's labels. */
export function processingDetails(record: SignInRecord): readonly { key: string; value: string }[] {
  const rows: (readonly [string, string | undefined])[] = [];
  const certificateRead = match(record, 'certificateRead');
  if (certificateRead) {
    rows.push(
      ['User certificate subject name', certificateRead.subject],
      ['User certificate issuer name', certificateRead.issuer],
      ['User certificate serial number', certificateRead.serialNumber],
      ['User certificate thumbprint', certificateRead.sha1Thumbprint],
    );
  }
  const bound = match(record, 'userBound');
  if (bound) {
    const { field, property, rank } = bound;
    rows.push([
      'User certificate binding',
      `Certificate: ${fieldLabels[field] ?? field}; User Attribute: ${property}; Rank: ${rank}`,
    ]); // LOG-5
  }
  const rating = match(record, 'certificateRated');
  if (rating) {
    rows.push(
      ['User certificate authentication level', levels[rating.mode]],
      ['User certificate authentication level type', levelTypes[rating.decidedBy]],
      ['User certificate authentication level identifier', rating.identifiers.join(', ')],
      ['User certificate required affinity', rating.requiredAffinity],
    );
  }
  if (match(record, 'pathValid')) {
    const legacy = match(record, 'legacyStoreUsed')?.authorities.map(({ subject, why }) => `${subject}: ${why}`);
    rows.push(['Is Legacy Store Used', legacy ? '1' : '0'], ['Legacy Store Use Information', legacy?.join('; ')]);
  } // LOG-6
  const [scope] = match(record, 'accountAccepted')?.scopedAuthorities ?? [];
  rows.push(['User certificate issuer scope', scope]); // LOG-7
  return rows.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [{ key, value }]));
}

/** Fields as the portal calls them in the log (graph-api §12.1, the sample record). */
const fieldLabels: Readonly<Record<string, string>> = {
  PrincipalName: 'Principal Name',
  RFC822Name: 'RFC822 Name',
  SubjectKeyIdentifier: 'Subject Key Identifier',
  SHA1PublicKey: 'SHA1 Public Key',
  IssuerAndSubject: 'Issuer and Subject',
  IssuerAndSerialNumber: 'Issuer and Serial Number',
};
