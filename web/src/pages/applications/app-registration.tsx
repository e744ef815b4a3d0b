import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Details, Moment } from '../../components/data/details.tsx';
import { TextInput } from '../../components/forms/fields.tsx';
import { FileDrop } from '../../components/forms/file-drop.tsx';
import { Form, useDraft } from '../../components/forms/form.tsx';
import { Command, Page, PageTabs, Section } from '../../components/layout/page.tsx';
import { PageLink, useGo } from '../../components/link.tsx';
import { ConfirmDialog } from '../../components/overlays/dialog.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { ErrorState, Loading, ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag } from '../../graph/queries.ts';
import { Credentials } from './credentials.tsx';
import { type Application, linesIn } from './model.ts';
import { Owners } from './owners.tsx';

const above = [{ title: 'App registrations', to: '/app-registrations' }];

export default function AppRegistrationPage() {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const path = `/applications/${id}`;
  const query = useGraphWithEtag<Application>(path);
  const { write, writers } = useMay('applications');
  const [isAsking, setAsking] = useState(false);
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
            <Command icon="delete" onPress={() => setAsking(true)}>
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
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        action="Delete"
        isDanger
        typed={name}
        onConfirm={() => removal.mutate()}
        change={removal}
      >
        <p>Users cannot sign in to it any more. It can be restored for thirty days.</p>
      </ConfirmDialog>
    </Page>
  );
}

interface TabProps {
  readonly path: string;
  readonly app: Application;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}

const Tabs = (props: TabProps) => (
  <PageTabs
    label="App registration"
    tabs={[
      { id: 'overview', title: 'Overview', content: () => <Overview {...props} /> },
      {
        id: 'branding',
        title: 'Branding & properties',
        content: () => <Properties key={props.etag} {...props} />,
      },
      {
        id: 'authentication',
        title: 'Authentication',
        content: () => <Authentication key={props.etag} {...props} />,
      },
      { id: 'credentials', title: 'Certificates & secrets', content: () => <Credentials {...props} /> },
      { id: 'owners', title: 'Owners', content: () => <Owners path={props.path} /> },
    ]}
  />
);

const Overview = ({ app }: TabProps) => (
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

function Properties({ path, app, etag, reload }: TabProps) {
  const { write } = useMay('applications');
  const { draft, set, isChanged, reset } = useDraft({
    displayName: app.displayName,
    homePageUrl: app.web.homePageUrl ?? '',
    identifierUris: app.identifierUris.join('\n'),
  });
  const body = {
    ...(draft.displayName === app.displayName ? {} : { displayName: draft.displayName }),
    ...(draft.homePageUrl === (app.web.homePageUrl ?? '') ? {} : { web: { homePageUrl: draft.homePageUrl || null } }),
    ...(draft.identifierUris === app.identifierUris.join('\n')
      ? {}
      : { identifierUris: linesIn(draft.identifierUris) }),
  };
  const change = useChange(() => send(path, { method: 'PATCH', body, etag }), { done: `Saved ${draft.displayName}` });
  const logo = useChange<File>((file) => send(`${path}/logo`, { method: 'PUT', body: file }), {
    done: 'Saved the logo',
  });
  return (
    <>
      <Form
        action="Save"
        onSubmit={() => change.mutate()}
        {...(isChanged && { onCancel: reset })}
        isDisabled={!write || !isChanged || draft.displayName.trim() === ''}
        change={change}
        reload={reload}
      >
        <TextInput
          label="Name"
          value={draft.displayName}
          onChange={(displayName) => set({ displayName })}
          isRequired
          isReadOnly={!write}
        />
        <TextInput
          label="Home page URL"
          type="url"
          value={draft.homePageUrl}
          onChange={(homePageUrl) => set({ homePageUrl })}
          help="Where My Apps leads. An application without one is not shown there."
          isReadOnly={!write}
        />
        <TextInput
          label="Application ID URIs"
          value={draft.identifierUris}
          onChange={(identifierUris) => set({ identifierUris })}
          help="One a line, such as api://payroll."
          isMultiline
          isCode
          isReadOnly={!write}
        />
      </Form>
      {write && (
        <Section title="Logo">
          <FileDrop
            label="Drop a logo here: PNG, JPEG or WebP of at most 100 KB"
            endings={['.png', '.jpg', '.jpeg', '.webp']}
            onFiles={([file]) => file && logo.mutate(file)}
          />
          <ChangeProblem problem={logo.error} />
        </Section>
      )}
    </>
  );
}

function Authentication({ path, app, etag, reload }: TabProps) {
  const { write } = useMay('applications');
  const original = {
    web: app.web.redirectUris.join('\n'),
    spa: app.spa.redirectUris.join('\n'),
    publicClient: app.publicClient.redirectUris.join('\n'),
  };
  const { draft, set, changes, isChanged, reset } = useDraft(original);
  const body = Object.fromEntries(
    Object.entries(changes).map(([kind, text]) => [kind, { redirectUris: linesIn(text ?? '') }]),
  );
  const change = useChange(() => send(path, { method: 'PATCH', body, etag }), { done: 'Saved the redirect URIs' });
  return (
    <Form
      action="Save"
      onSubmit={() => change.mutate()}
      {...(isChanged && { onCancel: reset })}
      isDisabled={!write || !isChanged}
      change={change}
      reload={reload}
    >
      {(
        [
          ['web', 'Web redirect URIs'],
          ['spa', 'Single-page application redirect URIs'],
          ['publicClient', 'Mobile and desktop redirect URIs'],
        ] as const
      ).map(([kind, label]) => (
        <TextInput
          key={kind}
          label={label}
          value={draft[kind]}
          onChange={(text) => set({ [kind]: text })}
          help="One address a line."
          isMultiline
          isCode
          isReadOnly={!write}
        />
      ))}
    </Form>
  );
}
