import { checkAccessPolicy, checkNamedLocation, checkStrength } from '#core/access/check-access-policy.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import type { X509CertificateConfiguration } from '#core/binding/policy.ts';
import { wordsOf } from '#core/trace/fault.ts';
import type { Domain } from '#model/tenant.ts';
import { type RolloutPolicy, stagedFeatures } from '../policies/feature-rollouts.ts';
import type { DocumentedAuthority, DocumentedGroup, TenantDocument } from './tenant-document.ts';

/** An answer of Graph, as a file. */
export interface ExportedFile {
  readonly name: string;
  readonly content: unknown;
}
/** A person of an export. */
export interface ExportedUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly mail: string | undefined;
  readonly onPremisesUserPrincipalName: string | undefined;
  readonly accountEnabled: boolean;
  readonly certificateUserIds: readonly string[];
}
export interface ExportedOrganization {
  readonly id: string;
  readonly displayName: string;
  readonly domains: readonly Domain[];
}
/** Something of an export that is not taken over, and why. */
export interface Ignored {
  readonly file: string;
  readonly what: string;
  readonly why: string;
}
/** What an Entra tenant's export says, in our own form, and what of it says nothing here. */
export interface EntraExport {
  readonly organization: ExportedOrganization | undefined;
  readonly users: readonly ExportedUser[];
  readonly document: TenantDocument;
  readonly read: Readonly<Record<string, number>>;
  readonly ignored: readonly Ignored[];
}

type Thing = Readonly<Record<string, unknown>>;

/** One object of an export and where it stood. */
interface Found {
  readonly file: string;
  readonly thing: Thing;
}

/**
 * Reads answers of Graph (GET of the X509Certificate method or of the whole methods policy, both trust stores, users with
 * authorizationInfo, groups with members, Conditional Access, named locations, strengths, staged rollouts, organization).
 * Objects are known by what they say, not by what the file is called; only a group's members, which do not say whose
 * they are, are found by the group's id in the file name.
 */
export function readEntraExport(files: readonly ExportedFile[]): EntraExport {
  const reading = new Reading();
  for (const { name, content } of files) reading.take(name, content, containerIn(content));
  return reading.finish();
}

/** `…/certificateBasedAuthConfigurations('id')/certificateAuthorities`: the answer says which container it lists. */
function containerIn(content: unknown): string | undefined {
  const context = isThing(content) ? textOf(content['@odata.context']) : '';
  return /certificateBasedAuthConfigurations(?:\('|\/)([0-9a-f-]{36})/i.exec(context)?.[1];
}

const guid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;
const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
const thingsOf = (value: unknown): Thing[] => (Array.isArray(value) ? value.filter(isThing) : []);
const typeOf = (thing: Thing): string => textOf(thing['@odata.type']).replace(/^#?microsoft\.graph\./, '');

/** Kinds of objects by what they say; the first that fits. */
const kinds = [
  [
    'x509Certificate',
    (t) => t.id === 'X509Certificate' || typeOf(t) === 'x509CertificateAuthenticationMethodConfiguration',
  ],
  ['methodsPolicy', (t) => Array.isArray(t.authenticationMethodConfigurations)],
  ['otherMethod', (t) => typeOf(t).endsWith('AuthenticationMethodConfiguration')],
  ['pkiAuthority', (t) => 'certificateAuthorityType' in t && 'certificate' in t],
  ['classicAuthority', (t) => 'isRootAuthority' in t && 'certificate' in t],
  ['classicStore', (t) => Array.isArray(t.certificateAuthorities) && !('status' in t || 'displayName' in t)],
  [
    'container',
    (t) => typeOf(t) === 'certificateBasedAuthPki' || ('lastModifiedDateTime' in t && 'statusDetails' in t),
  ],
  ['organization', (t) => Array.isArray(t.verifiedDomains)],
  ['user', (t) => typeof t.userPrincipalName === 'string'],
  ['strength', (t) => Array.isArray(t.allowedCombinations)],
  ['accessPolicy', (t) => isThing(t.conditions) && 'state' in t],
  ['ipLocation', (t) => Array.isArray(t.ipRanges)],
  ['countryLocation', (t) => Array.isArray(t.countriesAndRegions)],
  ['rollout', (t) => typeof t.feature === 'string' && 'isAppliedToOrganization' in t],
  ['group', (t) => typeOf(t) === 'group' || 'securityEnabled' in t || 'groupTypes' in t],
] as const satisfies readonly (readonly [string, (thing: Thing) => boolean])[];
type Kind = (typeof kinds)[number][0];

class Reading {
  readonly #found: Partial<Record<Kind, Found[]>> = {};
  readonly #ignored: Ignored[] = [];
  readonly #members = new Map<string, Thing[]>();
  readonly #containers = new Map<string, string>();
  readonly #containerOf = new Map<Thing, string>();

  take(file: string, content: unknown, container: string | undefined): void {
    if (Array.isArray(content)) for (const item of content) this.take(file, item, container);
    else if (isThing(content) && Array.isArray(content.value)) this.#page(file, content.value, container);
    else if (isThing(content)) this.#object(file, content, container);
    else this.#ignore(file, 'the file', 'it holds no object of Graph');
  }

  #page(file: string, value: readonly unknown[], container: string | undefined): void {
    const group = /members/i.test(file) ? guid.exec(file)?.[0].toLowerCase() : undefined;
    if (group !== undefined) this.#members.set(group, [...(this.#members.get(group) ?? []), ...thingsOf(value)]);
    for (const item of value)
      if (group === undefined || !isThing(item) || 'userPrincipalName' in item) this.take(file, item, container);
  }

  #object(file: string, thing: Thing, container: string | undefined): void {
    const kind = kinds.find(([, fits]) => fits(thing))?.[0];
    if (kind === undefined) this.#ignore(file, nameOf(thing), 'it is nothing that is known here');
    else if (kind === 'methodsPolicy') this.take(file, thing.authenticationMethodConfigurations, undefined);
    else if (kind === 'classicStore') this.take(file, thing.certificateAuthorities, undefined);
    else if (kind === 'container') this.#container(file, thing);
    else this.#keep(kind, { file, thing }, container);
  }

  #container(file: string, thing: Thing): void {
    this.#containers.set(textOf(thing.id), textOf(thing.displayName) || textOf(thing.id));
    for (const certificateAuthority of thingsOf(thing.certificateAuthorities))
      this.#object(file, certificateAuthority, textOf(thing.id));
  }

  #keep(kind: Kind, match: Found, container: string | undefined): void {
    const { file, thing } = match;
    if (kind === 'pkiAuthority' && container) this.#containerOf.set(thing, container);
    if (kind === 'group') {
      const members = thingsOf(thing.members);
      const id = textOf(thing.id).toLowerCase();
      if (members.length > 0) this.#members.set(id, [...(this.#members.get(id) ?? []), ...members]);
      for (const member of members) if ('userPrincipalName' in member) this.#object(file, member, undefined);
    }
    const list = this.#found[kind] ?? [];
    list.push(match);
    this.#found[kind] = list;
  }

  #ignore(file: string, label: string, why: string): void {
    this.#ignored.push({ file, what: label, why });
  }

  #all(kind: Kind): readonly Found[] {
    return this.#found[kind] ?? [];
  }

  finish(): EntraExport {
    for (const { file, thing } of this.#all('otherMethod'))
      this.#ignore(file, textOf(thing.id), 'another method than X509Certificate');
    for (const { file, thing } of this.#all('countryLocation'))
      this.#ignore(file, nameOf(thing), 'locations by country cannot be judged here');
    const users = this.#users();
    const x509 = this.#all('x509Certificate').at(-1);
    const access = this.#access();
    const rollouts = this.#rollouts();
    const groups = this.#groups(users, [
      ...(x509 ? targetsOf(x509.thing) : []),
      ...rollouts.flatMap(({ appliesTo }) => appliesTo),
    ]);
    const authorities = this.#authorities();
    const has = (kind: Kind) => this.#all(kind).length > 0;
    const document: TenantDocument = {
      ...(groups.length > 0 ? { groups } : {}),
      ...(authorities.length > 0 ? { certificateAuthorities: authorities } : {}),
      ...(x509 ? { x509Certificate: methodOf(x509.thing, this.#containers) } : {}),
      ...(has('strength') ? { authenticationStrengths: access.strengths } : {}),
      ...(has('ipLocation') ? { namedLocations: access.locations } : {}),
      ...(has('accessPolicy') ? { conditionalAccessPolicies: access.policies } : {}),
      ...(has('rollout') ? { featureRolloutPolicies: rollouts } : {}),
    };
    const counts = Object.entries({ ...document, users }).map(([name, part]) => [
      name,
      Array.isArray(part) ? part.length : 1,
    ]);
    return {
      organization: this.#organization(),
      users,
      document,
      read: Object.fromEntries(counts),
      ignored: this.#ignored,
    };
  }

  /** The fullest of those that are there several times: a member says less than a user. */
  #users(): readonly ExportedUser[] {
    const byId = new Map<string, ExportedUser>();
    for (const { thing } of this.#all('user')) {
      const id = textOf(thing.id).toLowerCase();
      const user = userOf(id, thing);
      const knownMembers = byId.get(id);
      if (!knownMembers || user.certificateUserIds.length >= knownMembers.certificateUserIds.length) byId.set(id, user);
    }
    return [...byId.values()];
  }

  #groups(users: readonly ExportedUser[], groupIds: readonly string[]): readonly DocumentedGroup[] {
    const names = new Map(users.map(({ id, userPrincipalName }) => [id, userPrincipalName]));
    const groups = this.#all('group').map(({ file, thing }) => ({
      file,
      id: textOf(thing.id).toLowerCase(),
      displayName: nameOf(thing),
    }));
    const knownKeys = new Map(groups.map((group) => [group.id, group]));
    for (const id of groupIds) {
      if (id === 'all_users' || knownKeys.has(id)) continue;
      knownKeys.set(id, { file: '', id, displayName: id });
      if (!this.#members.has(id))
        this.#ignore(
          '',
          `members of the group ${id}`,
          'a policy names the group and the export does not have it: it is made empty',
        );
    }
    return [...knownKeys.values()].map(({ file, id, displayName }) => {
      const members = (this.#members.get(id) ?? []).flatMap((member) => {
        const memberId = textOf(member.id).toLowerCase();
        const name = names.get(memberId) ?? (knownKeys.has(memberId) ? memberId : undefined);
        if (name === undefined)
          this.#ignore(
            file,
            `member ${nameOf(member)} of ${displayName}`,
            'it is neither a user nor a group of the export',
          );
        return name === undefined ? [] : [name];
      });
      return { id, displayName, members: [...new Set(members)].sort() };
    });
  }

  #authorities(): readonly DocumentedAuthority[] {
    const item = (thing: Thing, more: Partial<DocumentedAuthority>): DocumentedAuthority => ({
      ...more,
      ...(textOf(thing.displayName) ? { displayName: textOf(thing.displayName) } : {}),
      certificateRevocationListUrl: textOf(thing.certificateRevocationListUrl) || null,
      deltaCertificateRevocationListUrl: textOf(thing.deltaCertificateRevocationListUrl) || null,
      isIssuerHintEnabled: thing.isIssuerHintEnabled === true,
      certificate: textOf(thing.certificate),
    });
    const pki = this.#all('pkiAuthority').map(({ thing }) => {
      const id = this.#containerOf.get(thing);
      const name = id === undefined ? [...this.#containers.values()][0] : (this.#containers.get(id) ?? id);
      return item(thing, { store: 'pki', ...(name === undefined ? {} : { container: name }) });
    });
    return [...pki, ...this.#all('classicAuthority').map(({ thing }) => item(thing, { store: 'classic' }))];
  }

  #rollouts(): readonly RolloutPolicy[] {
    return this.#all('rollout').flatMap(({ file, thing }) => {
      const feature = textOf(thing.feature);
      if (!stagedFeatures.some((stagedFeature) => stagedFeature === feature)) {
        this.#ignore(file, nameOf(thing), `there is no feature "${feature}" to roll out`);
        return [];
      }
      const appliesTo = thingsOf(thing.appliesTo).map(({ id }) => textOf(id).toLowerCase());
      if (!('appliesTo' in thing))
        this.#ignore(file, `groups of ${nameOf(thing)}`, 'the export has none: ask with $expand=appliesTo');
      return [
        {
          displayName: nameOf(thing),
          feature,
          isEnabled: thing.isEnabled === true,
          isAppliedToOrganization: thing.isAppliedToOrganization === true,
          appliesTo,
        },
      ];
    });
  }

  /** Only what can be kept to: a policy half understood would promise what nobody keeps. */
  #access() {
    const strengths: AuthenticationStrength[] = [];
    for (const { file, thing } of this.#all('strength')) {
      if (thing.policyType === 'builtIn') continue; // ours are the same
      const strength = strengthOf(thing);
      const [issue] = checkStrength(strength, [...strengths, strength]);
      if (issue) this.#ignore(file, nameOf(thing), wordsOf(issue.because));
      else strengths.push(strength);
    }
    const locations: NamedLocation[] = [];
    for (const { file, thing } of this.#all('ipLocation')) {
      const location = locationOf(thing);
      const [issue] = checkNamedLocation(location);
      if (issue) this.#ignore(file, nameOf(thing), wordsOf(issue.because));
      else locations.push(location);
    }
    const policies: ConditionalAccessPolicy[] = [];
    for (const { file, thing } of this.#all('accessPolicy')) {
      const policy = accessPolicyOf(thing);
      const [issue] = checkAccessPolicy(policy, { strengths, namedLocations: locations });
      const loss = lostIn(thing);
      if (issue || loss) this.#ignore(file, nameOf(thing), loss ?? wordsOf(issue!.because));
      else policies.push(policy);
    }
    return { strengths, locations, policies };
  }

  #organization(): ExportedOrganization | undefined {
    const thing = this.#all('organization').at(-1)?.thing;
    if (!thing) return undefined;
    const things = thingsOf(thing.verifiedDomains).toSorted(
      (item, second) => Number(second.isDefault === true) - Number(item.isDefault === true),
    );
    const domains = things.map(
      (domain): Domain => ({
        id: textOf(domain.name).toLowerCase(),
        authenticationType: domain.type === 'Federated' ? 'Federated' : 'Managed',
        isVerified: true,
      }),
    );
    return { id: textOf(thing.id).toLowerCase(), displayName: nameOf(thing), domains };
  }
}

const nameOf = (thing: Thing): string =>
  (textOf(thing.displayName) || textOf(thing.userPrincipalName) || textOf(thing.id) || 'an object').slice(0, 200);

function userOf(id: string, thing: Thing): ExportedUser {
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
function targetsOf(thing: Thing): readonly string[] {
  const scopes = thingsOf(thing.certificateAuthorityScopes).flatMap((scope) => thingsOf(scope.includeTargets));
  return [...thingsOf(thing.includeTargets), ...thingsOf(thing.excludeTargets), ...scopes].map(({ id }) =>
    textOf(id).toLowerCase(),
  );
}

const readTargets = (value: unknown) =>
  thingsOf(value).map(({ id }) => ({ targetType: 'group' as const, id: textOf(id).toLowerCase() }));

/** What of a thing is said: without Graph's annotations and without what is null. */
const body = (thing: Thing, names: readonly string[]): Thing =>
  Object.fromEntries(
    names.flatMap((name) => (thing[name] === undefined || thing[name] === null ? [] : [[name, thing[name]]])),
  );

function methodOf(thing: Thing, containers: ReadonlyMap<string, string>): X509CertificateConfiguration {
  const modes = isThing(thing.authenticationModeConfiguration) ? thing.authenticationModeConfiguration : {};
  const bindings = thingsOf(thing.certificateUserBindings).map((binding) => ({
    trustAffinityLevel: /^(SubjectKeyIdentifier|SHA1PublicKey|IssuerAndSerialNumber)$/.test(
      textOf(binding.x509CertificateField),
    )
      ? 'high'
      : 'low',
    ...body(binding, ['x509CertificateField', 'userProperty', 'priority', 'trustAffinityLevel']),
  }));
  const method = {
    ...body(thing, ['state']),
    includeTargets: readTargets(thing.includeTargets),
    excludeTargets: readTargets(thing.excludeTargets),
    ...(bindings.length > 0 ? { certificateUserBindings: bindings } : {}),
    authenticationModeConfiguration: {
      ...body(modes, ['x509CertificateAuthenticationDefaultMode', 'x509CertificateDefaultRequiredAffinityLevel']),
      rules: thingsOf(modes.rules).map(ruleOf),
    },
    ...(isThing(thing.issuerHintsConfiguration)
      ? { issuerHintsConfiguration: body(thing.issuerHintsConfiguration, ['state']) }
      : {}),
    ...(isThing(thing.crlValidationConfiguration)
      ? {
          crlValidationConfiguration: body(thing.crlValidationConfiguration, [
            'state',
            'exemptedCertificateAuthoritiesSubjectKeyIdentifiers',
          ]),
        }
      : {}),
    certificateAuthorityScopes: thingsOf(thing.certificateAuthorityScopes).map((scope) => ({
      subjectKeyIdentifier: textOf(scope.subjectKeyIdentifier),
      publicKeyInfrastructureIdentifier:
        containers.get(textOf(scope.publicKeyInfrastructureIdentifier)) ??
        textOf(scope.publicKeyInfrastructureIdentifier),
      includeTargets: readTargets(scope.includeTargets),
    })),
  };
  return method as unknown as X509CertificateConfiguration; // its form and its values are checked when it is applied
}

const ruleParts = [
  'x509CertificateRuleType',
  'identifier',
  'issuerSubjectIdentifier',
  'policyOidIdentifier',
  'x509CertificateAuthenticationMode',
  'x509CertificateRequiredAffinityLevel',
];

/** Blanks around identifiers are dropped; Graph's empty texts are what is not said. */
function ruleOf(rule: Thing): Thing {
  const trimmedParts = Object.entries(body(rule, ruleParts)).map(
    ([name, value]) => [name, textOf(value).trim()] as const,
  );
  const parts = Object.fromEntries(trimmedParts.filter(([name, value]) => value !== '' || name === 'identifier'));
  const identifier =
    parts.identifier || [parts.issuerSubjectIdentifier, parts.policyOidIdentifier].filter(Boolean).join(',');
  return { ...parts, identifier };
}

function strengthOf(thing: Thing): AuthenticationStrength {
  const configurations = thingsOf(thing.combinationConfigurations).map((item) => ({
    id: textOf(item.id),
    appliesToCombinations: textsOf(item.appliesToCombinations),
    ...Object.fromEntries(
      ['allowedIssuerSkis', 'allowedPolicyOIDs', 'allowedAAGUIDs'].flatMap((name) =>
        textsOf(item[name]).length > 0 ? [[name, textsOf(item[name])]] : [],
      ),
    ),
  }));
  return {
    id: textOf(thing.id),
    displayName: nameOf(thing),
    policyType: 'custom',
    allowedCombinations: textsOf(thing.allowedCombinations).map((item) => item.replace(/\s/g, '')),
    combinationConfigurations: configurations,
  };
}

const locationOf = (thing: Thing): NamedLocation => ({
  id: textOf(thing.id),
  displayName: nameOf(thing),
  isTrusted: thing.isTrusted === true,
  ipRanges: thingsOf(thing.ipRanges).map(({ cidrAddress }) => textOf(cidrAddress)),
});

const conditionParts = {
  users: ['includeUsers', 'excludeUsers', 'includeGroups', 'excludeGroups', 'includeRoles', 'excludeRoles'],
  applications: [
    'includeApplications',
    'excludeApplications',
    'includeUserActions',
    'includeAuthenticationContextClassReferences',
  ],
  locations: ['includeLocations', 'excludeLocations'],
  platforms: ['includePlatforms', 'excludePlatforms'],
} as const;

function accessPolicyOf(thing: Thing): ConditionalAccessPolicy {
  const conditions = isThing(thing.conditions) ? thing.conditions : {};
  const part = (name: keyof typeof conditionParts) => {
    const value = conditions[name];
    return isThing(value) ? { [name]: body(value, conditionParts[name]) } : {};
  };
  const grant = thing.grantControls;
  const session = thing.sessionControls;
  const policy = {
    id: textOf(thing.id),
    displayName: nameOf(thing),
    state: textOf(thing.state),
    conditions: {
      users: {},
      applications: {},
      clientAppTypes: textsOf(conditions.clientAppTypes),
      ...part('users'),
      ...part('applications'),
      ...part('locations'),
      ...part('platforms'),
    },
    ...(isThing(grant) ? { grantControls: grantOf(grant) } : {}),
    ...(isThing(session) ? sessionOf(session) : {}),
  };
  return policy as unknown as ConditionalAccessPolicy; // its form and its values are checked by whoever reads this
}

function grantOf(grant: Thing): Thing {
  const strength = isThing(grant.authenticationStrength)
    ? { authenticationStrength: { id: textOf(grant.authenticationStrength.id) } }
    : {};
  return { ...body(grant, ['operator', 'builtInControls']), ...strength };
}

function sessionOf(session: Thing): Thing {
  const frequency = isThing(session.signInFrequency)
    ? {
        signInFrequency: body(session.signInFrequency, [
          'value',
          'type',
          'frequencyInterval',
          'authenticationType',
          'isEnabled',
        ]),
      }
    : {};
  const persistent = isThing(session.persistentBrowser)
    ? { persistentBrowser: body(session.persistentBrowser, ['mode', 'isEnabled']) }
    : {};
  const controls = { ...frequency, ...persistent };
  return Object.keys(controls).length > 0 ? { sessionControls: controls } : {};
}

const readParts = {
  conditions: ['users', 'applications', 'clientAppTypes', 'locations', 'platforms'],
  users: conditionParts.users,
  applications: conditionParts.applications,
  grantControls: ['operator', 'builtInControls', 'authenticationStrength', 'customAuthenticationFactors', 'termsOfUse'],
  sessionControls: ['signInFrequency', 'persistentBrowser'],
} as const;

/** What the policy says and nobody here reads; then it is not the same policy. */
function lostIn(thing: Thing): string | undefined {
  const conditions = isThing(thing.conditions) ? thing.conditions : {};
  const parts = {
    conditions,
    users: conditions.users,
    applications: conditions.applications,
    grantControls: thing.grantControls,
    sessionControls: thing.sessionControls,
  };
  for (const [name, part] of Object.entries(parts)) {
    const knownMembers: readonly string[] = readParts[name as keyof typeof readParts];
    const loss = isThing(part)
      ? Object.entries(part).find(
          ([key, value]) => !key.includes('@odata') && !knownMembers.includes(key) && isSaid(value),
        )
      : undefined;
    if (loss) return `${name}.${loss[0]} cannot be judged here`;
  }
  const grant = isThing(thing.grantControls) ? thing.grantControls : {};
  const unmet = ['customAuthenticationFactors', 'termsOfUse'].find((name) => textsOf(grant[name]).length > 0);
  return unmet && `grantControls.${unmet} cannot be judged here`;
}

/** Graph writes out what is not set: null, false, empty lists. */
const isSaid = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isThing(value)
      ? Object.values(value).some(isSaid)
      : value !== null && value !== undefined && value !== false;
