import { useMay } from '../../app/roles.ts';
import { Badge } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { SwitchField } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Loaded, MayOnlyRead } from '../../components/layout/loaded.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { useNames } from '../../graph/names.ts';
import { useGraph, useGraphWithEtag } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { methodWords } from './changes.ts';
import { configurations, type MethodConfiguration } from './configuration.ts';
import { referencesOf, TargetFields, targetWords } from './targets.tsx';

const names: Readonly<Record<string, string>> = {
  X509Certificate: 'Certificate-based authentication',
  Fido2: 'Passkey (FIDO2)',
  MicrosoftAuthenticator: 'Microsoft Authenticator',
  SoftwareOath: 'Third-party software OATH tokens',
  HardwareOath: 'Hardware OATH tokens',
  TemporaryAccessPass: 'Temporary Access Pass',
  Sms: 'SMS',
  Voice: 'Voice call',
  Email: 'Email OTP',
  QRCodePin: 'QR code',
  VerifiableCredentials: 'Verified ID',
};

export default function PoliciesPage() {
  const query = useGraph<{ readonly value: readonly MethodConfiguration[] }>(configurations);
  const [open, setOpen] = useAddressState('method');
  const nameOf = useNames(referencesOf(query.data?.value.flatMap(({ includeTargets }) => includeTargets) ?? []));
  return (
    <Page
      title="Authentication methods | Policies"
      description="Use this policy to configure the authentication methods your users may register and use."
      commands={
        <>
          <Command icon="refresh" onPress={() => query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={configurations} />
        </>
      }
    >
      <MayOnlyRead area="methodPolicy" />
      {query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {query.data && (
        <TableFrame label="Authentication methods" head={['Method', 'Target', 'Enabled']}>
          {query.data.value.map((method) => (
            <tr key={method.id}>
              <th scope="row">
                {method.id === 'X509Certificate' ? (
                  <PageLink to="/authentication-methods/certificate">{names[method.id]}</PageLink>
                ) : (
                  <button type="button" className="link" onClick={() => setOpen(method.id)}>
                    {names[method.id] ?? method.id}
                  </button>
                )}
              </th>
              <td>{method.state === 'enabled' ? targetWords(method.includeTargets, nameOf) : '—'}</td>
              <td>
                <Badge tone={method.state === 'enabled' ? 'good' : 'neutral'}>
                  {method.state === 'enabled' ? 'Yes' : 'No'}
                </Badge>
              </td>
            </tr>
          ))}
        </TableFrame>
      )}
      <SidePanel title={names[open] ?? open} isOpen={open !== ''} onClose={() => setOpen('')} isWide>
        {open !== '' && <MethodPanel id={open} onDone={() => setOpen('')} />}
      </SidePanel>
    </Page>
  );
}

function MethodPanel({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const path = `${configurations}/${id}`;
  const query = useGraphWithEtag<MethodConfiguration>(path);
  return (
    <Loaded query={query}>
      {({ body, etag }) => <MethodForm path={path} method={body} etag={etag} reload={query.refetch} onDone={onDone} />}
    </Loaded>
  );
}

interface MethodFormProps {
  readonly path: string;
  readonly method: MethodConfiguration;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
  readonly onDone: () => void;
}

function MethodForm({ path, method, etag, reload, onDone }: MethodFormProps) {
  const may = useMay('methodPolicy');
  const form = useDraft(method, etag);
  const { draft, changes, isChanged, set } = form;
  const change = useSignInChange([{ path, method: 'PATCH', body: changes, etag: form.etag }], {
    stale: [configurations],
    done: 'Authentication method policy saved',
    onDone,
    draft: form,
  });
  return (
    <Form
      action="Save"
      onSubmit={() => change.mutate()}
      onCancel={onDone}
      isDisabled={!may.write || !isChanged}
      change={change}
      draft={form}
      words={methodWords}
      reload={reload}
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <SwitchField
        label="Enable"
        isSelected={draft.state === 'enabled'}
        onChange={(is) => set({ state: is ? 'enabled' : 'disabled' })}
        isReadOnly={!may.write}
      />
      <TargetFields draft={draft} onChange={set} isReadOnly={!may.write} />
    </Form>
  );
}
