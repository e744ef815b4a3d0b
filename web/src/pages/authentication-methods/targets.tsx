import { useQueries } from '@tanstack/react-query';
import { RadioField } from '../../components/forms/fields.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { read } from '../../graph/client.ts';
import type { MethodConfiguration, Target } from './configuration.ts';

const everyone = 'all_users';

/** Names of the groups that targets mean, by id; a group that is not there any more has none. */
export function useGroupNames(targets: readonly Target[]): ReadonlyMap<string, string> {
  const ids = [...new Set(targets.filter(({ id }) => id !== everyone).map(({ id }) => id))];
  const queries = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['groups', id, 'name'],
      queryFn: () => read<{ displayName: string }>(`/groups/${id}?$select=id,displayName`),
      staleTime: 60_000,
    })),
  });
  return new Map(ids.flatMap((id, i) => (queries[i]?.data ? [[id, queries[i].data.displayName] as const] : [])));
}

/** The targets in words. */
export function targetWords(targets: readonly Target[], names: ReadonlyMap<string, string>): string {
  if (targets.some(({ id }) => id === everyone)) return 'All users';
  if (targets.length === 0) return 'No users';
  return targets.map(({ id }) => names.get(id) ?? id).join(', ');
}

interface TargetFieldsProps {
  readonly draft: MethodConfiguration;
  readonly onChange: (next: Partial<MethodConfiguration>) => void;
  readonly isReadOnly?: boolean;
}

/** Who may use a method: all users or some groups, without others. */
export function TargetFields({ draft, onChange, isReadOnly = false }: TargetFieldsProps) {
  const { includeTargets, excludeTargets } = draft;
  const names = useGroupNames([...includeTargets, ...excludeTargets]);
  const isEveryone = includeTargets.some(({ id }) => id === everyone);
  const itemsOf = (targets: readonly Target[]): DirectoryItem[] =>
    targets.filter(({ id }) => id !== everyone).map(({ id }) => ({ id, displayName: names.get(id) ?? id }));
  const targetsOf = (items: readonly DirectoryItem[]): Target[] => items.map(({ id }) => ({ targetType: 'group', id }));
  return (
    <>
      <RadioField
        label="Include"
        value={isEveryone ? 'all' : 'groups'}
        onChange={(value) =>
          onChange({ includeTargets: value === 'all' ? [{ targetType: 'group', id: everyone }] : [] })
        }
        choices={[
          { id: 'all', label: 'All users' },
          { id: 'groups', label: 'Select groups' },
        ]}
        isReadOnly={isReadOnly}
      />
      {!isEveryone &&
        (isReadOnly ? (
          <p>{targetWords(includeTargets, names)}</p>
        ) : (
          <DirectoryPicker
            label="Included groups"
            kind="groups"
            chosen={itemsOf(includeTargets)}
            onChange={(items) => onChange({ includeTargets: targetsOf(items) })}
          />
        ))}
      {isReadOnly ? (
        <p>Exclude: {targetWords(excludeTargets, names)}</p>
      ) : (
        <DirectoryPicker
          label="Excluded groups"
          kind="groups"
          chosen={itemsOf(excludeTargets)}
          onChange={(items) => onChange({ excludeTargets: targetsOf(items) })}
        />
      )}
    </>
  );
}
