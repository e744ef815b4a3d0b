import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { ColumnsButton } from '../../components/data/columns-button.tsx';
import { DataGrid, type GridColumn, useColumns } from '../../components/data/data-grid.tsx';
import { Badge, Details, Moment } from '../../components/data/details.tsx';
import { useAddressState } from '../../components/data/list-state.ts';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { EmptyState, Message } from '../../components/states.tsx';
import { listPath, literal } from '../../graph/paths.ts';
import { type PagedList, send, useChange, useCounts, useGraph, usePages } from '../../graph/queries.ts';

interface Crl {
  readonly url: string;
  readonly number: string | null;
  readonly thisUpdateDateTime: string | null;
  readonly nextUpdateDateTime: string | null;
  readonly fetchedDateTime: string | null;
  readonly sizeInBytes: number;
  readonly entries: number;
  readonly ageSeconds: number | null;
  readonly authorityKeyIdentifier: string | null;
  readonly lastFetchMilliseconds: number | null;
  readonly lastError: { readonly code: string; readonly message: string } | null;
}

interface Health {
  readonly authorityId: string;
  readonly displayName: string;
  readonly store: 'pki' | 'classic';
  readonly pkiId: string | null;
  readonly subject: string;
  readonly subjectKeyIdentifier: string | null;
  readonly parentId: string | null;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly keyAlgorithm: string;
  readonly state: 'healthy' | 'warning' | 'critical';
  readonly nextDueDateTime: string;
  readonly warnings: readonly {
    readonly code: string;
    readonly text: string;
    readonly remedy: string;
    readonly dueDateTime: string | null;
  }[];
  readonly crls: readonly Crl[];
}

const healthPath = '/directory/publicKeyInfrastructure/health';
const tones = { healthy: 'good', warning: 'warning', critical: 'bad' } as const;
const words = { healthy: 'Healthy', warning: 'Warning', critical: 'Critical' } as const;

/** Whole units of time: "3 hours". */
function ageOf(seconds: number | null): string {
  if (seconds === null) return '—';
  const [count, unit] =
    seconds < 3600
      ? [Math.floor(seconds / 60), 'minute']
      : seconds < 2 * 86_400
        ? [Math.floor(seconds / 3600), 'hour']
        : [Math.floor(seconds / 86_400), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const columns: readonly GridColumn<Health>[] = [
  { id: 'name', title: 'Certificate authority', sortBy: 'displayName', render: (ca) => ca.displayName },
  {
    id: 'state',
    title: 'State',
    sortBy: 'state',
    render: (ca) => <Badge tone={tones[ca.state]}>{words[ca.state]}</Badge>,
  },
  {
    id: 'due',
    title: 'Next due',
    sortBy: 'nextDueDateTime',
    render: (ca) => <Moment at={ca.nextDueDateTime} />,
  },
  { id: 'expires', title: 'Expiration date', sortBy: 'notAfter', render: (ca) => <Moment at={ca.notAfter} /> },
  { id: 'warnings', title: 'Warnings', render: (ca) => (ca.warnings.length === 0 ? '—' : ca.warnings.length) },
  { id: 'lists', title: 'CRLs', render: (ca) => ca.crls.length },
  { id: 'store', title: 'Store', isHidden: true, render: (ca) => (ca.store === 'pki' ? 'PKI' : 'Classic') },
  { id: 'key', title: 'Key', isHidden: true, render: (ca) => ca.keyAlgorithm },
  {
    id: 'ski',
    title: 'Subject key identifier',
    isHidden: true,
    render: (ca) => <code className="break">{ca.subjectKeyIdentifier ?? '—'}</code>,
  },
];

export default function HealthPage() {
  const [orderby, setOrderby] = useAddressState('orderby', 'nextDueDateTime');
  const [open, setOpen] = useAddressState('ca');
  const list = usePages<Health>(listPath(healthPath, { orderby, top: 100, count: true }));
  const shown = useColumns('pki-health', columns);
  const authority = useAuthority(list, open);
  const [critical = 0] = useCounts([listPath(healthPath, { filter: "state eq 'critical'" })]);
  return (
    <Page
      title="PKI health"
      description="Certificate authorities of both stores, with their CRLs and what needs attention."
      commands={
        <>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
          <JsonButton path={healthPath} />
        </>
      }
    >
      {critical > 0 && (
        <Message tone="error" title={`${critical} critical.`}>
          Sign-ins with certificates of these certificate authorities fail, or will within seven days.
        </Message>
      )}
      <PageTabs
        label="PKI health"
        tabs={[
          {
            id: 'list',
            title: 'Certificate authorities',
            content: () => (
              <>
                <div className="list-tools">
                  <ColumnsButton columns={shown} />
                </div>
                <DataGrid
                  label="Certificate authorities"
                  list={list}
                  columns={shown.visible}
                  keyOf={({ authorityId }) => authorityId}
                  onOpen={({ authorityId }) => setOpen(authorityId)}
                  orderby={orderby}
                  onSort={setOrderby}
                  empty={<EmptyState icon="certificate" title="No certificate authority is trusted yet" />}
                />
              </>
            ),
          },
          { id: 'calendar', title: 'Expiry calendar', content: () => <Calendar list={list} /> },
        ]}
      />
      <SidePanel
        title={authority?.displayName ?? ''}
        isOpen={authority !== undefined}
        onClose={() => setOpen('')}
        isWide
      >
        {authority && <AuthorityPanel authority={authority} list={list} />}
      </SidePanel>
    </Page>
  );
}

/** The health of a CA, also where the page of the list that has it was not read. Undefined for an empty id. */
function useAuthority(list: PagedList<Health>, id: string): Health | undefined {
  const row = list.rows.find(({ authorityId }) => authorityId === id);
  const isAlone = id !== '' && row === undefined && list.query.isSuccess;
  const path = listPath(healthPath, { filter: `authorityId eq ${literal(id)}` });
  const alone = useGraph<{ readonly value: readonly Health[] }>(isAlone ? path : undefined);
  return row ?? (isAlone ? alone.data?.value[0] : undefined);
}

/** What ends when, month by month: CAs and lists. */
function Calendar({ list }: { readonly list: PagedList<Health> }) {
  const events = list.rows.flatMap((ca) => [
    { at: ca.notAfter, text: `${ca.displayName} expires`, id: ca.authorityId },
    ...ca.crls.flatMap(({ nextUpdateDateTime, url }) =>
      nextUpdateDateTime ? [{ at: nextUpdateDateTime, text: `CRL ${url} is due`, id: `${ca.authorityId} ${url}` }] : [],
    ),
  ]);
  const months = Map.groupBy(
    events.sort((a, b) => a.at.localeCompare(b.at)),
    ({ at }) => at.slice(0, 7),
  );
  if (events.length === 0) return <EmptyState title="Nothing ends" />;
  return (
    <>
      {[...months].map(([month, items]) => (
        <Section
          key={month}
          title={new Date(`${month}-15`).toLocaleDateString(undefined, { month: 'long', year: 'numeric' })}
        >
          <ul>
            {items.map(({ at, text, id }) => (
              <li key={id}>
                <Moment at={at} /> <span className="break">{text}</span>
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </>
  );
}

function AuthorityPanel({ authority, list }: { readonly authority: Health; readonly list: PagedList<Health> }) {
  const may = useMay('pkiStore');
  const parent = useAuthority(list, authority.parentId ?? '');
  const refreshPath =
    authority.pkiId &&
    `/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations/${authority.pkiId}/certificateAuthorities/${authority.authorityId}/refreshCrl`;
  const refresh = useChange(() => send(refreshPath!, { method: 'POST', body: {} }), {
    stale: [healthPath],
    done: 'CRLs downloaded',
  });
  return (
    <>
      {authority.warnings.map(({ code, text, remedy, dueDateTime }) => (
        <Message key={`${code} ${text}`} tone={authority.state === 'critical' ? 'error' : 'warning'}>
          <p>
            {text} {dueDateTime && <Moment at={dueDateTime} />}
          </p>
          <p>{remedy}</p>
        </Message>
      ))}
      <Details
        items={[
          ['Subject', authority.subject],
          ['Issued by', parent ? parent.displayName : '—'],
          ['Store', authority.store === 'pki' ? 'Public key infrastructure' : 'Classic'],
          ['Valid from', <Moment key="from" at={authority.notBefore} />],
          ['Expiration date', <Moment key="to" at={authority.notAfter} />],
          ['Key', authority.keyAlgorithm],
          [
            'Subject key identifier',
            <code key="ski" className="break">
              {authority.subjectKeyIdentifier ?? '—'}
            </code>,
          ],
        ]}
      />
      {authority.pkiId && (
        <p>
          <PageLink to={`/public-key-infrastructure/${authority.pkiId}?ca=${authority.authorityId}`}>
            Open in its PKI
          </PageLink>
        </p>
      )}
      <Section
        title="Certificate revocation lists"
        actions={
          may.write &&
          refreshPath &&
          authority.crls.length > 0 && (
            <Button icon="download" isPending={refresh.isPending} onPress={() => refresh.mutate()}>
              Fetch now
            </Button>
          )
        }
      >
        <ChangeProblem problem={refresh.error} />
        {authority.crls.length === 0 && <p className="faint">None.</p>}
        {authority.crls.map((crl) => (
          <Details
            key={crl.url}
            items={[
              [
                'Address',
                <span key="url" className="break">
                  {crl.url}
                </span>,
              ],
              ['Number', crl.number],
              ['Age', ageOf(crl.ageSeconds)],
              ['Next update', <Moment key="next" at={crl.nextUpdateDateTime} />],
              ['Downloaded', <Moment key="fetched" at={crl.fetchedDateTime} />],
              ['Last download took', crl.lastFetchMilliseconds === null ? null : `${crl.lastFetchMilliseconds} ms`],
              ['Size', `${crl.sizeInBytes.toLocaleString()} bytes, ${crl.entries.toLocaleString()} entries`],
              [
                'Authority key identifier',
                <code key="aki" className="break">
                  {crl.authorityKeyIdentifier ?? '—'}
                </code>,
              ],
              ['Last error', crl.lastError?.message],
            ]}
          />
        ))}
      </Section>
    </>
  );
}
