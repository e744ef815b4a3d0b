import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { Command, Page, PageTabs } from '../../components/layout/page.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, Message } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { useCounts, usePages } from '../../graph/queries.ts';
import { AuthorityPanel } from './authority-panel.tsx';
import { Calendar } from './calendar.tsx';
import { type Health, healthPath, useAuthority } from './model.ts';

const tones = { healthy: 'good', warning: 'warning', critical: 'bad' } as const;
const words = { healthy: 'Healthy', warning: 'Warning', critical: 'Critical' } as const;

const columns: readonly GridColumn<Health>[] = [
  { id: 'name', title: 'Certificate authority', sortBy: 'displayName', render: (ca) => ca.displayName },
  {
    id: 'state',
    title: 'State',
    sortBy: 'state',
    render: (ca) => <Badge tone={tones[ca.state]}>{words[ca.state]}</Badge>,
  },
  {
    id: 'due',
    title: 'Next due',
    sortBy: 'nextDueDateTime',
    render: (ca) => <Moment at={ca.nextDueDateTime} />,
  },
  { id: 'expires', title: 'Expiration date', sortBy: 'notAfter', render: (ca) => <Moment at={ca.notAfter} /> },
  { id: 'warnings', title: 'Warnings', render: (ca) => (ca.warnings.length === 0 ? '—' : ca.warnings.length) },
  { id: 'lists', title: 'CRLs', render: (ca) => ca.crls.length },
  { id: 'store', title: 'Store', isHidden: true, render: (ca) => (ca.store === 'pki' ? 'PKI' : 'Classic') },
  { id: 'key', title: 'Key', isHidden: true, render: (ca) => ca.keyAlgorithm },
  {
    id: 'ski',
    title: 'Subject key identifier',
    isHidden: true,
    render: (ca) => <code className="break">{ca.subjectKeyIdentifier ?? '—'}</code>,
  },
];

export default function HealthPage() {
  const [orderby, setOrderby] = useAddressState('orderby', 'nextDueDateTime');
  const [open, setOpen] = useAddressState('ca');
  const list = usePages<Health>(listPath(healthPath, { orderby, top: 100, count: true }));
  const columnChoice = useColumns('pki-health', columns);
  const authority = useAuthority(list, open);
  const [critical = 0] = useCounts([listPath(healthPath, { filter: "state eq 'critical'" })]);
  return (
    <Page
      title="PKI health"
      description="Certificate authorities of both stores, with their CRLs and the problems that need attention."
      commands={
        <>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={healthPath} />
        </>
      }
    >
      {critical > 0 && (
        <Message tone="error" title={`${critical} critical.`}>
          Sign-ins with certificates of these certificate authorities fail, or will fail within seven days.
        </Message>
      )}
      <PageTabs
        label="PKI health"
        tabs={[
          {
            id: 'list',
            title: 'Certificate authorities',
            content: () => (
              <>
                <div className="list-tools">
                  <ColumnsButton columns={columnChoice} />
                </div>
                <DataGrid
                  label="Certificate authorities"
                  list={list}
                  columns={columnChoice.visible}
                  keyOf={({ authorityId }) => authorityId}
                  onOpen={({ authorityId }) => setOpen(authorityId)}
                  orderby={orderby}
                  onSort={setOrderby}
                  empty={<EmptyState icon="certificate" title="No certificate authority is trusted yet" />}
                />
              </>
            ),
          },
          { id: 'calendar', title: 'Expiry calendar', content: () => <Calendar onOpen={setOpen} /> },
        ]}
      />
      <SidePanel
        title={authority?.displayName ?? ''}
        isOpen={authority !== undefined}
        onClose={() => setOpen('')}
        isWide
      >
        {authority && <AuthorityPanel authority={authority} list={list} />}
      </SidePanel>
    </Page>
  );
}
