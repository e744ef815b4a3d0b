import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { Command } from '../../components/layout/page.tsx';
import { useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, Message, ReadOnlyNote } from '../../components/states.tsx';
import { send, usePages } from '../../graph/queries.ts';
import { useSignInChange } from '../../graph/sign-in-change.ts';
import { base, type Policy, paths, stateNames, stateTones } from './model.ts';

const columns: readonly GridColumn<Policy>[] = [
  { id: 'name', title: 'Policy name', render: (policy) => policy.displayName },
  {
    id: 'state',
    title: 'State',
    render: ({ state }) => <Badge tone={stateTones[state]}>{stateNames[state]}</Badge>,
  },
  { id: 'created', title: 'Creation date', render: (policy) => <Moment at={policy.createdDateTime} /> },
  { id: 'modified', title: 'Modified date', render: (policy) => <Moment at={policy.modifiedDateTime} /> },
];

/** The policies of the tenant. */
export function PoliciesTab() {
  const list = usePages<Policy>(paths.policies);
  const may = useMay('accessPolicies');
  const go = useGo();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isConfirming, setConfirming] = useState(false);
  const policy = list.rows.find(({ id }) => selected.has(id));
  const removal = useSignInChange(policy ? [{ path: `${paths.policies}/${policy.id}`, method: 'DELETE' }] : [], {
    stale: [base],
    done: `Deleted ${policy?.displayName ?? 'the policy'}`,
    undo: () => send(`${paths.deletedPolicies}/${policy?.id}/restore`, { method: 'POST' }),
    onDone: () => {
      setSelected(new Set());
      setConfirming(false);
    },
  });
  return (
    <>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="command-bar">
        {may.write && (
          <>
            <Command icon="add" onPress={() => go('/conditional-access/policies/new')}>
              New policy
            </Command>
            <Command icon="delete" isDisabled={selected.size !== 1} onPress={() => setConfirming(true)}>
              Delete
            </Command>
          </>
        )}
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
        <JsonButton path={paths.policies} />
      </div>
      <DataGrid
        label="Policies"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/conditional-access/policies/${id}`}
        {...(may.write && { selected, onSelect: setSelected })}
        empty={
          <EmptyState title="There are no policies">
            Every sign-in with a first factor is granted. A policy can require a second factor, a certificate or a
            device.
          </EmptyState>
        }
      />
      {policy && (
        <ConfirmDialog
          title={`Delete ${policy.displayName}?`}
          isOpen={isConfirming}
          onClose={() => setConfirming(false)}
          action="Delete"
          isDanger
          onConfirm={() => removal.mutate()}
          change={removal}
        >
          <Message tone="info">A deleted policy can be restored for thirty days.</Message>
        </ConfirmDialog>
      )}
    </>
  );
}
