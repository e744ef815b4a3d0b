import { useState } from 'react';
import { CheckboxField, SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { useGo } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { Loading } from '../../components/states.tsx';
import { GraphProblem } from '../../graph/errors.ts';
import { useGraph } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import type { User } from './user.ts';

interface Domain {
  readonly id: string;
  readonly isVerified: boolean;
  readonly isDefault: boolean;
  readonly authenticationType: 'Managed' | 'Federated';
}

/** A panel that creates a user. */
export function NewUser({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <SidePanel title="New user" isOpen={isOpen} onClose={onClose}>
      <NewUserForm onClose={onClose} />
    </SidePanel>
  );
}

/** A password that satisfies the rules and is changed at the first sign-in. */
function randomPassword(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
  const octets = crypto.getRandomValues(new Uint8Array(20));
  return `${[...octets].map((octet) => letters[octet % letters.length]).join('')}-7a`;
}

function NewUserForm({ onClose }: { readonly onClose: () => void }) {
  const go = useGo();
  const domains = useGraph<{ readonly value: readonly Domain[] }>('/domains');
  const verified = (domains.data?.value ?? []).filter(({ isVerified }) => isVerified);
  const [domain, setDomain] = useState<string>();
  const [name, setName] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [givenName, setGivenName] = useState('');
  const [surname, setSurname] = useState('');
  const [password, setPassword] = useState(randomPassword);
  const [isEnabled, setEnabled] = useState(true);
  const chosenDomain = domain ?? verified.find(({ isDefault }) => isDefault)?.id ?? verified[0]?.id;
  const isFederated = verified.find(({ id }) => id === chosenDomain)?.authenticationType === 'Federated';
  const body = {
    accountEnabled: isEnabled,
    displayName,
    mailNickname: name,
    userPrincipalName: `${name}@${chosenDomain}`,
    ...(givenName && { givenName }),
    ...(surname && { surname }),
    ...(!isFederated && { passwordProfile: { password, forceChangePasswordNextSignIn: true } }),
  };
  const create = useSignInChange<User>([{ path: '/users', method: 'POST', body }], {
    stale: ['/users'],
    done: `${displayName} created`,
    onDone: ({ id }) => {
      onClose();
      go(`/users/${id}`);
    },
  });
  const errors = create.error instanceof GraphProblem ? create.error.byField : {};
  if (domains.isPending) return <Loading />;
  return (
    <Form
      action="Create"
      onSubmit={() => create.mutate()}
      onCancel={onClose}
      isDisabled={name === '' || displayName === '' || !chosenDomain}
      change={create}
    >
      <TextInput
        label="User principal name"
        help="The part before the @."
        value={name}
        onChange={setName}
        isRequired
        error={errors.userPrincipalName}
      />
      <SelectField
        label="Domain"
        value={chosenDomain}
        onChange={setDomain}
        choices={verified.map(({ id }) => ({ id, label: id }))}
      />
      <TextInput
        label="Display name"
        value={displayName}
        onChange={setDisplayName}
        isRequired
        error={errors.displayName}
      />
      <TextInput label="First name" value={givenName} onChange={setGivenName} error={errors.givenName} />
      <TextInput label="Last name" value={surname} onChange={setSurname} error={errors.surname} />
      <CheckboxField label="Account enabled" isSelected={isEnabled} onChange={setEnabled} />
      {!isFederated && (
        <TextInput
          label="Initial password"
          help="The user must change it at the first sign-in with it. It is not shown again. A user who signs in only with certificates does not need it."
          value={password}
          onChange={setPassword}
          isCode
          error={errors.passwordProfile}
        />
      )}
    </Form>
  );
}
