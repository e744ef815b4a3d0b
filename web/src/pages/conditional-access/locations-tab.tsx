import { useMay } from '../../app/roles.ts';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { EditableList, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { ObjectForm, useObjectChanges } from '../../components/data/object-form.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import { Message } from '../../components/states.tsx';
import { send } from '../../graph/queries.ts';
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

const blank: NamedLocation = {
  id: '',
  displayName: '',
  isTrusted: false,
  ipRanges: [],
  createdDateTime: null,
  modifiedDateTime: null,
};

/** Named locations: ranges of addresses. */
export const LocationsTab = () => (
  <EditableList<NamedLocation>
    label="Named locations"
    path={paths.locations}
    area="accessPolicies"
    columns={columns}
    empty="There is no named location"
    create="IP ranges location"
    note={
      <Message tone="info">
        Locations are ranges of IP addresses. Countries are not supported, because this server does not know the country
        of an address.
      </Message>
    }
    title={(_, isNew) => (isNew ? 'New location (IP ranges)' : 'Update location (IP ranges)')}
    blank={() => blank}
    form={(props) => <LocationForm {...props} />}
  />
);

const labels = { displayName: 'Name', isTrusted: 'Mark as trusted location', ranges: 'IP ranges' } as const;

function LocationForm(props: ObjectFormProps<NamedLocation>) {
  const { original, etag } = props;
  const { write } = useMay('accessPolicies');
  const texts = {
    displayName: original.displayName,
    isTrusted: original.isTrusted,
    ranges: original.ipRanges.map(({ cidrAddress }) => cidrAddress).join('\n'),
  };
  const form = useDraft(texts, etag);
  const { draft, set } = form;
  const body = {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    displayName: draft.displayName,
    isTrusted: draft.isTrusted,
    ipRanges: rangesIn(draft.ranges),
  };
  const changes = useObjectChanges(props, form, {
    body,
    stale: [base],
    undo: () => send(`${paths.deletedLocations}/${original.id}/restore`, { method: 'POST' }),
  });
  return (
    <ObjectForm
      {...props}
      {...changes}
      draft={form}
      words={{ names: labels }}
      mayWrite={write}
      isComplete={body.ipRanges.length > 0}
      consequence="A deleted location can be restored for thirty days. A location that a policy names cannot be deleted."
    >
      <TextInput
        label={labels.displayName}
        value={draft.displayName}
        onChange={(displayName) => set({ displayName })}
        isRequired
        isReadOnly={!write}
      />
      <CheckboxField
        label={labels.isTrusted}
        isSelected={draft.isTrusted}
        onChange={(isTrusted) => set({ isTrusted })}
        isReadOnly={!write}
      />
      <TextInput
        label={labels.ranges}
        value={draft.ranges}
        onChange={(ranges) => set({ ranges })}
        help="One range per line in CIDR notation, such as 192.0.2.0/24 or 2001:db8::/32."
        isMultiline
        isCode
        isReadOnly={!write}
      />
    </ObjectForm>
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
