import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { send } from '../../graph/queries.ts';
import { Button } from '../button.tsx';
import { ChangeProblem } from '../problems.tsx';
import { Loading, Message } from '../states.tsx';
import { Moment } from './details.tsx';

interface Outcome {
  readonly outcome: 'granted' | 'refused' | 'interrupted';
  readonly code: string | null;
  readonly reasonText?: string | null;
  readonly method: string | null;
}

/** A sign-in that would end differently. */
interface DryRunEntry {
  readonly userId: string | null;
  readonly userPrincipalName: string;
  readonly certificate: { readonly subject: string; readonly sha1Thumbprint: string };
  readonly lastTried: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

/** What a dry run answers. */
export interface DryRunAnswer {
  /** To be sent as If-Match with the change itself. */
  readonly version: string;
  readonly judged: number;
  /** Where the same body is posted for older sign-ins. */
  readonly '@odata.nextLink'?: string;
  readonly changes: readonly DryRunEntry[];
}

/** The path of a link of Graph, which names its host. */
const pathOf = (link: string): string => link.slice(new URL(link).origin.length);

/** Two parts of one dry run together. */
const joined = (first: DryRunAnswer | undefined, next: DryRunAnswer): DryRunAnswer =>
  first ? { ...next, judged: first.judged + next.judged, changes: [...first.changes, ...next.changes] } : next;

interface DryRunProps {
  /** `…/dryRun`. */
  readonly path: string;
  /** Its body; a dry run begins when the body changes. Undefined: there is nothing to try. */
  readonly body: unknown;
  readonly etag?: string | undefined;
  readonly onAnswer?: (answer: DryRunAnswer) => void;
}

/** Before saving: whose sign-ins of the last thirty days would end differently. It changes nothing. */
export function DryRunPanel({ path, body, etag, onAnswer }: DryRunProps) {
  const text = JSON.stringify(body);
  const [answer, setAnswer] = useState<DryRunAnswer>();
  const run = useMutation({
    mutationFn: async (before: DryRunAnswer | undefined) => {
      const link = before?.['@odata.nextLink'];
      return joined(before, await send<DryRunAnswer>(link ? pathOf(link) : path, { method: 'POST', body, etag }));
    },
    onSuccess: (answer) => {
      setAnswer(answer);
      onAnswer?.(answer);
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new body is a new question.
  useEffect(() => {
    setAnswer(undefined);
    if (body !== undefined) run.mutate(undefined);
  }, [path, text]);
  if (body === undefined) return null;
  return (
    <section className="dry-run" aria-label="Effect on sign-ins">
      <h3>Whose sign-ins would end differently</h3>
      {run.isPending && <Loading what="Evaluating the sign-ins of the last thirty days" />}
      {run.error && (
        <>
          <ChangeProblem problem={run.error} />
          <Button icon="refresh" onPress={() => run.mutate(answer)}>
            Try again
          </Button>
        </>
      )}
      {answer && <DryRunResult answer={answer} />}
      {answer?.['@odata.nextLink'] && !run.isPending && (
        <div className="row">
          <Button onPress={() => run.mutate(answer)}>Evaluate older sign-ins</Button>
        </div>
      )}
    </section>
  );
}

function DryRunResult({ answer: { changes, judged, '@odata.nextLink': next } }: { readonly answer: DryRunAnswer }) {
  const lost = changes.filter(
    ({ before, after }) => before.outcome === 'granted' && after.outcome !== 'granted',
  ).length;
  const gained = changes.filter(
    ({ before, after }) => before.outcome !== 'granted' && after.outcome === 'granted',
  ).length;
  const evaluated = `${judged === 1 ? 'One pair of user and certificate was' : `${judged.toLocaleString()} pairs of user and certificate were`} evaluated${next ? ', the newest' : ''}.`;
  if (changes.length === 0)
    return (
      <Message tone="success" title="No sign-in would end differently." isAlert>
        {evaluated}
      </Message>
    );
  return (
    <>
      <Message tone={lost > 0 ? 'warning' : 'info'} title={`${changes.length} would end differently.`} isAlert>
        {lost} would no longer be granted, {gained} would be granted. {evaluated}
      </Message>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by the keyboard. */}
      <section className="grid-scroll" tabIndex={0} aria-label="Sign-ins that would end differently">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">User</th>
              <th scope="col">Today</th>
              <th scope="col">Then</th>
              <th scope="col">Certificate</th>
              <th scope="col">Last tried</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((change) => (
              <tr key={`${change.userPrincipalName} ${change.certificate.sha1Thumbprint}`}>
                <th scope="row">{change.userPrincipalName}</th>
                <td>{wordsOf(change.before)}</td>
                <td>{wordsOf(change.after)}</td>
                <td>{change.certificate.subject}</td>
                <td>
                  <Moment at={change.lastTried} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

const outcomes = { granted: 'Granted', refused: 'Refused', interrupted: 'Interrupted' } as const;

function wordsOf({ outcome, reasonText, code, method }: Outcome): string {
  const why = reasonText ?? code ?? (method ? `by ${method}` : '');
  return why ? `${outcomes[outcome]}: ${why}` : outcomes[outcome];
}
