import type { z } from 'zod';
import { fileProblemText } from '#core/trace/reasons/file-problem.ts';

/** Why a file that a setting names cannot be read, in our words. */
export const fileProblem = ({ message }: NodeJS.ErrnoException): string => fileProblemText(message.split('\n')[0]!);

/** Whether a value is a text that has nothing in it. */
export const isEmpty = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

/** What is wrong with such a value, in every setting and variable. */
export const emptyProblem = 'it must not be empty; remove it to use the default';

/** What is wrong with a value, in our words. */
export function problemWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `it must be ${kindOf(issue.expected)}`;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'it must not be empty';
      return `it must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `it must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `it must be ${listOf(issue.values.map(String))}`;
    default: // of what has a form or is one of several kinds, the setting says how it must be
      return issue.message;
  }
}

function kindOf(expectedValue: string): string {
  if (expectedValue === 'int') return 'a whole number';
  if (expectedValue === 'number') return 'a number';
  if (expectedValue === 'boolean') return 'true or false';
  return expectedValue === 'array' ? 'a list' : 'text';
}

const unitOf = (origin: string): string => (origin === 'string' ? ' characters long' : '');

const listOf = (values: readonly string[]): string =>
  values.length === 1 ? values[0]! : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** The name that is most like another one: at most two letters are added, left out or changed. Empty where there is none. */
export function mostAlike(name: string, names: readonly string[]): string {
  const distances = names.map((item) => ({ item, distance: distanceOf(name.toLowerCase(), item.toLowerCase()) }));
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= 2 ? best.item : '';
}

/** Levenshtein's distance. */
function distanceOf(first: string, second: string): number {
  let row = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...first].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...second].entries())
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
