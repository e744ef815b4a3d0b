import { CheckboxField, RadioField } from '../../components/forms/fields.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { useNames } from '../../graph/names.ts';
import { useGraph, usePages } from '../../graph/queries.ts';
import { type AuthenticationContext, type Conditions, type Policy, paths } from './model.ts';

export interface PolicyFields {
  readonly draft: Policy;
  readonly set: (next: Partial<Policy>) => void;
  readonly isReadOnly: boolean;
}

const choices = [
  { id: 'none', label: 'None' },
  { id: 'all', label: 'All users' },
  { id: 'select', label: 'Select users, groups and directory roles' },
] as const;

/** Whom the policy is for. An exclusion wins. */
export function UserFields({ draft, set, isReadOnly }: PolicyFields) {
  const { conditions } = draft;
  const { users } = conditions;
  const change = (next: Partial<Conditions['users']>) =>
    set({ conditions: { ...conditions, users: { ...users, ...next } } });
  const named = [...(users.includeGroups ?? []), ...(users.includeRoles ?? []), ...idsIn(users.includeUsers)];
  const value = users.includeUsers?.includes('All')
    ? 'all'
    : named.length > 0 || users.includeUsers
      ? 'select'
      : 'none';
  return (
    <>
      <RadioField
        label="Include"
        value={users.includeUsers?.includes('None') ? 'none' : value}
        onChange={(id) =>
          change(
            id === 'all'
              ? { includeUsers: ['All'], includeGroups: [], includeRoles: [] }
              : { includeUsers: id === 'none' ? ['None'] : [], includeGroups: [], includeRoles: [] },
          )
        }
        choices={choices}
        isReadOnly={isReadOnly}
      />
      {value === 'select' && !users.includeUsers?.includes('None') && (
        <Principals
          side="include"
          users={idsIn(users.includeUsers)}
          groups={users.includeGroups ?? []}
          roles={users.includeRoles ?? []}
          onChange={({ users: ids, groups, roles }) =>
            change({ includeUsers: ids, includeGroups: groups, includeRoles: roles })
          }
          isReadOnly={isReadOnly}
        />
      )}
      <h3>Exclude</h3>
      <p className="help">
        Exclude an emergency access account, so that a mistake in a policy cannot lock out every administrator.
      </p>
      <Principals
        side="exclude"
        users={idsIn(users.excludeUsers)}
        groups={users.excludeGroups ?? []}
        roles={users.excludeRoles ?? []}
        onChange={({ users: ids, groups, roles }) =>
          change({ excludeUsers: ids, excludeGroups: groups, excludeRoles: roles })
        }
        isReadOnly={isReadOnly}
      />
    </>
  );
}

const idsIn = (ids: readonly string[] | undefined) => (ids ?? []).filter((id) => id !== 'All' && id !== 'None');

interface Chosen {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly roles: readonly string[];
}

interface RoleTemplate {
  readonly id: string;
  readonly displayName: string;
}

function Principals({
  side,
  users,
  groups,
  roles,
  onChange,
  isReadOnly,
}: Chosen & {
  readonly side: 'include' | 'exclude';
  readonly onChange: (chosen: Chosen) => void;
  readonly isReadOnly: boolean;
}) {
  const chosen = { users, groups, roles };
  const templates = useGraph<{ readonly value: readonly RoleTemplate[] }>('/directoryRoleTemplates');
  const word = side === 'include' ? 'Included' : 'Excluded';
  return (
    <div className="principals">
      <ObjectPicker
        label={`${word} users`}
        kind="users"
        ids={users}
        onChange={(ids) => onChange({ ...chosen, users: ids })}
        isReadOnly={isReadOnly}
      />
      <ObjectPicker
        label={`${word} groups`}
        kind="groups"
        ids={groups}
        onChange={(ids) => onChange({ ...chosen, groups: ids })}
        isReadOnly={isReadOnly}
      />
      <details open={roles.length > 0}>
        <summary>
          {word} directory roles ({roles.length})
        </summary>
        {(templates.data?.value ?? []).map(({ id, displayName }) => (
          <CheckboxField
            key={id}
            label={displayName}
            isSelected={roles.includes(id)}
            onChange={(is) => onChange({ ...chosen, roles: is ? [...roles, id] : roles.filter((role) => role !== id) })}
            isReadOnly={isReadOnly}
          />
        ))}
      </details>
    </div>
  );
}

/** A picker for objects that a policy names by their ids: the names are read once. */
export function ObjectPicker({
  label,
  kind,
  ids,
  onChange,
  isReadOnly,
}: {
  readonly label: string;
  readonly kind: 'users' | 'groups' | 'servicePrincipals';
  readonly ids: readonly string[];
  readonly onChange: (ids: string[]) => void;
  readonly isReadOnly: boolean;
}) {
  const nameOf = useNames(ids.map((id) => ({ kind, id })));
  const chosen = ids.map((id): DirectoryItem => ({ id, displayName: nameOf(kind, id) }));
  if (isReadOnly)
    return (
      <p>
        {label}: {chosen.map(({ displayName }) => displayName).join(', ') || '—'}
      </p>
    );
  return (
    <DirectoryPicker
      label={label}
      kind={kind}
      chosen={chosen}
      onChange={(items) => onChange(items.map(({ id, appId }) => (kind === 'servicePrincipals' ? (appId ?? id) : id)))}
    />
  );
}

const kinds = [
  { id: 'all', label: 'All resources (formerly "All cloud apps")' },
  { id: 'select', label: 'Select resources' },
  { id: 'userAction', label: 'User action: register security information' },
  { id: 'context', label: 'Authentication contexts' },
] as const;
const registerSecurityInfo = 'urn:user:registersecurityinfo';

/** What is protected. */
export function TargetFields({ draft, set, isReadOnly }: PolicyFields) {
  const { conditions } = draft;
  const { applications } = conditions;
  const contexts = usePages<AuthenticationContext>(paths.contexts);
  const change = (next: Conditions['applications']) => set({ conditions: { ...conditions, applications: next } });
  const chosenContexts = applications.includeAuthenticationContextClassReferences ?? [];
  const value = applications.includeApplications?.includes('All')
    ? 'all'
    : applications.includeUserActions?.length
      ? 'userAction'
      : applications.includeAuthenticationContextClassReferences
        ? applications.includeApplications?.length
          ? 'select'
          : chosenContexts.length > 0 || !applications.includeApplications
            ? 'context'
            : 'select'
        : 'select';
  return (
    <>
      <RadioField
        label="What this policy applies to"
        value={value}
        onChange={(id) => {
          if (id === 'all') change({ includeApplications: ['All'] });
          else if (id === 'select') change({ includeApplications: [] });
          else if (id === 'userAction') change({ includeUserActions: [registerSecurityInfo] });
          else change({ includeAuthenticationContextClassReferences: [] });
        }}
        choices={kinds}
        isReadOnly={isReadOnly}
      />
      {value === 'select' && (
        <ObjectPicker
          label="Included resources"
          kind="servicePrincipals"
          ids={applications.includeApplications ?? []}
          onChange={(includeApplications) => change({ ...applications, includeApplications })}
          isReadOnly={isReadOnly}
        />
      )}
      {value === 'context' &&
        contexts.rows.map(({ id, displayName }) => (
          <CheckboxField
            key={id}
            label={`${displayName} (${id})`}
            isSelected={chosenContexts.includes(id)}
            onChange={(is) =>
              change({
                includeAuthenticationContextClassReferences: is
                  ? [...chosenContexts, id]
                  : chosenContexts.filter((item) => item !== id),
              })
            }
            isReadOnly={isReadOnly}
          />
        ))}
      {value === 'context' && contexts.rows.length === 0 && (
        <p className="faint">There is no authentication context yet.</p>
      )}
      {(value === 'all' || value === 'select') && (
        <ObjectPicker
          label="Excluded resources"
          kind="servicePrincipals"
          ids={applications.excludeApplications ?? []}
          onChange={(excludeApplications) => change({ ...applications, excludeApplications })}
          isReadOnly={isReadOnly}
        />
      )}
    </>
  );
}
