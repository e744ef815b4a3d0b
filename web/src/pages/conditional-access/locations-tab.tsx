import { useMay } from '../../app/roles.ts';
import type { GridColumn } from '../../components/data/data-grid.tsx';
import { Badge, Moment } from '../../components/data/details.tsx';
import { changeOf, EditableList, ObjectForm, type ObjectFormProps } from '../../components/data/editable-list.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { CheckboxField, TextInput } from '../../components/forms/fields.tsx';
import { Message } from '../../components/states.tsx';
import { send } from '../../graph/queries.ts';
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
        Locations are ranges of IP addresses. Countries are not offered, because this server does not know the country
        of an address.
      </Message>
    }
    title={(_, isNew) => (isNew ? 'New location (IP ranges)' : 'Update location (IP ranges)')}
    blank={() => blank}
    form={(props) => <LocationForm {...props} />}
  />
);

function LocationForm(props: ObjectFormProps<NamedLocation>) {
  const { original, path, etag, onClose } = props;
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
  const options = { stale: [base], onDone: onClose };
  const change = useSignInChange([changeOf(props, body, form.etag)], {
    ...options,
    done: `Saved ${draft.displayName}`,
    draft: form,
  });
  const removal = useSignInChange([{ path, method: 'DELETE', etag }], {
    ...options,
    done: `Deleted ${original.displayName}`,
    undo: () => send(`${paths.deletedLocations}/${original.id}/restore`, { method: 'POST' }),
  });
  return (
    <ObjectForm
      {...props}
      name={original.displayName}
      draft={form}
      change={change}
      removal={removal}
      mayWrite={write}
      isComplete={draft.displayName !== '' && body.ipRanges.length > 0}
      consequence="A deleted location can be restored for thirty days. A location that a policy names cannot be deleted."
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
