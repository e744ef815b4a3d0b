import { useMay } from '../../app/roles.ts';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { changeOf, EditableList, ObjectForm, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { AuthorityPicker, ObservedPolicyOids } from '../../components/forms/authority-picker.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { base, type CombinationConfiguration, paths, type Strength } from './model.ts';

const columns: readonly GridColumn<Strength>[] = [
  { id: 'name', title: 'Authentication strength', render: (strength) => strength.displayName },
  { id: 'type', title: 'Type', render: ({ policyType }) => (policyType === 'builtIn' ? 'Built-in' : 'Custom') },
  {
    id: 'methods',
    title: 'Authentication methods',
    render: ({ allowedCombinations }) => `${allowedCombinations.length} combinations`,
  },
];

/** The combinations of methods that a strength may allow, strongest first. */
const combinations: readonly (readonly [id: string, label: string])[] = [
  ['windowsHelloForBusiness', 'Windows Hello for Business'],
  ['fido2', 'Passkey (FIDO2)'],
  ['x509CertificateMultiFactor', 'Certificate-based authentication (multifactor)'],
  ['x509CertificateSingleFactor', 'Certificate-based authentication (single-factor)'],
  ['deviceBasedPush', 'Another signed-in device after a certificate'],
  ['temporaryAccessPassOneTime', 'Temporary Access Pass (one-time use)'],
  ['temporaryAccessPassMultiUse', 'Temporary Access Pass (multi-use)'],
  ['password,softwareOath', 'Password and software OATH token'],
  ['password,microsoftAuthenticatorPush', 'Password and approval on another device'],
  ['password,x509CertificateSingleFactor', 'Password and certificate (single-factor)'],
  ['password', 'Password'],
];

const blank: Strength = {
  id: '',
  displayName: '',
  description: null,
  policyType: 'custom',
  allowedCombinations: [],
  combinationConfigurations: [],
};

/** Authentication strengths, built-in and own ones. */
export const StrengthsTab = () => (
  <EditableList<Strength>
    label="Authentication strengths"
    path={paths.strengths}
    area="accessPolicies"
    columns={columns}
    empty="There is no authentication strength"
    create="New authentication strength"
    title={({ displayName }, isNew) => (isNew ? 'New authentication strength' : displayName)}
    blank={() => blank}
    isWide
    form={(props) => <StrengthForm {...props} />}
  />
);

/** What is held in a body that creates a strength or changes one: everything at once. */
interface StrengthBody {
  readonly displayName: string;
  readonly description: string;
  readonly allowedCombinations: readonly string[];
  readonly combinationConfigurations: readonly CombinationConfiguration[];
}

const isOfCertificates = ({ '@odata.type': type }: CombinationConfiguration) => /x509Certificate/.test(type);

/** The limits of certificates in a draft; there are none where nothing is chosen. Limits of passkeys stay as they are. */
function configurationsOf(
  original: Strength,
  allowed: readonly string[],
  lists: { readonly allowedIssuerSkis: readonly string[]; readonly allowedPolicyOIDs: readonly string[] },
): readonly CombinationConfiguration[] {
  const { combinationConfigurations: before } = original;
  const current = before.find(isOfCertificates);
  const others = before.filter((item) => item !== current);
  if (lists.allowedIssuerSkis.length + lists.allowedPolicyOIDs.length === 0) return others;
  const start = {
    '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration',
    appliesToCombinations: allowed.filter((item) => /^x509Certificate\w+$/.test(item)),
  };
  return [...others, { ...(current ?? start), ...lists }];
}

function StrengthForm(props: ObjectFormProps<Strength>) {
  const { original, path, etag, onClose } = props;
  const may = useMay('accessPolicies');
  const write = may.write && original.policyType === 'custom';
  const current = original.combinationConfigurations.find(isOfCertificates);
  const values = {
    displayName: original.displayName,
    description: original.description ?? '',
    allowed: original.allowedCombinations,
    issuers: current?.allowedIssuerSkis ?? [],
    oids: (current?.allowedPolicyOIDs ?? []).join('\n'),
  };
  const form = useDraft(values, etag);
  const { draft, set } = form;
  const body: StrengthBody = {
    displayName: draft.displayName,
    description: draft.description,
    allowedCombinations: draft.allowed,
    combinationConfigurations: configurationsOf(original, draft.allowed, {
      allowedIssuerSkis: draft.issuers,
      allowedPolicyOIDs: linesIn(draft.oids),
    }),
  };
  const options = { stale: [base, '/policies'], onDone: onClose };
  const change = useSignInChange([changeOf(props, body, form.etag)], {
    ...options,
    done: `Saved ${draft.displayName}`,
    draft: form,
  });
  const removal = useSignInChange([{ path, method: 'DELETE', etag }], {
    ...options,
    done: `Deleted ${original.displayName}`,
  });
  return (
    <ObjectForm
      {...props}
      name={original.displayName}
      draft={form}
      change={change}
      removal={removal}
      mayWrite={write}
      isComplete={draft.displayName !== '' && draft.allowed.length > 0}
      consequence="A strength that a policy names cannot be deleted."
      acknowledgements={['A deleted authentication strength cannot be restored.']}
    >
      <TextInput
        label="Name"
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        isRequired
        isReadOnly={!write}
      />
      <TextInput
        label="Description"
        value={draft.description}
        onChange={(description) => set({ description })}
        isReadOnly={!write}
      />
      <CombinationFields
        original={original}
        allowed={draft.allowed}
        onChange={(allowed) => set({ allowed })}
        isReadOnly={!write}
      />
      {draft.allowed.some((item) => item.includes('x509Certificate')) && (
        <>
          <AuthorityPicker
            label="Certificate issuers"
            choose="Allow a certificate issuer"
            empty="Certificates of any issuer are allowed."
            items={draft.issuers}
            onChange={(issuers) => set({ issuers })}
            isReadOnly={!write}
          />
          {write && (
            <ObservedPolicyOids
              label="Add a policy OID of the sign-ins of the last thirty days"
              onChoose={(oid) => set({ oids: [...new Set([...linesIn(draft.oids), oid])].join('\n') })}
            />
          )}
          <TextInput
            label="Certificate policy OIDs"
            value={draft.oids}
            onChange={(oids) => set({ oids })}
            help="Up to five policy OIDs, one a line. Empty: any policy."
            isMultiline
            isCode
            isReadOnly={!write}
          />
        </>
      )}
    </ObjectForm>
  );
}

interface CombinationProps {
  readonly original: Strength;
  readonly allowed: readonly string[];
  readonly onChange: (allowed: readonly string[]) => void;
  readonly isReadOnly: boolean;
}

function CombinationFields({ original, allowed, onChange, isReadOnly }: CombinationProps) {
  const known = combinations.map(([id]) => id);
  const others = original.allowedCombinations.filter((id) => !known.includes(id));
  return (
    <fieldset className="picker">
      <legend>Authentication methods</legend>
      {[...combinations, ...others.map((id) => [id, id] as const)].map(([id, label]) => (
        <CheckboxField
          key={id}
          label={label}
          isSelected={allowed.includes(id)}
          onChange={(is) => onChange(is ? [...allowed, id] : allowed.filter((item) => item !== id))}
          isReadOnly={isReadOnly}
        />
      ))}
    </fieldset>
  );
}

const linesIn = (text: string) => text.split(/[\s,]+/).filter((line) => line !== '');
