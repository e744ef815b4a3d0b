import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import type { Choice } from '../../components/forms/choices.ts';
import { SelectField } from '../../components/forms/fields.tsx';
import { PageLink } from '../../components/link.tsx';
import { listPath } from '../../graph/paths.ts';
import { useGraph, usePages } from '../../graph/queries.ts';

interface Registered {
  readonly id: string;
  readonly userDisplayName: string;
  readonly userPrincipalName: string;
  readonly isAdmin: boolean;
  readonly isMfaCapable: boolean;
  readonly isPasswordlessCapable: boolean;
  readonly methodsRegistered: readonly string[];
  readonly certificatesSeen: number;
}
interface ByMethod {
  readonly totalUserCount: number;
  readonly userRegistrationMethodCounts: readonly {
    readonly authenticationMethod: string;
    readonly userCount: number;
  }[];
}

const methodNames: Readonly<Record<string, string>> = {
  password: 'Password',
  passKeyDeviceBound: 'Passkey',
  softwareOneTimePasscode: 'OATH verification code',
  temporaryAccessPass: 'Temporary Access Pass',
  windowsHelloForBusiness: 'Windows Hello for Business',
  x509Certificate: 'Certificate',
};
const nameOf = (method: string) => methodNames[method] ?? method;
const yesOrNo = (value: boolean) => (value ? 'Yes' : 'No');

const columns: readonly GridColumn<Registered>[] = [
  {
    id: 'user',
    title: 'User',
    render: (row) => <PageLink to={`/users/${row.id}`}>{row.userDisplayName || row.userPrincipalName}</PageLink>,
  },
  { id: 'upn', title: 'User principal name', render: (row) => row.userPrincipalName },
  { id: 'mfa', title: 'Multifactor capable', render: (row) => yesOrNo(row.isMfaCapable) },
  { id: 'passwordless', title: 'Passwordless capable', render: (row) => yesOrNo(row.isPasswordlessCapable) },
  { id: 'methods', title: 'Methods registered', render: (row) => row.methodsRegistered.map(nameOf).join(', ') || '—' },
  { id: 'certificates', title: 'Certificates seen', render: (row) => row.certificatesSeen },
  { id: 'admin', title: 'Administrator', render: (row) => yesOrNo(row.isAdmin) },
];

const capable: readonly Choice<string>[] = [
  { id: 'all', label: 'All users' },
  { id: 'yes', label: 'Multifactor capable' },
  { id: 'no', label: 'Not multifactor capable' },
];
const filters: Readonly<Record<string, string>> = { yes: 'isMfaCapable eq true', no: 'isMfaCapable eq false' };

/** What users have registered, and the certificates that they signed in with. */
export function Registration() {
  const [only, setOnly] = useAddressState('capable');
  const path = '/reports/authenticationMethods/userRegistrationDetails';
  const list = usePages<Registered>(listPath(path, { filter: filters[only], top: 50 }));
  const counts = useGraph<ByMethod>('/reports/authenticationMethods/usersRegisteredByMethod');
  return (
    <>
      {counts.data && (
        <dl className="tiles">
          {counts.data.userRegistrationMethodCounts.map(({ authenticationMethod, userCount }) => (
            <div key={authenticationMethod} className="tile">
              <dt>{nameOf(authenticationMethod)}</dt>
              <dd>
                <strong>{userCount.toLocaleString()}</strong> of {counts.data.totalUserCount.toLocaleString()} users
              </dd>
            </div>
          ))}
        </dl>
      )}
      <div className="filters">
        <SelectField
          label="Users"
          value={only || 'all'}
          choices={capable}
          onChange={(id) => setOnly(id === 'all' ? '' : id)}
        />
      </div>
      <DataGrid
        label="Registered methods"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        empty="No user matches"
      />
    </>
  );
}
