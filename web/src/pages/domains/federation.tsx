import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import type { ValueWords } from '../../components/data/changed-values.tsx';
import { Details } from '../../components/data/details.tsx';
import { labelOf } from '../../components/forms/choices.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { RadioField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/states.tsx';
import { GraphProblem } from '../../graph/errors.ts';
import { useGraph } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import type { Domain } from './domain-item.ts';

interface Provider {
  readonly '@odata.etag'?: string;
  readonly id: string;
  readonly displayName: string | null;
  readonly issuerUri: string;
  readonly passiveSignInUri: string;
  readonly signOutUri: string | null;
  readonly preferredAuthenticationProtocol: 'wsFed' | 'saml' | null;
  readonly federatedIdpMfaBehavior: string | null;
}

const protocols = [
  { id: 'wsFed', label: 'WS-Federation' },
  { id: 'saml', label: 'SAML' },
] as const;
const mfa = [
  { id: 'acceptIfMfaDoneByFederatedIdp', label: 'Accept MFA of the identity provider' },
  { id: 'enforceMfaByFederatedIdp', label: 'Enforce MFA at the identity provider' },
  { id: 'rejectMfaByFederatedIdp', label: 'Reject MFA of the identity provider' },
] as const;

/** The fields of a provider, which are also what is reviewed before a change. */
const labels = {
  displayName: 'Display name',
  issuerUri: 'Issuer URI',
  passiveSignInUri: 'Passive sign-in URI',
  signOutUri: 'Sign-out URI',
  preferredAuthenticationProtocol: 'Protocol',
  federatedIdpMfaBehavior: 'MFA',
} as const;
const words: ValueWords = { names: labels, messageOf: (_, value) => labelOf([...protocols, ...mfa], value) };

/** The identity provider to which users of the domain are sent; none for a managed domain. */
export function Federation({ domain, path }: { readonly domain: Domain; readonly path: string }) {
  const may = useMay('domains');
  const base = `${path}/federationConfiguration`;
  const query = useGraph<{ readonly value: readonly Provider[] }>(base);
  const [isOpen, setOpen] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const provider = query.data?.value[0];
  const remove = useSignInChange(provider ? [{ path: `${base}/${provider.id}`, method: 'DELETE' }] : [], {
    stale: ['/domains'],
    done: `${domain.id} is managed`,
    onDone: () => setRemoving(false),
  });
  if (query.isPending) return <Loading />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  return (
    <Section
      title="Federation"
      actions={
        may.write && (
          <div className="row">
            <Button icon="edit" onPress={() => setOpen(true)}>
              {provider ? 'Edit' : 'Federate the domain'}
            </Button>
            {provider && (
              <Button icon="delete" onPress={() => setRemoving(true)}>
                Make managed
              </Button>
            )}
          </div>
        )
      }
    >
      {provider ? (
        <Details
          items={[
            [labels.displayName, provider.displayName],
            [labels.issuerUri, provider.issuerUri],
            [labels.passiveSignInUri, provider.passiveSignInUri],
            [labels.signOutUri, provider.signOutUri],
            [labels.preferredAuthenticationProtocol, labelOf(protocols, provider.preferredAuthenticationProtocol)],
            [labels.federatedIdpMfaBehavior, labelOf(mfa, provider.federatedIdpMfaBehavior)],
          ]}
        />
      ) : (
        <EmptyState icon="globe" title="The domain is managed">
          Users sign in here. In a federated domain, users are redirected to an identity provider, unless they are in a
          staged rollout.
        </EmptyState>
      )}
      <SidePanel title="Federation" isOpen={isOpen} onClose={() => setOpen(false)}>
        <ProviderForm base={base} provider={provider} reload={query.refetch} onClose={() => setOpen(false)} />
      </SidePanel>
      <ConfirmDialog
        title="Make managed"
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        action="Make managed"
        isDanger
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        Users of {domain.id} are no longer sent to the identity provider. They need a certificate, password or other
        method here.
      </ConfirmDialog>
    </Section>
  );
}

interface ProviderFormProps {
  readonly base: string;
  readonly provider: Provider | undefined;
  readonly reload: () => unknown;
  readonly onClose: () => void;
}

/** What the form begins with: the provider, or what a new one has. */
const originalOf = (provider: Provider | undefined) => ({
  displayName: provider?.displayName ?? '',
  issuerUri: provider?.issuerUri ?? '',
  passiveSignInUri: provider?.passiveSignInUri ?? '',
  signOutUri: provider?.signOutUri ?? '',
  preferredAuthenticationProtocol: provider?.preferredAuthenticationProtocol ?? ('wsFed' as 'wsFed' | 'saml'),
  federatedIdpMfaBehavior: (provider?.federatedIdpMfaBehavior ??
    'acceptIfMfaDoneByFederatedIdp') as (typeof mfa)[number]['id'],
});

function ProviderForm({ base, provider, reload, onClose }: ProviderFormProps) {
  const form = useDraft(originalOf(provider), provider?.['@odata.etag']);
  const { draft, changes, isChanged, set } = form;
  const whole = Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== ''));
  const save = useSignInChange(
    [
      provider
        ? { path: `${base}/${provider.id}`, method: 'PATCH', body: changes, etag: form.etag }
        : { path: base, method: 'POST', body: whole },
    ],
    { stale: ['/domains'], done: 'Federation saved', onDone: onClose, draft: form },
  );
  const errors = save.error instanceof GraphProblem ? save.error.byField : {};
  const text = (name: 'displayName' | 'issuerUri' | 'passiveSignInUri' | 'signOutUri') => (
    <TextInput
      label={labels[name]}
      value={draft[name]}
      onChange={(value) => set({ [name]: value })}
      isRequired={name === 'issuerUri' || name === 'passiveSignInUri'}
      error={errors[name]}
    />
  );
  return (
    <Form
      action="Save"
      onSubmit={() => save.mutate()}
      onCancel={onClose}
      isDisabled={!isChanged || draft.issuerUri === '' || draft.passiveSignInUri === ''}
      change={save}
      draft={form}
      words={words}
      reload={reload}
    >
      {text('displayName')}
      {text('issuerUri')}
      {text('passiveSignInUri')}
      {text('signOutUri')}
      <RadioField
        label={labels.preferredAuthenticationProtocol}
        value={draft.preferredAuthenticationProtocol}
        onChange={(preferredAuthenticationProtocol) => set({ preferredAuthenticationProtocol })}
        choices={protocols}
      />
      <SelectField
        label={labels.federatedIdpMfaBehavior}
        value={draft.federatedIdpMfaBehavior}
        onChange={(federatedIdpMfaBehavior) => set({ federatedIdpMfaBehavior })}
        choices={mfa}
      />
    </Form>
  );
}
