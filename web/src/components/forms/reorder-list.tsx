import type { ReactNode } from 'react';
import { Button as AriaButton, GridList, GridListItem, useDragAndDrop } from 'react-aria-components';
import { Button } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { useNotedEdit } from './unsaved.ts';

interface ReorderListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly nameOf: (item: T) => string;
  readonly render: (item: T) => ReactNode;
  readonly onChange: (items: T[]) => void;
  readonly isReadOnly?: boolean;
}

/** A list in an order of priority: items are dragged by the pointer or the keyboard (Enter on the handle), or moved by buttons. */
export function ReorderList<T>({
  label,
  items,
  keyOf,
  nameOf,
  render,
  isReadOnly = false,
  ...props
}: ReorderListProps<T>) {
  const onChange = useNotedEdit(props.onChange);
  const move = (from: number, to: number) => {
    if (to < 0 || to >= items.length) return;
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  };
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder({ keys, target }) {
      const moved = items.filter((item) => keys.has(keyOf(item)));
      const rest = items.filter((item) => !keys.has(keyOf(item)));
      const at = rest.findIndex((item) => keyOf(item) === target.key) + (target.dropPosition === 'after' ? 1 : 0);
      onChange([...rest.slice(0, at), ...moved, ...rest.slice(at)]);
    },
  });
  return (
    <GridList className="reorder" aria-label={label} {...(!isReadOnly && { dragAndDropHooks })}>
      {items.map((item, index) => (
        <GridListItem key={keyOf(item)} id={keyOf(item)} className="reorder-item" textValue={nameOf(item)}>
          {!isReadOnly && (
            <AriaButton slot="drag" className="button button-subtle button-icon">
              <Icon name="menu" />
            </AriaButton>
          )}
          <span className="reorder-rank">{index + 1}</span>
          <div className="reorder-text">{render(item)}</div>
          {!isReadOnly && (
            <>
              <Button
                kind="subtle"
                icon="arrowUp"
                label={`Move ${nameOf(item)} up`}
                isDisabled={index === 0}
                onPress={() => move(index, index - 1)}
              />
              <Button
                kind="subtle"
                icon="arrowDown"
                label={`Move ${nameOf(item)} down`}
                isDisabled={index === items.length - 1}
                onPress={() => move(index, index + 1)}
              />
              <Button
                kind="subtle"
                icon="delete"
                label={`Remove ${nameOf(item)}`}
                onPress={() => onChange(items.filter((_, at) => at !== index))}
              />
            </>
          )}
        </GridListItem>
      ))}
    </GridList>
  );
}
