import { useMay } from '../../app/roles.ts';
import { Button } from '../../components/button.tsx';
import { ChangeProblem } from '../../components/problems.tsx';
import { ErrorState, Loading, Message } from '../../components/states.tsx';
import { send, useChange, useGraph } from '../../graph/queries.ts';
import { type TraceStep, TraceTimeline } from './trace-timeline.tsx';

interface Outcome {
  readonly outcome: string;
  readonly errorCode: number;
  readonly reasonText: string | null;
}
interface Trace {
  readonly steps: readonly TraceStep[];
  readonly verdict: Outcome;
  readonly policyVersion: string;
}
interface Reevaluation {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly trace: Pick<Trace, 'steps'> | null;
}

const outcomeWords: Readonly<Record<string, string>> = {
  granted: 'Granted',
  interrupted: 'Interrupted',
  refused: 'Refused',
  undetermined: 'Cannot be determined',
};
const toneOf = ({ outcome }: Outcome) =>
  outcome === 'granted' ? 'success' : outcome === 'refused' ? 'error' : 'warning';
const words = ({ outcome, errorCode, reasonText }: Outcome) =>
  `${outcomeWords[outcome] ?? outcome}${errorCode > 0 ? ` (AADSTS${errorCode})` : ''}${reasonText ? `: ${reasonText}` : ''}`;

/** How the decision was reached, step by step, and how it would be reached now. */
export function Troubleshooting({ id }: { readonly id: string }) {
  const path = `/auditLogs/signIns/${encodeURIComponent(id)}`;
  const { read: mayReadPolicies } = useMay('accessPolicies');
  const trace = useGraph<Trace>(`${path}/trace`);
  const again = useChange<void, Reevaluation>(() => send(`${path}/reevaluate`, { method: 'POST', body: {} }), {
    stale: [],
  });
  if (trace.isPending) return <Loading what="Loading the steps" />;
  if (trace.error) return <ErrorState problem={trace.error} retry={trace.refetch} />;
  return (
    <>
      <Message tone={toneOf(trace.data.verdict)}>{words(trace.data.verdict)}</Message>
      {mayReadPolicies && (
        <p>
          <Button icon="play" isPending={again.isPending} onPress={() => again.mutate()}>
            Try again now
          </Button>
        </p>
      )}
      <ChangeProblem problem={again.error} />
      {again.data && <Again answer={again.data} />}
      <h3>Steps of this sign-in</h3>
      <TraceTimeline steps={trace.data.steps} />
    </>
  );
}

function Again({ answer: { before, after, trace } }: { readonly answer: Reevaluation }) {
  const isSame = before.outcome === after.outcome && before.errorCode === after.errorCode;
  return (
    <section aria-label="Under today's policy">
      <h3>Under today's policy</h3>
      <Message
        tone={toneOf(after)}
        title={isSame ? 'The result would be the same.' : 'The result would be different.'}
        isAlert
      >
        {words(after)}
      </Message>
      <p className="faint">Nothing was changed, and no entry was written.</p>
      {trace && <TraceTimeline steps={trace.steps} />}
    </section>
  );
}
