import { useMay } from '../../app/roles.ts';
import type { ValueWords } from '../../components/data/changed-values.tsx';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { EditableList, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { ObjectForm, useObjectChanges } from '../../components/data/object-form.tsx';
import { methodWords } from '../../components/data/words.ts';
import { AuthorityPicker, ObservedPolicyOids } from '../../components/forms/authority-picker.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
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
const combinations: readonly string[] = [
  'windowsHelloForBusiness',
  'fido2',
  'x509CertificateMultiFactor',
  'x509CertificateSingleFactor',
  'deviceBasedPush',
  'temporaryAccessPassOneTime',
  'temporaryAccessPassMultiUse',
  'password,softwareOath',
  'password,microsoftAuthenticatorPush',
  'password,x509CertificateSingleFactor',
  'password',
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

/** What the form edits of a strength. The policy OIDs are lines of one text. */
interface StrengthDraft {
  readonly displayName: string;
  readonly description: string;
  readonly allowed: readonly string[];
  readonly issuers: readonly string[];
  readonly oids: string;
}

/** The body that creates a strength or changes one: everything at once. */
const bodyOf = (original: Strength, { displayName, description, allowed, issuers, oids }: StrengthDraft) => ({
  displayName,
  description,
  allowedCombinations: allowed,
  combinationConfigurations: configurationsOf(original, allowed, {
    allowedIssuerSkis: issuers,
    allowedPolicyOIDs: linesIn(oids),
  }),
});

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

const labels = {
  displayName: 'Name',
  description: 'Description',
  allowed: 'Authentication methods',
  issuers: 'Certificate issuers',
  oids: 'Certificate policy OIDs',
} as const;
const words: ValueWords = {
  names: labels,
  messageOf(path, value, nameOf) {
    if (path === 'allowed') return methodWords(String(value));
    return path === 'issuers' ? nameOf('authorities', String(value)) : undefined;
  },
};

function StrengthForm(props: ObjectFormProps<Strength>) {
  const { original, etag } = props;
  const may = useMay('accessPolicies');
  const write = may.write && original.policyType === 'custom';
  const current = original.combinationConfigurations.find(isOfCertificates);
  const values: StrengthDraft = {
    displayName: original.displayName,
    description: original.description ?? '',
    allowed: original.allowedCombinations,
    issuers: current?.allowedIssuerSkis ?? [],
    oids: (current?.allowedPolicyOIDs ?? []).join('\n'),
  };
  const form = useDraft(values, etag);
  const { draft, set } = form;
  const changes = useObjectChanges(props, form, { body: bodyOf(original, draft), stale: [base, '/policies'] });
  return (
    <ObjectForm
      {...props}
      {...changes}
      draft={form}
      words={words}
      mayWrite={write}
      isComplete={draft.allowed.length > 0}
      consequence="A strength that a policy names cannot be deleted."
      acknowledgements={['A deleted authentication strength cannot be restored.']}
    >
      <TextInput
        label={labels.displayName}
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        isRequired
        isReadOnly={!write}
      />
      <TextInput
        label={labels.description}
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
        <CertificateLimitFields draft={draft} set={set} isReadOnly={!write} />
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
  const others = original.allowedCombinations.filter((id) => !combinations.includes(id));
  return (
    <fieldset className="picker">
      <legend>{labels.allowed}</legend>
      {[...combinations, ...others].map((id) => (
        <CheckboxField
          key={id}
          label={methodWords(id)}
          isSelected={allowed.includes(id)}
          onChange={(is) => onChange(is ? [...allowed, id] : allowed.filter((item) => item !== id))}
          isReadOnly={isReadOnly}
        />
      ))}
    </fieldset>
  );
}

interface CertificateLimitProps {
  readonly draft: StrengthDraft;
  readonly set: (next: Partial<StrengthDraft>) => void;
  readonly isReadOnly: boolean;
}

/** Which certificates count: those of some issuers, or with some policy OIDs. */
const CertificateLimitFields = ({ draft, set, isReadOnly }: CertificateLimitProps) => (
  <>
    <AuthorityPicker
      label={labels.issuers}
      choose="Allow a certificate issuer"
      empty="Certificates of any issuer are allowed."
      items={draft.issuers}
      onChange={(issuers) => set({ issuers })}
      isReadOnly={isReadOnly}
    />
    {!isReadOnly && (
      <ObservedPolicyOids
        label="Add a policy OID of the sign-ins of the last thirty days"
        onChoose={(oid) => set({ oids: [...new Set([...linesIn(draft.oids), oid])].join('\n') })}
      />
    )}
    <TextInput
      label={labels.oids}
      value={draft.oids}
      onChange={(oids) => set({ oids })}
      help="Up to five policy OIDs, one per line. If empty, any policy is accepted."
      isMultiline
      isCode
      isReadOnly={isReadOnly}
    />
  </>
);

const linesIn = (text: string) => text.split(/[\s,]+/).filter((line) => line !== '');
