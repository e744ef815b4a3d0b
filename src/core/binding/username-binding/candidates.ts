import type { Certificate } from '../../x509/certificate.ts';
import { certificateFields } from '../identifiers/certificate-fields.ts';
import { certificateUserIdKey } from '../identifiers/certificate-user-ids.ts';
import { userPrincipalNameKey } from '../identifiers/user-principal-name.ts';
import type { AffinityLevel, BeyondEntra, UserBinding } from '../policy.ts';
import type { DirectoryAnswer, DirectoryQuestion, User } from '../user.ts';

/** One value of the certificate under one binding: it names the users who have it in that property. */
export interface Candidate {
  readonly binding: UserBinding;
  readonly value: string;
  /** The same value in the spellings the property may hold; more than one only for serial numbers. */
  readonly questions: readonly DirectoryQuestion[];
}

/** SAN values of one field that are looked at; no certification authority issues more. */
const sanValues = 10;

/** UB-5, UB-6: by priority, and with high affinity required only the high ones. Affinity is the field's (§5.1). */
export function usableBindings(bindings: readonly UserBinding[], affinityLevel: AffinityLevel): readonly UserBinding[] {
  const strong = bindings.filter(
    (b) => affinityLevel === 'low' || certificateFields[b.x509CertificateField]?.affinity === 'high',
  );
  return strong.toSorted((a, b) => a.priority - b.priority);
}

/** Everything the certificate says under these bindings, in their order (UB-7, UB-30). */
export function candidatesOf(
  certificate: Certificate,
  bindings: readonly UserBinding[],
  options: BeyondEntra = {},
): readonly Candidate[] {
  return bindings.flatMap((binding) =>
    (certificateFields[binding.x509CertificateField]?.read(certificate) ?? [])
      .slice(0, sanValues)
      .map((value) => ({ binding, value, questions: questionsOf(binding, value, options) })),
  );
}

function questionsOf(
  { x509CertificateField: field, userProperty: property }: UserBinding,
  value: string,
  options: BeyondEntra,
): readonly DirectoryQuestion[] {
  if (property !== 'certificateUserIds') return [{ property, value }];
  const id = certificateFields[field].certificateUserId(value);
  const spellings = field === 'IssuerAndSerialNumber' ? serialSpellings(id, options) : [id];
  return [...new Set(spellings)].map((spelling) => ({ property, value: spelling }));
}

/**
 * A serial number as tools write it: reversed; with the sign octet DER puts before a high bit, which some keep; and in
 * plain order where the tenant accepts what Microsoft's own cmdlet writes (UB-31, D-9).
 */
function serialSpellings(id: string, { plainSerialOrder }: BeyondEntra): readonly string[] {
  const signature = /[89a-f][0-9a-f]$/u.test(id) ? [`${id}00`] : [];
  const plain = plainSerialOrder
    ? [id.replace(/[0-9a-f]+$/u, (serial) => (serial.match(/../gu) ?? []).toReversed().join(''))]
    : [];
  return [id, ...signature, ...plain];
}

/** Has the user this very value? Asked again of what the directory answered, whatever its collation. */
export function userHas(user: User, { property, value }: DirectoryQuestion): boolean {
  if (property === 'certificateUserIds') {
    const key = certificateUserIdKey(value);
    return user.certificateUserIds.some((id) => certificateUserIdKey(id) === key);
  }
  const key = userPrincipalNameKey(value);
  return key !== undefined && userPrincipalNameKey(user[property] ?? '') === key;
}

/** Every user that the directory named for these questions, each once. */
export function usersNamed(
  answers: readonly DirectoryAnswer[],
  questions: readonly DirectoryQuestion[],
): readonly User[] {
  const questionKeys = new Set(questions.map(questionKey));
  const relevantAnswers = answers.filter(({ question }) => questionKeys.has(questionKey(question)));
  const matchingUsers = relevantAnswers.flatMap(({ question, users }) =>
    users.filter((user) => userHas(user, question)),
  );
  return [...new Map(matchingUsers.map((user) => [user.id, user])).values()];
}

function questionKey({ property, value }: DirectoryQuestion): string {
  return `${property} ${value}`;
}
