import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { ObservedPolicyOids } from '../../components/forms/authority-picker.tsx';
import { type CertificateParts, DroppedCertificate } from '../../components/forms/dropped-certificate.tsx';
import { CheckboxField, RadioField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { Dialog } from '../../components/overlays/dialog.tsx';
import { useAuthorities } from '../../graph/authorities.ts';
import { noChange } from '../../graph/sign-in-change.ts';
import { type Affinity, affinities, type Mode, modes, nameOfMode, type StrengthRule } from './configuration.ts';
import type { FieldsProps } from './issuers.tsx';

/** The default strength and affinity, and the rules that decide otherwise. */
export function StrengthFields({ draft, onChange, isReadOnly }: FieldsProps) {
  const [isAdding, setAdding] = useState(false);
  const configuration = draft.authenticationModeConfiguration;
  const set = (next: Partial<typeof configuration>) =>
    onChange({ authenticationModeConfiguration: { ...configuration, ...next } });
  const { rules } = configuration;
  return (
    <Section
      title="Authentication binding"
      actions={
        !isReadOnly && (
          <Button icon="add" onPress={() => setAdding(true)}>
            Add rule
          </Button>
        )
      }
    >
      <RadioField
        label="Default authentication strength"
        value={configuration.x509CertificateAuthenticationDefaultMode}
        onChange={(mode) => set({ x509CertificateAuthenticationDefaultMode: mode })}
        choices={modes}
        isReadOnly={isReadOnly}
      />
      <RadioField
        label="Required affinity binding"
        value={configuration.x509CertificateDefaultRequiredAffinityLevel ?? 'low'}
        onChange={(level) => set({ x509CertificateDefaultRequiredAffinityLevel: level })}
        choices={affinities}
        isReadOnly={isReadOnly}
      />
      {rules.length === 0 ? (
        <p className="faint">No rules: the default applies to every certificate.</p>
      ) : (
        <RuleTable
          rules={rules}
          onRemove={(rule) => set({ rules: rules.filter((item) => item !== rule) })}
          isReadOnly={isReadOnly}
        />
      )}
      {isAdding && (
        <RuleDialog
          onClose={() => setAdding(false)}
          onAdd={(rule) => {
            set({ rules: [...rules, rule] });
            setAdding(false);
          }}
        />
      )}
    </Section>
  );
}

const issuerOf = ({ x509CertificateRuleType: type, identifier, issuerSubjectIdentifier }: StrengthRule): string =>
  type === 'policyOID' ? '—' : (issuerSubjectIdentifier ?? identifier ?? '—');
const oidOf = ({ x509CertificateRuleType: type, identifier, policyOidIdentifier }: StrengthRule): string =>
  type === 'issuerSubject' ? '—' : (policyOidIdentifier ?? identifier ?? '—');

/** A rule in one line: what it applies to, and what it decides. */
export const ruleWords = (rule: StrengthRule): string =>
  [
    ...[issuerOf(rule), oidOf(rule)].filter((part) => part !== '—'),
    nameOfMode(rule.x509CertificateAuthenticationMode),
    rule.x509CertificateRequiredAffinityLevel === 'high' ? 'High affinity' : 'Low affinity',
  ].join(' · ');

interface RuleTableProps {
  readonly rules: readonly StrengthRule[];
  readonly onRemove: (rule: StrengthRule) => void;
  readonly isReadOnly: boolean;
}

const RuleTable = ({ rules, onRemove, isReadOnly }: RuleTableProps) => (
  <TableFrame
    label="Rules"
    head={[
      'Certificate issuer',
      'Policy OID',
      'Authentication strength',
      'Affinity binding',
      ...(!isReadOnly ? ['Actions'] : []),
    ]}
  >
    {rules.map((rule) => (
      <tr key={`${issuerOf(rule)} ${oidOf(rule)}`}>
        <th scope="row">{issuerOf(rule)}</th>
        <td>{oidOf(rule)}</td>
        <td>{nameOfMode(rule.x509CertificateAuthenticationMode)}</td>
        <td>{rule.x509CertificateRequiredAffinityLevel === 'high' ? 'High' : 'Low'}</td>
        {!isReadOnly && (
          <td>
            <Button
              kind="subtle"
              icon="delete"
              label={`Delete the rule for ${issuerOf(rule)} ${oidOf(rule)}`}
              onPress={() => onRemove(rule)}
            />
          </td>
        )}
      </tr>
    ))}
  </TableFrame>
);

interface RuleDialogProps {
  readonly onClose: () => void;
  readonly onAdd: (rule: StrengthRule) => void;
}

/** A rule is made by choosing: an issuer of the trust stores, an OID of real sign-ins. */
function RuleDialog({ onClose, onAdd }: RuleDialogProps) {
  const authorities = useAuthorities();
  const [byIssuer, setByIssuer] = useState(false);
  const [byOid, setByOid] = useState(false);
  const [issuer, setIssuer] = useState('');
  const [oid, setOid] = useState('');
  const [mode, setMode] = useState<Mode>('x509CertificateMultiFactor');
  const [affinity, setAffinity] = useState<Affinity>('low');
  const [oids, setOids] = useState<readonly string[]>([]);
  const [isAcknowledged, setAcknowledged] = useState(false);
  const take = ({ issuerSki, policyOids }: CertificateParts) => {
    const known = authorities.find(({ subjectKeyIdentifier }) => issuerSki && subjectKeyIdentifier === issuerSki);
    if (known) setIssuer(known.subject);
    if (known) setByIssuer(true);
    setOids(policyOids);
    if (policyOids[0]) setOid(policyOids[0]);
    if (policyOids[0]) setByOid(true);
  };
  const isOid = /^[0-2](\.\d+)+$/.test(oid.trim());
  const isReady = (byIssuer || byOid) && (!byIssuer || issuer !== '') && (!byOid || isOid);
  const add = () =>
    onAdd({
      x509CertificateRuleType:
        byIssuer && byOid ? 'issuerSubjectAndPolicyOID' : byIssuer ? 'issuerSubject' : 'policyOID',
      identifier: [byIssuer ? issuer : '', byOid ? oid.trim() : ''].filter(Boolean).join(','),
      ...(byIssuer && { issuerSubjectIdentifier: issuer }),
      ...(byOid && { policyOidIdentifier: oid.trim() }),
      x509CertificateAuthenticationMode: mode,
      x509CertificateRequiredAffinityLevel: affinity,
    });
  return (
    <Dialog title="Add authentication binding policy rule" isOpen onClose={onClose}>
      <Form action="Add" onSubmit={add} onCancel={onClose} isDisabled={!isReady || !isAcknowledged} change={noChange}>
        <DroppedCertificate label="Take issuer and policy OIDs from a certificate (optional)" onRead={take} />
        {oids.length > 0 && <p className="help">Policy OIDs of the certificate: {oids.join(', ')}</p>}
        <CheckboxField label="Certificate issuer" isSelected={byIssuer} onChange={setByIssuer} />
        {byIssuer && (
          <SelectField
            label="Certificate issuer identifier"
            value={issuer || undefined}
            placeholder="Select a certificate authority"
            onChange={setIssuer}
            choices={[...new Map(authorities.map((item) => [item.subject, item])).values()].map((item) => ({
              id: item.subject,
              label: item.displayName,
              help: item.subject,
            }))}
          />
        )}
        <CheckboxField label="Policy OID" isSelected={byOid} onChange={setByOid} />
        {byOid && (
          <>
            <ObservedPolicyOids
              label="Policy OIDs of the sign-ins of the last thirty days"
              value={oid}
              onChoose={setOid}
            />
            <TextInput
              label="Policy OID"
              value={oid}
              onChange={setOid}
              isCode
              help="As in the certificate, such as 1.3.6.1.4.1.311.21.8.1"
              error={oid !== '' && !isOid ? 'This is not an object identifier.' : undefined}
            />
          </>
        )}
        <RadioField label="Authentication strength" value={mode} onChange={setMode} choices={modes} />
        <RadioField label="Affinity binding" value={affinity} onChange={setAffinity} choices={affinities} />
        <CheckboxField
          label="I acknowledge that this rule decides how strong sign-ins with these certificates are, in place of the default."
          isSelected={isAcknowledged}
          onChange={setAcknowledged}
        />
      </Form>
    </Dialog>
  );
}
