import { checkCertificateUserIds } from '../binding/identifiers/certificate-user-ids.ts';
import { mailNicknameOf } from '../directory/mail-nickname.ts';
import { evaluateExpression } from './expression/evaluate.ts';
import { textsOf } from './expression/functions.ts';
import { ExpressionProblem } from './expression/node.ts';
import type { Mapping } from './mapping.ts';
import { firstOf, guidFrom, octetsOfGuid, type SourceObject, sidFrom, valuesOf } from './source-object.ts';
import type { TargetProblem, TargetUser } from './target.ts';

/** Properties of Graph that are copied as they stand, with the longest text that Graph takes. */
const copied: readonly (readonly [property: string, attribute: string, longest: number])[] = [
  ['givenName', 'givenname', 64],
  ['surname', 'sn', 64],
  ['jobTitle', 'title', 128],
  ['department', 'department', 64],
  ['companyName', 'company', 64],
  ['officeLocation', 'physicaldeliveryofficename', 128],
  ['mobilePhone', 'mobile', 64],
  ['employeeId', 'employeeid', 16],
  ['employeeType', 'employeetype', 64],
  ['city', 'l', 128],
  ['state', 'st', 128],
  ['postalCode', 'postalcode', 40],
  ['streetAddress', 'streetaddress', 1024],
  ['country', 'co', 128],
  ['preferredLanguage', 'preferredlanguage', 20],
];

/** `userAccountControl`: ACCOUNTDISABLE (MS-ADTS §2.2.16). */
const disabled = 0x2;
/** UB-25: what Entra Connect brings at most. */
const mostCertificateUserIds = 5;

/** A user as the directory here is to have them (windows-sign-in §6.3). */
export function mapUser(source: SourceObject, mapping: Mapping): TargetUser {
  const problems: TargetProblem[] = [];
  const onPremisesName = onPremisesNameOf(source, mapping);
  const account = firstOf(source, 'samaccountname') ?? source.sourceId;
  const profile: Record<string, unknown> = { ...onPremisesProperties(source, mapping) };
  for (const [property, attribute, longest] of copied) profile[property] = short(source, attribute, longest, problems);
  profile.mailNickname = nicknameOf(source, account);
  profile.businessPhones = valuesOf(source, 'telephonenumber').slice(0, 1);
  profile.proxyAddresses = valuesOf(source, 'proxyaddresses');
  return {
    kind: 'user',
    sourceId: source.sourceId,
    anchor: anchorOf(source, mapping),
    userPrincipalName: cloudNameOf(onPremisesName, mapping),
    onPremisesUserPrincipalName: onPremisesName,
    displayName: displayNameOf(source, account),
    mail: mailOf(source),
    accountEnabled: isEnabled(source),
    certificateUserIds: certificateUserIdsOf(source, mapping, problems),
    profile,
    problems,
  };
}

/** The characters that Graph takes of the alias in Active Directory, or of the account; a part of the id where none is left. */
export const nicknameOf = (source: SourceObject, account: string): string =>
  mailNicknameOf(firstOf(source, 'mailnickname') ?? account) || source.sourceId.slice(0, 8);

/** Properties that every kind of object has from Active Directory; the times of runs are no values. */
export function onPremisesProperties(source: SourceObject, { domain, netBiosName }: Mapping): Record<string, unknown> {
  return {
    onPremisesSyncEnabled: true,
    onPremisesDomainName: domain,
    ...(source.kind === 'group' ? { onPremisesNetBiosName: netBiosName } : {}),
    onPremisesSamAccountName: firstOf(source, 'samaccountname') ?? null,
    onPremisesSecurityIdentifier: sidOf(source) ?? null,
    ...(source.kind === 'user' ? { onPremisesDistinguishedName: source.distinguishedName } : {}),
  };
}

export function sidOf(source: SourceObject): string | undefined {
  const sid = firstOf(source, 'objectsid');
  return sid === undefined ? undefined : sidFrom(Buffer.from(sid, 'base64'));
}

export const isEnabled = (source: SourceObject): boolean =>
  (Number(firstOf(source, 'useraccountcontrol') ?? 0) & disabled) === 0;

export const displayNameOf = (source: SourceObject, otherwise: string): string =>
  (firstOf(source, 'displayname') ?? firstOf(source, 'cn') ?? otherwise).slice(0, 256);

/** Base64, as Entra writes `onPremisesImmutableId`. */
function anchorOf(source: SourceObject, { sourceAnchor }: Mapping): string {
  const consistencyGuid = firstOf(source, 'ms-ds-consistencyguid');
  const hasConsistencyGuid =
    sourceAnchor === 'mS-DS-ConsistencyGuid' && guidFrom(Buffer.from(consistencyGuid ?? '', 'base64'));
  return hasConsistencyGuid ? consistencyGuid! : Buffer.from(octetsOfGuid(source.sourceId)).toString('base64');
}

/** An account without a user principal name has one of its domain, as every domain controller takes it. */
const onPremisesNameOf = (source: SourceObject, { domain }: Mapping): string =>
  firstOf(source, 'userprincipalname') ?? `${firstOf(source, 'samaccountname') ?? source.sourceId}@${domain}`;

/** The same name where its domain is verified; otherwise the tenant's own domain follows the @. */
function cloudNameOf(name: string, { verifiedDomains }: Mapping): string {
  const [prefix = '', suffix = ''] = [name.slice(0, name.lastIndexOf('@')), name.slice(name.lastIndexOf('@') + 1)];
  return verifiedDomains.includes(suffix.toLowerCase()) ? name : `${prefix}@${verifiedDomains[0]}`;
}

/** `mail`, or the primary one of `proxyAddresses` (`SMTP:` in capitals). */
const mailOf = (source: SourceObject): string | undefined =>
  firstOf(source, 'mail') ??
  valuesOf(source, 'proxyaddresses')
    .find((address) => address.startsWith('SMTP:'))
    ?.slice(5);

function short(source: SourceObject, attribute: string, longest: number, problems: TargetProblem[]): string | null {
  const value = firstOf(source, attribute);
  if (value === undefined || value.length <= longest) return value ?? null;
  problems.push({ category: 'Other', propertyCausingError: attribute, value: `more than ${longest} characters` });
  return null;
}

/** UB-25, UB-26: over-long, malformed and repeated values are not provisioned, and no more than five. */
function certificateUserIdsOf(source: SourceObject, mapping: Mapping, problems: TargetProblem[]): readonly string[] {
  const values: string[] = [];
  const refuse = (value: string) =>
    problems.push({ category: 'Other', propertyCausingError: 'CertificateUserIds', value: value.slice(0, 200) });
  for (const value of transformed(source, mapping, refuse)) {
    if (values.length === mostCertificateUserIds) refuse(`more than ${mostCertificateUserIds} values`);
    else if (checkCertificateUserIds([...values, value]).length > 0) refuse(value);
    else values.push(value);
  }
  return values;
}

function transformed(source: SourceObject, { certificateUserIds }: Mapping, refuse: (value: string) => void) {
  const identities = valuesOf(source, 'altsecurityidentities');
  if (!certificateUserIds) return identities.filter((value) => value.startsWith('X509:'));
  const attributes = (name: string) =>
    name === 'alternativesecurityid' ? identities : name === 'dn' ? [source.distinguishedName] : valuesOf(source, name);
  try {
    return textsOf(evaluateExpression(certificateUserIds, attributes)).filter((value) => value !== '');
  } catch (problem) {
    if (!(problem instanceof ExpressionProblem)) throw problem;
    refuse(problem.message);
    return [];
  }
}
