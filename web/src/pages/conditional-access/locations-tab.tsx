import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Command } from '../../components/layout/page.tsx';
import { ConfirmDialog, SidePanel } from '../../components/overlays/dialog.tsx';
import { ErrorState, Loading, Message, ReadOnlyNote } from '../../components/states.tsx';
import { send, useGraphWithEtag, usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { base, type NamedLocation, paths } from './model.ts';

const columns: readonly GridColumn<NamedLocation>[] = [
  { id: 'name', title: 'Name', render: (location) => location.displayName },
  { id: 'type', title: 'Location type', render: () => 'IP ranges' },
  {
    id: 'trusted',
    title: 'Trusted',
    render: ({ isTrusted }) => <Badge tone={isTrusted ? 'good' : 'neutral'}>{isTrusted ? 'Yes' : 'No'}</Badge>,
  },
  {
    id: 'ranges',
    title: 'IP ranges',
    render: ({ ipRanges }) => ipRanges.map(({ cidrAddress }) => cidrAddress).join(', '),
  },
  { id: 'modified', title: 'Modified date', render: (location) => <Moment at={location.modifiedDateTime} /> },
];

/** Named locations: ranges of addresses. */
export function LocationsTab() {
  const list = usePages<NamedLocation>(paths.locations);
  const may = useMay('accessPolicies');
  const [openId, setOpenId] = useState<string>();
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="command-bar">
        {may.write && (
          <Command icon="add" onPress={() => setOpenId('')}>
            IP ranges location
          </Command>
        )}
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      </div>
      <Message tone="info">
        Locations are ranges of IP addresses. Countries are not offered, because this server does not know the country
        of an address.
      </Message>
      <DataGrid
        label="Named locations"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        onOpen={({ id }) => setOpenId(id)}
        empty="There is no named location"
      />
      {openId !== undefined && <LocationPanel id={openId} onClose={() => setOpenId(undefined)} />}
    </>
  );
}

const blank: Pick<NamedLocation, 'displayName' | 'isTrusted' | 'ipRanges'> = {
  displayName: '',
  isTrusted: false,
  ipRanges: [],
};

/** @param id empty for a new one */
function LocationPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const query = useGraphWithEtag<NamedLocation>(id === '' ? undefined : `${paths.locations}/${id}`);
  const title = id === '' ? 'New location (IP ranges)' : 'Update location (IP ranges)';
  return (
    <SidePanel title={title} isOpen onClose={onClose}>
      {id !== '' && query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {(id === '' || query.data) && (
        <LocationForm
          key={query.data?.etag ?? 'new'}
          id={id}
          original={query.data?.body ?? blank}
          etag={query.data?.etag}
          reload={query.refetch}
          onClose={onClose}
        />
      )}
    </SidePanel>
  );
}

interface LocationFormProps {
  readonly id: string;
  readonly original: typeof blank;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
  readonly onClose: () => void;
}

function LocationForm({ id, original, etag, reload, onClose }: LocationFormProps) {
  const { write } = useMay('accessPolicies');
  const { draft, set, isChanged } = useDraft({
    displayName: original.displayName,
    isTrusted: original.isTrusted,
    ranges: original.ipRanges.map(({ cidrAddress }) => cidrAddress).join('\n'),
  });
  const [isAsking, setAsking] = useState(false);
  const body = {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    displayName: draft.displayName,
    isTrusted: draft.isTrusted,
    ipRanges: rangesIn(draft.ranges),
  };
  const change = useSignInChange(
    [
      id === ''
        ? { path: paths.locations, method: 'POST', body }
        : { path: `${paths.locations}/${id}`, method: 'PATCH', body, etag },
    ],
    { stale: [base], done: `Saved ${draft.displayName}`, onDone: onClose },
  );
  const removal = useSignInChange([{ path: `${paths.locations}/${id}`, method: 'DELETE', etag }], {
    stale: [base],
    done: `Deleted ${original.displayName}`,
    undo: () => send(`${paths.deletedLocations}/${id}/restore`, { method: 'POST' }),
    onDone: onClose,
  });
  return (
    <Form
      action={id === '' ? 'Create' : 'Save'}
      onSubmit={() => change.mutate()}
      onCancel={onClose}
      isDisabled={!write || !isChanged || draft.displayName === '' || body.ipRanges.length === 0}
      change={change}
      reload={reload}
      extra={
        id !== '' && write ? (
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
      <CheckboxField
        label="Mark as trusted location"
        isSelected={draft.isTrusted}
        onChange={(isTrusted) => set({ isTrusted })}
        isReadOnly={!write}
      />
      <TextInput
        label="IP ranges"
        value={draft.ranges}
        onChange={(ranges) => set({ ranges })}
        help="One range a line in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/32."
        isMultiline
        isCode
        isReadOnly={!write}
      />
      <ConfirmDialog
        title={`Delete ${original.displayName}?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action="Delete"
        isDanger
        onConfirm={() => removal.mutate()}
        change={removal}
      >
        <p>A deleted location can be restored for thirty days. A location that a policy names cannot be deleted.</p>
      </ConfirmDialog>
    </Form>
  );
}

const rangesIn = (text: string) =>
  text
    .split(/[\s,]+/)
    .filter((range) => range !== '')
    .map((cidrAddress) => ({
      '@odata.type': `#microsoft.graph.${cidrAddress.includes(':') ? 'iPv6' : 'iPv4'}CidrRange`,
      cidrAddress,
    }));
