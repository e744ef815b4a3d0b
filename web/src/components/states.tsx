import { createContext, type ReactNode, useContext } from 'react';
import { GraphProblem, problemKind } from '../graph/errors.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

/** Whether there is a heading of a page above. */
export const HeadingContext = createContext(false);

/** Something is being read. */
export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <div className="state" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{what}…</span>
    </div>
  );
}

interface StateProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** In place of contents: nothing there, nothing found, nothing to be seen. */
export function EmptyState({ icon = 'list', title, children, actions }: StateProps) {
  const Title = useContext(HeadingContext) ? 'p' : 'h1';
  return (
    <div className="state state-block">
      <Icon name={icon} />
      <Title className="state-title">{title}</Title>
      {children && <div className="state-text">{children}</div>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

/** The roles of the user do not permit to see a page. */
export function NoPermission({ roles }: { readonly roles?: readonly string[] }) {
  return (
    <EmptyState icon="lock" title="You do not have access to this page">
      {roles && roles.length > 0
        ? `You need one of these roles: ${roles.join(', ')}. `
        : 'Your directory roles do not allow this. '}
      A Privileged Role Administrator or Global Administrator assigns roles.
    </EmptyState>
  );
}

const titles = {
  offline: 'You are offline',
  unavailable: 'The service is not available',
  throttled: 'Too many requests',
  changedMeanwhile: 'This was changed in the meantime',
  refusedByGuard: 'This change was refused',
  noPermission: 'You do not have access',
  notFound: 'This object no longer exists',
  invalid: 'Microsoft Graph refused the request',
  other: 'Something went wrong',
} as const;

/** An error in place of contents, with what can be done. */
export function ErrorState({ problem, retry }: { readonly problem: Error; readonly retry?: () => unknown }) {
  const kind = problemKind(problem);
  if (kind === 'noPermission') return <NoPermission />;
  return (
    <div role="alert">
      <EmptyState
        icon={kind === 'notFound' ? 'search' : 'error'}
        title={titles[kind]}
        {...(retry && {
          actions: (
            <Button icon="refresh" onPress={retry}>
              Try again
            </Button>
          ),
        })}
      >
        <p>{problem.message}</p>
        <CorrelationId problem={problem} />
      </EmptyState>
    </div>
  );
}

/** The id by which the server's log tells more of a problem. */
export function CorrelationId({ problem }: { readonly problem: Error }) {
  if (!(problem instanceof GraphProblem) || problem.correlationId === '') return null;
  return (
    <p className="faint">
      Correlation ID <code>{problem.correlationId}</code>
    </p>
  );
}

interface MessageProps {
  readonly tone: 'info' | 'warning' | 'error' | 'success';
  readonly title?: string;
  readonly children?: ReactNode;
  /** Whether it is read out when it appears. */
  readonly isAlert?: boolean;
}

const messageIcons = { info: 'info', warning: 'warning', error: 'error', success: 'check' } as const;

/** A bar with a message above contents. */
export function Message({ tone, title, children, isAlert = false }: MessageProps) {
  return (
    <div className={`message message-${tone}`} {...(isAlert && { role: 'alert' })}>
      <Icon name={messageIcons[tone]} />
      <div>
        {title && <strong>{title} </strong>}
        {children}
      </div>
    </div>
  );
}

/** Above what the user may see and not change. */
export function ReadOnlyNote({ roles }: { readonly roles: readonly string[] }) {
  return (
    <Message tone="info" title="Read-only.">
      Your directory roles allow you to view this page, but not to change it. Roles that allow changes:{' '}
      {roles.join(', ')}.
    </Message>
  );
}
