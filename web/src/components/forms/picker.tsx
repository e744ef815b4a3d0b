import { useDeferredValue, useState } from 'react';
import { listPath, searchIn } from '../../graph/paths.ts';
import { usePages } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { ErrorState, Loading } from '../states.tsx';
import { SearchInput } from './fields.tsx';
import { useNotedEdit } from './unsaved.ts';

/** An object of the directory as it is picked. */
export interface DirectoryItem {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName?: string;
  readonly appId?: string;
}

const kinds = {
  users: {
    path: '/users',
    names: ['displayName', 'userPrincipalName'],
    select: ['id', 'displayName', 'userPrincipalName'],
  },
  groups: { path: '/groups', names: ['displayName'], select: ['id', 'displayName'] },
  servicePrincipals: { path: '/servicePrincipals', names: ['displayName'], select: ['id', 'displayName', 'appId'] },
  applications: { path: '/applications', names: ['displayName'], select: ['id', 'displayName', 'appId'] },
} as const;

interface PickerProps {
  readonly label: string;
  readonly kind: keyof typeof kinds;
  readonly chosen: readonly DirectoryItem[];
  readonly onChange: (chosen: DirectoryItem[]) => void;
  readonly isSingle?: boolean;
}

/**
 * Chooses users, groups or applications by searching for them on the server. What can be chosen is listed while the picker has
 * the focus.
 */
export function DirectoryPicker({ label, kind, chosen, isSingle = false, ...props }: PickerProps) {
  const onChange = useNotedEdit(props.onChange);
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const { path, names, select } = kinds[kind];
  const search = searchIn(useDeferredValue(text), names);
  const { rows, query } = usePages<DirectoryItem>(isOpen ? listPath(path, { select, search, top: 10 }) : undefined);
  const ids = new Set(chosen.map(({ id }) => id));
  const offers = rows.filter(({ id }) => !ids.has(id));
  return (
    <fieldset
      className="picker"
      onFocus={() => setOpen(true)}
      onBlur={({ currentTarget, relatedTarget }) => {
        // The button that was pressed may be gone: then the focus is nowhere, and the list stays.
        if (relatedTarget && !currentTarget.contains(relatedTarget)) setOpen(false);
      }}
    >
      <legend>{label}</legend>
      {chosen.length > 0 && (
        <ul className="tags" aria-label={`${label}: selected`}>
          {chosen.map((item) => (
            <li key={item.id} className="tag">
              {item.displayName}
              <Button
                kind="subtle"
                icon="close"
                label={`Remove ${item.displayName}`}
                onPress={() => onChange(chosen.filter(({ id }) => id !== item.id))}
              />
            </li>
          ))}
        </ul>
      )}
      <SearchInput
        label={`Search ${kind === 'servicePrincipals' ? 'applications' : kind}`}
        value={text}
        onChange={setText}
      />
      {isOpen && query.isPending && <Loading />}
      {isOpen && query.error && <ErrorState problem={query.error} retry={query.refetch} />}
      {isOpen && (
        <ul className="offers">
          {offers.map((item) => (
            <li key={item.id}>
              <Button
                kind="subtle"
                icon="add"
                label={`Add ${item.displayName} ${item.userPrincipalName ?? item.appId ?? ''}`.trim()}
                onPress={() => onChange(isSingle ? [item] : [...chosen, item])}
              >
                {item.displayName} <span className="faint">{item.userPrincipalName ?? item.appId ?? ''}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isOpen && !query.isPending && rows.length === 0 && <p className="faint">Nothing matches.</p>}
    </fieldset>
  );
}
