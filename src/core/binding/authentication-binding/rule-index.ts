import type { Name } from '../../x509/name.ts';
import { nameKeys, parseName } from '../identifiers/distinguished-name.ts';
import type { AuthenticationModeConfiguration, AuthenticationRule } from '../policy.ts';

/** The rules of one configuration, found by what they compare, so that 500 rules cost what five cost. */
export interface RuleIndex {
  readonly issuerSubjectAndPolicyOID: ReadonlyMap<string, readonly AuthenticationRule[]>;
  readonly policyOID: ReadonlyMap<string, readonly AuthenticationRule[]>;
  readonly issuerSubject: ReadonlyMap<string, readonly AuthenticationRule[]>;
}

const indexes = new WeakMap<AuthenticationModeConfiguration, RuleIndex>();

/** The index of a configuration; made once, since a configuration is immutable. */
export function ruleIndexOf(configuration: AuthenticationModeConfiguration): RuleIndex {
  const cachedIndex = indexes.get(configuration);
  if (cachedIndex) return cachedIndex;
  const index = {
    issuerSubjectAndPolicyOID: byGroup(configuration.rules, 'issuerSubjectAndPolicyOID'),
    policyOID: byGroup(configuration.rules, 'policyOID'),
    issuerSubject: byGroup(configuration.rules, 'issuerSubject'),
  };
  indexes.set(configuration, index);
  return index;
}

function byGroup(rules: readonly AuthenticationRule[], type: AuthenticationRule['x509CertificateRuleType']) {
  const groups = new Map<string, AuthenticationRule[]>();
  for (const rule of rules) {
    const key = rule.x509CertificateRuleType === type ? ruleKey(rule) : undefined;
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), rule]);
  }
  return groups;
}

/** Under which a rule is found; undefined for one that can match nothing: a display name, a text that cannot be read as a name (AB-2). */
export function ruleKey(rule: AuthenticationRule): string | undefined {
  if (rule.x509CertificateRuleType === 'policyOID') return oidOf(rule);
  const issuer = issuerKeyOf(rule);
  if (issuer === undefined || rule.x509CertificateRuleType === 'issuerSubject') return issuer;
  const oid = oidOf(rule);
  return oid === undefined ? undefined : pairKey(issuer, oid);
}

/** The issuer a rule names, as written. */
export function issuerTextOf(rule: AuthenticationRule): string {
  const fallback = rule.x509CertificateRuleType === 'issuerSubject' ? rule.identifier : '';
  return (rule.issuerSubjectIdentifier || fallback || '').trim();
}

/** The OID a rule names, as written. */
export function oidTextOf(rule: AuthenticationRule): string {
  const fallback = rule.x509CertificateRuleType === 'policyOID' ? rule.identifier : '';
  return (rule.policyOidIdentifier || fallback || '').trim();
}

/** Dotted decimal (AB-2). The two first arcs as X.660 has them; no leading zeros, which would never match exactly. */
export function isOid(text: string): boolean {
  return text.length <= 256 && /^[0-2](?:\.(?:0|[1-9]\d*))+$/u.test(text);
}

function oidOf(rule: AuthenticationRule): string | undefined {
  const text = oidTextOf(rule);
  return isOid(text) ? text : undefined;
}

/** One key for a name in either order: the smaller of the two. */
function issuerKeyOf(rule: AuthenticationRule): string | undefined {
  const issuerName = parseName(issuerTextOf(rule));
  return issuerName && issuerKey(issuerName);
}

/** Names are the same when written alike in either order (AB-1, D-16). */
export function issuerKey(name: Pick<Name, 'rdns'>): string {
  return nameKeys(name).toSorted()[0]!;
}

/** The key of a combined rule (AB-7). */
export function pairKey(issuer: string, oid: string): string {
  return `${oid} ${issuer}`;
}
