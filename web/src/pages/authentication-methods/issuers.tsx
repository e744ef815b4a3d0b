import { useState } from 'react';
import { plainHex } from '#core/hex.ts';
import { Button } from '../../components/button.tsx';
import { AuthorityPicker } from '../../components/forms/authority-picker.tsx';
import { CheckboxField, SelectField, SwitchField } from '../../components/forms/fields.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { useUnsavedEdits } from '../../components/forms/unsaved.ts';
import { Section } from '../../components/layout/page.tsx';
import { useAuthorities } from '../../graph/authorities.ts';
import { useNames } from '../../graph/names.ts';
import type { AuthorityScope, CertificateConfiguration } from './configuration.ts';
import { referencesOf, targetWords } from './targets.tsx';

export interface FieldsProps {
  readonly draft: CertificateConfiguration;
  readonly onChange: (next: Partial<CertificateConfiguration>) => void;
  readonly isReadOnly: boolean;
}

/** CRL validation, and the CAs that need no CRL. */
export function RevocationFields({ draft, onChange, isReadOnly }: FieldsProps) {
  const { crlValidationConfiguration: crl } = draft;
  const exempted = crl.exemptedCertificateAuthoritiesSubjectKeyIdentifiers;
  const set = (next: Partial<typeof crl>) => onChange({ crlValidationConfiguration: { ...crl, ...next } });
  const setExempted = (items: readonly string[]) => set({ exemptedCertificateAuthoritiesSubjectKeyIdentifiers: items });
  return (
    <Section title="Certificate revocation list (CRL) validation">
      <CheckboxField
        label="Require CRL validation (recommended)"
        help="Certificates of a certificate authority without a CRL are refused."
        isSelected={crl.state === 'enabled'}
        onChange={(is) => set({ state: is ? 'enabled' : 'disabled' })}
        isReadOnly={isReadOnly}
      />
      {crl.state === 'enabled' && (
        <AuthorityPicker
          label="Exempted certificate authorities"
          choose="Exempt a certificate authority"
          empty="No certificate authority is exempted."
          items={exempted}
          onChange={setExempted}
          isReadOnly={isReadOnly}
        />
      )}
    </Section>
  );
}

/** Whether the browser receives the names of the trusted CAs. */
export const IssuerHintFields = ({ draft, onChange, isReadOnly }: FieldsProps) => (
  <Section title="Issuer hints">
    <SwitchField
      label="Issuer hints"
      help="The certificate picker shows only certificates of trusted certificate authorities whose issuer hint is enabled."
      isSelected={draft.issuerHintsConfiguration.state === 'enabled'}
      onChange={(is) => onChange({ issuerHintsConfiguration: { state: is ? 'enabled' : 'disabled' } })}
      isReadOnly={isReadOnly}
    />
  </Section>
);

/** CAs of the PKI-based store that some groups alone may use (CAS-1). */
export function ScopeFields({ draft, onChange, isReadOnly }: FieldsProps) {
  const authorities = useAuthorities().filter(({ store }) => store === 'pki');
  const scopes = draft.certificateAuthorityScopes;
  const nameOf = useNames([
    ...scopes.map(({ subjectKeyIdentifier: id }) => ({ kind: 'authorities', id }) as const),
    ...referencesOf(scopes.flatMap(({ includeTargets }) => includeTargets)),
  ]);
  const [ski, setSki] = useState('');
  const [groups, setGroups] = useState<readonly DirectoryItem[]>([]);
  const [isAcknowledged, setAcknowledged] = useState(false);
  useUnsavedEdits(ski !== '');
  const add = () => {
    const authority = authorities.find((item) => item.subjectKeyIdentifier === ski);
    if (!authority?.pkiId) return;
    const scope: AuthorityScope = {
      subjectKeyIdentifier: ski,
      publicKeyInfrastructureIdentifier: authority.pkiId,
      includeTargets: groups.map(({ id }) => ({ targetType: 'group', id })),
    };
    const rest = scopes.filter((item) => plainHex(item.subjectKeyIdentifier) !== ski);
    onChange({ certificateAuthorityScopes: [...rest, scope] });
    setSki('');
    setGroups([]);
    setAcknowledged(false);
  };
  return (
    <Section title="Certificate authority scoping">
      {scopes.length === 0 ? (
        <p className="faint">Every user in scope can use every certificate authority.</p>
      ) : (
        <ul className="tags" aria-label="Certificate authority scopes">
          {scopes.map((scope) => (
            <li key={scope.subjectKeyIdentifier} className="tag">
              {nameOf('authorities', scope.subjectKeyIdentifier)}: {targetWords(scope.includeTargets, nameOf)}
              {!isReadOnly && (
                <Button
                  kind="subtle"
                  icon="close"
                  label={`Remove the scope of ${nameOf('authorities', scope.subjectKeyIdentifier)}`}
                  onPress={() => onChange({ certificateAuthorityScopes: scopes.filter((item) => item !== scope) })}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {!isReadOnly && authorities.length > 0 && (
        <>
          <SelectField
            label="Scope a certificate authority to groups"
            value={ski || undefined}
            placeholder="Select a certificate authority"
            onChange={setSki}
            choices={authorities.flatMap((item) =>
              item.subjectKeyIdentifier ? [{ id: item.subjectKeyIdentifier, label: item.displayName }] : [],
            )}
          />
          {ski !== '' && (
            <>
              <DirectoryPicker label="Groups that may use it" kind="groups" chosen={groups} onChange={setGroups} />
              <CheckboxField
                label="I acknowledge that users outside of these groups can no longer sign in with certificates of this certificate authority."
                isSelected={isAcknowledged}
                onChange={setAcknowledged}
              />
              <div className="row">
                <Button icon="add" isDisabled={groups.length === 0 || !isAcknowledged} onPress={add}>
                  Add scope
                </Button>
                <Button onPress={() => setSki('')}>Cancel</Button>
              </div>
            </>
          )}
        </>
      )}
    </Section>
  );
}
