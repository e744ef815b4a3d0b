import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { CheckboxField } from '../../components/forms/fields.tsx';
import { PageLink } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, usePages } from '../../graph/queries.ts';

interface LowAffinityUser {
  readonly userId: string;
  readonly userPrincipalName: string;
  readonly userDisplayName: string;
  readonly userETag: string | null;
  readonly binding: string;
  readonly proposed: string | null;
  readonly lastUsed: string;
  readonly sha1Thumbprint: string;
  /** Null for those who may not read how certificates are bound. */
  readonly certificateUserIds: readonly string[] | null;
  readonly staleValues: readonly { readonly value: string; readonly why: string }[];
}

const keyOf = ({ userId, sha1Thumbprint }: LowAffinityUser) => `${userId} ${sha1Thumbprint}`;

const columns: readonly GridColumn<LowAffinityUser>[] = [
  {
    id: 'user',
    title: 'User',
    render: (row) => <PageLink to={`/users/${row.userId}`}>{row.userDisplayName || row.userPrincipalName}</PageLink>,
  },
  { id: 'upn', title: 'User principal name', render: (row) => row.userPrincipalName },
  { id: 'binding', title: 'Last binding', render: (row) => row.binding },
  {
    id: 'proposed',
    title: 'Proposed value',
    render: (row) => (row.proposed ? <code className="break">{row.proposed}</code> : '—'),
  },
  { id: 'used', title: 'Last used', render: (row) => <Moment at={row.lastUsed} /> },
  {
    id: 'stale',
    title: 'Stale values',
    render: (row) =>
      row.staleValues.length === 0
        ? '—'
        : row.staleValues.map(({ value, why }) => (
            <div key={value}>
              <code className="break">{value}</code> <Badge tone="warning">{why}</Badge>
            </div>
          )),
  },
];

/** The values a user has then: the proposed one is added, stale ones go where that is wanted. */
function valuesOf({ certificateUserIds, proposed, staleValues }: LowAffinityUser, removesStale: boolean) {
  const stale = new Set(removesStale ? staleValues.map(({ value }) => value) : []);
  return [...(certificateUserIds ?? []).filter((value) => !stale.has(value)), ...(proposed ? [proposed] : [])];
}

interface BatchAnswer {
  readonly responses: readonly {
    readonly id: string;
    readonly status: number;
    readonly body?: { readonly error?: { readonly message?: string } };
  }[];
}

/** A `$batch` takes twenty parts. */
const batchSize = 20;

async function approve(rows: readonly LowAffinityUser[], removesStale: boolean): Promise<number> {
  const problems: string[] = [];
  for (let at = 0; at < rows.length; at += batchSize) {
    const part = rows.slice(at, at + batchSize);
    const requests = part.map((row, index) => ({
      id: String(index),
      method: 'PATCH',
      url: `/users/${row.userId}`,
      headers: { 'content-type': 'application/json', ...(row.userETag && { 'if-match': row.userETag }) },
      body: { authorizationInfo: { certificateUserIds: valuesOf(row, removesStale) } },
    }));
    const { responses } = await send<BatchAnswer>('/$batch', { method: 'POST', body: { requests } });
    for (const { id, status, body } of responses)
      if (status >= 400)
        problems.push(`${part[Number(id)]?.userPrincipalName}: ${body?.error?.message ?? `answered ${status}`}`);
  }
  if (problems.length > 0) throw new Error(problems.join(' '));
  return rows.length;
}

/** Users whose certificate was bound by low affinity: approve the proposed value for one or for many. */
export function LowAffinity() {
  const may = useMay('certificateUserIds');
  const list = usePages<LowAffinityUser>('/beta/reports/lowAffinityUsers?$top=50');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, setAsking] = useState(false);
  const [removesStale, setRemovesStale] = useState(false);
  const rows = list.rows.filter((row) => selected.has(keyOf(row)));
  const hasStale = rows.some(({ staleValues }) => staleValues.length > 0);
  const change = useChange((isWithStale: boolean) => approve(rows, isWithStale), {
    stale: ['/beta/reports/lowAffinityUsers', '/users'],
    done: (_, count) => `${count} ${count === 1 ? 'user was' : 'users were'} changed`,
    undo: () => restore(rows),
    onDone: () => {
      setAsking(false);
      setSelected(new Set());
    },
  });
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <p>
        These users signed in with a certificate in the last thirty days that was bound by a value which another
        certificate can carry as well. The proposed value belongs to their certificate alone.
      </p>
      {may.write && (
        <div className="command-bar">
          <Button kind="primary" isDisabled={rows.length === 0} onPress={() => setAsking(true)}>
            {rows.length === 0 ? 'Approve' : `Approve ${rows.length}`}
          </Button>
        </div>
      )}
      <DataGrid
        label="Users on low-affinity bindings"
        list={list}
        columns={columns}
        keyOf={keyOf}
        {...(may.write && { selected, onSelect: setSelected })}
        empty="No user is bound by low affinity"
      />
      <ConfirmDialog
        title={`Change certificateUserIds of ${rows.length} ${rows.length === 1 ? 'user' : 'users'}`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action="Approve"
        change={change}
        onConfirm={() => change.mutate(hasStale && removesStale)}
      >
        <p>Each user gets the proposed value beside the values that they have.</p>
        {hasStale && (
          <CheckboxField
            label="Remove values of expired, revoked and blocked certificates as well"
            isSelected={removesStale}
            onChange={setRemovesStale}
          />
        )}
      </ConfirmDialog>
    </>
  );
}

/** Gives users back the values that they had. */
async function restore(rows: readonly LowAffinityUser[]): Promise<void> {
  for (const { userId, certificateUserIds } of rows)
    await send(`/users/${userId}`, { method: 'PATCH', body: { authorizationInfo: { certificateUserIds } } });
}
