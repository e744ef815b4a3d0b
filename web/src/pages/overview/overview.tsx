import { useMe } from '../../app/me.tsx';
import { Details } from '../../components/data/details.tsx';
import { Page, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { useGraph } from '../../graph/queries.ts';
import { RecentSignIns } from './sign-ins.tsx';

interface Counted {
  readonly '@odata.count'?: number;
}

/** How many objects a list of the directory has. */
function Count({ path, to }: { readonly path: string; readonly to: string }) {
  const { data } = useGraph<Counted>(`${path}?$count=true&$top=1&$select=id`);
  return <PageLink to={to}>{data?.['@odata.count']?.toLocaleString() ?? '…'}</PageLink>;
}

export default function OverviewPage() {
  const { tenant, name, roles } = useMe();
  return (
    <Page title="Overview">
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
