import { type ReactNode, useState } from 'react';
import {
  Cell,
  Checkbox,
  Column,
  type Key,
  Row,
  type Selection,
  type SortDescriptor,
  Table,
  TableBody,
  TableHeader,
} from 'react-aria-components';
import type { PagedList } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icons.tsx';
import { PageLink } from '../link.tsx';
import { EmptyState, ErrorState, Loading } from '../states.tsx';
import { useStackedTable } from './stacked-table.ts';

/** A column of a grid. */
export interface GridColumn<T> {
  readonly id: string;
  readonly title: string;
  readonly render: (row: T) => ReactNode;
  /** The property by which the server sorts, where it can. */
  readonly sortBy?: string;
  /** Whether it is hidden until it is chosen. */
  readonly isHidden?: boolean;
}

interface DataGridProps<T> {
  /** What the rows are: "Users". */
  readonly label: string;
  readonly list: PagedList<T>;
  /** The first column names the row. Choose those that are visible with {@link useColumns}. */
  readonly columns: readonly GridColumn<T>[];
  readonly keyOf: (row: T) => string;
  /** The page of a row, without /admin; the name in the first column is a link to it. */
  readonly hrefOf?: (row: T) => string;
  /** Called with the row instead of a link. */
  readonly onOpen?: (row: T) => void;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (keys: ReadonlySet<string>) => void;
  /** `displayName` or `displayName desc`. */
  readonly orderby?: string | undefined;
  readonly onSort?: (orderby: string) => void;
  /** In place of rows where there are none. */
  readonly empty: ReactNode;
}

/** Rows of a list that the server pages, sorts and filters: with selection and the keyboard of a grid. */
export function DataGrid<T>(props: DataGridProps<T>) {
  const { label, list, columns, keyOf, selected, onSelect, orderby, onSort, empty } = props;
  const { query, rows, total } = list;
  const table = useStackedTable();
  if (query.isPending) return <Loading what={`Loading ${label.toLowerCase()}`} />;
  if (query.error && rows.length === 0) return <ErrorState problem={query.error} retry={query.refetch} />;
  if (rows.length === 0 && !query.hasNextPage) return typeof empty === 'string' ? <EmptyState title={empty} /> : empty;
  const canSelect = onSelect !== undefined;
  const sort: SortDescriptor | undefined = sortOf(columns, orderby);
  return (
    <div className="grid-frame" aria-busy={query.isFetching}>
      <div className="grid-scroll">
        <Table
          ref={table}
          className="grid"
          aria-label={label}
          selectionMode={canSelect ? 'multiple' : 'none'}
          selectedKeys={selected ?? new Set()}
          onSelectionChange={(keys: Selection) =>
            onSelect?.(keys === 'all' ? new Set(rows.map(keyOf)) : new Set([...keys].map(String)))
          }
          {...(sort && { sortDescriptor: sort })}
          onSortChange={(next) => onSort?.(orderbyOf(columns, next))}
        >
          <TableHeader>
            {canSelect && (
              <Column className="grid-check">
                <SelectBox />
              </Column>
            )}
            {columns.map((column, index) => (
              <Column
                key={column.id}
                id={column.id}
                isRowHeader={index === 0}
                allowsSorting={column.sortBy !== undefined}
              >
                {({ sortDirection }) => (
                  <span className="grid-title">
                    {column.title}
                    {sortDirection && <Icon name={sortDirection === 'ascending' ? 'arrowUp' : 'arrowDown'} />}
                  </span>
                )}
              </Column>
            ))}
          </TableHeader>
          <TableBody>
            {rows.map((row) => (
              <Row key={keyOf(row)} id={keyOf(row)}>
                {canSelect && (
                  <Cell className="grid-check">
                    <SelectBox />
                  </Cell>
                )}
                {columns.map((column, index) => (
                  <Cell key={column.id}>
                    {index === 0 ? <RowName {...props} row={row} name={column.render(row)} /> : column.render(row)}
                  </Cell>
                ))}
              </Row>
            ))}
          </TableBody>
        </Table>
      </div>
      <footer className="grid-footer">
        <span role="status">
          {total === undefined
            ? `${rows.length} shown`
            : `${rows.length} of ${list.isCeiling ? 'at least ' : ''}${total.toLocaleString()} shown`}
        </span>
        {query.hasNextPage && (
          <Button isPending={query.isFetchingNextPage} onPress={() => query.fetchNextPage()}>
            Load more
          </Button>
        )}
        {query.error && <span className="problem-text">{query.error.message}</span>}
      </footer>
    </div>
  );
}

function RowName<T>({
  row,
  name,
  hrefOf,
  onOpen,
}: Pick<DataGridProps<T>, 'hrefOf' | 'onOpen'> & { readonly row: T; readonly name: ReactNode }) {
  if (hrefOf) return <PageLink to={hrefOf(row)}>{name}</PageLink>;
  if (onOpen)
    return (
      <button type="button" className="link" onClick={() => onOpen(row)}>
        {name}
      </button>
    );
  return name;
}

const SelectBox = () => (
  <Checkbox slot="selection" className="checkbox">
    <span className="checkbox-box">
      <Icon name="check" />
    </span>
  </Checkbox>
);

function sortOf<T>(columns: readonly GridColumn<T>[], orderby: string | undefined): SortDescriptor | undefined {
  const [property, direction] = (orderby ?? '').split(' ');
  const column = columns.find(({ sortBy }) => sortBy !== undefined && sortBy === property);
  return column && { column: column.id as Key, direction: direction === 'desc' ? 'descending' : 'ascending' };
}

function orderbyOf<T>(columns: readonly GridColumn<T>[], { column, direction }: SortDescriptor): string {
  const property = columns.find(({ id }) => id === column)?.sortBy ?? '';
  return direction === 'descending' ? `${property} desc` : property;
}

/** Which columns are visible; the browser remembers it under `name`. */
export function useColumns<T>(name: string, columns: readonly GridColumn<T>[]) {
  const key = `cardea-columns-${name}`;
  const [ids, setIds] = useState<readonly string[]>(() => {
    const stored = localStorage.getItem(key)?.split(',');
    return stored ?? columns.filter(({ isHidden }) => !isHidden).map(({ id }) => id);
  });
  const choose = (next: readonly string[]) => {
    setIds(next);
    localStorage.setItem(key, next.join(','));
  };
  return { all: columns, ids, choose, visible: columns.filter(({ id }, index) => index === 0 || ids.includes(id)) };
}
