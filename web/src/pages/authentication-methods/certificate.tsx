import { type ReactNode, useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { ChangedValues } from '../../components/data/changed-values.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { SwitchField } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Loaded } from '../../components/layout/loaded.tsx';
import { Command, Page, PageTabs } from '../../components/layout/page.tsx';
import { ConfirmDialog, type DialogChange } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { problemKind } from '../../graph/errors.ts';
import { useGraphWithEtag } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { BindingFields } from './bindings.tsx';
import { methodWords } from './changes.ts';
import { type CertificateConfiguration, configurations, x509Path, x509Type } from './configuration.ts';
import { type FieldsProps, IssuerHintFields, RevocationFields, ScopeFields } from './issuers.tsx';
import { OptionFields } from './options.tsx';
import { StrengthFields } from './rules.tsx';
import { TargetFields } from './targets.tsx';

export default function CertificatePage() {
  const query = useGraphWithEtag<CertificateConfiguration>(x509Path);
  return (
    <Page
      title="Certificate-based authentication settings"
      above={[{ title: 'Authentication methods', to: '/authentication-methods' }]}
      description="Users sign in with X.509 certificates on smart cards or devices."
      commands={
        <>
          <Command icon="refresh" onPress={() => query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={x509Path} />
        </>
      }
    >
      <Loaded query={query}>
        {({ body, etag }) => <Settings original={body} etag={etag} reload={query.refetch} />}
      </Loaded>
    </Page>
  );
}

interface SettingsProps {
  readonly original: CertificateConfiguration;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}

/** Both tabs edit one draft, so that a change of tab loses nothing. */
function Settings({ original, etag, reload }: SettingsProps) {
  const may = useMay('methodPolicy');
  const current = useDraft(original, etag);
  const { draft, changes, isChanged, set, reset } = current;
  const [isReviewing, setReviewing] = useState(false);
  const close = () => setReviewing(false);
  const body = { '@odata.type': x509Type, ...changes };
  const change = useSignInChange([{ path: x509Path, method: 'PATCH', body, etag: current.etag }], {
    stale: [configurations, x509Path],
    done: 'Certificate-based authentication saved',
    onDone: close,
    draft: current,
  });
  const loadAgain = () => {
    close();
    change.reset();
    reset();
    reload();
  };
  const form = (children: ReactNode) => (
    <Form
      action="Review and save"
      onSubmit={() => setReviewing(true)}
      isDisabled={!may.write || !isChanged}
      change={{ isPending: change.isPending, error: null }}
      draft={current}
      extra={isChanged && <Button onPress={reset}>Discard</Button>}
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      {children}
    </Form>
  );
  return (
    <>
      <PageTabs
        label="Certificate-based authentication"
        tabs={[
          {
            id: 'target',
            title: 'Enable and Target',
            content: () =>
              form(
                <>
                  <SwitchField
                    label="Enable"
                    isSelected={draft.state === 'enabled'}
                    onChange={(is) => set({ state: is ? 'enabled' : 'disabled' })}
                    isReadOnly={!may.write}
                  />
                  <TargetFields draft={draft} onChange={set} isReadOnly={!may.write} />
                </>,
              ),
          },
          {
            id: 'configure',
            title: 'Configure',
            content: () => form(<ConfigureFields draft={draft} onChange={set} isReadOnly={!may.write} />),
          },
        ]}
      />
      {isReviewing && (
        <ReviewDialog original={current.original} draft={draft} change={change} onClose={close}>
          {problemKind(change.error) === 'changedMeanwhile' && (
            <Button icon="refresh" onPress={loadAgain}>
              Load the current state
            </Button>
          )}
        </ReviewDialog>
      )}
    </>
  );
}

const ConfigureFields = (fields: FieldsProps) => (
  <>
    <RevocationFields {...fields} />
    <IssuerHintFields {...fields} />
    <ScopeFields {...fields} />
    <StrengthFields {...fields} />
    <BindingFields {...fields} />
    <OptionFields {...fields} />
  </>
);

interface ReviewProps {
  readonly original: CertificateConfiguration;
  readonly draft: CertificateConfiguration;
  readonly change: DialogChange & { readonly mutate: () => void };
  readonly onClose: () => void;
  /** Below the changed values. */
  readonly children: ReactNode;
}

/** The changed values, and what has to be acknowledged, before the method is saved. */
const ReviewDialog = ({ original, draft, change, onClose, children }: ReviewProps) => (
  <ConfirmDialog
    title="Review the change"
    isOpen
    onClose={onClose}
    action="Save"
    acknowledgements={acknowledgementsOf(original, draft)}
    onConfirm={() => change.mutate()}
    change={change}
  >
    <ChangedValues before={original} after={draft} words={methodWords} />
    {children}
  </ConfirmDialog>
);

/** What is acknowledged before a change is saved, where Entra asks for it (SCOPE-8, HINT-1). */
const acknowledgementsOf = (original: CertificateConfiguration, draft: CertificateConfiguration): readonly string[] => [
  ...(original.state !== 'enabled' && draft.state === 'enabled'
    ? ['I acknowledge that users in the targeted groups will be offered certificate-based sign-in.']
    : []),
  ...(original.issuerHintsConfiguration.state !== 'enabled' && draft.issuerHintsConfiguration.state === 'enabled'
    ? [`I acknowledge that ${certificateHosts()} is exempt from TLS inspection on our networks.`]
    : []),
];

/** The hosts that request certificates with the issuer hints of the tenant. */
const certificateHosts = (): string => `*.certauth.${location.host}`;
