import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { CheckboxField } from '../../components/forms/fields.tsx';
import { PageLink } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { usePages } from '../../graph/queries.ts';
import type { GraphChange } from '../../graph/series.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { restoreValues, StaleValues, valuesChange, type WithStaleValues, withoutStale } from './values.tsx';

interface LowAffinityUser extends WithStaleValues {
  readonly binding: string;
  readonly proposed: string | null;
  readonly sha1Thumbprint: string;
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
    render: (row) => <StaleValues values={row.staleValues} />,
  },
];

/** One change a user, who may be in several rows: proposed values are added, stale ones go where that is wanted. */
const approvals = (rows: readonly LowAffinityUser[], removesStale: boolean): readonly GraphChange[] =>
  [...Map.groupBy(rows, ({ userId }) => userId).values()].map(([first, ...others]) => {
    const values = removesStale ? withoutStale(first!) : (first!.certificateUserIds ?? []);
    return valuesChange(first!, [...values, ...[first!, ...others].flatMap(({ proposed }) => proposed ?? [])]);
  });

/** Users whose certificate was bound by low affinity: approve the proposed value for one or for many. */
export function LowAffinity() {
  const may = useMay('certificateUserIds');
  const list = usePages<LowAffinityUser>('/beta/reports/lowAffinityUsers?$top=50');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const [removesStale, setRemovesStale] = useState(false);
  const rows = list.rows.filter((row) => selected.has(keyOf(row)));
  const hasStale = rows.some(({ staleValues }) => staleValues.length > 0);
  const changes = approvals(rows, hasStale && removesStale);
  const change = useSignInChange(changes, {
    stale: ['/beta/reports', '/users'],
    done: `${changes.length} ${changes.length === 1 ? 'user was' : 'users were'} changed`,
    undo: () => restoreValues(rows),
    onDone: () => {
      setConfirming(false);
      setSelected(new Set());
    },
  });
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <p>
        In the last thirty days, these users signed in with a certificate that was bound by a value that another
        certificate can also contain. The proposed value identifies only their certificate.
      </p>
      {may.write && (
        <div className="command-bar">
          <Button kind="primary" isDisabled={rows.length === 0} onPress={() => setConfirming(true)}>
            {rows.length === 0 ? 'Approve' : `Approve ${rows.length}`}
          </Button>
          <Button isDisabled={list.rows.length === 0} onPress={() => setSelected(new Set(list.rows.map(keyOf)))}>
            Select all
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
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        action="Approve"
        change={change}
        onConfirm={() => change.mutate()}
      >
        <p>Each user gets the proposed value in addition to the existing values.</p>
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
