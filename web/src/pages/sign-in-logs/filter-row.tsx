import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { useAddressQuery, useAddressState } from '../../components/data/list-state.ts';
import type { Choice } from '../../components/forms/choices.ts';
import { SelectField, TextInput } from '../../components/forms/fields.tsx';
import { useGo } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ranges } from './model.ts';

const rangeChoices: readonly Choice<string>[] = [
  ...Object.entries(ranges).map(([id, { label }]) => ({ id, label })),
  { id: 'custom', label: 'Custom time interval' },
];
const statusChoices: readonly Choice<string>[] = [
  { id: 'all', label: 'All' },
  { id: 'success', label: 'Success' },
  { id: 'failure', label: 'Failure' },
  { id: 'interrupted', label: 'Interrupted' },
];
const accessChoices: readonly Choice<string>[] = [
  { id: 'all', label: 'All' },
  { id: 'success', label: 'Success' },
  { id: 'failure', label: 'Failure' },
  { id: 'notApplied', label: 'Not applied' },
];
const texts = [
  ['user', 'Username', 'The complete user principal name.'],
  ['app', 'Application ID', 'The client ID.'],
  ['address', 'IP address', 'The complete address.'],
  ['code', 'Sign-in error code', 'A number such as 50034.'],
  ['correlation', 'Correlation ID', 'The complete ID, as the error page shows it.'],
] as const;

/** Filters of the list: range and status beside each other, the others in a panel. All of them are in the address. */
export function FilterRow() {
  const query = useAddressQuery();
  const [range, setRange] = useAddressState('range', '24h');
  const [status, setStatus] = useAddressState('status');
  const [start, setStart] = useAddressState('start');
  const [isOpen, setOpen] = useState(false);
  const more = [...texts.map(([name]) => name), 'access'].filter((name) => query.has(name)).length;
  return (
    <div className="filters">
      <SelectField label="Date" value={range} choices={rangeChoices} onChange={setRange} />
      {range === 'custom' && (
        <>
          <MomentField label="Start" name="from" />
          <MomentField label="End" name="to" />
        </>
      )}
      <SelectField
        label="Status"
        value={status || 'all'}
        choices={statusChoices}
        onChange={(id) => setStatus(id === 'all' ? '' : id)}
      />
      <Button icon="filter" onPress={() => setOpen(true)}>
        {more === 0 ? 'Add filters' : `Filters (${more})`}
      </Button>
      {start !== '' && (
        <Button icon="close" onPress={() => setStart('')}>
          {`From ${new Date(start).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })}`}
        </Button>
      )}
      {isOpen && <FilterPanel onClose={() => setOpen(false)} />}
    </div>
  );
}

/** A moment in the time zone of the browser; the address holds it in UTC. */
function MomentField({ label, name }: { readonly label: string; readonly name: string }) {
  const [at, setAt] = useAddressState(name);
  const date = new Date(at);
  const text = Number.isNaN(date.getTime())
    ? ''
    : new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  const take = (typed: string) => setAt(Number.isNaN(Date.parse(typed)) ? '' : new Date(typed).toISOString());
  return <TextInput label={label} type="datetime-local" value={text} onChange={take} />;
}

function FilterPanel({ onClose }: { readonly onClose: () => void }) {
  const query = useAddressQuery();
  const go = useGo();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries([...texts.map(([name]) => name), 'access'].map((name) => [name, query.get(name) ?? ''])),
  );
  const set = (name: string, value: string) => setValues({ ...values, [name]: value });
  const apply = (next: Readonly<Record<string, string>>) => {
    const address = new URLSearchParams(query);
    for (const [name, value] of Object.entries(next)) {
      if (value.trim() === '') address.delete(name);
      else address.set(name, value.trim());
    }
    go(`/sign-in-logs?${address}`, { replace: true });
    onClose();
  };
  const footer = (
    <>
      <Button kind="primary" onPress={() => apply(values)}>
        Apply
      </Button>
      <Button onPress={() => apply(Object.fromEntries(Object.keys(values).map((name) => [name, ''])))}>Clear</Button>
    </>
  );
  return (
    <SidePanel title="Filters" isOpen onClose={onClose} footer={footer}>
      {texts.map(([name, label, help]) => (
        <TextInput
          key={name}
          label={label}
          help={help}
          value={values[name] ?? ''}
          onChange={(value) => set(name, value)}
        />
      ))}
      <SelectField
        label="Conditional Access"
        value={values.access || 'all'}
        choices={accessChoices}
        onChange={(id) => set('access', id === 'all' ? '' : id)}
      />
    </SidePanel>
  );
}
