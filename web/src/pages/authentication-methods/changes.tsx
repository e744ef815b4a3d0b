import { ChangedValues } from '../../components/data/changed-values.tsx';
import { type Authority, authorityName, useAuthorities } from '../../components/forms/authority-picker.tsx';
import { titleOf } from './bindings.tsx';
import {
  type AuthorityScope,
  affinities,
  type Binding,
  type CertificateConfiguration,
  modes,
  type StrengthRule,
  type Target,
} from './configuration.ts';
import { optionNames } from './options.tsx';
import { ruleWords } from './rules.tsx';
import { targetWords, useGroupNames } from './targets.tsx';

const names: Readonly<Record<string, string>> = {
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
};

interface ConfigurationChangesProps {
  readonly before: CertificateConfiguration;
  readonly after: CertificateConfiguration;
}

/** Each setting of the method that a change touches, as it is now and as it will be, by the names that the page has for them. */
export function ConfigurationChanges({ before, after }: ConfigurationChangesProps) {
  const authorities = useAuthorities();
  const targets = [before, after].flatMap((side) => [
    ...side.includeTargets,
    ...side.excludeTargets,
    ...side.certificateAuthorityScopes.flatMap(({ includeTargets }) => includeTargets),
  ]);
  const groups = useGroupNames(targets);
  return (
    <ChangedValues
      before={before}
      after={after}
      names={names}
      wordsOf={(path, value) => {
        if (path in optionNames) return value ? 'Yes' : 'No';
        return itemWords[path]?.(value as never, { authorities, groups }) ?? choiceWords(value);
      }}
    />
  );
}

interface Known {
  readonly authorities: readonly Authority[];
  readonly groups: ReadonlyMap<string, string>;
}

const itemWords: Readonly<Record<string, (item: never, known: Known) => string>> = {
  includeTargets: (target: Target, { groups }) => targetWords([target], groups),
  excludeTargets: (target: Target, { groups }) => targetWords([target], groups),
  certificateUserBindings: (binding: Binding) => `${binding.priority}. ${titleOf(binding)}`,
  'authenticationModeConfiguration.rules': (rule: StrengthRule) => ruleWords(rule),
  'crlValidationConfiguration.exemptedCertificateAuthoritiesSubjectKeyIdentifiers': (ski: string, { authorities }) =>
    authorityName(ski, authorities),
  certificateAuthorityScopes: (scope: AuthorityScope, { authorities, groups }) =>
    `${authorityName(scope.subjectKeyIdentifier, authorities)}: ${targetWords(scope.includeTargets, groups)}`,
};

/** The words of a choice that has some. */
const choiceWords = (value: unknown): string | undefined =>
  [...modes, ...affinities].find(({ id }) => id === value)?.label;
