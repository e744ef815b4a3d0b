import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, ErrorState, Loading, Message, ReadOnlyNote } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { ClassicEditForm, type NewAuthority, UploadForm } from './authority-forms.tsx';
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

/** The classic store: one list, which is replaced as a whole. */
export default function ClassicPage() {
  const may = useMay('classicStore');
  const organization = useGraph<{ readonly value: readonly { readonly id: string }[] }>('/organization?$select=id');
  const tenant = organization.data?.value[0]?.id;
  const path = tenant && `/organization/${tenant}/certificateBasedAuthConfiguration`;
  const query = useGraph<{ readonly value: readonly Store[] }>(path);
  const store = query.data?.value[0];
  const authorities = store?.certificateAuthorities ?? [];
  const [isAdding, setAdding] = useState(false);
  const [deletion, setDoomed] = useState<Choice>();
  const [editTarget, setEdited] = useState<Choice>();
  const [warnings, setWarnings] = useState<readonly string[]>([]);
  const replacement = (of: Store | undefined, certificateAuthorities: readonly object[]): GraphChange => ({
    path: path ?? '',
    method: 'POST',
    body: { certificateAuthorities },
    etag: of?.['@odata.etag'],
  });
  const without = ({ ca, store: { certificateAuthorities: list } }: Choice) => list.filter((item) => item !== ca);
  const remove = useSignInChange(deletion ? [replacement(deletion.store, without(deletion))] : [], {
    done: 'Certificate authority deleted',
    onDone: () => setDoomed(undefined),
  });
  const problem = organization.error ?? query.error;
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
        <EmptyState icon="certificate" title="There is no certificate authority in the classic store" />
      )}
      {authorities.length > 0 && (
        <TableFrame
          label="Certificate authorities"
          head={['Issuer', 'Type', 'CRL endpoint', 'Subject key identifier', ...(may.write ? ['Actions'] : [])]}
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
              {may.write && (
                <td>
                  <Button
                    kind="subtle"
                    icon="edit"
                    label={`Edit ${ca.issuer}`}
                    onPress={() => store && setEdited({ ca, store })}
                  />
                  <Button
                    kind="subtle"
                    icon="delete"
                    label={`Delete ${ca.issuer}`}
                    onPress={() => store && setDoomed({ ca, store })}
                  />
                </td>
              )}
            </tr>
          ))}
        </TableFrame>
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
            upload={(ca) => replacement(store, [...authorities, entryOf(ca)])}
          />
        )}
      </SidePanel>
      <SidePanel
        title="Edit certificate authority"
        isOpen={editTarget !== undefined}
        onClose={() => setEdited(undefined)}
        isWide
      >
        {editTarget && (
          <ClassicEditForm
            key={editTarget.ca.certificate}
            authority={editTarget.ca}
            replacement={(ca) =>
              replacement(
                editTarget.store,
                editTarget.store.certificateAuthorities.map((item) => (item === editTarget.ca ? ca : item)),
              )
            }
            reload={() => {
              setEdited(undefined);
              return query.refetch();
            }}
            onCancel={() => setEdited(undefined)}
            onDone={(texts) => {
              setWarnings(texts);
              setEdited(undefined);
            }}
          />
        )}
      </SidePanel>
      <ConfirmDialog
        title="Delete certificate authority"
        isOpen={deletion !== undefined}
        onClose={() => setDoomed(undefined)}
        action="Delete"
        isDanger
        acknowledgements={[
          'I understand that users with certificates of this certificate authority can no longer sign in with them.',
        ]}
        onConfirm={() => remove.mutate()}
        change={remove}
      >
        <p>
          <strong>{deletion?.ca.issuer}</strong> is deleted from the classic store for good.
        </p>
      </ConfirmDialog>
    </Page>
  );
}
