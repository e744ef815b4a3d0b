import type { ValueWords } from '../../components/data/changed-values.tsx';
import { labelOf } from '../../components/forms/choices.ts';
import { CheckboxField, NumberInput, RadioField, TextInput } from '../../components/forms/fields.tsx';

/** How the revocation of a CA's certificates is looked up, beyond the two CRL addresses. */
export interface Revocation {
  readonly furtherUrls: readonly string[];
  readonly graceSeconds: number | null;
  readonly ocspUrl: string | null;
  readonly ocspOrder: 'first' | 'second' | null;
  readonly ocspNonce: boolean;
}

export const revocationName = '@cardea.revocation';

/** Of a CA without such settings. */
export const noRevocation: Revocation = {
  furtherUrls: [],
  graceSeconds: null,
  ocspUrl: null,
  ocspOrder: null,
  ocspNonce: false,
};

/** As Graph is sent it: an order is part of a responder. */
export function revocationBody({ furtherUrls, ocspOrder, ...rest }: Revocation) {
  const urls = furtherUrls.map((url) => url.trim()).filter((url) => url !== '');
  return { ...rest, furtherUrls: urls, ...(ocspOrder && { ocspOrder }) };
}

const hour = 3600;

const labels = {
  furtherUrls: 'Further CRL URLs',
  graceSeconds: 'Grace period after the expiry of a CRL (hours)',
  ocspUrl: 'OCSP responder URL',
  ocspOrder: 'When the responder is used',
  ocspNonce: 'Send a nonce',
} as const;
const orders = [
  { id: 'first', label: 'First', help: 'The CRL is used if the responder does not answer.' },
  { id: 'second', label: 'Second', help: 'Only if there is no usable CRL.' },
] as const;

/** How the fields of a CA are called, also where a change is reviewed. */
export const authorityLabels = {
  displayName: 'Display name',
  certificateRevocationListUrl: 'Certificate revocation list URL',
  deltaCertificateRevocationListUrl: 'Delta certificate revocation list URL',
  isIssuerHintEnabled: 'Issuer hint',
} as const;
export const authorityWords: ValueWords = {
  names: {
    ...authorityLabels,
    ...Object.fromEntries(Object.entries(labels).map(([name, label]) => [`${revocationName}.${name}`, label])),
  },
  messageOf: (path, value) =>
    path === `${revocationName}.graceSeconds` ? String(Number(value ?? 0) / hour) : labelOf(orders, value),
};

interface Props {
  readonly value: Revocation;
  readonly onChange: (next: Revocation) => void;
}

/** Fields for further CRL addresses, a time of grace and an OCSP responder. */
export function RevocationFields({ value, onChange }: Props) {
  const set = (next: Partial<Revocation>) => onChange({ ...value, ...next });
  return (
    <fieldset className="picker">
      <legend>Revocation beyond Microsoft Entra</legend>
      <TextInput
        label={labels.furtherUrls}
        value={value.furtherUrls.join('\n')}
        onChange={(text) => set({ furtherUrls: text === '' ? [] : text.split('\n') })}
        help="Other addresses of the same CRL, one per line. They are tried in this order after the first address."
        isMultiline
        isCode
      />
      <NumberInput
        label={labels.graceSeconds}
        value={(value.graceSeconds ?? 0) / hour}
        onChange={(hours) => set({ graceSeconds: hours === 0 ? null : Math.round(hours * hour) })}
        help="How long a CRL is accepted after its next update. 0 means not at all."
        min={0}
        max={8760}
      />
      <TextInput
        label={labels.ocspUrl}
        value={value.ocspUrl ?? ''}
        onChange={(text) => set({ ocspUrl: text.trim() === '' ? null : text.trim() })}
        help="If empty, no responder is used."
        isCode
      />
      {value.ocspUrl !== null && (
        <>
          <RadioField
            label={labels.ocspOrder}
            value={value.ocspOrder ?? 'first'}
            onChange={(ocspOrder) => set({ ocspOrder })}
            choices={orders}
          />
          <CheckboxField
            label={labels.ocspNonce}
            isSelected={value.ocspNonce}
            onChange={(ocspNonce) => set({ ocspNonce })}
            help="A response to another request is then refused."
          />
        </>
      )}
    </fieldset>
  );
}
