import type { SignInRecord } from '#model/sign-in.ts';

/** How many attempts an entry stands for, and in what they are alike; undefined for an entry of one attempt. */
export function describeRepeats({ repeats, isOfManyNames, isOfManyCauses }: SignInRecord): string | undefined {
  if (!repeats) return undefined;
  if (isOfManyNames) return `${repeats.count} attempts with unknown user names`;
  return isOfManyCauses ? `${repeats.count} attempts with the same error code` : `${repeats.count} identical attempts`;
}
