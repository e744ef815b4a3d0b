import { CheckboxField } from '../../components/forms/fields.tsx';
import { Section } from '../../components/layout/page.tsx';
import type { BeyondEntra } from './configuration.ts';
import type { FieldsProps } from './issuers.tsx';

/** Each option: what it is called, what it means, its value when it is on; off is what Microsoft Entra does. */
const options: readonly {
  readonly name: keyof BeyondEntra;
  readonly label: string;
  readonly help: string;
  readonly on: true | 'any' | 'validated';
}[] = [
  {
    name: 'certificateMayNameUser',
    label: 'Sign in without a user name',
    help: 'The certificate identifies the user if it matches exactly one user.',
    on: true,
  },
  {
    name: 'onPremisesNameSignsIn',
    label: 'Accept on-premises user principal names',
    help: 'A name that does not match a userPrincipalName can match an onPremisesUserPrincipalName.',
    on: true,
  },
  {
    name: 'plainSerialOrder',
    label: 'Accept serial numbers in plain order',
    help: 'Serial numbers in certificateUserIds are compared in both byte orders.',
    on: true,
  },
  {
    name: 'certificateAuthorityScoping',
    label: 'One scoped certificate authority of the chain is enough',
    help: 'Otherwise every scoped certificate authority of the chain must permit the user.',
    on: 'any',
  },
  {
    name: 'policyOids',
    label: 'Use only policy OIDs that are valid for the whole chain',
    help: 'Otherwise, the policy OIDs in the certificate itself are used (RFC 5280, section 6.1).',
    on: 'validated',
  },
];

/** What each option is called, by its path in the configuration. */
export const optionNames = Object.fromEntries(options.map(({ name, label }) => [`beyondEntra.${name}`, label]));

/** Options that Microsoft Entra does not have. */
export function OptionFields({ draft, onChange, isReadOnly }: FieldsProps) {
  const { beyondEntra } = draft;
  return (
    <Section title="Options beyond Microsoft Entra">
      {options.map(({ name, label, help, on }) => (
        <CheckboxField
          key={name}
          label={label}
          help={help}
          isSelected={beyondEntra[name] === on}
          onChange={(is) => onChange({ beyondEntra: { ...beyondEntra, [name]: is ? on : null } })}
          isReadOnly={isReadOnly}
        />
      ))}
    </Section>
  );
}
