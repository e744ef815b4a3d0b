import { useMemo, useState } from 'react';
import { Bars } from '../../components/charts/bars.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { TableFrame } from '../../components/data/table-frame.tsx';
import type { Choice } from '../../components/forms/choices.ts';
import { SelectField } from '../../components/forms/fields.tsx';
import { EmptyState, ErrorState, Loading } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';

interface Row {
  readonly start: string;
  readonly strength: string | null;
  readonly issuer: string | null;
  readonly binding: string | null;
  readonly method: string;
  readonly device: string | null;
  readonly count: number;
}

/** What distinguishes the sign-ins. */
const dimensions = {
  strength: { label: 'Strength', of: ({ strength }: Row) => strengths[strength ?? ''] ?? 'None' },
  issuer: { label: 'Certificate authority', of: ({ issuer }: Row) => issuer ?? 'No certificate' },
  binding: { label: 'Username binding', of: ({ binding }: Row) => binding ?? 'No certificate' },
  method: { label: 'Method', of: ({ method }: Row) => methods[method] ?? method },
  device: { label: 'Device', of: ({ device }: Row) => device ?? 'No registered device' },
} as const;
type Dimension = keyof typeof dimensions;

const strengths: Readonly<Record<string, string>> = {
  multiFactor: 'Multifactor',
  singleFactor: 'Single-factor',
};
const methods: Readonly<Record<string, string>> = {
  x509Certificate: 'Certificate',
  password: 'Password',
  fido2: 'Passkey',
  windowsHelloForBusiness: 'Windows Hello for Business',
  softwareOath: 'OATH verification code',
  temporaryAccessPassOneTime: 'Temporary Access Pass',
  temporaryAccessPassMultiUse: 'Temporary Access Pass',
};
const dimensionChoices: readonly Choice<Dimension>[] = Object.entries(dimensions).map(([id, { label }]) => ({
  id: id as Dimension,
  label,
}));
const dayChoices: readonly Choice<string>[] = [
  { id: '7', label: 'Last 7 days' },
  { id: '30', label: 'Last month' },
  { id: '90', label: 'Last 90 days' },
];
const day = 86_400_000;
const mostParts = 4;

/** Granted interactive sign-ins over time by what the user chooses, as a chart and in numbers. */
export function SignInsByAssurance() {
  const [days, setDays] = useAddressState('days', '30');
  const [by, setBy] = useAddressState('by', 'strength');
  const [today] = useState(() => Math.floor(Date.now() / day) * day);
  const dimension = by in dimensions ? (by as Dimension) : 'strength';
  const count = Number(days) || 30;
  const from = new Date(today - (count - 1) * day).toISOString();
  const to = new Date(today + day - 1).toISOString();
  const query = useGraph<{ readonly value: readonly Row[] }>(
    `/beta/reports/certificateAssurance(interval='P1D',from=${from},to=${to})`,
  );
  const table = useMemo(
    () => tableOf(query.data?.value ?? [], dimensions[dimension].of, today - (count - 1) * day, count),
    [query.data, dimension, today, count],
  );
  return (
    <>
      <div className="filters">
        <SelectField label="Date" value={days} choices={dayChoices} onChange={setDays} />
        <SelectField label="Group by" value={dimension} choices={dimensionChoices} onChange={setBy} />
      </div>
      {query.isPending && <Loading what="Counting sign-ins" />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {query.data && table.totals.length === 0 && <EmptyState title="No sign-in was granted in this period" />}
      {query.data && table.totals.length > 0 && (
        <>
          <Bars label="Granted sign-ins" parts={table.parts} bars={table.bars} milliseconds={day} />
          <TableFrame label="Granted sign-ins by name" head={[dimensions[dimension].label, 'Sign-ins', 'Share']}>
            {table.totals.map(([name, total]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{total.toLocaleString()}</td>
                <td>{Math.round((100 * total) / table.sum)} %</td>
              </tr>
            ))}
          </TableFrame>
        </>
      )}
    </>
  );
}

/** Totals of each name, the largest first, and a bar a day. Beyond four names the rest is one part of the bars. */
function tableOf(rows: readonly Row[], nameOf: (row: Row) => string, start: number, days: number) {
  const totalOf = new Map<string, number>();
  for (const row of rows) totalOf.set(nameOf(row), (totalOf.get(nameOf(row)) ?? 0) + row.count);
  const totals = [...totalOf].sort((first, second) => second[1] - first[1]);
  const names = totals.slice(0, mostParts).map(([name]) => name);
  const titles = totals.length > mostParts ? [...names, 'Others'] : names;
  const colors = [0, 3, 1, 2, 4] as const;
  const bars = Array.from({ length: days }, (_, i) => {
    const at = new Date(start + i * day).toISOString();
    const counts = titles.map(() => 0);
    for (const row of rows) {
      if (row.start !== at) continue;
      const index = names.indexOf(nameOf(row));
      const part = index < 0 ? titles.length - 1 : index;
      counts[part] = (counts[part] ?? 0) + row.count;
    }
    return { start: at, counts };
  });
  const parts = titles.map((title, i) => ({ title, color: colors[i] ?? 4 }));
  return { totals, parts, bars, sum: totals.reduce((sum, [, total]) => sum + total, 0) };
}
