import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Details, Moment } from '../../components/data/details.tsx';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { PageLink, useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag } from '../../graph/queries.ts';
import { ApiPermissions } from './api-permissions.tsx';
import { Credentials } from './credentials.tsx';
import { ExposedScopes } from './exposed-scopes.tsx';
import type { Application, RegistrationProps } from './model.ts';
import { Owners } from './owners.tsx';
import { Authentication, Properties } from './registration-forms.tsx';
import { TokenConfiguration } from './token-configuration.tsx';

const above = [{ title: 'App registrations', to: '/app-registrations' }];

export default function AppRegistrationPage() {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const path = `/applications/${id}`;
  const query = useGraphWithEtag<Application>(path);
  const { write, writers } = useMay('applications');
  const [isConfirming, setConfirming] = useState(false);
  const go = useGo();
  const name = query.data?.body.displayName ?? 'Application';
  const removal = useChange(() => send(path, { method: 'DELETE', etag: query.data?.etag }), {
    done: `Deleted ${name}`,
    undo: () => send(`/directory/deletedItems/${id}/restore`, { method: 'POST' }),
    onDone: () => go('/app-registrations'),
  });
  return (
    <Page
      title={name}
      above={above}
      commands={
        <>
          {write && query.data && (
            <Command icon="delete" onPress={() => setConfirming(true)}>
              Delete
            </Command>
          )}
          <JsonButton path={path} />
        </>
      }
    >
      {!write && <ReadOnlyNote roles={writers} />}
      {query.isPending && <Loading />}
      {query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {query.data && <Tabs path={path} app={query.data.body} etag={query.data.etag} reload={query.refetch} />}
      <ConfirmDialog
        title={`Delete ${name}?`}
        isOpen={isConfirming}
        onClose={() => setConfirming(false)}
        action="Delete"
        isDanger
        typed={name}
        onConfirm={() => removal.mutate()}
        change={removal}
      >
        <p>Users can no longer sign in to it. It can be restored for thirty days.</p>
      </ConfirmDialog>
    </Page>
  );
}

const Tabs = (props: RegistrationProps) => (
  <PageTabs
    label="App registration"
    tabs={[
      { id: 'overview', title: 'Overview', content: () => <Overview {...props} /> },
      {
        id: 'branding',
        title: 'Branding & properties',
        content: () => <Properties {...props} />,
      },
      {
        id: 'authentication',
        title: 'Authentication',
        content: () => <Authentication {...props} />,
      },
      { id: 'credentials', title: 'Certificates & secrets', content: () => <Credentials {...props} /> },
      {
        id: 'tokens',
        title: 'Token configuration',
        content: () => <TokenConfiguration {...props} />,
      },
      { id: 'permissions', title: 'API permissions', content: () => <ApiPermissions {...props} /> },
      { id: 'expose', title: 'Expose an API', content: () => <ExposedScopes {...props} /> },
      { id: 'owners', title: 'Owners', content: () => <Owners path={props.path} /> },
    ]}
  />
);

const Overview = ({ app }: RegistrationProps) => (
  <Section title="Essentials">
    <Details
      items={[
        ['Display name', app.displayName],
        ['Application (client) ID', <code key="app">{app.appId}</code>],
        ['Object ID', <code key="id">{app.id}</code>],
        ['Application ID URI', app.identifierUris.join(', ')],
        ['Created on', <Moment key="created" at={app.createdDateTime} />],
        [
          'Managed application',
          <PageLink key="principal" to={`/enterprise-applications/${app.appId}`}>
            {app.displayName}
          </PageLink>,
        ],
      ]}
    />
  </Section>
);
