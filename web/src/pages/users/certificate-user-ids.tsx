import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { useUnsavedEdits } from '../../components/forms/unsaved.ts';
import { Section } from '../../components/layout/page.tsx';
import { JsonBox } from '../../components/overlays/json-box.tsx';
import { EmptyState, ReadOnlyNote } from '../../components/states.tsx';
import { send } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { SeenCertificates } from './seen-certificates.tsx';
import { type UserPartProps, userPath } from './user.ts';

/** A user has at most ten values (UB-14). */
const mostValues = 10;

/** A form of a value: its parts are joined to what Graph stores. */
interface ValueForm {
  readonly id: string;
  readonly label: string;
  readonly affinity: 'Low' | 'High';
  readonly parts: readonly { readonly tag: string; readonly label: string; readonly example: string }[];
  readonly help: string;
}

/** The seven forms, in the order of the document. */
const forms: readonly ValueForm[] = [
  {
    id: 'PN',
    label: 'Principal name',
    affinity: 'Low',
    parts: [{ tag: '<PN>', label: 'Principal name', example: 'bob@woodgrove.com' }],
    help: 'The user principal name in the subject alternative name of the certificate.',
  },
  {
    id: 'RFC822',
    label: 'RFC822 name',
    affinity: 'Low',
    parts: [{ tag: '<RFC822>', label: 'Email address', example: 'bob@woodgrove.com' }],
    help: 'The email address in the subject alternative name of the certificate.',
  },
  {
    id: 'IS',
    label: 'Issuer and subject',
    affinity: 'Low',
    parts: [
      { tag: '<I>', label: 'Issuer', example: 'DC=com,DC=contoso,CN=CONTOSO-DC-CA' },
      { tag: '<S>', label: 'Subject', example: 'DC=com,DC=contoso,OU=UserAccounts,CN=bob' },
    ],
    help: 'Distinguished names in the order of the certificate, as Windows writes them: upper and lower case count.',
  },
  {
    id: 'S',
    label: 'Subject',
    affinity: 'Low',
    parts: [{ tag: '<S>', label: 'Subject', example: 'DC=com,DC=contoso,OU=UserAccounts,CN=bob' }],
    help: 'The distinguished name of the subject: upper and lower case count.',
  },
  {
    id: 'SKI',
    label: 'Subject key identifier',
    affinity: 'High',
    parts: [{ tag: '<SKI>', label: 'Subject key identifier', example: '123456789abcdef0' }],
    help: 'Hexadecimal digits without spaces or colons.',
  },
  {
    id: 'SHA1',
    label: 'SHA-1 of the public key',
    affinity: 'High',
    parts: [{ tag: '<SHA1-PUKEY>', label: 'SHA-1 of the public key', example: '123456789abcdef0' }],
    help: 'Forty hexadecimal digits without spaces or colons.',
  },
  {
    id: 'ISR',
    label: 'Issuer and serial number',
    affinity: 'High',
    parts: [
      { tag: '<I>', label: 'Issuer', example: 'DC=com,DC=contoso,CN=CONTOSO-DC-CA' },
      { tag: '<SR>', label: 'Serial number', example: 'b24134139f069b49997212a86ba0ef48' },
    ],
    help: 'The octets of the serial number in reverse order, as in Active Directory.',
  },
];

const formOf = (value: string) =>
  forms.find(({ parts }) => {
    const tags = value.match(/<[A-Z0-9-]+>/g) ?? [];
    return tags.length === parts.length && parts.every(({ tag }, index) => tag === tags[index]);
  });

/** The certificateUserIds of a user, and a form for each kind of value. */
export function CertificateUserIds({ user, etag, reload }: UserPartProps) {
  const [ids, users] = [useMay('certificateUserIds'), useMay('users')];
  const original = user.authorizationInfo?.certificateUserIds ?? [];
  const form = useDraft({ values: original }, etag);
  const { values } = form.draft;
  const setValues = (next: readonly string[]) => form.set({ values: next });
  const mayWrite = ids.write || users.write;
  const body = { authorizationInfo: { certificateUserIds: values } };
  const save = useSignInChange([{ path: userPath(user.id), method: 'PATCH', body, etag: form.etag }], {
    stale: ['/users'],
    done: 'Certificate user IDs saved',
    draft: form,
    undo: () =>
      send(userPath(user.id), {
        method: 'PATCH',
        body: { authorizationInfo: { certificateUserIds: original } },
      }),
  });
  return (
    <Section title="Certificate user IDs">
      <p>
        Values by which a certificate is bound to {user.displayName}, where a username binding of the policy names
        certificateUserIds. No other user may have the same value.
      </p>
      {!mayWrite && <ReadOnlyNote roles={[...new Set([...ids.writers, ...users.writers])]} />}
      {values.length === 0 && <EmptyState icon="certificate" title="No certificate user ID" />}
      {values.length > 0 && (
        <ValueList
          values={values}
          {...(mayWrite && {
            onRemove: (value: string) => setValues(values.filter((other) => other !== value)),
          })}
        />
      )}
      {mayWrite && values.length < mostValues && (
        <NewValue add={(value) => setValues([...values.filter((other) => other !== value), value])} />
      )}
      {mayWrite && (
        <SeenCertificates
          user={user}
          values={values}
          add={(value) => values.length < mostValues && setValues([...values, value])}
        />
      )}
      {values.length >= mostValues && <p>A user has at most {mostValues} values.</p>}
      {mayWrite && (
        <Form
          action="Save"
          onSubmit={() => save.mutate()}
          isDisabled={!form.isChanged}
          change={save}
          draft={form}
          words={{ names: { values: 'Certificate user IDs' } }}
          reload={reload}
          {...(form.isChanged && { onCancel: form.reset })}
        >
          {form.isChanged && (
            <>
              <p>The request to Microsoft Graph:</p>
              <JsonBox value={body} label="request" />
            </>
          )}
        </Form>
      )}
    </Section>
  );
}

interface ValueListProps {
  readonly values: readonly string[];
  /** Absent where the user may only read. */
  readonly onRemove?: (value: string) => void;
}

/** Each value with its form, and the affinity of a binding by it. */
const ValueList = ({ values, onRemove }: ValueListProps) => (
  <ul className="value-list" aria-label="Certificate user IDs">
    {values.map((value) => {
      const form = formOf(value);
      return (
        <li key={value}>
          <div className="value-text">
            <code className="break">{value}</code>
            <span className="faint">
              {form ? `${form.label}, ${form.affinity.toLowerCase()} affinity` : 'Unknown form'}
            </span>
          </div>
          {onRemove && <Button kind="subtle" icon="delete" label={`Remove ${value}`} onPress={() => onRemove(value)} />}
        </li>
      );
    })}
  </ul>
);

function NewValue({ add }: { readonly add: (value: string) => void }) {
  const [id, setId] = useState('PN');
  const [texts, setTexts] = useState<readonly string[]>([]);
  useUnsavedEdits(texts.some((text) => text.trim() !== ''));
  const form = forms.find((item) => item.id === id)!;
  const value = `X509:${form.parts.map(({ tag }, index) => `${tag}${(texts[index] ?? '').trim()}`).join('')}`;
  const isWhole = form.parts.every((_, index) => (texts[index] ?? '').trim() !== '');
  return (
    <fieldset className="picker">
      <legend>Add a value</legend>
      <SelectField
        label="Form"
        value={id}
        onChange={(next) => {
          setId(next);
          setTexts([]);
        }}
        choices={forms.map((item) => ({ id: item.id, label: item.label, help: `${item.affinity} affinity` }))}
        help={form.help}
      />
      {form.parts.map((part, index) => (
        <TextInput
          key={`${id} ${part.tag}`}
          label={part.label}
          value={texts[index] ?? ''}
          onChange={(text) => setTexts(form.parts.map((_, at) => (at === index ? text : (texts[at] ?? ''))))}
          placeholder={part.example}
          isCode
        />
      ))}
      <p className="faint break">
        <code>{value}</code>
      </p>
      <div className="row">
        <Button
          icon="add"
          isDisabled={!isWhole}
          onPress={() => {
            add(value);
            setTexts([]);
          }}
        >
          Add
        </Button>
      </div>
    </fieldset>
  );
}
