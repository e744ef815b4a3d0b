import { RadioField } from '../../components/forms/fields.tsx';
import { type DirectoryItem, DirectoryPicker } from '../../components/forms/picker.tsx';
import { type NameOf, type Reference, useNames } from '../../graph/names.ts';
import type { MethodConfiguration, Target } from './configuration.ts';

const everyone = 'all_users';

/** The groups that targets mean, to read their names. */
export const referencesOf = (targets: readonly Target[]): readonly Reference[] =>
  targets.filter(({ id }) => id !== everyone).map(({ id }) => ({ kind: 'groups', id }));

/** The targets in words. */
export function targetWords(targets: readonly Target[], nameOf: NameOf): string {
  if (targets.some(({ id }) => id === everyone)) return 'All users';
  if (targets.length === 0) return 'No users';
  return targets.map(({ id }) => nameOf('groups', id)).join(', ');
}

interface TargetFieldsProps {
  readonly draft: MethodConfiguration;
  readonly onChange: (next: Partial<MethodConfiguration>) => void;
  readonly isReadOnly?: boolean;
}

/** Who may use a method: all users or some groups, without others. */
export function TargetFields({ draft, onChange, isReadOnly = false }: TargetFieldsProps) {
  const { includeTargets, excludeTargets } = draft;
  const nameOf = useNames(referencesOf([...includeTargets, ...excludeTargets]));
  const isEveryone = includeTargets.some(({ id }) => id === everyone);
  const itemsOf = (targets: readonly Target[]): DirectoryItem[] =>
    referencesOf(targets).map(({ kind, id }) => ({ id, displayName: nameOf(kind, id) }));
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
          <p>{targetWords(includeTargets, nameOf)}</p>
        ) : (
          <DirectoryPicker
            label="Included groups"
            kind="groups"
            chosen={itemsOf(includeTargets)}
            onChange={(items) => onChange({ includeTargets: targetsOf(items) })}
          />
        ))}
      {isReadOnly ? (
        <p>Exclude: {targetWords(excludeTargets, nameOf)}</p>
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
