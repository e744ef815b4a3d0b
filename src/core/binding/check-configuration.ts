import { isHex, plainHex } from '../hex.ts';
import { type Because, because } from '../trace/reasons.ts';
import { isOid, issuerKey, issuerTextOf, oidTextOf, ruleKey } from './authentication-binding/rule-index.ts';
import { certificateFieldNames, certificateFields } from './identifiers/certificate-fields.ts';
import { parseName } from './identifiers/distinguished-name.ts';
import type { AuthenticationRule, MethodTarget, UserBinding, X509CertificateConfiguration } from './policy.ts';

/** What is wrong with a configuration, and where: a JSON pointer (RFC 6901) into the document. */
export interface ConfigurationIssue {
  readonly target: string;
  readonly because: Because;
}

/** CAS-1. */
export const certificateAuthorityScopeLimit = 30;

/**
 * Everything wrong with a configuration an administrator wants (Appendix A); empty when nothing is. The shape (which
 * properties, of which JSON type) is the caller's to check; values are checked here, whatever their type claims.
 */
export function checkX509Configuration(configuration: X509CertificateConfiguration): readonly ConfigurationIssue[] {
  const { authenticationModeConfiguration: modes } = configuration;
  return [
    ...checkStates(configuration),
    ...checkTargets(configuration.includeTargets, '/includeTargets'),
    ...checkTargets(configuration.excludeTargets, '/excludeTargets'),
    ...configuration.certificateUserBindings.flatMap(checkBinding),
    ...repeatedBindings(configuration.certificateUserBindings),
    ...modes.rules.flatMap(checkRule),
    ...repeatedRules(modes.rules),
    ...checkExemptions(configuration),
    ...checkScopes(configuration),
  ];
}

function issue(target: string, reason: Because): ConfigurationIssue {
  return { target, because: reason };
}

const onOff = ['enabled', 'disabled'];
const levels = ['low', 'high'];
const modeNames = ['x509CertificateSingleFactor', 'x509CertificateMultiFactor'];
const ruleTypes = ['issuerSubject', 'policyOID', 'issuerSubjectAndPolicyOID'];
const modesPath = '/authenticationModeConfiguration';

function oneOf(target: string, value: string, allowedValues: readonly string[]): readonly ConfigurationIssue[] {
  return allowedValues.includes(value)
    ? []
    : [issue(target, because('configurationStateUnknown', { value, allowed: allowedValues }))];
}

function checkStates(c: X509CertificateConfiguration): readonly ConfigurationIssue[] {
  const modes = c.authenticationModeConfiguration;
  return [
    ...oneOf('/state', c.state, onOff),
    ...oneOf('/issuerHintsConfiguration/state', c.issuerHintsConfiguration.state, onOff),
    ...oneOf('/crlValidationConfiguration/state', c.crlValidationConfiguration.state, onOff),
    ...oneOf(
      `${modesPath}/x509CertificateAuthenticationDefaultMode`,
      modes.x509CertificateAuthenticationDefaultMode,
      modeNames,
    ),
    ...oneOf(
      `${modesPath}/x509CertificateDefaultRequiredAffinityLevel`,
      modes.x509CertificateDefaultRequiredAffinityLevel,
      levels,
    ),
  ];
}

/** SCOPE-2. */
function checkTargets(targets: readonly MethodTarget[], path: string): readonly ConfigurationIssue[] {
  return targets.flatMap(({ targetType, id }, i) =>
    targetType === 'group' && id !== ''
      ? []
      : [issue(`${path}/${i}`, because('methodTargetInvalid', { targetType, id }))],
  );
}

/** §5.1: the field is known, the property is one it may be bound to, the affinity is one it can have. */
function checkBinding(binding: UserBinding, i: number): readonly ConfigurationIssue[] {
  const { x509CertificateField: name, userProperty: property, priority, trustAffinityLevel: level } = binding;
  const path = `/certificateUserBindings/${i}`;
  const field = Object.hasOwn(certificateFields, name) ? certificateFields[name] : undefined;
  const rank =
    Number.isInteger(priority) && priority >= 0
      ? []
      : [because('bindingPriorityInvalid', { priority: String(priority) })];
  const issues = rank.map((reason) => issue(`${path}/priority`, reason));
  if (!field)
    return [
      ...issues,
      issue(
        `${path}/x509CertificateField`,
        because('bindingFieldUnknown', { field: name, allowed: certificateFieldNames }),
      ),
    ];
  if (!field.properties.includes(property)) {
    const evidence = { field: name, property, allowed: field.properties };
    issues.push(issue(`${path}/userProperty`, because('bindingPropertyNotAllowed', evidence)));
  }
  if ((level ?? 'low') === 'low' || (level === 'high' && field.affinity === 'high')) return issues;
  return [...issues, issue(`${path}/trustAffinityLevel`, because('bindingAffinityImpossible', { field: name, level }))];
}

/** UB-1, UB-3: no priority twice, no pair of field and property twice. */
function repeatedBindings(bindings: readonly UserBinding[]): readonly ConfigurationIssue[] {
  const priorities = repeatsOf(bindings, ({ priority }) => String(priority)).map((i) =>
    issue(
      `/certificateUserBindings/${i}/priority`,
      because('bindingPriorityRepeated', { priority: bindings[i]!.priority }),
    ),
  );
  const pairs = repeatsOf(bindings, (b) => `${b.x509CertificateField} ${b.userProperty}`).map((i) => {
    const { x509CertificateField: field, userProperty: property } = bindings[i]!;
    return issue(`/certificateUserBindings/${i}`, because('bindingRepeated', { field, property }));
  });
  return [...priorities, ...pairs];
}

/** AB-1, AB-2: each rule names what its type needs, in a form that can match something. */
function checkRule(rule: AuthenticationRule, i: number): readonly ConfigurationIssue[] {
  const { x509CertificateRuleType: type, x509CertificateRequiredAffinityLevel: level } = rule;
  const path = `${modesPath}/rules/${i}`;
  if (!ruleTypes.includes(type)) {
    return [issue(`${path}/x509CertificateRuleType`, because('ruleTypeUnknown', { type, allowed: ruleTypes }))];
  }
  return [
    ...(type === 'policyOID' ? [] : checkRuleIssuer(rule, path)),
    ...(type === 'issuerSubject' ? [] : checkRuleOid(rule, path)),
    ...oneOf(`${path}/x509CertificateAuthenticationMode`, rule.x509CertificateAuthenticationMode, modeNames),
    ...oneOf(`${path}/x509CertificateRequiredAffinityLevel`, level ?? 'low', levels),
  ];
}

function checkRuleIssuer(rule: AuthenticationRule, path: string): readonly ConfigurationIssue[] {
  const value = issuerTextOf(rule);
  const property =
    rule.issuerSubjectIdentifier || rule.x509CertificateRuleType !== 'issuerSubject'
      ? 'issuerSubjectIdentifier'
      : 'identifier';
  return parseName(value) ? [] : [issue(`${path}/${property}`, because('ruleIssuerMalformed', { value }))];
}

function checkRuleOid(rule: AuthenticationRule, path: string): readonly ConfigurationIssue[] {
  const value = oidTextOf(rule);
  const property =
    rule.policyOidIdentifier || rule.x509CertificateRuleType !== 'policyOID' ? 'policyOidIdentifier' : 'identifier';
  return isOid(value) ? [] : [issue(`${path}/${property}`, because('ruleOidMalformed', { value }))];
}

/** AB-14: what a rule matches has one strength. */
function repeatedRules(rules: readonly AuthenticationRule[]): readonly ConfigurationIssue[] {
  const readable = rules.flatMap((rule, i) => {
    const key = ruleKey(rule);
    return key === undefined ? [] : [{ i, rule, key }];
  });
  return repeatsOf(readable, ({ rule, key }) => `${rule.x509CertificateRuleType} ${key}`).map((at) => {
    const { i, rule } = readable[at]!;
    const evidence = { type: rule.x509CertificateRuleType, identifier: rule.identifier };
    return issue(`${modesPath}/rules/${i}`, because('ruleRepeated', evidence));
  });
}

function checkExemptions({ crlValidationConfiguration }: X509CertificateConfiguration): readonly ConfigurationIssue[] {
  const { exemptedCertificateAuthoritiesSubjectKeyIdentifiers: exemptions } = crlValidationConfiguration;
  const path = '/crlValidationConfiguration/exemptedCertificateAuthoritiesSubjectKeyIdentifiers';
  return exemptions.flatMap((value, i) =>
    isHex(value) ? [] : [issue(`${path}/${i}`, because('subjectKeyIdentifierMalformed', { value }))],
  );
}

/** CAS-1: at most thirty, a CA once, one group each. */
function checkScopes({
  certificateAuthorityScopes: scopes,
}: X509CertificateConfiguration): readonly ConfigurationIssue[] {
  const [path, limit] = ['/certificateAuthorityScopes', certificateAuthorityScopeLimit];
  const many =
    scopes.length > limit ? [issue(path, because('authorityScopesTooMany', { found: scopes.length, limit }))] : [];
  const scopeIssues = scopes
    .slice(0, limit)
    .flatMap(({ subjectKeyIdentifier: value, includeTargets }, i) => [
      ...(isHex(value)
        ? []
        : [issue(`${path}/${i}/subjectKeyIdentifier`, because('subjectKeyIdentifierMalformed', { value }))]),
      ...(includeTargets.length === 1
        ? []
        : [issue(`${path}/${i}/includeTargets`, because('authorityScopeGroups', { found: includeTargets.length }))]),
      ...checkTargets(includeTargets, `${path}/${i}/includeTargets`),
    ]);
  const repeats = repeatsOf(scopes, (scope) => plainHex(scope.subjectKeyIdentifier)).map((i) => {
    const { subjectKeyIdentifier } = scopes[i]!;
    return issue(`${path}/${i}/subjectKeyIdentifier`, because('authorityScopeRepeated', { subjectKeyIdentifier }));
  });
  return [...many, ...scopeIssues, ...repeats];
}

/** The places of items whose key was seen before. */
function repeatsOf<T>(items: readonly T[], keyOf: (scopeIssues: T) => string): readonly number[] {
  const seenKeys = new Set<string>();
  return items.flatMap((scopeIssues, i) => {
    const key = keyOf(scopeIssues);
    if (seenKeys.has(key)) return [i];
    seenKeys.add(key);
    return [];
  });
}

/** Warnings: rules for an issuer that is not uploaded match nothing (Appendix A). `authorities` are the CAs' subjects. */
export function warnOfConfiguration(
  { authenticationModeConfiguration: { rules } }: X509CertificateConfiguration,
  authorities: readonly Parameters<typeof issuerKey>[0][],
): readonly ConfigurationIssue[] {
  const issuerKeys = new Set(authorities.map(issuerKey));
  return rules.flatMap((rule, i) => {
    const issuer = rule.x509CertificateRuleType === 'policyOID' ? undefined : parseName(issuerTextOf(rule));
    if (!issuer || issuerKeys.has(issuerKey(issuer))) return [];
    return [issue(`${modesPath}/rules/${i}`, because('ruleIssuerUnknown', { issuer: issuerTextOf(rule) }))];
  });
}
