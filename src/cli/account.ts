import { entraNumberOf, remedyOf, wordsOf } from '#core/trace/fault.ts';
import { type Because, reasons } from '#core/trace/reasons.ts';
import { referencesOf } from '#core/trace/reference.ts';
import { type StepName, steps } from '#core/trace/ruling.ts';
import type { Finding, Trace } from '#core/trace/trace.ts';
import { escapeWithinLine } from './terminal.ts';

const marks = { passed: '✓', refused: '✗', interrupted: '…', reported: 'i' } as const;

/** The trace of a sign-in as text: each step, the steps that were not reached, and what to do. */
export function describeTrace(trace: Trace): string {
  const lines = trace.findings.map(describeFinding);
  const reach = new Set<StepName>(trace.findings.map(({ step }) => step));
  const skippedSteps = steps.filter((step) => !reach.has(step));
  if (skippedSteps.length > 0) lines.push(`${`  · ${skippedSteps.join('  · ')}`.padEnd(80)}  not reached`);
  return `${lines.join('\n')}\n  ${conclusion(trace.findings.at(-1))}\n${references(trace.findings)}`;
}

/** The rules that were applied, each with the place where it can be read. */
function references(findings: readonly Finding[]): string {
  const citations = findings.flatMap(({ because }) => referencesOf(citationOf(because)));
  const places = new Map(citations.flatMap(({ cited: rule, where }) => (where === undefined ? [] : [[rule, where]])));
  if (places.size === 0) return '';
  const width = Math.max(...[...places.keys()].map(({ length }) => length));
  return `\n  Rules\n${[...places].map(([name, where]) => `    ${name.padEnd(width)}  ${where}\n`).join('')}`;
}

function describeFinding({ step, outcome, because }: Finding): string {
  const number = outcome === 'refused' ? `AADSTS${entraNumberOf(because)}` : citationOf(because);
  return `  ${marks[outcome]} ${step.padEnd(12)} ${escapeWithinLine(wordsOf(because)).padEnd(64)}  ${number}`.trimEnd();
}

const citationOf = ({ code }: Because): string => (reasons[code] as { cites?: string } | undefined)?.cites ?? '';

function conclusion(last: Finding | undefined): string {
  if (!last) return 'No decision was made.';
  if (last.outcome === 'refused') return `Refused. ${remedyOf(last.because) ?? ''}`.trimEnd();
  return last.outcome === 'interrupted' ? 'Interrupted: another step is required first.' : 'Granted.';
}
