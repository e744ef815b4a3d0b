import type { ValueWords } from '../../components/data/changed-values.tsx';
import { labelOf } from '../../components/forms/choices.ts';
import type { NameOf } from '../../graph/names.ts';
import { titleOf } from './bindings.tsx';
import {
  type AuthorityScope,
  affinities,
  type Binding,
  modes,
  type StrengthRule,
  type Target,
} from './configuration.ts';
import { optionNames } from './options.tsx';
import { ruleWords } from './rules.tsx';
import { targetWords } from './targets.tsx';

const itemWords: Readonly<Record<string, (item: never, nameOf: NameOf) => string>> = {
  includeTargets: (target: Target, nameOf) => targetWords([target], nameOf),
  excludeTargets: (target: Target, nameOf) => targetWords([target], nameOf),
  certificateUserBindings: (binding: Binding) => `${binding.priority}. ${titleOf(binding)}`,
  'authenticationModeConfiguration.rules': (rule: StrengthRule) => ruleWords(rule),
  'crlValidationConfiguration.exemptedCertificateAuthoritiesSubjectKeyIdentifiers': (ski: string, nameOf) =>
    nameOf('authorities', ski),
  certificateAuthorityScopes: (scope: AuthorityScope, nameOf) =>
    `${nameOf('authorities', scope.subjectKeyIdentifier)}: ${targetWords(scope.includeTargets, nameOf)}`,
};

/** How the values of an authentication method are called, by the names that the pages have for them. */
export const methodWords: ValueWords = {
  names: {
    state: 'Enable',
    includeTargets: 'Include',
    excludeTargets: 'Exclude',
    certificateUserBindings: 'Username bindings, by priority',
    'authenticationModeConfiguration.x509CertificateAuthenticationDefaultMode': 'Default authentication strength',
    'authenticationModeConfiguration.x509CertificateDefaultRequiredAffinityLevel': 'Required affinity binding',
    'authenticationModeConfiguration.rules': 'Authentication binding rules',
    'issuerHintsConfiguration.state': 'Issuer hints',
    'crlValidationConfiguration.state': 'Require CRL validation',
    'crlValidationConfiguration.exemptedCertificateAuthoritiesSubjectKeyIdentifiers':
      'Certificate authorities exempted from CRL validation',
    certificateAuthorityScopes: 'Certificate authority scopes',
    ...optionNames,
  },
  messageOf(path, value, nameOf) {
    if (path in optionNames) return value ? 'Yes' : 'No';
    return itemWords[path]?.(value as never, nameOf) ?? labelOf([...modes, ...affinities], value);
  },
};
