import type { ReactElement, ReactNode } from 'react';
import type { Area } from '#core/roles/areas.ts';
import { useMay } from '../../app/roles.ts';
import { usePages } from '../../graph/queries.ts';
import { DataGrid, type GridColumn } from '../data/data-grid.tsx';
import { useAddressState } from '../data/list-state.ts';
import { SidePanel } from '../overlays/dialog.tsx';
import { MayOnlyRead } from './loaded.tsx';
import { Command, Page } from './page.tsx';

interface ListPageProps<T> {
  readonly title: string;
  readonly description?: string;
  /** What the rows are, where the title does not say so. */
  readonly label?: string;
  /** Graph's path of the collection. */
  readonly path: string;
  readonly area: Area;
  readonly columns: readonly GridColumn<T>[];
  /** The page of a row. */
  readonly hrefOf: (row: T) => string;
  readonly empty: ReactElement | string;
  /** The command that creates an object; the title of the panel as well. */
  readonly create: string;
  readonly form: (onClose: () => void) => ReactNode;
}

/** A page with a list of objects that have pages of their own, and a panel that creates one. The panel is in the address. */
export function ListPage<T extends { readonly id: string }>(props: ListPageProps<T>) {
  const { title, description, label = title, path, area, columns, hrefOf, empty, create, form } = props;
  const may = useMay(area);
  const [panel, setPanel] = useAddressState('panel');
  const list = usePages<T>(path);
  const close = () => setPanel('');
  return (
    <Page
      title={title}
      description={description}
      commands={
        <>
          <Command icon="add" onPress={() => setPanel('new')} isDisabled={!may.write}>
            {create}
          </Command>
          <Command icon="refresh" onPress={() => list.query.refetch()}>
            Refresh
          </Command>
        </>
      }
    >
      <MayOnlyRead area={area} />
      <DataGrid label={label} list={list} columns={columns} keyOf={({ id }) => id} hrefOf={hrefOf} empty={empty} />
      <SidePanel title={create} isOpen={panel === 'new' && may.write} onClose={close}>
        {form(close)}
      </SidePanel>
    </Page>
  );
}
