import { fault } from '#core/trace/fault.ts';
import { type Call, text } from '../command.ts';

/** The whole number that an option is, from `least` to `most` where these are set. @throws commandMisused */
export function wholeNumber(
  call: Pick<Call, 'values'>,
  name: string,
  range?: { readonly least: number; readonly most: number },
): number | undefined {
  const value = text(call, name);
  if (value === undefined) return undefined;
  const { least, most } = range ?? { least: 0, most: 999_999_999 };
  const number = /^\d{1,9}$/.test(value) ? Number(value) : -1;
  if (number >= least && number <= most) return number;
  const rangeText = range ? ` from ${least} to ${most}` : '';
  throw fault('commandMisused', { problem: `--${name}: "${value}" is not valid. Specify a whole number${rangeText}.` });
}
