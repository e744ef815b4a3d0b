import type { ReactNode } from 'react';

/** Around a plain table: what is too wide scrolls, by the keyboard too. */
export const TableFrame = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard.
  <section className="grid-scroll" tabIndex={0} aria-label={label}>
    <table className="grid" aria-label={label}>
      {children}
    </table>
  </section>
);
