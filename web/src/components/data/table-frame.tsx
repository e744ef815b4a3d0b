import type { ReactNode } from 'react';
import { useStackedTable } from './stacked-table.ts';

interface TableFrameProps {
  readonly label: string;
  /** The titles of the columns. */
  readonly head: readonly string[];
  /** The rows. */
  readonly children: ReactNode;
}

/** Around a plain table: what is too wide scrolls, by the keyboard too. On a phone each row is a block of its own. */
export function TableFrame({ label, head, children }: TableFrameProps) {
  const table = useStackedTable();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard.
    <section className="grid-scroll" tabIndex={0} aria-label={label}>
      <table ref={table} className="grid" aria-label={label}>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
