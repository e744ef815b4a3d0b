import type { DryRunAnswer, SignInEffect } from '../../graph/sign-in-change.ts';
import { Button } from '../button.tsx';
import { ChangeProblem } from '../problems.tsx';
import { Loading, Message } from '../states.tsx';
import { Moment } from './details.tsx';
import { TableFrame } from './table-frame.tsx';
import { methodWords } from './words.ts';

/** Before saving: whose sign-ins of the last thirty days would have a different result. Nothing is shown before Graph was called. */
export function SignInEffectPanel({ effect }: { readonly effect: SignInEffect }) {
  const { answer, error, isPending, left, run, runOlder } = effect;
  if (!answer && !error && !isPending) return null;
  return (
    <section className="dry-run" aria-label="Effect on sign-ins">
      <p className="dry-run-title">Sign-ins that would have a different result</p>
      {isPending && <Loading what="Evaluating the sign-ins of the last thirty days" />}
      {error && !isPending && (
        <>
          <ChangeProblem problem={error} />
          <Button icon="refresh" onPress={() => (answer ? runOlder() : run())}>
            Try again
          </Button>
        </>
      )}
      {answer && <DryRunResult answer={answer} />}
      {left > 0 && <p>The last {left} of the changes are not part of the evaluation.</p>}
      {answer?.['@odata.nextLink'] && !isPending && (
        <div className="row">
          <Button onPress={runOlder}>Evaluate older sign-ins</Button>
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
      <Message tone="success" title="No sign-in would have a different result." isAlert>
        {evaluated}
      </Message>
    );
  return (
    <>
      <Message tone={lost > 0 ? 'warning' : 'info'} title={`${changes.length} would have a different result.`} isAlert>
        {lost} would no longer be granted, {gained} would be granted. {evaluated}
      </Message>
      <TableFrame
        label="Sign-ins that would have a different result"
        head={['User', 'Today', 'Then', 'Last tried', 'Certificate']}
      >
        {changes.map((change) => (
          <tr key={`${change.userPrincipalName} ${change.certificate.sha1Thumbprint}`}>
            <th scope="row">{change.userPrincipalName}</th>
            <td>{messageOf(change.before)}</td>
            <td>{messageOf(change.after)}</td>
            <td>
              <Moment at={change.lastTried} />
            </td>
            <td>{change.certificate.subject}</td>
          </tr>
        ))}
      </TableFrame>
    </>
  );
}

const outcomes = { granted: 'Granted', refused: 'Refused', interrupted: 'Interrupted' } as const;

function messageOf({ outcome, reasonText, code, method }: DryRunAnswer['changes'][number]['before']): string {
  const why = reasonText ?? code ?? (method ? methodWords(method) : '');
  return why ? `${outcomes[outcome]}: ${why}` : outcomes[outcome];
}
