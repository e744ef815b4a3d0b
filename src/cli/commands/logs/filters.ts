import { fault } from '#core/trace/fault.ts';
import { reasonOf } from '#core/trace/reasons.ts';
import { isSignInNumber } from '#core/trace/sign-in-number.ts';
import { canonicalAddress } from '#net/limits/limits.ts';
import { type Call, type Option, text } from '../../command.ts';
import { timeIn } from '../../input/time.ts';
import { wholeNumber } from '../../input/whole-number.ts';
import { escapeWithinLine } from '../../output/terminal.ts';

/** Options of the commands that list a log. */
export const period: Record<string, Option> = {
  since: { type: 'string', value: 'TIME', help: 'List from this time on (2026-11-26 or 2026-11-26T08:00:00Z).' },
  until: { type: 'string', value: 'TIME', help: 'List up to this time.' },
};

/** The ends of the period that a call names; both belong to it. @throws commandMisused */
export function periodOf(call: Pick<Call, 'values'>): { readonly from?: Date; readonly until?: Date } {
  const [from, until] = [timeOf(call, 'since'), timeOf(call, 'until')];
  return { ...(from ? { from } : {}), ...(until ? { until } : {}) };
}

function timeOf(call: Pick<Call, 'values'>, name: string): Date | undefined {
  const value = text(call, name);
  if (value === undefined) return undefined;
  const time = timeIn(value);
  if (time) return time;
  const problem = `--${name}: "${value}" is not valid. Specify a date (2026-11-26) or a time (2026-11-26T08:00:00Z).`;
  throw fault('commandMisused', { problem });
}

/** Entries and rows that a command lists at most. */
export const mostListed = 10_000;

/** How many rows a list may have: `--top`, or the option of this name. @throws commandMisused */
export function topOf(call: Pick<Call, 'values'>, usual: number, name = 'top'): number {
  return wholeNumber(call, name, { least: 1, most: mostListed }) ?? usual;
}

/** The code that `--reason` names. @throws commandMisused where no reason has it: such a list would be empty */
export function codeOf(call: Pick<Call, 'values'>): string | undefined {
  const code = text(call, 'reason');
  if (code === undefined || reasonOf(code) !== undefined) return code;
  throw fault('commandMisused', { problem: `--reason: no reason has the code "${code}" (docs/reference/reasons.md).` });
}

/**
 * The AADSTS number that `--reason` is, as pages and the log show it (`500171`, `AADSTS500171`); undefined where it is a code.
 * @throws commandMisused where no entry can have the number
 */
export function numberOf(call: Pick<Call, 'values'>): number | undefined {
  const digits = /^(?:AADSTS)?(\d+)$/i.exec(text(call, 'reason') ?? '')?.[1];
  if (digits === undefined) return undefined;
  if (isSignInNumber(Number(digits))) return Number(digits);
  const problem = `--reason: no reason has the number ${digits.slice(0, 20)} (docs/reference/reasons.md).`;
  throw fault('commandMisused', { problem });
}

/** The address that `--ip` names, in the spelling of the log. @throws commandMisused */
export function addressOf(call: Pick<Call, 'values'>): string | undefined {
  const address = text(call, 'ip');
  if (address === undefined) return undefined;
  const canonical = canonicalAddress(address);
  if (canonical !== undefined) return canonical;
  throw fault('commandMisused', { problem: `--ip: "${address}" is not an IP address.` });
}

/** A value of a filter that may name nothing. */
export interface NamedObject {
  readonly option: string;
  /** For the message: `application`. */
  readonly kind: string;
  find(value: string): Promise<unknown>;
}

/** Reports on stderr, where a list is empty, that the tenant has no object that a filter names: a typing error would look like a user without sign-ins. */
export async function reportUnknown(
  call: Pick<Call, 'values' | 'output'>,
  rows: readonly unknown[],
  objects: readonly NamedObject[],
): Promise<void> {
  if (rows.length > 0) return;
  for (const { option, kind, find } of objects) {
    const value = text(call, option);
    if (value === undefined || (await find(value)) !== undefined) continue;
    call.output.complain(`--${option}: the tenant has no ${kind} "${escapeWithinLine(value)}".\n`);
  }
}

/** Reads a log page by page until `top` rows pass the filter, or the log ends. */
export async function filteredRows<R>(
  top: number,
  page: (size: number, after: R | undefined) => Promise<readonly R[]>,
  passes: (row: R) => boolean,
): Promise<readonly R[]> {
  const rows: R[] = [];
  for (let after: R | undefined; ; ) {
    const next = await page(pageSize, after);
    rows.push(...next.filter(passes));
    if (rows.length >= top || next.length < pageSize) return rows.slice(0, top);
    after = next.at(-1)!;
  }
}

/** Rows that one statement reads: some megabytes of traces. */
const pageSize = 500;
