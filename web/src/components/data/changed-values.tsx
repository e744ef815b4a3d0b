import { useState } from 'react';
import { type NameOf, type Reference, useNames } from '../../graph/names.ts';
import { TableFrame } from './table-frame.tsx';

/** How a form calls the values of its object. Paths are those of the draft's properties, with dots. */
export interface ValueWords {
  /** The names of settings, by their paths: the labels of their fields. */
  readonly names: Readonly<Record<string, string>>;
  /** A value, or one item of a list, in words; undefined for those that are said as any other. */
  readonly messageOf?: (path: string, value: unknown, nameOf: NameOf) => string | undefined;
}

/** The state that a draft was begun on, and the draft. Without an ETag the object is new, and has no values of before. */
export interface EditedDraft {
  readonly original?: unknown;
  readonly draft?: unknown;
  readonly etag?: string | undefined;
  readonly reset: () => void;
}

interface ChangedValue {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNothing = (value: unknown) => value === undefined || value === null || value === '';

/** The values that differ, each with its path. Lists are compared as a whole, in their order. */
function changedValues(before: unknown, after: unknown, path = ''): readonly ChangedValue[] {
  if (JSON.stringify(before) === JSON.stringify(after) || (isNothing(before) && isNothing(after))) return [];
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) return [{ path, before, after }];
  const [old, next] = [before ?? {}, after ?? {}] as Readonly<Record<string, unknown>>[];
  const names = [...new Set([...Object.keys(old!), ...Object.keys(next!)])];
  return names.flatMap((name) => changedValues(old![name], next![name], path === '' ? name : `${path}.${name}`));
}

/** `grantControls.builtInControls` as "Grant controls: built in controls", for a setting that has no field. */
const nameFromPath = (path: string): string =>
  path
    .split('.')
    .map((name) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())
    .join(': ')
    .replace(/^./, (letter) => letter.toUpperCase());

function plainWords(value: unknown): string {
  if (isNothing(value)) return '—';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (value === 'enabled' || value === 'disabled') return value === 'enabled' ? 'Enabled' : 'Disabled';
  if (!isRecord(value)) return String(value);
  return String(value.displayName ?? value.userPrincipalName ?? value.id ?? JSON.stringify(value));
}

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** The objects whose names the words of the values need. */
function referencesIn(changes: readonly ChangedValue[], messageOf: ValueWords['messageOf']): readonly Reference[] {
  const references: Reference[] = [];
  const nameOf: NameOf = (kind, id) => {
    references.push({ kind, id });
    return id;
  };
  for (const { path, before, after } of changes)
    for (const item of [...itemsOf(before), ...itemsOf(after)]) messageOf?.(path, item, nameOf);
  return references;
}

interface ChangedValuesProps {
  readonly before: unknown;
  readonly after: unknown;
  readonly words: ValueWords;
}

/** Each value that a change touches, as it is now and as it will be, by the names that its form has for them. */
export function ChangedValues({ before, after, words: { names, messageOf } }: ChangedValuesProps) {
  const changes = changedValues(before, after);
  const nameOf = useNames(referencesIn(changes, messageOf));
  const wordsAt = (path: string, value: unknown): readonly string[] => {
    const items = itemsOf(value);
    if (items.length === 0) return ['—'];
    return items.map((item) => messageOf?.(path, item, nameOf) ?? plainWords(item));
  };
  return (
    <TableFrame label="Changed values" head={['Setting', 'Now', 'After the change']}>
      {changes.map((change) => {
        const [old, next] = [wordsAt(change.path, change.before), wordsAt(change.path, change.after)];
        return (
          <tr key={change.path}>
            <th scope="row">{names[change.path] ?? nameFromPath(change.path)}</th>
            <td>
              <Lines lines={old} others={next} tag="del" />
            </td>
            <td>
              <Lines lines={next} others={old} tag="ins" />
            </td>
          </tr>
        );
      })}
    </TableFrame>
  );
}

interface LinesProps {
  readonly lines: readonly string[];
  readonly others: readonly string[];
  readonly tag: 'del' | 'ins';
}

/** The lines of one side; those that the other side does not have are marked. */
function Lines({ lines, others, tag: Tag }: LinesProps) {
  if (lines.length === 1 && others.length === 1) return lines[0];
  return (
    <ul className="plain-list">
      {lines.map((line) => (
        <li key={line}>{others.includes(line) || line === '—' ? line : <Tag>{line}</Tag>}</li>
      ))}
    </ul>
  );
}

interface ChangedValuesViewProps {
  readonly draft: EditedDraft;
  readonly words: ValueWords;
}

/** The changed values of a form, hidden until they are wanted. Those of a new object stand in the form. */
export function ChangedValuesView({ draft: { original, draft, etag }, words }: ChangedValuesViewProps) {
  const [isOpen, setOpen] = useState(false);
  const count = etag === undefined ? 0 : changedValues(original, draft).length;
  if (count === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{count === 1 ? 'One changed value' : `${count} changed values`}</summary>
      {isOpen && <ChangedValues before={original} after={draft} words={words} />}
    </details>
  );
}
