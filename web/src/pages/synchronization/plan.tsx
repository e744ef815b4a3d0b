import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { Badge } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { EmptyState, Loading, Message, ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange } from '../../graph/queries.ts';
import { type DomainPlan, type PlannedObject, pageOf, syncPath } from './model.ts';

/** What the next run would do. It is planned when the user asks for it, because Active Directory is read for it. */
export function Plan({ id }: { readonly id: string }) {
  const may = useMay('domains');
  const planned = useChange(
    () => send<{ readonly value: readonly DomainPlan[] }>(`${syncPath}/${id}/plan`, { method: 'POST' }),
    { stale: [] },
  );
  return (
    <>
      <p>Reads Active Directory and lists what a run would do. Nothing is changed.</p>
      {!may.write && <ReadOnlyNote roles={may.writers} />}
      <div className="row">
        <Button icon="play" isDisabled={!may.write} isPending={planned.isPending} onPress={() => planned.mutate()}>
          Plan the next run
        </Button>
      </div>
      {planned.isPending && <Loading what="Reading Active Directory" />}
      <ChangeProblem problem={planned.error} />
      {!planned.isPending && planned.data?.value.map((plan) => <DomainChanges key={plan.domain} plan={plan} />)}
    </>
  );
}

const actions: Readonly<Record<PlannedObject['action'], readonly [string, 'good' | 'neutral' | 'warning' | 'bad']>> = {
  add: ['Add', 'good'],
  update: ['Update', 'neutral'],
  restore: ['Restore', 'good'],
  takeOver: ['Take over', 'warning'],
  delete: ['Delete', 'bad'],
  refuse: ['Cannot be added', 'bad'],
};

function DomainChanges({ plan }: { readonly plan: DomainPlan }) {
  return (
    <Section title={plan.domain}>
      {plan.error && (
        <Message tone="error" title="A run would fail.">
          {plan.error.message}
        </Message>
      )}
      <p>
        {`${plan.read.toLocaleString()} objects read, ${plan.unchanged.toLocaleString()} unchanged, ${plan.changeCount.toLocaleString()} would be changed.`}
      </p>
      {plan.changes.length === 0 && !plan.error && <EmptyState icon="check" title="Nothing would be changed" />}
      {plan.changes.length > 0 && (
        <TableFrame label={`Changes of ${plan.domain}`} head={['Object', 'Type', 'Action', 'Provisioning errors']}>
          {plan.changes.map((change) => (
            <tr key={change.objectGuid}>
              <th scope="row">
                {change.objectId ? <PageLink to={pageOf(change)}>{change.name}</PageLink> : change.name}
              </th>
              <td>{change.kind}</td>
              <td>
                <Badge tone={actions[change.action][1]}>{actions[change.action][0]}</Badge>
                {change.match && ` by ${change.match} match`}
              </td>
              <td>
                {change.onPremisesProvisioningErrors
                  .map(({ propertyCausingError, value }) => `${propertyCausingError}: ${value}`)
                  .join(', ') || '—'}
              </td>
            </tr>
          ))}
        </TableFrame>
      )}
      {plan.changeCount > plan.changes.length && (
        <p className="faint">{`The first ${plan.changes.length.toLocaleString()} are listed.`}</p>
      )}
    </Section>
  );
}
