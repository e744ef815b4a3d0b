/** Numbers with which a sign-in continues after another step. */
export const interruptedCodes: readonly number[] = [
  50058, 50072, 50074, 50076, 50079, 50097, 50125, 50129, 50158, 65001, 70043,
];

/** Success, Failure or Interrupted, as Entra's column says it. */
export function statusOf({
  status: { errorCode },
}: {
  readonly status: { readonly errorCode: number };
}): 'Success' | 'Failure' | 'Interrupted' {
  if (errorCode === 0) return 'Success';
  return interruptedCodes.includes(errorCode) ? 'Interrupted' : 'Failure';
}

export const statusTones = { Success: 'good', Failure: 'bad', Interrupted: 'warning' } as const;
