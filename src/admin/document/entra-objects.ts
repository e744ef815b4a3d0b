import type { z } from 'zod';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { accessPolicyBody, accessPolicyOf } from '#schema/access-policy.ts';
import { namedLocationBody, namedLocationPart } from '#schema/named-location.ts';
import { parseAnnotated } from '#schema/read.ts';
import { strengthBody, strengthOf } from '#schema/strength.ts';
import { x509ConfigurationBody, x509ConfigurationOf } from '#schema/x509-configuration.ts';
import type { ExportedUser } from './entra-export.ts';

export type Thing = Readonly<Record<string, unknown>>;

/** One object of an export and where it stood. */
export interface ObjectInFile {
  readonly file: string;
  readonly thing: Thing;
}

export const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
export const thingsOf = (value: unknown): Thing[] => (Array.isArray(value) ? value.filter(isThing) : []);
export const typeOf = (thing: Thing): string => textOf(thing['@odata.type']).replace(/^#?microsoft\.graph\./, '');

export const nameOf = (thing: Thing): string =>
  (textOf(thing.displayName) || textOf(thing.userPrincipalName) || textOf(thing.id) || 'an object').slice(0, 200);

export function userOf(id: string, thing: Thing): ExportedUser {
  const userPrincipalName = textOf(thing.userPrincipalName);
  const info = isThing(thing.authorizationInfo) ? thing.authorizationInfo : {};
  return {
    id,
    userPrincipalName,
    displayName: textOf(thing.displayName) || userPrincipalName,
    mail: textOf(thing.mail) || undefined,
    onPremisesUserPrincipalName: textOf(thing.onPremisesUserPrincipalName) || undefined,
    accountEnabled: thing.accountEnabled !== false,
    certificateUserIds: textsOf(info.certificateUserIds),
  };
}

/** Every group the method names. */
export function targetsOf(thing: Thing): readonly string[] {
  const scopes = thingsOf(thing.certificateAuthorityScopes).flatMap((scope) => thingsOf(scope.includeTargets));
  return [...thingsOf(thing.includeTargets), ...thingsOf(thing.excludeTargets), ...scopes].map(({ id }) =>
    textOf(id).toLowerCase(),
  );
}

/**
 * Scopes name a container by its id; here it is known by its name.
 * Refuses with policyDocumentUnreadable: without its method an export is not the tenant.
 */
export function methodOf(
  { file, thing }: ObjectInFile,
  containers: ReadonlyMap<string, string>,
): Ruling<X509CertificateConfiguration> {
  const result = readAs(x509ConfigurationBody, withTargetTypes(thing));
  if ('problem' in result) return refused('policyDocumentUnreadable', { problem: `${file}: ${result.problem}` });
  const method = x509ConfigurationOf(defaultX509CertificateConfiguration, result.value);
  const certificateAuthorityScopes = method.certificateAuthorityScopes.map((scope) => ({
    ...scope,
    publicKeyInfrastructureIdentifier:
      containers.get(scope.publicKeyInfrastructureIdentifier) ?? scope.publicKeyInfrastructureIdentifier,
  }));
  return success({ ...method, certificateAuthorityScopes });
}

/** A target is a group. Some exports leave its type out. */
export function withTargetTypes(method: Thing): Thing {
  const typed = (targets: unknown) => thingsOf(targets).map((target) => ({ targetType: 'group', ...target }));
  const scopes = thingsOf(method.certificateAuthorityScopes);
  return {
    ...method,
    includeTargets: typed(method.includeTargets),
    excludeTargets: typed(method.excludeTargets),
    certificateAuthorityScopes: scopes.map((scope) => ({ ...scope, includeTargets: typed(scope.includeTargets) })),
  };
}

/** An object of the export in Cardea's form, or why it is not taken over. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/** Reads an object by the schema of Graph's input, so that an import takes exactly what Graph takes. */
export function readAs<T extends z.ZodType>(schema: T, thing: Thing): Read<z.infer<T>> {
  const result = parseAnnotated(schema, withoutUnset(thing));
  if (!('issue' in result)) return result;
  const { path, problem } = result.issue;
  return { problem: `${path.join('/')}: ${problem}` };
}

/** Graph writes out what is not set. A null, an empty list and an empty object say no more than an absent member. */
export function withoutUnset(thing: Thing): Thing {
  const members = Object.entries(thing).map(([name, value]) => [name, unsetAside(value)] as const);
  return Object.fromEntries(members.filter(([, value]) => !isUnset(value)));
}
export const unsetAside = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(unsetAside) : isThing(value) ? withoutUnset(value) : value;
export const isUnset = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isThing(value) && Object.keys(value).length === 0);

export function strengthFrom(thing: Thing): Read<AuthenticationStrength> {
  const result = readAs(strengthBody, thing);
  if ('problem' in result) return result;
  const strength = strengthOf(result.value, textOf(thing.id));
  const ids = thingsOf(thing.combinationConfigurations).map(({ id }) => textOf(id));
  const combinationConfigurations = strength.combinationConfigurations.map((configuration, index) => ({
    ...configuration,
    id: ids[index] || configuration.id,
  }));
  return { value: { ...strength, combinationConfigurations } };
}

export function locationFrom(thing: Thing): Read<NamedLocation> {
  const result = readAs(namedLocationBody, thing);
  if ('problem' in result) return result;
  const usual = { displayName: nameOf(thing), isTrusted: false, ipRanges: [] };
  return { value: { id: textOf(thing.id), ...usual, ...namedLocationPart(result.value) } };
}

/** A policy without users or without applications reads as one that names none; Conditional Access then refuses it. */
export function accessPolicyFrom(thing: Thing): Read<ConditionalAccessPolicy> {
  const result = readAs(accessPolicyBody, thing);
  if ('problem' in result) return result;
  const { conditions, ...rest } = result.value;
  const body = { ...rest, conditions: { users: {}, applications: {}, clientAppTypes: [], ...conditions } };
  return { value: { ...accessPolicyOf(body, {}), id: textOf(thing.id) } };
}
