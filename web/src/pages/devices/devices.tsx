import { DataGrid, type GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { useAddressState, useSearchState } from '../../components/data/list-state.ts';
import { SearchInput } from '../../components/forms/fields.tsx';
import { Command, Page } from '../../components/layout/page.tsx';
import { EmptyState } from '../../components/states.tsx';
import { listPath, searchIn } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { type Device, joinTypeOf } from './device-item.ts';

const columns: readonly GridColumn<Device>[] = [
  { id: 'name', title: 'Name', sortBy: 'displayName', render: (device) => device.displayName },
  {
    id: 'enabled',
    title: 'Enabled',
    render: ({ accountEnabled: is }) => <Badge tone={is ? 'good' : 'bad'}>{is ? 'Yes' : 'No'}</Badge>,
  },
  { id: 'os', title: 'OS', render: (device) => device.operatingSystem ?? '—' },
  { id: 'version', title: 'Version', render: (device) => device.operatingSystemVersion ?? '—' },
  { id: 'join', title: 'Join type', render: joinTypeOf },
  { id: 'compliant', title: 'Compliant', render: (device) => (device.isCompliant ? 'Yes' : 'No') },
  { id: 'registered', title: 'Registered', render: (device) => <Moment at={device.createdDateTime} /> },
  { id: 'activity', title: 'Activity', render: (device) => <Moment at={device.approximateLastSignInDateTime} /> },
];

export default function DevicesPage() {
  const { typed, text, type } = useSearchState();
  const [orderby, setOrderby] = useAddressState('orderby', 'displayName');
  const search = searchIn(text, ['displayName']);
  const list = usePages<Device>(listPath('/devices', { search, orderby, top: 50, count: true }));
  return (
    <Page
      title="Devices"
      commands={
        <Command icon="refresh" onPress={() => list.query.refetch()}>
          Refresh
        </Command>
      }
    >
      <div className="list-tools">
        <SearchInput label="Search devices" value={typed} onChange={type} />
      </div>
      <DataGrid
        label="Devices"
        list={list}
        columns={columns}
        keyOf={({ id }) => id}
        hrefOf={({ id }) => `/devices/${id}`}
        orderby={orderby}
        onSort={setOrderby}
        empty={
          <EmptyState icon="device" title={text === '' ? 'No device is registered yet' : 'No device matches'}>
            Users register devices when they join or add an account in the settings of the device.
          </EmptyState>
        }
      />
    </Page>
  );
}
