import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { ObservedPolicyOids, useAuthorities } from '../../components/forms/authority-picker.tsx';
import { CheckboxField, RadioField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Section } from '../../components/layout/page.tsx';
import { Dialog } from '../../components/overlays/dialog.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { Message } from '../../components/states.tsx';
import { send } from '../../graph/queries.ts';
import { certificateIn } from '../trust/pki-types.ts';
import {
  type Affinity,
  affinities,
  evaluatePath,
  type Mode,
  modes,
  nameOfMode,
  type StrengthRule,
} from './configuration.ts';
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

interface RuleTableProps {
  readonly rules: readonly StrengthRule[];
  readonly onRemove: (rule: StrengthRule) => void;
  readonly isReadOnly: boolean;
}

const RuleTable = ({ rules, onRemove, isReadOnly }: RuleTableProps) => (
  <TableFrame label="Rules">
    <thead>
      <tr>
        <th scope="col">Certificate issuer</th>
        <th scope="col">Policy OID</th>
        <th scope="col">Authentication strength</th>
        <th scope="col">Affinity binding</th>
        {!isReadOnly && <th scope="col">Actions</th>}
      </tr>
    </thead>
    <tbody>
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
    </tbody>
  </TableFrame>
);

interface Evaluation {
  readonly chain: readonly { readonly issuer: string }[];
  readonly extensions: readonly { readonly oid: string; readonly values: readonly string[] }[];
}

/** What a rule can name of a certificate. A file with a private key is refused before anything is sent. */
async function partsOf(file: File): Promise<{ readonly issuer: string; readonly policyOids: readonly string[] }> {
  const body = { certificate: await certificateIn(file) };
  const { chain, extensions } = await send<Evaluation>(evaluatePath, { method: 'POST', body });
  const policies = extensions.find(({ oid }) => oid === '2.5.29.32');
  return { issuer: chain[0]?.issuer ?? '', policyOids: policies?.values ?? [] };
}

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
  const read = useMutation({
    mutationFn: (file: File) => partsOf(file),
    onSuccess: (parts) => {
      const known = authorities.find(({ subject }) => subject === parts.issuer);
      if (known) setIssuer(known.subject);
      if (known) setByIssuer(true);
      setOids(parts.policyOids);
      if (parts.policyOids[0]) setOid(parts.policyOids[0]);
      if (parts.policyOids[0]) setByOid(true);
    },
  });
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
    <Dialog
      title="Add authentication binding policy rule"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button kind="primary" isDisabled={!isReady || !isAcknowledged} onPress={add}>
            Add
          </Button>
          <Button onPress={onClose}>Cancel</Button>
        </>
      }
    >
      <FileDrop
        label="Take issuer and policy OIDs from a certificate (optional)"
        endings={['.cer', '.crt', '.pem', '.der']}
        onFiles={([file]) => file && read.mutate(file)}
      />
      <ChangeProblem problem={read.error} />
      {read.data && !authorities.some(({ subject }) => subject === read.data.issuer) && (
        <Message tone="warning" title="The issuer is not a trusted certificate authority.">
          {read.data.issuer}
        </Message>
      )}
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
            help="As in the certificate: 1.3.6.1.4.1.311.21.8.1"
            error={oid !== '' && !isOid ? 'It is not an object identifier.' : undefined}
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
    </Dialog>
  );
}
