import { useMe } from '../../app/me.tsx';
import { useMay } from '../../app/roles.ts';
import { Badge, Details } from '../../components/data/details.tsx';
import { useDraft } from '../../components/forms/draft.ts';
import { TextInput } from '../../components/forms/fields.tsx';
import { SaveForm } from '../../components/forms/save-form.tsx';
import { Loaded } from '../../components/layout/loaded.tsx';
import { Page, Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { JsonButton } from '../../components/overlays/json-view.tsx';
import { ReadOnlyNote } from '../../components/states.tsx';
import { send, useChange, useGraphWithEtag } from '../../graph/queries.ts';

interface Organization {
  readonly id: string;
  readonly displayName: string;
  readonly verifiedDomains: readonly { readonly name: string; readonly isDefault: boolean }[];
  readonly technicalNotificationMails: readonly string[] | null;
  readonly privacyProfile: { readonly contactEmail?: string | null; readonly statementUrl?: string | null } | null;
}

export default function PropertiesPage() {
  const { tenant } = useMe();
  const path = `/organization/${tenant.id}`;
  const query = useGraphWithEtag<Organization>(path);
  return (
    <Page title="Properties" commands={<JsonButton path={path} />}>
      <Loaded query={query}>
        {({ body, etag }) => <Properties path={path} original={body} etag={etag} reload={query.refetch} />}
      </Loaded>
    </Page>
  );
}

interface PropertiesProps {
  readonly path: string;
  readonly original: Organization;
  readonly etag: string | undefined;
  readonly reload: () => unknown;
}

function TenantDetails({ organization }: { readonly organization: Organization }) {
  return (
    <Section title="Tenant">
      <Details
        items={[
          ['Tenant ID', <code key="id">{organization.id}</code>],
          [
            'Verified domains',
            <ul key="domains" className="tags">
              {organization.verifiedDomains.map(({ name, isDefault }) => (
                <li key={name}>
                  <PageLink to="/domains">{name}</PageLink> {isDefault && <Badge tone="neutral">Primary</Badge>}
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
    </Section>
  );
}

function Properties({ path, original, etag, reload }: PropertiesProps) {
  const { write, writers } = useMay('organization');
  const texts = {
    displayName: original.displayName,
    technicalNotificationMails: (original.technicalNotificationMails ?? []).join(', '),
    contactEmail: original.privacyProfile?.contactEmail ?? '',
    statementUrl: original.privacyProfile?.statementUrl ?? '',
  };
  const form = useDraft(texts, etag);
  const { draft, set, changes } = form;
  const { displayName, technicalNotificationMails: mails } = changes;
  const body = {
    ...(displayName === undefined ? {} : { displayName }),
    ...(mails === undefined ? {} : { technicalNotificationMails: mails.split(/[\s,;]+/).filter(Boolean) }),
    ...(changes.contactEmail === undefined && changes.statementUrl === undefined
      ? {}
      : { privacyProfile: { contactEmail: draft.contactEmail || null, statementUrl: draft.statementUrl || null } }),
  };
  const change = useChange(() => send(path, { method: 'PATCH', body, etag: form.etag }), {
    stale: ['/organization'],
    done: 'Saved the properties of the tenant',
    draft: form,
  });
  return (
    <>
      {!write && <ReadOnlyNote roles={writers} />}
      <TenantDetails organization={original} />
      <SaveForm
        form={form}
        change={change}
        mayWrite={write}
        isComplete={draft.displayName.trim() !== ''}
        reload={reload}
      >
        <TextInput
          label="Name"
          value={draft.displayName}
          onChange={(value) => set({ displayName: value })}
          isRequired
          isReadOnly={!write}
        />
        <TextInput
          label="Technical contact"
          value={draft.technicalNotificationMails}
          onChange={(value) => set({ technicalNotificationMails: value })}
          help="Email addresses, separated by commas."
          isReadOnly={!write}
        />
        <TextInput
          label="Global privacy contact"
          type="email"
          value={draft.contactEmail}
          onChange={(value) => set({ contactEmail: value })}
          isReadOnly={!write}
        />
        <TextInput
          label="Privacy statement URL"
          type="url"
          value={draft.statementUrl}
          onChange={(value) => set({ statementUrl: value })}
          isReadOnly={!write}
        />
      </SaveForm>
    </>
  );
}
