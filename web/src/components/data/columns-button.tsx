import { useState } from 'react';
import { Button } from '../button.tsx';
import { CheckboxField } from '../forms/fields.tsx';
import { SidePanel } from '../overlays/dialog.tsx';
import type { GridColumn } from './data-grid.tsx';

interface Columns {
  readonly all: readonly Pick<GridColumn<never>, 'id' | 'title'>[];
  readonly ids: readonly string[];
  readonly choose: (ids: readonly string[]) => void;
}

/** Chooses the columns of a grid. */
export function ColumnsButton({ columns: { all, ids, choose } }: { readonly columns: Columns }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="subtle" icon="columns" onPress={() => setOpen(true)}>
        Columns
      </Button>
      <SidePanel title="Choose columns" isOpen={isOpen} onClose={() => setOpen(false)}>
        {all.map(({ id, title }, index) => (
          <CheckboxField
            key={id}
            label={title}
            isSelected={index === 0 || ids.includes(id)}
            isDisabled={index === 0}
            onChange={(is) => choose(is ? [...ids, id] : ids.filter((other) => other !== id))}
          />
        ))}
      </SidePanel>
    </>
  );
}
