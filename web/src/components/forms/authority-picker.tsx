import { useState } from 'react';
import { plainHex } from '#core/hex.ts';
import { useAuthorities } from '../../graph/authorities.ts';
import { useNames } from '../../graph/names.ts';
import { useGraph } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { DroppedCertificate } from './dropped-certificate.tsx';
import { SelectField, TextInput } from './fields.tsx';

interface AuthorityPickerProps {
  /** "Exempted certificate authorities". */
  readonly label: string;
  /** "Exempt a certificate authority". */
  readonly choose: string;
  /** The text that is shown where none was chosen. */
  readonly empty: string;
  /** Subject key identifiers in hex. */
  readonly items: readonly string[];
  readonly onChange: (items: readonly string[]) => void;
  readonly isReadOnly: boolean;
}

/** CAs of the trust stores, chosen by their names. */
export function AuthorityPicker({ label, choose, empty, items, onChange, isReadOnly }: AuthorityPickerProps) {
  const authorities = useAuthorities();
  const nameOf = useNames(items.map((id) => ({ kind: 'authorities', id })));
  const offers = authorities.flatMap(({ subjectKeyIdentifier: ski, displayName }) =>
    ski && !items.some((item) => plainHex(item) === ski) ? [{ id: ski, label: displayName }] : [],
  );
  return (
    <>
      {items.length === 0 && <p className="faint">{empty}</p>}
      {items.length > 0 && (
        <ul className="tags" aria-label={label}>
          {items.map((ski) => (
            <li key={ski} className="tag">
              {nameOf('authorities', ski)}
              {!isReadOnly && (
                <Button
                  kind="subtle"
                  icon="close"
                  label={`Remove ${nameOf('authorities', ski)}`}
                  onPress={() => onChange(items.filter((item) => item !== ski))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {!isReadOnly && offers.length > 0 && (
        <SelectField
          label={choose}
          value={undefined}
          placeholder="Select a certificate authority"
          onChange={(ski) => onChange([...items, ski])}
          choices={offers}
        />
      )}
      {!isReadOnly && authorities.length > 0 && (
        <DroppedCertificate
          label="Take the issuer from a certificate (optional)"
          onRead={({ issuerSki: ski }) => offers.some(({ id }) => id === ski) && onChange([...items, ski!])}
        />
      )}
      {!isReadOnly && authorities.length === 0 && (
        <KeyInput label={choose} add={(ski) => !items.includes(ski) && onChange([...items, ski])} />
      )}
    </>
  );
}

/** Policy OIDs that certificates of real sign-ins had, with their counts. */
export function ObservedPolicyOids({ label, value, onChoose }: ObservedProps) {
  const observed = useGraph<{ readonly value: readonly ObservedOid[] }>(observedOidsPath).data?.value ?? [];
  if (observed.length === 0) return null;
  return (
    <SelectField
      label={label}
      value={observed.some(({ policyOid }) => policyOid === value) ? value : undefined}
      onChange={onChoose}
      choices={observed.map(({ policyOid, count }) => ({
        id: policyOid,
        label: policyOid,
        help: count === 1 ? 'One sign-in' : `${count.toLocaleString()} sign-ins`,
      }))}
    />
  );
}

interface ObservedProps {
  readonly label: string;
  /** The OID that is chosen, where one is. */
  readonly value?: string;
  readonly onChoose: (oid: string) => void;
}

interface ObservedOid {
  readonly policyOid: string;
  readonly count: number;
}
const observedOidsPath =
  '/beta/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/x509Certificate/observedPolicyOids';

/** For a user who may not read the trust stores. */
function KeyInput({ label, add }: { readonly label: string; readonly add: (ski: string) => void }) {
  const [text, setText] = useState('');
  const ski = plainHex(text);
  return (
    <div className="row">
      <TextInput
        label={label}
        value={text}
        onChange={setText}
        help="The subject key identifier of the CA in hex."
        isCode
      />
      <Button
        icon="add"
        isDisabled={!/^[0-9A-F]{8,}$/.test(ski)}
        onPress={() => {
          add(ski);
          setText('');
        }}
      >
        Add
      </Button>
    </div>
  );
}
