import {
  type AccessIssue,
  checkAccessPolicy,
  checkNamedLocation,
  checkStrength,
} from '#core/access/check-access-policy.ts';
import type { ConditionalAccessPolicy, NamedLocation } from '#core/access/policy.ts';
import type { AuthenticationStrength } from '#core/access/strengths.ts';
import { messageOf } from '#core/trace/fault.ts';
import { type Ruling, success } from '#core/trace/ruling.ts';
import type { Domain } from '#model/tenant.ts';
import { type RolloutPolicy, stagedFeatures } from '#schema/rollout.ts';
import type { DocumentedAuthority, DocumentedGroup, TenantDocument } from '#schema/tenant-document.ts';
import type { EntraExport, ExportedFile, ExportedOrganization, ExportedUser, Ignored } from './entra-export.ts';
import {
  accessPolicyFrom,
  isThing,
  locationFrom,
  methodOf,
  nameOf,
  type ObjectInFile,
  type Read,
  strengthFrom,
  type Thing,
  targetsOf,
  textOf,
  thingsOf,
  typeOf,
  userOf,
} from './entra-objects.ts';

/**
 * Reads answers of Graph (GET of the X509Certificate method or of the whole methods policy, both trust stores, users with
 * authorizationInfo, groups with members, Conditional Access, named locations, strengths, staged rollouts, organization).
 * Objects are known by what they say, not by what the file is called; only a group's members, which do not say whose
 * they are, are found by the group's id in the file name.
 */
export function readEntraExport(files: readonly ExportedFile[]): Ruling<EntraExport> {
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
  readonly #objects: Partial<Record<Kind, ObjectInFile[]>> = {};
  readonly #ignored: Ignored[] = [];
  readonly #members = new Map<string, Thing[]>();
  readonly #containers = new Map<string, string>();
  readonly #containerOf = new Map<Thing, string>();

  take(file: string, content: unknown, container: string | undefined): void {
    if (Array.isArray(content)) for (const item of content) this.take(file, item, container);
    else if (isThing(content) && Array.isArray(content.value)) this.#page(file, content.value, container);
    else if (isThing(content)) this.#object(file, content, container);
    else this.#ignore(file, 'the file', 'it contains no object of Microsoft Graph');
  }

  #page(file: string, value: readonly unknown[], container: string | undefined): void {
    const group = /members/i.test(file) ? guid.exec(file)?.[0].toLowerCase() : undefined;
    if (group !== undefined) this.#members.set(group, [...(this.#members.get(group) ?? []), ...thingsOf(value)]);
    for (const item of value)
      if (group === undefined || !isThing(item) || 'userPrincipalName' in item) this.take(file, item, container);
  }

  #object(file: string, thing: Thing, container: string | undefined): void {
    const kind = kinds.find(([, fits]) => fits(thing))?.[0];
    if (kind === undefined) this.#ignore(file, nameOf(thing), 'its type is not supported');
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

  #keep(kind: Kind, match: ObjectInFile, container: string | undefined): void {
    const { file, thing } = match;
    if (kind === 'pkiAuthority' && container) this.#containerOf.set(thing, container);
    if (kind === 'group') {
      const members = thingsOf(thing.members);
      const id = textOf(thing.id).toLowerCase();
      if (members.length > 0) this.#members.set(id, [...(this.#members.get(id) ?? []), ...members]);
      for (const member of members) if ('userPrincipalName' in member) this.#object(file, member, undefined);
    }
    const list = this.#objects[kind] ?? [];
    list.push(match);
    this.#objects[kind] = list;
  }

  #ignore(file: string, label: string, why: string): void {
    this.#ignored.push({ file, what: label, why });
  }

  #all(kind: Kind): readonly ObjectInFile[] {
    return this.#objects[kind] ?? [];
  }

  finish(): Ruling<EntraExport> {
    for (const { file, thing } of this.#all('otherMethod'))
      this.#ignore(file, textOf(thing.id), 'a method other than X509Certificate');
    for (const { file, thing } of this.#all('countryLocation'))
      this.#ignore(file, nameOf(thing), 'locations by country are not supported');
    const users = this.#users();
    const x509 = this.#all('x509Certificate').at(-1);
    const access = this.#access();
    const rollouts = this.#rollouts();
    const groups = this.#groups(users, [
      ...(x509 ? targetsOf(x509.thing) : []),
      ...rollouts.flatMap(({ appliesTo }) => appliesTo),
    ]);
    const authorities = this.#authorities();
    const methodRuling = x509 ? methodOf(x509, this.#containers) : success(undefined);
    if (methodRuling.outcome !== 'passed') return methodRuling;
    const x509Certificate = methodRuling.value;
    const has = (kind: Kind) => this.#all(kind).length > 0;
    const document: TenantDocument = {
      ...(groups.length > 0 ? { groups } : {}),
      ...(authorities.length > 0 ? { certificateAuthorities: authorities } : {}),
      ...(x509Certificate ? { x509Certificate } : {}),
      ...(has('strength') ? { authenticationStrengths: access.strengths } : {}),
      ...(has('ipLocation') ? { namedLocations: access.locations } : {}),
      ...(has('accessPolicy') ? { conditionalAccessPolicies: access.policies } : {}),
      ...(has('rollout') ? { featureRolloutPolicies: rollouts } : {}),
    };
    const counts = Object.entries({ ...document, users }).map(([name, part]) => [
      name,
      Array.isArray(part) ? part.length : 1,
    ]);
    const read = Object.fromEntries(counts);
    return success({ organization: this.#organization(), users, document, read, ignored: this.#ignored });
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
          'a policy names the group, but the export does not contain it; the group is created without members',
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
        this.#ignore(file, `groups of ${nameOf(thing)}`, 'the export has none: use $expand=appliesTo');
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

  /** A policy that Graph would refuse is left out: it would not be the same policy. */
  #access() {
    const strengths: AuthenticationStrength[] = [];
    const customStrengths = this.#all('strength').filter(({ thing }) => thing.policyType !== 'builtIn');
    for (const { file, thing } of customStrengths)
      this.#add(strengths, { file, thing }, strengthFrom(thing), (strength) =>
        checkStrength(strength, [...strengths, strength]),
      );
    const namedLocations: NamedLocation[] = [];
    for (const { file, thing } of this.#all('ipLocation'))
      this.#add(namedLocations, { file, thing }, locationFrom(thing), checkNamedLocation);
    const policies: ConditionalAccessPolicy[] = [];
    for (const { file, thing } of this.#all('accessPolicy'))
      this.#add(policies, { file, thing }, accessPolicyFrom(thing), (policy) =>
        checkAccessPolicy(policy, { strengths, namedLocations }),
      );
    return { strengths, locations: namedLocations, policies };
  }

  /** Adds to the list what can be read and is valid, and the rest to what is ignored. */
  #add<T>(list: T[], { file, thing }: ObjectInFile, result: Read<T>, check: (item: T) => readonly AccessIssue[]): void {
    const [issue] = 'value' in result ? check(result.value) : [];
    if ('problem' in result) this.#ignore(file, nameOf(thing), result.problem);
    else if (issue) this.#ignore(file, nameOf(thing), messageOf(issue.because));
    else list.push(result.value);
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
