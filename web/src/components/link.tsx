import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';
import { isLeavingForm } from './forms/unsaved.ts';

interface PageLinkProps {
  /** Below /admin: `/users/{id}`. */
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
  /** How a screen reader announces the current page. */
  readonly current?: 'page' | undefined;
  readonly onFollow?: () => void;
}

/** The address of a page in the browser. */
export const pageHref = (to: string): string => `/admin${to}`;

/** Goes to a page of the admin center. */
export function useGo(): (to: string, options?: { readonly replace?: boolean }) => void {
  const router = useRouter();
  return (to, { replace = false } = {}) =>
    void router.navigate({ href: pageHref(to), replace, ignoreBlocker: isLeavingForm() });
}

/** A link to a page of the admin center: an ordinary link, so that it can be opened in a new tab. */
export function PageLink({ to, children, className = 'link', current, onFollow }: PageLinkProps) {
  const go = useGo();
  const follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    onFollow?.();
    go(to);
  };
  return (
    <a href={pageHref(to)} className={className} onClick={follow} aria-current={current}>
      {children}
    </a>
  );
}

/** A link to another site or document, in a new tab. */
export function OuterLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <a className="link" href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}
