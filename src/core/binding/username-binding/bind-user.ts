import { passed, type Refusal, type Ruling, refused, success } from '../../trace/ruling.ts';
import type { Certificate } from '../../x509/certificate.ts';
import type { Rating } from '../authentication-binding/rating.ts';
import { certificateFields } from '../identifiers/certificate-fields.ts';
import { userPrincipalNameKey } from '../identifiers/user-principal-name.ts';
import type { AffinityLevel, BeyondEntra, UserBinding, UserProperty, X509CertificateField } from '../policy.ts';
import type { DirectoryAnswer, DirectoryQuestion, User } from '../user.ts';
import { type Candidate, candidatesOf, usableBindings, userHas, usersNamed } from './candidates.ts';

declare const bound: unique symbol; // not exported: no other module can write this key

/** A user whom a username binding ties to the certificate. Only {@link bindUser} makes one. */
export interface Bound {
  readonly user: User;
  readonly field: X509CertificateField;
  readonly property: UserProperty;
  /** The priority of the binding (LOG-5). */
  readonly rank: number;
  /** The value of the certificate that matched; of several SAN values this one (UB-30). */
  readonly value: string;
  readonly affinity: AffinityLevel;
  readonly [bound]: true;
}

/**
 * What to ask the directory, in one round: who is called as was typed (UB-4), and who has each value of the certificate,
 * so that a value of two users is noticed (UB-10).
 */
export function questionsFor(
  certificate: Certificate,
  bindings: readonly UserBinding[],
  hint: string,
  options: BeyondEntra = {},
): readonly DirectoryQuestion[] {
  const candidates = candidatesOf(certificate, usableBindings(bindings, 'low'), options).flatMap((c) => c.questions);
  const request = [...usernameQuestions(hint, options), ...candidates];
  return [...new Map(request.map((question) => [`${question.property} ${question.value}`, question])).values()];
}

/** The questions a typed name poses; none for a name that must never match. */
export function usernameQuestions(hint: string, options: BeyondEntra = {}): readonly DirectoryQuestion[] {
  if (userPrincipalNameKey(hint) === undefined) return [];
  const first = { property: 'userPrincipalName', value: hint } as const;
  return options.onPremisesNameSignsIn ? [first, { property: 'onPremisesUserPrincipalName', value: hint }] : [first];
}

/** Whom to validate, and how hard to reuse the value must be that does it (UB-6). */
export interface BindingClaim {
  readonly user: User;
  readonly rating: Pick<Rating, 'requiredAffinity'>;
}

/** The bindings of a tenant, and what the directory answers to their questions. */
export interface BindingFacts {
  readonly bindings: readonly UserBinding[];
  readonly answers: readonly DirectoryAnswer[];
}

/**
 * Does the certificate belong to this user? The first binding by priority with a value the user has (UB-4…UB-8); a
 * value that is there but is not the user's falls through to the next binding (D-7). Refuses with `bindingsMissing`,
 * `bindingsTooWeak`, `bindingValueMissing`, `bindingMismatch` or `bindingAmbiguous`.
 */
export function bindUser(
  certificate: Certificate,
  { bindings, answers }: BindingFacts,
  { user, rating: { requiredAffinity } }: BindingClaim,
  options: BeyondEntra = {},
): Ruling<Bound> {
  if (bindings.length === 0) return refused('bindingsMissing', {});
  const usable = usableBindings(bindings, requiredAffinity);
  if (usable.length === 0)
    return refused('bindingsTooWeak', { requiredAffinity, dropped: bindings.map(describeBinding) });
  const candidates = candidatesOf(certificate, usable, options);
  if (candidates.length === 0) return refused('bindingValueMissing', { fields: fieldsOf(usable) });
  const match = candidates.find(({ questions }) => questions.some((question) => userHas(user, question)));
  if (!match) return mismatch(user, candidates);
  const unambiguous = acceptUnambiguous(match, answers);
  return unambiguous.outcome === 'passed' ? acceptBinding(user, match) : unambiguous;
}

function acceptBinding(user: User, { binding, value }: Candidate): Ruling<Bound> {
  const { x509CertificateField: field, userProperty: property, priority: rank } = binding;
  const bound = { user, field, property, rank, value, affinity: certificateFields[field].affinity } as Bound;
  return passed(bound, 'userBound', { userPrincipalName: user.userPrincipalName, field, property, rank, value });
}

function mismatch(user: User, candidates: readonly Candidate[]): Refusal {
  const triedBindings = candidates.map(({ binding, value }) => `${describeBinding(binding)}: ${value}`);
  return refused('bindingMismatch', { userPrincipalName: user.userPrincipalName, tried: triedBindings });
}

/** UB-10, UB-31: a value that two users have names no user. */
export function acceptUnambiguous(
  { binding, value, questions }: Candidate,
  answers: readonly DirectoryAnswer[],
): Ruling<void> {
  const count = usersNamed(answers, questions).length;
  if (count < 2) return success();
  const { x509CertificateField: field, userProperty: property } = binding;
  return refused('bindingAmbiguous', { field, property, value, found: count });
}

function describeBinding({ x509CertificateField, userProperty }: UserBinding): string {
  return `${x509CertificateField} → ${userProperty}`;
}

function fieldsOf(bindings: readonly UserBinding[]): readonly string[] {
  return [...new Set(bindings.map((binding) => binding.x509CertificateField))];
}
