import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, ErrorState, Loading, Message, ReadOnlyNote } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { ClassicEditForm, type NewAuthority, UploadForm } from './authority-forms.tsx';
import { DeleteAuthority } from './delete-authority.tsx';
import type { ClassicAuthority } from './pki-types.ts';

interface Store {
  readonly '@odata.etag': string;
  readonly certificateAuthorities: readonly ClassicAuthority[];
}

/** A CA as it was in the store when an administrator chose it. */
interface Choice {
  readonly ca: ClassicAuthority;
  readonly store: Store;
}

const entryOf = (ca: NewAuthority) => ({
  certificate: ca.certificate,
  isRootAuthority: ca.isRoot,
  ...(ca.baseUrl && { certificateRevocationListUrl: ca.baseUrl.trim() }),
  ...(ca.deltaUrl && { deltaCertificateRevocationListUrl: ca.deltaUrl.trim() }),
});

const replacementIn = (path: string, store: Store | undefined, list: readonly object[]): GraphChange => ({
  path,
  method: 'POST',
  body: { certificateAuthorities: list },
  etag: store?.['@odata.etag'],
});

/** The path of the store of the tenant, and what is in it. */
function useClassicStore() {
  const organization = useGraph<{ readonly value: readonly { readonly id: string }[] }>('/organization?$select=id');
  const tenant = organization.data?.value[0]?.id;
  const path = tenant && `/organization/${tenant}/certificateBasedAuthConfiguration`;
  const query = useGraph<{ readonly value: readonly Store[] }>(path);
  return { path, query, problem: organization.error ?? query.error, store: query.data?.value[0] };
}

/** The classic store: one list, which is replaced as a whole. */
export default function ClassicPage() {
  const may = useMay('classicStore');
  const { path, query, problem, store } = useClassicStore();
  const authorities = store?.certificateAuthorities ?? [];
  const [isAdding, setAdding] = useState(false);
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  return (
    <Page
      title="Certificate authorities"
      description="The classic store of trusted certificate authorities. New ones belong in a public key infrastructure."
      commands={
        <>
          {may.write && (
            <Command icon="upload" isDisabled={!query.data} onPress={() => setAdding(true)}>
              Upload
            </Command>
          )}
          <Command icon="refresh" onPress={() => query.refetch()}>
            Refresh
          </Command>
          {path && <JsonButton path={path} />}
        </>
      }
    >
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      {!problem && !query.data && <Loading />}
      {problem && <ErrorState problem={problem} retry={query.refetch} />}
      {warnings.map((text) => (
        <Message key={text} tone="warning" isAlert>
          {text}
        </Message>
      ))}
      {query.data && authorities.length === 0 && (
        <EmptyState icon="certificate" title="There is no certificate authority in the classic store">
          Certificate authorities of a <PageLink to="/public-key-infrastructure">public key infrastructure</PageLink>{' '}
          are trusted without an entry here.
        </EmptyState>
      )}
      {path && store && authorities.length > 0 && (
        <Authorities path={path} store={store} mayWrite={may.write} onWarn={setWarnings} reload={query.refetch} />
      )}
      <SidePanel title="Upload certificate" isOpen={isAdding} onClose={() => setAdding(false)} isWide>
        {isAdding && path && (
          <UploadForm
            hasIssuerHint={false}
            onCancel={() => setAdding(false)}
            onDone={(texts) => {
              setWarnings(texts);
              setAdding(false);
            }}
            upload={(ca) => replacementIn(path, store, [...authorities, entryOf(ca)])}
          />
        )}
      </SidePanel>
    </Page>
  );
}

interface AuthoritiesProps {
  readonly path: string;
  readonly store: Store;
  readonly mayWrite: boolean;
  readonly onWarn: (texts: readonly string[]) => void;
  readonly reload: () => unknown;
}

/** The CAs of the store, with the panel that edits one and the question before one is deleted. */
function Authorities({ path, store, mayWrite, onWarn, reload }: AuthoritiesProps) {
  const [deletion, setDoomed] = useState<Choice>();
  const [editTarget, setEdited] = useState<Choice>();
  const without = ({ ca, store: { certificateAuthorities: list } }: Choice) => list.filter((item) => item !== ca);
  const remove = useSignInChange(deletion ? [replacementIn(path, deletion.store, without(deletion))] : [], {
    done: 'Certificate authority deleted',
    onDone: () => setDoomed(undefined),
  });
  const close = () => setEdited(undefined);
  return (
    <>
      <AuthorityTable
        authorities={store.certificateAuthorities}
        {...(mayWrite && {
          onEdit: (ca: ClassicAuthority) => setEdited({ ca, store }),
          onDelete: (ca: ClassicAuthority) => setDoomed({ ca, store }),
        })}
      />
      <SidePanel title="Edit certificate authority" isOpen={editTarget !== undefined} onClose={close} isWide>
        {editTarget && (
          <ClassicEditForm
            key={editTarget.ca.certificate}
            authority={editTarget.ca}
            replacement={(ca) => {
              const { certificateAuthorities: list } = editTarget.store;
              const next = list.map((item) => (item === editTarget.ca ? ca : item));
              return replacementIn(path, editTarget.store, next);
            }}
            reload={() => {
              close();
              return reload();
            }}
            onCancel={close}
            onDone={(texts) => {
              onWarn(texts);
              close();
            }}
          />
        )}
      </SidePanel>
      <DeleteAuthority isOpen={deletion !== undefined} onClose={() => setDoomed(undefined)} change={remove}>
        <strong>{deletion?.ca.issuer}</strong> is permanently deleted from the classic store.
      </DeleteAuthority>
    </>
  );
}

interface AuthorityTableProps {
  readonly authorities: readonly ClassicAuthority[];
  /** Absent where the user may only read. */
  readonly onEdit?: (ca: ClassicAuthority) => void;
  readonly onDelete?: (ca: ClassicAuthority) => void;
}

const AuthorityTable = ({ authorities, onEdit, onDelete }: AuthorityTableProps) => (
  <TableFrame
    label="Certificate authorities"
    head={['Issuer', 'Type', 'CRL endpoint', 'Subject key identifier', ...(onEdit ? ['Actions'] : [])]}
  >
    {authorities.map((ca) => (
      <tr key={ca.certificate}>
        <th scope="row">{ca.issuer}</th>
        <td>{ca.isRootAuthority ? 'Root' : 'Intermediate'}</td>
        <td>
          <span className="break">{ca.certificateRevocationListUrl ?? '—'}</span>
        </td>
        <td>
          <code className="break">{ca.issuerSki || '—'}</code>
        </td>
        {onEdit && onDelete && (
          <td>
            <Button kind="subtle" icon="edit" label={`Edit ${ca.issuer}`} onPress={() => onEdit(ca)} />
            <Button kind="subtle" icon="delete" label={`Delete ${ca.issuer}`} onPress={() => onDelete(ca)} />
          </td>
        )}
      </tr>
    ))}
  </TableFrame>
);
