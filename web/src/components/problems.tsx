import { GraphProblem, type LockedOutAdministrator } from '../graph/errors.ts';
import { namesOf, StoppedSeries } from '../graph/series.ts';
import { Button } from './button.tsx';
import { CorrelationId, Message } from './states.tsx';

interface ChangeProblemProps {
  /** `error` of the change; nothing is shown without one. */
  readonly problem: Error | null | undefined;
  /** Reads the object again after another administrator changed it. */
  readonly reload?: () => unknown;
}

/** Why a change did not happen, and the way out: for every form and dialog that changes something. */
export function ChangeProblem({ problem, reload }: ChangeProblemProps) {
  if (!problem) return null;
  if (problem instanceof StoppedSeries) return <Stopped problem={problem} {...(reload && { reload })} />;
  if (!(problem instanceof GraphProblem))
    return (
      <Message tone="error" isAlert>
        {problem.message}
      </Message>
    );
  if (problem.kind === 'changedMeanwhile') return <ChangedMeanwhile problem={problem} {...(reload && { reload })} />;
  if (problem.kind === 'refusedByGuard') return <GuardRefusal problem={problem} />;
  const details = problem.details.filter(({ message }) => message && !problem.message.startsWith(message));
  return (
    <Message tone="error" isAlert>
      <p>{problem.message}</p>
      {details.length > 0 && (
        <ul>
          {details.map(({ target, message }) => (
            <li key={`${target} ${message}`}>
              {target && <code>{target}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {problem.kind === 'throttled' && problem.retryAfter && <p>Try again in {problem.retryAfter} seconds.</p>}
      <CorrelationId problem={problem} />
    </Message>
  );
}

/** Which changes of a series are done and which are not, and why it stopped. */
function Stopped({ problem, reload }: { readonly problem: StoppedSeries; readonly reload?: () => unknown }) {
  const { done, left, cause } = problem;
  return (
    <>
      <Message tone="warning" title={`${done.length} of ${done.length + left.length} were done.`} isAlert>
        <p>Done: {namesOf(done)}.</p>
        <p>Not done: {namesOf(left)}.</p>
        <p>To continue with the remaining items, try again.</p>
      </Message>
      <ChangeProblem problem={cause} {...(reload && { reload })} />
    </>
  );
}

function ChangedMeanwhile({ problem, reload }: { readonly problem: GraphProblem; readonly reload?: () => unknown }) {
  const { changedBy, changedDateTime } = problem.innerError;
  const when = changedDateTime ? ` at ${new Date(changedDateTime).toLocaleTimeString()}` : '';
  return (
    <Message tone="warning" title="This was changed in the meantime." isAlert>
      <p>
        {changedBy ? `${changedBy} changed it${when}` : 'Another administrator changed it'} after you opened it. Your
        change of it was not saved. Load the current state and make your change again.
      </p>
      {reload && (
        <Button icon="refresh" onPress={reload}>
          Load the current state
        </Button>
      )}
      <CorrelationId problem={problem} />
    </Message>
  );
}

/** Who would be locked out, and why. */
export const LockedOut = ({
  administrators,
  message = '',
}: {
  readonly administrators: readonly LockedOutAdministrator[];
  /** What is written above: a reason that is part of it is not repeated. */
  readonly message?: string;
}) => (
  <ul>
    {administrators.map((administrator) => (
      <li key={administrator.id}>
        <strong>{administrator.userPrincipalName}</strong> {newReason(administrator, message)}
      </li>
    ))}
  </ul>
);

function newReason({ reasonText, reason }: LockedOutAdministrator, message: string): string {
  const text = reasonText ?? reason ?? '';
  return message.toLowerCase().includes(text.toLowerCase()) ? '' : text;
}

/** The lock-out guard refused a change: who would be locked out and why, and what leads on. */
function GuardRefusal({ problem }: { readonly problem: GraphProblem }) {
  const { administrators = [], mayForce } = problem.innerError;
  return (
    <Message tone="error" title="This change would lock out the last administrators, so it was not made." isAlert>
      <p>{problem.message}</p>
      {administrators.length > 0 && <LockedOut administrators={administrators} message={problem.message} />}
      <p>
        {mayForce
          ? 'Add a sign-in method that the change permits for one Global Administrator, or exclude one Global Administrator from the change, and try again. If you confirm, the change is made anyway.'
          : 'Assign the Global Administrator role to another enabled user, and try again.'}
      </p>
      <CorrelationId problem={problem} />
    </Message>
  );
}
