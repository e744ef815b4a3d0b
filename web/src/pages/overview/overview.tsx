import { useMe } from '../../app/me.tsx';
import { useMay } from '../../app/roles.ts';
import { Details } from '../../components/data/details.tsx';
import { Page, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { Message } from '../../components/states.tsx';
import { listPath } from '../../graph/paths.ts';
import { useCounts, useGraph } from '../../graph/queries.ts';
import { RecentSignIns } from './sign-ins.tsx';

interface Counted {
  readonly '@odata.count'?: number;
}

/** How many objects a list of the directory has. */
function Count({ path, to }: { readonly path: string; readonly to: string }) {
  const { data } = useGraph<Counted>(`${path}?$count=true&$top=1&$select=id`);
  return <PageLink to={to}>{data?.['@odata.count']?.toLocaleString() ?? '…'}</PageLink>;
}

/** Certificate authorities that stop sign-ins, for those who may read the trust stores. */
function PkiNote() {
  const may = useMay('pkiStore');
  const filter = "state eq 'critical'";
  const [critical = 0] = useCounts(may.read ? [listPath('/directory/publicKeyInfrastructure/health', { filter })] : []);
  if (critical === 0) return null;
  return (
    <Message tone="error" title={`${critical} certificate ${critical === 1 ? 'authority' : 'authorities'} critical.`}>
      <p>Sign-ins with their certificates fail, or will fail within seven days.</p>
      <PageLink to="/pki-health">PKI health</PageLink>
    </Message>
  );
}

export default function OverviewPage() {
  const { tenant, name, roles } = useMe();
  return (
    <Page title="Overview">
      <PkiNote />
      <Section title="Basic information">
        <Details
          items={[
            ['Name', tenant.displayName],
            ['Tenant ID', <code key="id">{tenant.id}</code>],
            ['Users', <Count key="users" path="/users" to="/users" />],
            ['Groups', <Count key="groups" path="/groups" to="/groups" />],
            ['Devices', <Count key="devices" path="/devices" to="/devices" />],
            ['Signed in as', name],
            ['Directory roles', roles.join(', ')],
          ]}
        />
      </Section>
      <RecentSignIns />
    </Page>
  );
}
