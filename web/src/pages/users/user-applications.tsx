import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Moment } from '../../components/data/details.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { usePages } from '../../graph/queries.ts';
import { userPath, type WholeUser } from './user.ts';

interface Assignment {
  readonly id: string;
  readonly resourceId: string;
  readonly resourceDisplayName: string | null;
  readonly principalType: string;
  readonly principalDisplayName: string | null;
  readonly createdDateTime: string | null;
}

const columns: readonly GridColumn<Assignment>[] = [
  {
    id: 'application',
    title: 'Application',
    render: (row) => (
      <PageLink to={`/enterprise-applications/${row.resourceId}?tab=assigned`}>
        {row.resourceDisplayName ?? row.resourceId}
      </PageLink>
    ),
  },
  {
    id: 'by',
    title: 'Assigned',
    render: ({ principalType, principalDisplayName }) =>
      principalType === 'User' ? 'Directly' : `By ${principalDisplayName ?? 'a group'}`,
  },
  { id: 'since', title: 'Assigned on', render: (row) => <Moment at={row.createdDateTime} /> },
];

interface Grant {
  readonly id: string;
  readonly clientId: string;
  readonly scope: string;
}

const grantColumns: readonly GridColumn<Grant>[] = [
  {
    id: 'client',
    title: 'Application',
    render: ({ clientId }) => <PageLink to={`/enterprise-applications/${clientId}`}>{clientId}</PageLink>,
  },
  { id: 'scope', title: 'Permissions', render: ({ scope }) => scope },
];

/** Applications that a user is assigned to, and what they may do in the user's name. */
export function UserApplications({ user }: { readonly user: WholeUser }) {
  const assignments = usePages<Assignment>(`${userPath(user.id)}/appRoleAssignments`);
  const grants = usePages<Grant>(`${userPath(user.id)}/oauth2PermissionGrants`);
  return (
    <>
      <Section title="Applications">
        <DataGrid
          label="Applications"
          list={assignments}
          columns={columns}
          keyOf={({ id }) => id}
          empty="No application is assigned. Applications are assigned on the page of the application."
        />
      </Section>
      <Section title="Consent">
        <DataGrid
          label="Permissions that were granted for this user"
          list={grants}
          columns={grantColumns}
          keyOf={({ id }) => id}
          empty="No application has a permission for this user alone"
        />
      </Section>
    </>
  );
}
