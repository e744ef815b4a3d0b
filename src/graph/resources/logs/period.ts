import { fault } from '#core/trace/fault.ts';
import type { Period } from '#ports/logs.ts';
import { type Call, keyText } from '../../protocol/call.ts';

/** As many rows as a chart of a month by the hour has, and some. */
const mostLengths = 1000;
const day = 86_400_000;

/** What a report is asked for, in the parentheses of its address: `(interval='PT1H',from=…,to=…)`. */
interface PeriodDefaults {
  readonly interval: string;
  /** How far back `from` lies when it is left out. */
  readonly days: number;
}

/**
 * The period of a report. `to` is now when it is left out. @throws graphPropertyInvalid for an unknown parameter, an interval
 * other than an ISO 8601 duration of minutes to days, a time that cannot be read, or more than 1,000 lengths of time
 */
export function periodOf(call: Call, { interval: usual, days }: PeriodDefaults): Period {
  const parameters = call.keys.parameters?.parameters ?? {};
  if (call.keys.parameters && Object.keys(parameters).length === 0)
    throw invalid(keyText(call, 'parameters').slice(0, 40), 'parameters have names: interval, from, to');
  const unknown = Object.keys(parameters).find((name) => !['interval', 'from', 'to'].includes(name));
  if (unknown !== undefined) throw invalid(unknown, 'parameters are interval, from and to');
  const milliseconds = durationIn(parameters.interval ?? usual);
  const until = parameters.to === undefined ? call.at : timeIn('to', parameters.to);
  const from = parameters.from === undefined ? new Date(until.getTime() - days * day) : timeIn('from', parameters.from);
  if (from > until) throw invalid('from', 'it is later than to');
  if ((until.getTime() - from.getTime()) / milliseconds > mostLengths)
    throw invalid('interval', `the period has more than ${mostLengths} of it`);
  return { from, until, milliseconds };
}

const invalid = (target: string, problem: string) => fault('graphPropertyInvalid', { target, problem });

/** ISO 8601 with days, hours and minutes. */
function durationIn(text: string): number {
  const [, days, hours, minutes] = /^P(?=.)(?:(\d{1,3})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?$/i.exec(text) ?? [];
  const total = Number(days ?? 0) * day + Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000;
  if (total === 0) throw invalid('interval', 'it must be a duration of minutes, hours or days, such as PT1H');
  return total;
}

function timeIn(name: string, text: string): Date {
  const time = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/i.test(text) ? new Date(text) : undefined;
  if (!time || Number.isNaN(time.getTime()))
    throw invalid(name, 'it must be a date and time, such as 2027-03-01T00:00:00Z');
  return time;
}

/** The beginning of every length of time of a period, in order. */
export function lengthsOf({ from, until, milliseconds }: Period): readonly Date[] {
  const count = Math.floor((until.getTime() - from.getTime()) / milliseconds) + 1;
  return Array.from({ length: count }, (_, i) => new Date(from.getTime() + i * milliseconds));
}

/** The routes of a function that may be called without parameters and without parentheses. */
export const functionPaths = (name: string): readonly string[] => [`${name}()`, `${name}/{parameters}`];
