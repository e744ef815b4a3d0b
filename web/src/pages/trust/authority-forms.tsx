import { useState } from 'react';
import { isUnusualCrlAddress } from '#core/crl/addresses/usual-address.ts';
import { base64Of, bytesWithoutKey, certificateIn } from '../../components/forms/certificate-file.ts';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, RadioField, TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Form } from '../../components/forms/form.tsx';
import { Message } from '../../components/states.tsx';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { type ClassicAuthority, type PkiAuthority, sha256Of, type Warned } from './pki-types.ts';
import {
  authorityLabels,
  authorityWords,
  noRevocation,
  RevocationFields,
  revocationBody,
  revocationName,
} from './revocation-fields.tsx';

interface DoneProps {
  readonly onDone: (warnings: readonly string[]) => void;
  readonly onCancel: () => void;
}

interface CrlAddressProps {
  readonly base: string;
  readonly delta: string;
  readonly onBase: (text: string) => void;
  readonly onDelta: (text: string) => void;
}

/** Where the base and the delta CRL of a CA are. */
function CrlAddressFields({ base, delta, onBase, onDelta }: CrlAddressProps) {
  return (
    <>
      <CrlAddressField label={authorityLabels.certificateRevocationListUrl} value={base} onChange={onBase} />
      <CrlAddressField label={authorityLabels.deltaCertificateRevocationListUrl} value={delta} onChange={onDelta} />
    </>
  );
}

interface CrlAddressFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** An address of a CRL, with a warning below one that is not of the usual form. */
const CrlAddressField = (props: CrlAddressFieldProps) => (
  <>
    <TextInput {...props} help="http://host.example/path/list.crl" isCode />
    {props.value !== '' && isUnusualCrlAddress(props.value) && (
      <Message tone="warning">
        This address does not have the usual form http://host.example/path/list.crl. It is accepted, but check it.
      </Message>
    )}
  </>
);

const warningsOf = (answer: Warned): readonly string[] => (answer['@cardea.warnings'] ?? []).map(({ text }) => text);

/** What of a CA an administrator states when it is uploaded. */
export interface NewAuthority {
  readonly certificate: string;
  readonly isRoot: boolean;
  readonly baseUrl: string;
  readonly deltaUrl: string;
  readonly isIssuerHintEnabled: boolean;
}

interface UploadProps extends DoneProps {
  readonly upload: (authority: NewAuthority) => GraphChange;
  readonly hasIssuerHint: boolean;
}

/** The form that uploads one CA, to either store. */
export function UploadForm({ upload, hasIssuerHint, onDone, onCancel }: UploadProps) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [authority, setAuthority] = useState<NewAuthority>({
    certificate: '',
    isRoot: false,
    baseUrl: '',
    deltaUrl: '',
    isIssuerHintEnabled: false,
  });
  const set = (next: Partial<NewAuthority>) => setAuthority((before) => ({ ...before, ...next }));
  const change = useSignInChange<Warned>(authority.certificate ? [upload(authority)] : [], {
    done: 'Certificate authority uploaded',
    onDone: (answer) => onDone(warningsOf(answer)),
  });
  const take = async ([file]: File[]) => {
    setProblem(undefined);
    setName('');
    set({ certificate: '' });
    try {
      if (file) set({ certificate: await certificateIn(file) });
      setName(file?.name ?? '');
    } catch (thrown) {
      setProblem((thrown as Error).message);
    }
  };
  return (
    <Form
      action="Save"
      onSubmit={() => change.mutate()}
      onCancel={onCancel}
      isDisabled={authority.certificate === ''}
      change={change}
    >
      <FileDrop label="Certificate (.cer, .crt, .pem)" endings={['.cer', '.crt', '.pem', '.der']} onFiles={take} />
      {name !== '' && <p>{name}</p>}
      {problem && (
        <Message tone="error" isAlert>
          {problem}
        </Message>
      )}
      <RadioField
        label="Is root CA certificate"
        value={authority.isRoot ? 'yes' : 'no'}
        onChange={(value) => set({ isRoot: value === 'yes' })}
        choices={[
          { id: 'yes', label: 'Yes' },
          { id: 'no', label: 'No' },
        ]}
      />
      <CrlAddressFields
        base={authority.baseUrl}
        delta={authority.deltaUrl}
        onBase={(baseUrl) => set({ baseUrl })}
        onDelta={(deltaUrl) => set({ deltaUrl })}
      />
      {hasIssuerHint && (
        <CheckboxField
          label={authorityLabels.isIssuerHintEnabled}
          isSelected={authority.isIssuerHintEnabled}
          onChange={(isIssuerHintEnabled) => set({ isIssuerHintEnabled })}
        />
      )}
    </Form>
  );
}

interface EditProps extends DoneProps {
  readonly path: string;
  readonly authority: PkiAuthority;
  readonly reload: () => unknown;
}

/** The form that changes a CA of a PKI. */
export function EditForm({ path, authority, reload, onDone, onCancel }: EditProps) {
  const form = useDraft({ [revocationName]: noRevocation, ...authority }, authority['@odata.etag']);
  const { draft, changes, isChanged, set } = form;
  const revocation = draft[revocationName];
  const body = { ...changes, ...(changes[revocationName] && { [revocationName]: revocationBody(revocation) }) };
  const change = useSignInChange<Warned>([{ path, method: 'PATCH', body, etag: form.etag }], {
    done: 'Certificate authority saved',
    onDone: (answer) => onDone(warningsOf(answer)),
    draft: form,
  });
  return (
    <Form
      action="Save"
      onSubmit={() => change.mutate()}
      onCancel={onCancel}
      isDisabled={!isChanged}
      change={change}
      draft={form}
      words={authorityWords}
      reload={reload}
    >
      <TextInput
        label={authorityLabels.displayName}
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
      />
      <CrlAddressFields
        base={draft.certificateRevocationListUrl ?? ''}
        delta={draft.deltaCertificateRevocationListUrl ?? ''}
        onBase={(text) => set({ certificateRevocationListUrl: urlOf(text) })}
        onDelta={(text) => set({ deltaCertificateRevocationListUrl: urlOf(text) })}
      />
      <CheckboxField
        label={authorityLabels.isIssuerHintEnabled}
        isSelected={draft.isIssuerHintEnabled}
        onChange={(isIssuerHintEnabled) => set({ isIssuerHintEnabled })}
      />
      <RevocationFields value={revocation} onChange={(value) => set({ [revocationName]: value })} />
    </Form>
  );
}

/** The form that changes a CA of the classic store: its list is replaced as a whole. */
export function ClassicEditForm({ authority, replacement, reload, onDone, onCancel }: ClassicEditProps) {
  const form = useDraft({ [revocationName]: noRevocation, ...authority });
  const { draft, isChanged, set } = form;
  const revocation = draft[revocationName];
  const change = useSignInChange<Warned>([replacement({ ...draft, [revocationName]: revocationBody(revocation) })], {
    done: 'Certificate authority saved',
    onDone: (answer) => onDone(warningsOf(answer)),
  });
  return (
    <Form
      action="Save"
      onSubmit={() => change.mutate()}
      onCancel={onCancel}
      isDisabled={!isChanged}
      change={change}
      draft={form}
      words={authorityWords}
      reload={reload}
    >
      <CrlAddressFields
        base={draft.certificateRevocationListUrl ?? ''}
        delta={draft.deltaCertificateRevocationListUrl ?? ''}
        onBase={(text) => set({ certificateRevocationListUrl: urlOf(text) })}
        onDelta={(text) => set({ deltaCertificateRevocationListUrl: urlOf(text) })}
      />
      <RevocationFields value={revocation} onChange={(value) => set({ [revocationName]: value })} />
    </Form>
  );
}

interface ClassicEditProps extends DoneProps {
  readonly authority: ClassicAuthority;
  /** The change that puts the CA instead of the one that is edited. */
  readonly replacement: (authority: object) => GraphChange;
  readonly reload: () => unknown;
}

/** Null takes an address away. */
const urlOf = (text: string) => (text.trim() === '' ? null : text.trim());

/** The form that uploads a file with many CAs. */
export function BundleForm({ path, onDone, onCancel }: DoneProps & { readonly path: string }) {
  const [file, setFile] = useState<File>();
  const [body, setBody] = useState<{ readonly file: string; readonly sha256FileHash: string }>();
  const [problem, setProblem] = useState<string>();
  const isTooLarge = file !== undefined && file.size > 2 * 1024 * 1024;
  const change = useSignInChange<{ readonly statusDetails: string | null }>(
    body ? [{ path: `${path}/uploadFile`, method: 'POST', body }] : [],
    {
      done: (_, { statusDetails }) => statusDetails ?? 'Certificate authorities uploaded',
      onDone: () => onDone([]),
    },
  );
  const take = async (next: File | undefined) => {
    setFile(next);
    setBody(undefined);
    setProblem(undefined);
    try {
      const bytes = next && (await bytesWithoutKey(next));
      if (bytes) setBody({ file: base64Of(bytes), sha256FileHash: await sha256Of(bytes) });
    } catch (thrown) {
      setProblem((thrown as Error).message);
    }
  };
  return (
    <Form
      action="Upload"
      onSubmit={() => change.mutate()}
      onCancel={onCancel}
      isDisabled={body === undefined || isTooLarge}
      change={change}
    >
      <p>
        A PKCS #7 file, or several certificates in PEM, of at most 2 MB. Either all certificate authorities in the file
        are added, or none.
      </p>
      <FileDrop
        label="Bundle (.p7b, .p7c, .pem)"
        endings={['.p7b', '.p7c', '.pem', '.cer']}
        onFiles={([item]) => void take(item)}
      />
      {file && <p>{file.name}</p>}
      {problem && (
        <Message tone="error" isAlert>
          {problem}
        </Message>
      )}
      {isTooLarge && (
        <Message tone="error" isAlert>
          The file is larger than 2 MB.
        </Message>
      )}
    </Form>
  );
}
