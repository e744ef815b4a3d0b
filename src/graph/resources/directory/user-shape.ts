import { z } from 'zod';
import type { DirectoryUserChange } from '#admin/directory/directory-users.ts';
import { isExtensionName } from '#core/directory/extension-property.ts';
import { odataTypes } from '#schema/odata-type.ts';
import { jsonBody } from '../../protocol/body.ts';
import type { Call } from '../../protocol/call.ts';

/** A user as clients of Graph write one (graph-api §6.1). */
const text = (longest: number) => z.string().max(longest);
const clearable = (longest: number) => text(longest).nullable().optional();
const passwordProfile = z
  .strictObject({
    password: z.string().optional(),
    forceChangePasswordNextSignIn: z.boolean().optional(),
    forceChangePasswordNextSignInWithMfa: z.boolean().optional(),
  })
  .register(odataTypes, ['passwordProfile']);
const immutableId = z
  .string()
  .max(256)
  .regex(/^[^$_]*$/, '$ and _ are not allowed')
  .nullable()
  .optional();
export const changeShape = z
  .strictObject({
    displayName: text(256).optional(),
    userPrincipalName: text(1024).optional(),
    accountEnabled: z.boolean().optional(),
    mail: clearable(320),
    mailNickname: z.string().optional(),
    passwordProfile: passwordProfile.nullable().optional(),
    authorizationInfo: z
      .strictObject({ certificateUserIds: z.array(z.string()) })
      .register(odataTypes, ['authorizationInfo'])
      .optional(),
    onPremisesUserPrincipalName: clearable(1024),
    onPremisesImmutableId: immutableId,
    userType: z.enum(['Member', 'Guest']).optional(),
    usageLocation: z
      .string()
      .regex(/^[A-Za-z]{2}$/, 'it must be a two-letter country code')
      .nullable()
      .optional(),
    passwordPolicies: clearable(120),
    givenName: clearable(64),
    surname: clearable(64),
    jobTitle: clearable(128),
    mobilePhone: clearable(64),
    officeLocation: clearable(128),
    preferredLanguage: clearable(20),
    employeeId: clearable(16),
    employeeType: clearable(64),
    department: clearable(64),
    companyName: clearable(64),
    city: clearable(128),
    country: clearable(128),
    state: clearable(128),
    streetAddress: clearable(1024),
    postalCode: clearable(40),
    faxNumber: clearable(64),
    ageGroup: clearable(20),
    consentProvidedForMinor: clearable(20),
    showInAddressList: z.boolean().nullable().optional(),
    businessPhones: z.array(text(64)).max(1).optional(),
    otherMails: z.array(text(250)).max(250).optional(),
  })
  .register(odataTypes, ['user']);
/** A body without its directory extensions, whose names no shape has, and these. */
export function withoutExtensions(call: Call): {
  readonly call: Call;
  readonly extensions: Readonly<Record<string, unknown>>;
} {
  const names = Object.entries(jsonBody(call.request)).filter(([name]) => isExtensionName(name));
  if (names.length === 0) return { call, extensions: {} };
  const rest = Object.fromEntries(Object.entries(jsonBody(call.request)).filter(([name]) => !isExtensionName(name)));
  return {
    call: { ...call, request: { ...call.request, body: JSON.stringify(rest) } },
    extensions: Object.fromEntries(names),
  };
}

export const newShape = changeShape
  .required({
    displayName: true,
    userPrincipalName: true,
    accountEnabled: true,
    mailNickname: true,
  })
  .register(odataTypes, ['user']);

/** Splits a body into what a sign-in knows, and the rest. The password is hashed before the transaction: `passwordHashOf`. */
export function changeOf(body: z.infer<typeof changeShape>): DirectoryUserChange {
  const { displayName, userPrincipalName, accountEnabled, mail, onPremisesUserPrincipalName, ...rest } = body;
  const { authorizationInfo, passwordProfile, ...profile } = rest;
  const { password: _, ...force } = passwordProfile ?? {};
  const forced = Object.keys(force).length > 0 ? { passwordProfile: { password: null, ...force } } : {};
  return {
    ...definition({ displayName, userPrincipalName, accountEnabled, mail, onPremisesUserPrincipalName }),
    ...(authorizationInfo ? { certificateUserIds: authorizationInfo.certificateUserIds } : {}),
    ...(Object.keys({ ...profile, ...forced }).length > 0 ? { profile: { ...profile, ...forced } } : {}),
  };
}
const definition = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
