import { entraNumberOf, remedyOf, wordsOf } from '#core/trace/fault.ts';
import { type Because, reasons } from '#core/trace/reasons.ts';
import { referencesOf } from '#core/trace/reference.ts';
import { type StepName, steps } from '#core/trace/ruling.ts';
import type { Finding, Trace } from '#core/trace/trace.ts';
import { escapeWithinLine } from './terminal.ts';

const marks = { passed: '✓', refused: '✗', interrupted: '…', reported: 'i' } as const;

/** The account of a sign-in in words, step by step, with what was not reached and what to do. */
export function tellAccount(trace: Trace): string {
  const lines = trace.findings.map(tellFinding);
  const reach = new Set<StepName>(trace.findings.map(({ step }) => step));
  const missed = steps.filter((step) => !reach.has(step));
  if (missed.length > 0) lines.push(`${`  · ${missed.join('  · ')}`.padEnd(80)}  not reached`);
  return `${lines.join('\n')}\n  ${conclusion(trace.findings.at(-1))}\n${references(trace.findings)}`;
}

/** The rules that were applied, each with the place where it can be read. */
function references(findings: readonly Finding[]): string {
  const cited = findings.flatMap(({ because }) => referencesOf(citationOf(because)));
  const places = new Map(cited.flatMap(({ cited, where }) => (where === undefined ? [] : [[cited, where]])));
  if (places.size === 0) return '';
  const width = Math.max(...[...places.keys()].map(({ length }) => length));
  return `\n  Rules\n${[...places].map(([name, where]) => `    ${name.padEnd(width)}  ${where}\n`).join('')}`;
}

function tellFinding({ step, outcome, because }: Finding): string {
  const number = outcome === 'refused' ? `AADSTS${entraNumberOf(because)}` : citationOf(because);
  return `  ${marks[outcome]} ${step.padEnd(12)} ${escapeWithinLine(wordsOf(because)).padEnd(64)}  ${number}`.trimEnd();
}

const citationOf = ({ code }: Because): string => (reasons[code] as { cites?: string } | undefined)?.cites ?? '';

function conclusion(last: Finding | undefined): string {
  if (!last) return 'Nothing was decided.';
  if (last.outcome === 'refused') return `Refused. ${remedyOf(last.because) ?? ''}`.trimEnd();
  return last.outcome === 'interrupted' ? 'Interrupted: something else was asked for first.' : 'Granted.';
}
