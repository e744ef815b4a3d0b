import { useCallback } from 'react';

/**
 * A ref for a table that is stacked on a phone (`grid.css`): each cell gets the title of its column as `data-title`, which
 * stands beside the value there. Rows that come later get theirs as well.
 */
export function useStackedTable(): (table: HTMLTableElement | null) => (() => void) | undefined {
  return useCallback((table: HTMLTableElement | null) => {
    if (!table) return undefined;
    nameCells(table);
    const observer = new MutationObserver(() => nameCells(table));
    observer.observe(table, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
}

function nameCells(table: HTMLTableElement): void {
  const titles = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent?.trim() ?? '');
  for (const body of table.tBodies)
    for (const row of body.rows)
      for (const [index, cell] of [...row.cells].entries()) {
        const title = titles[index] ?? '';
        if (cell.dataset.title !== title) cell.dataset.title = title;
      }
}
