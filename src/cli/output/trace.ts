import type { Trace } from '#core/trace/trace.ts';
import { type TraceStep, traceSteps } from '#core/trace/trace-steps.ts';
import { escapeWithinLine } from './terminal.ts';

const marks = { passed: '✓', refused: '✗', interrupted: '…', reported: 'i', notReached: '·' } as const;

/** The trace of a sign-in as text: each step, the steps that were not reached, and what to do. */
export function describeTrace(trace: Trace): string {
  const steps = traceSteps(trace);
  const reached = steps.filter(({ state }) => state !== 'notReached');
  const lines = reached.map(describeStep);
  const skippedSteps = steps.filter(({ state }) => state === 'notReached').map(({ step }) => step);
  if (skippedSteps.length > 0) lines.push(`${`  · ${skippedSteps.join('  · ')}`.padEnd(80)}  not reached`);
  return `${lines.join('\n')}\n  ${conclusion(reached.at(-1))}\n${references(reached)}`;
}

/** The rules that were applied, each with the place where it can be read. */
function references(steps: readonly TraceStep[]): string {
  const citations = steps.flatMap((step) => step.references);
  const places = new Map(citations.flatMap(({ cited: rule, where }) => (where === undefined ? [] : [[rule, where]])));
  if (places.size === 0) return '';
  const width = Math.max(...[...places.keys()].map(({ length }) => length));
  return `\n  Rules\n${[...places].map(([name, where]) => `    ${name.padEnd(width)}  ${where}\n`).join('')}`;
}

function describeStep({ step, state, text, errorCode, reference }: TraceStep): string {
  const number = state === 'refused' ? `AADSTS${errorCode}` : (reference ?? '');
  return `  ${marks[state]} ${step.padEnd(12)} ${escapeWithinLine(text ?? '').padEnd(64)}  ${number}`.trimEnd();
}

function conclusion(last: TraceStep | undefined): string {
  if (!last) return 'No decision was made.';
  if (last.state === 'refused') return `Refused. ${last.remedy ?? ''}`.trimEnd();
  return last.state === 'interrupted' ? 'Interrupted: another step is required first.' : 'Granted.';
}
