import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Details, Moment } from '../../components/data/details.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Section } from '../../components/layout/page.tsx';
import { GraphProblem } from '../../graph/errors.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { type UserPartProps, userPath } from './user.ts';
import { UserPhoto } from './user-photo.tsx';

/** What can be edited, with Entra's names. */
const fields = {
  displayName: 'Display name',
  userPrincipalName: 'User principal name',
  givenName: 'First name',
  surname: 'Last name',
  mail: 'Email',
  jobTitle: 'Job title',
  department: 'Department',
  companyName: 'Company name',
  employeeId: 'Employee ID',
  officeLocation: 'Office location',
  mobilePhone: 'Mobile phone',
  usageLocation: 'Usage location',
  preferredLanguage: 'Preferred language',
  onPremisesUserPrincipalName: 'On-premises user principal name',
} as const;
type Field = keyof typeof fields;

/** What certificates may be bound to. */
const binding: readonly Field[] = ['userPrincipalName', 'mail', 'onPremisesUserPrincipalName'];
const needed: readonly Field[] = ['displayName', 'userPrincipalName'];
const help: Partial<Record<Field, string>> = {
  onPremisesUserPrincipalName: 'Certificates can be bound to this name.',
  usageLocation: 'A two-letter country code.',
};

/** Properties of a user, and their form. */
export function UserProperties({ user, etag, reload }: UserPartProps) {
  const may = useMay('users');
  const [isEditing, setEditing] = useState(false);
  if (isEditing) return <PropertiesForm user={user} etag={etag} reload={reload} close={() => setEditing(false)} />;
  return (
    <>
      <Section
        title="Properties"
        actions={
          may.write && (
            <Button icon="edit" onPress={() => setEditing(true)}>
              Edit properties
            </Button>
          )
        }
      >
        <Details
          items={[
            ...(Object.keys(fields) as Field[]).map((field) => [fields[field], user[field]] as const),
            ['User type', user.userType],
            ['Object ID', <code key="id">{user.id}</code>],
            ['Created', <Moment key="created" at={user.createdDateTime} />],
            ['Sign-in sessions valid from', <Moment key="valid" at={user.signInSessionsValidFromDateTime} />],
          ]}
        />
      </Section>
      <UserPhoto user={user} mayWrite={may.write} />
      <Section title="On-premises">
        <Details
          items={[
            ['On-premises sync enabled', user.onPremisesSyncEnabled ? 'Yes' : 'No'],
            ['On-premises last sync', <Moment key="sync" at={user.onPremisesLastSyncDateTime} />],
            ['On-premises immutable ID', user.onPremisesImmutableId],
          ]}
        />
      </Section>
    </>
  );
}

function PropertiesForm({ user, etag, reload, close }: UserPartProps & { readonly close: () => void }) {
  const original = Object.fromEntries(
    (Object.keys(fields) as Field[]).map((name) => [name, user[name] ?? '']),
  ) as Record<Field, string>;
  const form = useDraft(original, etag);
  const { draft, changes, isChanged, set } = form;
  const body = Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === '' ? null : value]));
  const save = useSignInChange([{ path: userPath(user.id), method: 'PATCH', body, etag: form.etag }], {
    isPreviewed: binding.some((name) => name in body),
    stale: ['/users'],
    done: 'Properties saved',
    onDone: close,
    draft: form,
  });
  const errors = save.error instanceof GraphProblem ? save.error.byField : {};
  return (
    <Form
      action="Save"
      onSubmit={() => save.mutate()}
      onCancel={close}
      isDisabled={!isChanged || needed.some((name) => draft[name] === '')}
      change={save}
      draft={form}
      words={{ names: fields }}
      reload={reload}
    >
      {(Object.keys(fields) as Field[]).map((name) => (
        <TextInput
          key={name}
          label={fields[name]}
          value={draft[name]}
          onChange={(value) => set({ [name]: value })}
          isRequired={needed.includes(name)}
          help={help[name]}
          error={errors[name]}
        />
      ))}
    </Form>
  );
}
