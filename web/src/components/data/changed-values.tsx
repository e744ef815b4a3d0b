import { useState } from 'react';
import { TableFrame } from './table-frame.tsx';

/** How the values of an object are called in words. Paths are those of Graph's properties, with dots. */
export interface ValueWords {
  /** The names of settings, by their paths. */
  readonly names?: Readonly<Record<string, string>>;
  /** A value, or one item of a list, in words; undefined for those that are said as any other. */
  readonly wordsOf?: (path: string, value: unknown) => string | undefined;
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
export function changedValues(before: unknown, after: unknown, path = ''): readonly ChangedValue[] {
  if (JSON.stringify(before) === JSON.stringify(after) || (isNothing(before) && isNothing(after))) return [];
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) return [{ path, before, after }];
  const [old, next] = [before ?? {}, after ?? {}] as Readonly<Record<string, unknown>>[];
  const names = [...new Set([...Object.keys(old!), ...Object.keys(next!)])];
  return names.flatMap((name) => changedValues(old![name], next![name], path === '' ? name : `${path}.${name}`));
}

/** `grantControls.builtInControls` as "Grant controls: built in controls". */
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

interface ChangedValuesProps extends ValueWords {
  readonly before: unknown;
  readonly after: unknown;
}

/** Each value that a change touches, as it is now and as it will be. */
export function ChangedValues({ before, after, names = {}, wordsOf }: ChangedValuesProps) {
  const wordsAt = (path: string, value: unknown): readonly string[] => {
    const inWords = (item: unknown) => wordsOf?.(path, item) ?? plainWords(item);
    if (!Array.isArray(value)) return [inWords(value)];
    return value.length === 0 ? ['—'] : value.map(inWords);
  };
  return (
    <TableFrame label="Changed values" head={['Setting', 'Now', 'After the change']}>
      {changedValues(before, after).map((change) => {
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

/** The changed values of a form, hidden until they are wanted. Those of a new object stand in the form. */
export function ChangedValuesView({ draft: { original, draft, etag } }: { readonly draft: EditedDraft }) {
  const [isOpen, setOpen] = useState(false);
  const count = etag === undefined ? 0 : changedValues(original, draft).length;
  if (count === 0) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{count === 1 ? 'One changed value' : `${count} changed values`}</summary>
      {isOpen && <ChangedValues before={original} after={draft} />}
    </details>
  );
}
