import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { PageTabs } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';

/** A row of the audit log. */
export interface Audit {
  readonly id: string;
  readonly activityDateTime: string;
  readonly activityDisplayName: string;
  readonly category: string;
  readonly correlationId: string;
  readonly loggedByService: string;
  readonly operationType: string;
  readonly result: 'success' | 'failure';
  readonly resultReason: string;
  readonly initiatedBy: {
    readonly user: {
      readonly id: string;
      readonly userPrincipalName: string | null;
      readonly ipAddress: string | null;
    } | null;
    readonly app: { readonly displayName: string | null; readonly appId: string | null } | null;
  };
  readonly targetResources: readonly {
    readonly id: string;
    readonly displayName: string | null;
    readonly userPrincipalName: string | null;
    readonly type: string;
    readonly modifiedProperties: readonly {
      readonly displayName: string;
      readonly oldValue: string | null;
      readonly newValue: string | null;
    }[];
  }[];
  readonly additionalDetails: readonly { readonly key: string; readonly value: string }[];
}

/** One row beside the list, in Entra's tabs. Its id is in the address. */
export function AuditDetails({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) {
  return (
    <SidePanel title="Audit log details" isOpen={id !== undefined} onClose={onClose} isWide>
      {id !== undefined && <Entry id={id} />}
    </SidePanel>
  );
}

function Entry({ id }: { readonly id: string }) {
  const path = `/auditLogs/directoryAudits/${encodeURIComponent(id)}`;
  const query = useGraph<Audit>(path);
  if (query.isPending) return <Loading what="Loading the entry" />;
  if (query.error) return <ErrorState problem={query.error} retry={query.refetch} />;
  const audit = query.data;
  return (
    <>
      <div className="command-bar">
        <JsonButton path={path} />
      </div>
      <PageTabs
        label="Details of the activity"
        name="details"
        tabs={[
          { id: 'activity', title: 'Activity', content: () => <Activity audit={audit} /> },
          { id: 'targets', title: 'Target(s)', content: () => <Targets audit={audit} /> },
          { id: 'changes', title: 'Modified properties', content: () => <Changes audit={audit} /> },
        ]}
      />
    </>
  );
}

interface TabProps {
  readonly audit: Audit;
}

function Activity({ audit }: TabProps) {
  const { user, app } = audit.initiatedBy;
  return (
    <Details
      items={[
        ['Date', <Moment key="date" at={audit.activityDateTime} />],
        ['Activity type', audit.activityDisplayName],
        ['Category', audit.category],
        ['Service', audit.loggedByService],
        [
          'Correlation ID',
          <PageLink key="correlation" to={`/audit-logs?range=90d&correlation=${audit.correlationId}`}>
            {audit.correlationId}
          </PageLink>,
        ],
        [
          'Status',
          <Badge key="status" tone={audit.result === 'success' ? 'good' : 'bad'}>
            {audit.result === 'success' ? 'Success' : 'Failure'}
          </Badge>,
        ],
        ['Status reason', audit.resultReason],
        ['Initiated by', user ? 'User' : 'Application'],
        ['User principal name', user?.userPrincipalName],
        ['User object ID', user?.id],
        ['IP address', user?.ipAddress],
        ['Application', app?.displayName],
        ...audit.additionalDetails.map(({ key, value }) => [key, value] as const),
      ]}
    />
  );
}

const Targets = ({ audit: { targetResources } }: TabProps) =>
  targetResources.map((target, index) => (
    <Details
      key={`${target.id} ${target.type}`}
      items={[
        ['Target', index + 1],
        ['Type', target.type],
        ['ID', target.id],
        ['Display name', target.displayName],
        ['User principal name', target.userPrincipalName],
      ]}
    />
  ));

function Changes({ audit: { targetResources } }: TabProps) {
  const rows = targetResources.flatMap(({ modifiedProperties }) => modifiedProperties);
  if (rows.length === 0) return <EmptyState title="No property is listed" />;
  return (
    <TableFrame label="Modified properties" head={['Property', 'Old value', 'New value']}>
      {rows.map(({ displayName, oldValue, newValue }) => (
        <tr key={displayName}>
          <th scope="row">{displayName}</th>
          <td>
            <code className="break">{oldValue ?? '—'}</code>
          </td>
          <td>
            <code className="break">{newValue ?? '—'}</code>
          </td>
        </tr>
      ))}
    </TableFrame>
  );
}
