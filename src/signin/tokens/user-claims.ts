import {
  type ExtensionProperty,
  extensionPropertyKind,
  isExtensionName,
  shortNameOf,
} from '#core/directory/extension-property.ts';
import { makeLoginHint } from '#core/token/login-hint.ts';
import type { Tenant } from '#model/tenant.ts';
import type { Profile } from '#model/user.ts';
import type { ClaimPorts, ClaimsRequest } from './claims-request.ts';
import { groupClaims } from './group-claims.ts';
import { optionalClaim, optionalClaimNames } from './optional-claims.ts';

interface Facts extends ClaimsRequest {
  readonly profile: Profile;
  /** What an administrator entered about the tenant (Graph: organization). */
  readonly organization: Readonly<Record<string, unknown>>;
}

/** Claims of Entra's `optionalClaims`; an undefined value leaves the claim out. Sources: Microsoft's tables for v1.0 and v2.0. */
const optional: Readonly<Record<string, (facts: Facts) => unknown>> = {
  acct: ({ profile }) => (profile.userType === 'Guest' ? 1 : 0),
  auth_time: ({ authTime }) => authTime,
  ctry: ({ profile }) => twoLetters(profile.country),
  email: ({ user }) => user.mail,
  family_name: ({ profile }) => textIn(profile.surname),
  given_name: ({ profile }) => textIn(profile.givenName),
  ipaddr: ({ ipAddress }) => ipAddress,
  login_hint: ({ user, tenant }) => makeLoginHint({ userId: user.id, tenantId: tenant.id }),
  onprem_sid: ({ profile }) => textIn(profile.onPremisesSecurityIdentifier),
  pwd_url: ({ origin }) => `${origin}/security-info`,
  tenant_ctry: ({ organization }) => twoLetters(organization.countryLetterCode),
  tenant_region_scope: () => 'WW',
  verified_primary_email: ({ user, tenant }) => unlessEmpty([user.mail].filter((mail) => isOfTenant(mail, tenant))),
  verified_secondary_email: ({ profile, tenant }) =>
    unlessEmpty(mailsIn(profile.otherMails).filter((mail) => isOfTenant(mail, tenant))),
  xms_edov: ({ user, tenant }) => (user.mail === undefined ? undefined : isOfTenant(user.mail, tenant)),
  xms_pdl: ({ profile }) => textIn(profile.preferredDataLocation),
  xms_pl: ({ profile }) => textIn(profile.preferredLanguage),
  xms_tpl: ({ organization }) => textIn(organization.preferredLanguage),
  ztdid: ({ physicalIds = [] }) => physicalIds.flatMap((id) => /^\[ZTDID\]:(.+)$/i.exec(id)?.[1] ?? [])[0],
};

/** Claims that are about the tenant. */
const ofTenant: ReadonlySet<string> = new Set(['tenant_ctry', 'xms_tpl']);

/** Names of the claims that {@link userClaims} can make, for the document of discovery. */
export const userClaimNames: readonly string[] = [
  ...Object.keys(optional),
  'groups',
  'hasgroups',
  'roles',
  'wids',
  '_claim_names',
  '_claim_sources',
];

/**
 * What a token says of its user because of the application's settings: `optionalClaims`, `groupMembershipClaims` and assigned
 * app roles. An optional claim of another name is passed over, as Entra does.
 */
export async function userClaims(request: ClaimsRequest, ports: ClaimPorts): Promise<Record<string, unknown>> {
  const names = Object.keys(optional).filter((name) => optionalClaim(request.application, request.token, name));
  const [entry] = names.length === 0 ? [] : await ports.users.entriesOf([request.user.id]);
  const isAboutTenant = names.some((name) => ofTenant.has(name));
  const [organization] = isAboutTenant ? await ports.objects.list<Facts['organization']>('organization') : [];
  const facts = { ...request, profile: entry?.profile ?? {}, organization: organization?.document ?? {} };
  const values = names.map((name) => [name, optional[name]!(facts)] as const);
  const claims = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  return { ...claims, ...(await groupClaims(request, ports)) };
}

/**
 * Directory extensions that `optionalClaims` name: `extension_{appId}_{name}` is the claim `extn.{name}`. One whose definition
 * is gone is left out.
 */
export async function extensionClaims(
  { application, token, user }: Pick<ClaimsRequest, 'application' | 'token' | 'user'>,
  ports: ClaimPorts,
): Promise<Readonly<Record<string, unknown>>> {
  const names = optionalClaimNames(application, token).filter(isExtensionName);
  if (names.length === 0) return {};
  const definitions = await ports.objects.list<ExtensionProperty>(extensionPropertyKind);
  const [entry] = await ports.users.entriesOf([user.id]);
  const values = names.flatMap((name) => {
    const definition = definitions.find(({ document }) => document.name.toLowerCase() === name.toLowerCase());
    const value = definition && entry?.profile[definition.document.name];
    return value === undefined || value === null ? [] : [[`extn.${shortNameOf(name)}`, value] as const];
  });
  return Object.fromEntries(values);
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const mailsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
const unlessEmpty = (values: readonly unknown[]) => (values.length > 0 ? values : undefined);

/** ISO 3166; a name of a country in full is left out, as Entra does. */
const twoLetters = (country: unknown): string | undefined =>
  /^[a-z]{2}$/i.exec(String(country ?? ''))?.[0].toUpperCase();

/** Whether the domain of an address is one that the tenant has verified. */
function isOfTenant(mail: string | undefined, { domains }: Tenant): boolean {
  const domain = mail?.slice(mail.lastIndexOf('@') + 1).toLowerCase();
  return domains.some(({ id, isVerified }) => isVerified && id === domain);
}
