import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { DryRunPanel } from '../../components/data/dry-run.tsx';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Command } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { send, useChange, useGraph, useGraphWithEtag, usePages } from '../../graph/queries.ts';
import { base, paths, type Strength } from './model.ts';

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

/** Authentication strengths, built-in and own ones. */
export function StrengthsTab() {
  const list = usePages<Strength>(listPath(paths.strengths, {}));
  const may = useMay('accessPolicies');
  const [openId, setOpenId] = useState<string>();
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="command-bar">
        {may.write && (
          <Command icon="add" onPress={() => setOpenId('')}>
            New authentication strength
          </Command>
        )}
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      </div>
      <DataGrid
        label="Authentication strengths"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setOpenId(id)}
        empty="There is no authentication strength"
      />
      {openId !== undefined && <StrengthPanel id={openId} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

const blank: Strength = { id: '', displayName: '', description: null, policyType: 'custom', allowedCombinations: [] };

/** @param id empty for a new one */
function StrengthPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const query = useGraphWithEtag<Strength>(id === '' ? undefined : `${paths.strengths}/${id}`);
  return (
    <SidePanel
      title={id === '' ? 'New authentication strength' : (query.data?.body.displayName ?? 'Authentication strength')}
      isOpen
      onClose={onClose}
      isWide
    >
      {id !== '' && query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {(id === '' || query.data) && (
        <StrengthForm
          key={query.data?.etag ?? 'new'}
          original={query.data?.body ?? blank}
          reload={query.refetch}
          onClose={onClose}
        />
      )}
    </SidePanel>
  );
}

/** Whether the strength limits certificates by issuer or policy OID: one configuration for certificates. */
interface CertificateOptions {
  readonly id: string;
  readonly allowedIssuerSkis?: readonly string[];
  readonly allowedPolicyOIDs?: readonly string[];
}

function StrengthForm({
  original,
  reload,
  onClose,
}: {
  readonly original: Strength;
  readonly reload: () => unknown;
  readonly onClose: () => void;
}) {
  const may = useMay('accessPolicies');
  const write = may.write && original.policyType === 'custom';
  const path = `${paths.strengths}/${original.id}`;
  const isNew = original.id === '';
  const options = useGraph<{ readonly value: readonly CertificateOptions[] }>(
    isNew ? undefined : `${path}/combinationConfigurations`,
  );
  const current = options.data?.value[0];
  const { draft, set, isChanged } = useDraft({
    displayName: original.displayName,
    description: original.description ?? '',
    allowed: original.allowedCombinations,
    issuers: undefined as string | undefined,
    oids: undefined as string | undefined,
  });
  const issuers = draft.issuers ?? (current?.allowedIssuerSkis ?? []).join('\n');
  const oids = draft.oids ?? (current?.allowedPolicyOIDs ?? []).join('\n');
  const [isAsking, setAsking] = useState(false);
  const change = useChange(() => save({ isNew, path, original, draft, current, issuers, oids }), {
    stale: [base, '/policies'],
    done: `Saved ${draft.displayName}`,
    onDone: onClose,
  });
  const removal = useChange(() => send(path, { method: 'DELETE' }), {
    stale: [base, '/policies'],
    done: `Deleted ${original.displayName}`,
    onDone: onClose,
  });
  const toggle = (id: string, is: boolean) =>
    set({ allowed: is ? [...draft.allowed, id] : draft.allowed.filter((item) => item !== id) });
  const known = combinations.map(([id]) => id);
  const offered = [
    ...combinations,
    ...original.allowedCombinations.filter((id) => !known.includes(id)).map((id) => [id, id] as const),
  ];
  return (
    <Form
      action={isNew ? 'Create' : 'Save'}
      onSubmit={() => change.mutate()}
      onCancel={onClose}
      isDisabled={!write || !isChanged || draft.displayName === '' || draft.allowed.length === 0}
      change={change}
      reload={reload}
      extra={
        !isNew && write ? (
          <Command icon="delete" onPress={() => setAsking(true)}>
            Delete
          </Command>
        ) : undefined
      }
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
      <fieldset className="picker">
        <legend>Authentication methods</legend>
        {offered.map(([id, label]) => (
          <CheckboxField
            key={id}
            label={label}
            isSelected={draft.allowed.includes(id)}
            onChange={(is) => toggle(id, is)}
            isReadOnly={!write}
          />
        ))}
      </fieldset>
      {draft.allowed.some((item) => item.includes('x509Certificate')) && (
        <>
          <TextInput
            label="Certificate issuers"
            value={issuers}
            onChange={(text) => set({ issuers: text })}
            help="Subject key identifiers of up to five CAs in hex, one a line. Empty: any issuer."
            isMultiline
            isCode
            isReadOnly={!write}
          />
          <TextInput
            label="Certificate policy OIDs"
            value={oids}
            onChange={(text) => set({ oids: text })}
            help="Up to five policy OIDs, one a line. Empty: any policy."
            isMultiline
            isCode
            isReadOnly={!write}
          />
        </>
      )}
      {!isNew && write && (
        <DryRunPanel
          path={`${path}/updateAllowedCombinations/dryRun`}
          body={
            draft.allowed !== original.allowedCombinations && draft.allowed.length > 0
              ? { operation: 'create', change: { allowedCombinations: draft.allowed } }
              : undefined
          }
        />
      )}
      <ConfirmDialog
        title={`Delete ${original.displayName}?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action="Delete"
        isDanger
        onConfirm={() => removal.mutate()}
        change={removal}
        acknowledgements={['A deleted authentication strength cannot be restored.']}
      >
        <p>A strength that a policy names cannot be deleted.</p>
      </ConfirmDialog>
    </Form>
  );
}

const linesIn = (text: string) => text.split(/[\s,]+/).filter((line) => line !== '');

/** The name, the combinations and the certificate options are three objects of Graph. */
async function save(input: {
  readonly isNew: boolean;
  readonly path: string;
  readonly original: Strength;
  readonly draft: { readonly displayName: string; readonly description: string; readonly allowed: readonly string[] };
  readonly current: CertificateOptions | undefined;
  readonly issuers: string;
  readonly oids: string;
}): Promise<void> {
  const { original, draft, current } = input;
  const { displayName, description, allowed } = draft;
  const id = input.isNew
    ? (
        await send<Strength>(paths.strengths, {
          method: 'POST',
          body: { displayName, description, allowedCombinations: allowed },
        })
      ).id
    : original.id;
  const path = `${paths.strengths}/${id}`;
  if (!input.isNew && (displayName !== original.displayName || description !== (original.description ?? '')))
    await send(path, { method: 'PATCH', body: { displayName, description } });
  if (!input.isNew && allowed !== original.allowedCombinations)
    await send(`${path}/updateAllowedCombinations`, { method: 'POST', body: { allowedCombinations: allowed } });
  await saveOptions(`${path}/combinationConfigurations`, allowed, current, {
    allowedIssuerSkis: linesIn(input.issuers),
    allowedPolicyOIDs: linesIn(input.oids),
  });
}

async function saveOptions(
  path: string,
  allowed: readonly string[],
  current: CertificateOptions | undefined,
  lists: { readonly allowedIssuerSkis: readonly string[]; readonly allowedPolicyOIDs: readonly string[] },
): Promise<void> {
  const isEmpty = lists.allowedIssuerSkis.length === 0 && lists.allowedPolicyOIDs.length === 0;
  const body = { '@odata.type': '#microsoft.graph.x509CertificateCombinationConfiguration', ...lists };
  const same = JSON.stringify([current?.allowedIssuerSkis ?? [], current?.allowedPolicyOIDs ?? []]);
  if (same === JSON.stringify([lists.allowedIssuerSkis, lists.allowedPolicyOIDs])) return;
  if (current) await send(`${path}/${current.id}`, isEmpty ? { method: 'DELETE' } : { method: 'PATCH', body });
  else if (!isEmpty)
    await send(path, {
      method: 'POST',
      body: { ...body, appliesToCombinations: allowed.filter((item) => /^x509Certificate\w+$/.test(item)) },
    });
}
