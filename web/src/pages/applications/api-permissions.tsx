import { useState } from 'react';
import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { TableFrame } from '../../components/data/table-frame.tsx';
import { RadioField, SelectField } from '../../components/forms/fields.tsx';
import { Form } from '../../components/forms/form.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { Section } from '../../components/layout/page.tsx';
import { PageLink } from '../../components/link.tsx';
import { SidePanel } from '../../components/overlays/dialog.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { EmptyState } from '../../components/states.tsx';
import { listPath, literal } from '../../graph/paths.ts';
import { send, useChange, useGraph } from '../../graph/queries.ts';
import type { RegistrationProps, RequiredAccess, ServicePrincipal } from './model.ts';

type Kind = RequiredAccess['resourceAccess'][number]['type'];

const kinds = [
  { id: 'Scope', label: 'Delegated permissions', help: 'On behalf of the signed-in user.' },
  { id: 'Role', label: 'Application permissions', help: 'Without a signed-in user.' },
] as const;

/** The APIs with these application ids, with their permissions. */
function useApis(appIds: readonly string[]): readonly ServicePrincipal[] {
  const filter = `appId in (${appIds.map(literal).join(', ')})`;
  const path = listPath('/servicePrincipals', { filter, top: 100 });
  return (
    useGraph<{ readonly value: readonly ServicePrincipal[] }>(appIds.length > 0 ? path : undefined).data?.value ?? []
  );
}

const permissionsOf = (api: ServicePrincipal | undefined, kind: Kind) =>
  (kind === 'Scope' ? api?.oauth2PermissionScopes : api?.appRoles) ?? [];

/** Permissions that an application asks for. Consent to them is given at the enterprise application. */
export function ApiPermissions({ path, app, etag, reload }: RegistrationProps) {
  const { write } = useMay('applications');
  const apis = useApis(app.requiredResourceAccess.map(({ resourceAppId }) => resourceAppId));
  const [isAdding, setAdding] = useState(false);
  const change = useChange<readonly RequiredAccess[]>(
    (requiredResourceAccess) => send(path, { method: 'PATCH', body: { requiredResourceAccess }, etag }),
    { done: 'Saved the permissions', onDone: () => setAdding(false) },
  );
  const rows = app.requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.map(({ id, type }) => {
      const api = apis.find((item) => item.appId === resourceAppId);
      const name = permissionsOf(api, type).find((item) => item.id === id)?.value ?? id;
      return { key: `${resourceAppId} ${id}`, resourceAppId, id, type, name, api: api?.displayName ?? resourceAppId };
    }),
  );
  const without = (removed: { readonly resourceAppId: string; readonly id: string }) =>
    app.requiredResourceAccess
      .map((item) =>
        item.resourceAppId === removed.resourceAppId
          ? { ...item, resourceAccess: item.resourceAccess.filter(({ id }) => id !== removed.id) }
          : item,
      )
      .filter(({ resourceAccess }) => resourceAccess.length > 0);
  return (
    <Section
      title="Configured permissions"
      actions={
        write && (
          <Button icon="add" onPress={() => setAdding(true)}>
            Add a permission
          </Button>
        )
      }
    >
      <p>
        The permissions that the application requests. Granted permissions are shown under{' '}
        <PageLink to={`/enterprise-applications/${app.appId}?tab=permissions`}>its enterprise application</PageLink>.
      </p>
      {!isAdding && <ChangeProblem problem={change.error} reload={reload} />}
      {rows.length === 0 && <EmptyState title="No permission is configured" />}
      {rows.length > 0 && (
        <TableFrame label="Configured permissions" head={['API', 'Permission', 'Type', ...(write ? ['Actions'] : [])]}>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>{row.api}</td>
              <th scope="row">{row.name}</th>
              <td>{row.type === 'Scope' ? 'Delegated' : 'Application'}</td>
              {write && (
                <td>
                  <Button
                    kind="subtle"
                    icon="delete"
                    label={`Remove ${row.name}`}
                    isPending={change.isPending}
                    onPress={() => change.mutate(without(row))}
                  />
                </td>
              )}
            </tr>
          ))}
        </TableFrame>
      )}
      <SidePanel title="Add a permission" isOpen={isAdding} onClose={() => setAdding(false)}>
        {isAdding && (
          <NewPermission
            change={change}
            add={(resourceAppId, id, type) => {
              const before = app.requiredResourceAccess.find((item) => item.resourceAppId === resourceAppId);
              const resourceAccess = [...(before?.resourceAccess ?? []).filter((item) => item.id !== id), { id, type }];
              const others = app.requiredResourceAccess.filter((item) => item !== before);
              change.mutate([...others, { resourceAppId, resourceAccess }]);
            }}
            onCancel={() => setAdding(false)}
          />
        )}
      </SidePanel>
    </Section>
  );
}

interface NewPermissionProps {
  readonly change: { readonly isPending: boolean; readonly error: Error | null };
  readonly add: (appId: string, id: string, kind: Kind) => void;
  readonly onCancel: () => void;
}

function NewPermission({ change, add, onCancel }: NewPermissionProps) {
  const [picks, setPicks] = useState<readonly DirectoryItem[]>([]);
  const [kind, setKind] = useState<Kind>('Scope');
  const [id, setId] = useState<string>();
  const api = useGraph<ServicePrincipal>(picks[0] && `/servicePrincipals/${picks[0].id}`).data;
  const permissions = permissionsOf(api, kind);
  return (
    <Form
      action="Add"
      onSubmit={() => api && id && add(api.appId, id, kind)}
      onCancel={onCancel}
      isDisabled={!api || !id}
      change={change}
    >
      <DirectoryPicker
        label="API"
        kind="servicePrincipals"
        chosen={picks}
        onChange={(next) => {
          setPicks(next);
          setId(undefined);
        }}
        isSingle
      />
      <RadioField
        label="Type"
        value={kind}
        onChange={(next) => {
          setKind(next);
          setId(undefined);
        }}
        choices={kinds}
      />
      {api && permissions.length === 0 && <p className="faint">This API has no permission of this type.</p>}
      {permissions.length > 0 && (
        <SelectField
          label="Permission"
          value={id}
          placeholder="Select a permission"
          onChange={setId}
          choices={permissions.map((item) => ({ id: item.id, label: item.value ?? item.id }))}
        />
      )}
    </Form>
  );
}
