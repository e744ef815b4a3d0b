import { type Because, because } from '../../trace/reasons.ts';
import { type Ruling, refused, success } from '../../trace/ruling.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { X509CertificateField } from '../policy.ts';
import { certificateFields } from './certificate-fields.ts';
import { windowsName } from './distinguished-name.ts';
import { userPrincipalNameKey } from './user-principal-name.ts';

/** UB-14 and UB-15: values a user may have, characters a value may have. */
export const certificateUserIdLimits = { values: 10, characters: 1024 } as const;

interface Form {
  readonly field: X509CertificateField;
  readonly pattern: RegExp;
  /** The normal form of the captured parts; undefined when they are not what the tag promises. */
  key(parts: readonly string[]): string | undefined;
}

const hex = '((?:[0-9A-Fa-f]{2})+)';
/** A doubled quote reads as two quoted parts side by side: the same texts, and no two ways to read one. */
const name = '((?:[^<>"]|"[^"]*")+)';

/** One row a pattern of §5.1. Tags are case-sensitive (UB-18); hex is not, and neither are names of people (UB-29). */
const forms: readonly Form[] = [
  { field: 'PrincipalName', pattern: /^X509:<PN>(.+)$/su, key: ([text = '']) => userPrincipalNameKey(text) },
  { field: 'RFC822Name', pattern: /^X509:<RFC822>(.+)$/su, key: ([text = '']) => userPrincipalNameKey(text) },
  {
    field: 'IssuerAndSerialNumber',
    pattern: new RegExp(`^X509:<I>${name}<SR>${hex}$`, 'u'),
    key: ([issuer = '', serial = '']) => `${issuer}<SR>${serial.toLowerCase()}`,
  },
  {
    field: 'IssuerAndSubject',
    pattern: new RegExp(`^X509:<I>${name}<S>${name}$`, 'u'),
    key: ([issuer = '', subject = '']) => `${issuer}<S>${subject}`,
  },
  { field: 'Subject', pattern: new RegExp(`^X509:<S>${name}$`, 'u'), key: ([subject]) => subject },
  { field: 'SubjectKeyIdentifier', pattern: new RegExp(`^X509:<SKI>${hex}$`, 'u'), key: ([ski]) => ski?.toUpperCase() },
  {
    field: 'SHA1PublicKey',
    pattern: new RegExp(`^X509:<SHA1-PUKEY>${hex}$`, 'u'),
    key: ([sha1]) => sha1?.toUpperCase(),
  },
];

/**
 * The form in which two values compare and in which a store keeps them unique (UB-16, UB-29): the tag exactly, hex and
 * names of people without regard to case, distinguished names exactly. A value of no known form compares as it stands.
 */
export function certificateUserIdKey(text: string): string {
  const form = formOf(text);
  const key = form?.key(text.match(form.pattern)?.slice(1) ?? []);
  return form && key !== undefined ? `${form.field} ${key}` : `? ${text}`;
}

function formOf(text: string): Form | undefined {
  return forms.find(({ pattern }) => pattern.test(text));
}

/** What is wrong with the whole list a user is to have (UB-13…UB-18); empty when nothing is. */
export function checkCertificateUserIds(values: readonly string[]): readonly Because[] {
  const { values: limit } = certificateUserIdLimits;
  const tooMany = values.length > limit ? [because('certificateUserIdsTooMany', { found: values.length, limit })] : [];
  const first = values.slice(0, limit); // a list without end is not read to its end
  return [...tooMany, ...first.flatMap((value) => problemOf(value) ?? []), ...duplicates(first)];
}

function problemOf(value: string): Because | undefined {
  const { characters: limit } = certificateUserIdLimits;
  if (value.length > limit) return because('certificateUserIdTooLong', { length: value.length, limit });
  const problem = malformation(value);
  return problem === undefined ? undefined : because('certificateUserIdMalformed', { value, problem });
}

function malformation(value: string): string | undefined {
  if (/<(?:I|S|SR|SKI|SHA1-PUKEY|PN|RFC822)> | $/u.test(value)) return 'there is a space after a tag or at the end';
  const form = formOf(value);
  if (form) return certificateUserIdKey(value).startsWith('? ') ? 'it contains characters that never match' : undefined;
  if (/^X509:</iu.test(value) && !value.startsWith('X509:')) return 'the prefix is X509: in capitals';
  return 'it has no known tag, or the value after the tag does not have the form that the tag requires';
}

function duplicates(values: readonly string[]): readonly Because[] {
  const keys = values.map(certificateUserIdKey);
  return values
    .filter((_, i) => keys.indexOf(keys[i]!) < i)
    .map((value) => because('certificateUserIdRepeated', { value }));
}

/**
 * The value that binds this certificate by that field, byte for byte as §5.5 spells it (`cardea user bind --as`). Of
 * several SAN values the first. Refuses with `certificateFieldAbsent` when the certificate has no such field.
 */
export function certificateUserIdFor(field: X509CertificateField, certificate: Certificate): Ruling<string> {
  const [value] = certificateFields[field].read(certificate);
  if (value !== undefined) return success(certificateFields[field].certificateUserId(value));
  return refused('certificateFieldAbsent', { field, subject: windowsName(certificate.subject) ?? '' });
}

/** Every value that binds this certificate, one field after the other (UB-21: to lock it to one account, give it all). */
export function certificateUserIdsOf(certificate: Certificate): readonly string[] {
  return Object.values(certificateFields).flatMap((field) => field.read(certificate).map(field.certificateUserId));
}
