import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { Loaded } from '../../components/layout/loaded.tsx';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { EmptyState, Message } from '../../components/states.tsx';
import { useGraph } from '../../graph/queries.ts';
import { type DomainState, type Provisioned, pageOf, type Synchronization, syncPath } from './model.ts';
import { Plan } from './plan.tsx';

export default function SynchronizationPage() {
  const query = useGraph<{ readonly value: readonly Synchronization[] }>(syncPath, { refetchSeconds: 30 });
  return (
    <Page
      title="Directory synchronization"
      description="Users, groups and computers that are synchronized from Active Directory."
      commands={
        <>
          <Command icon="refresh" onPress={() => query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={syncPath} />
        </>
      }
    >
      <Loaded query={query}>
        {({ value: [synchronization] }) => (synchronization ? <Parts synchronization={synchronization} /> : <None />)}
      </Loaded>
    </Page>
  );
}

const None = () => (
  <EmptyState icon="refresh" title="No directory is synchronized">
    The command "cardea sync ad configure FILE" configures domains, containers and rules. docs/admin/directory-sync.md
    describes the file.
  </EmptyState>
);

const Parts = ({ synchronization }: { readonly synchronization: Synchronization }) => (
  <PageTabs
    label="Directory synchronization"
    tabs={[
      { id: 'status', title: 'Status', content: () => <Status synchronization={synchronization} /> },
      {
        id: 'errors',
        title: 'Provisioning errors',
        content: () => <Errors problems={synchronization.status.problems} all={synchronization.status.objects} />,
      },
      { id: 'plan', title: 'Plan', content: () => <Plan id={synchronization.id} /> },
    ]}
  />
);

function Status({ synchronization }: { readonly synchronization: Synchronization }) {
  const { status, configuration, features } = synchronization;
  return (
    <>
      {status.domains.map((domain) => (
        <DomainStatus key={domain.domain} domain={domain} />
      ))}
      <Section title="Settings">
        <Details
          items={[
            ['Interval', minutesOf(configuration.synchronizationInterval)],
            [
              'Accidental deletion prevention',
              `A run that would delete more than ${configuration.accidentalDeletionPrevention.alertThreshold} objects is stopped.`,
            ],
            ['Soft match on UPN', features.softMatchOnUpnEnabled ? 'Enabled' : 'Disabled'],
            ['Synchronized objects', status.objects.live],
            ['Objects with errors', status.objects.withProblems],
          ]}
        />
        <p className="faint">
          The command "cardea sync ad configure FILE" changes these settings, and "cardea sync ad run" starts a
          synchronization at once.
        </p>
      </Section>
    </>
  );
}

/** `PT30M` in words. */
function minutesOf(interval: string): string {
  const minutes = Number(/^PT(\d+)M$/.exec(interval)?.[1] ?? 0);
  return minutes === 0 ? 'By command only' : `${minutes} minutes after the end of the last run`;
}

function DomainStatus({ domain: { domain, lastRun, lastSuccessDateTime } }: { readonly domain: DomainState }) {
  return (
    <Section title={domain}>
      {lastRun?.error && (
        <Message tone="error" title="The last run failed.">
          {lastRun.error.message}
        </Message>
      )}
      <Details
        items={[
          [
            'Status',
            <Badge key="status" tone={lastRun?.error ? 'bad' : lastRun ? 'good' : 'neutral'}>
              {lastRun?.error ? 'Failed' : lastRun ? 'Healthy' : 'Not run yet'}
            </Badge>,
          ],
          ['Last successful sync', <Moment key="success" at={lastSuccessDateTime} />],
          ['Last run', <Moment key="run" at={lastRun?.endedDateTime ?? null} />],
          ...(lastRun ? countsOf(lastRun) : []),
        ]}
      />
    </Section>
  );
}

function countsOf({ kind, counts, startedDateTime, endedDateTime }: NonNullable<DomainState['lastRun']>) {
  const seconds = Math.round((Date.parse(endedDateTime) - Date.parse(startedDateTime)) / 1000);
  return [
    ['Kind', kind === 'full' ? 'Full: every object' : 'Delta: changed objects'],
    ['Duration', `${seconds.toLocaleString()} s`],
    ['Objects read', counts.read.toLocaleString()],
    ['Added', counts.added.toLocaleString()],
    ['Updated', counts.updated.toLocaleString()],
    ['Deleted', counts.deleted.toLocaleString()],
    ['Memberships changed', counts.memberships.toLocaleString()],
  ] as const;
}

interface ErrorsProps {
  readonly problems: readonly Provisioned[];
  readonly all: Synchronization['status']['objects'];
}

function Errors({ problems, all }: ErrorsProps) {
  if (problems.length === 0) return <EmptyState icon="check" title="No object has a provisioning error" />;
  return (
    <>
      {all.withProblems > problems.length && (
        <Message tone="info">{`The first ${problems.length} of ${all.withProblems.toLocaleString()} objects.`}</Message>
      )}
      <TableFrame label="Provisioning errors" head={['Object', 'Type', 'Property', 'Value', 'Since']}>
        {problems.flatMap((object) =>
          object.onPremisesProvisioningErrors.map((error) => (
            <tr key={`${object.objectGuid} ${error.propertyCausingError} ${error.value}`}>
              <th scope="row">
                {object.objectId ? <PageLink to={pageOf(object)}>{object.name}</PageLink> : object.name}
              </th>
              <td>{object.kind}</td>
              <td>
                <code>{error.propertyCausingError}</code>
              </td>
              <td className="break">{error.value}</td>
              <td>
                <Moment at={error.occurredDateTime ?? null} />
              </td>
            </tr>
          )),
        )}
      </TableFrame>
    </>
  );
}
