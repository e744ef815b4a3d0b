import { CardeaError, entraNumberOf } from './fault.ts';
import { type Because, because } from './reasons.ts';

/** Entra's number of a failure on the side of the service that is expected to pass. */
const serviceFault = 90033;

/** Seconds after which a client tries again. */
export const retryAfterSeconds = 10;

/** Whether a reason is a fault of the service: never a decision about a person, a client or a certificate. */
export const isFaultReason = (reason: Because): boolean => entraNumberOf(reason) === serviceFault;

/** Whether something thrown is a fault of the service: a store that cannot be used, or a bug. */
export const isFault = (thrown: unknown): boolean => !(thrown instanceof CardeaError) || isFaultReason(thrown.because);

/** A fault as everything outside may see it: no host, path, file or stack. The log of the server has the rest. */
export interface PublicFault {
  /** 503 where the cause is known and expected to pass, 500 for a bug. */
  readonly status: 500 | 503;
  readonly headers: { readonly 'retry-after': string };
  /** RFC 6749 §4.1.2.1. Unlike `invalid_grant`, it lets a client keep its refresh token. */
  readonly error: 'temporarily_unavailable';
  readonly because: Because;
}

/** The one answer to every fault, whatever protocol carries it. */
export function publicFault(thrown: unknown): PublicFault {
  const isCardeaError = thrown instanceof CardeaError;
  return {
    status: isCardeaError ? 503 : 500,
    headers: { 'retry-after': String(retryAfterSeconds) },
    error: 'temporarily_unavailable',
    because: because('serviceUnavailable', {}),
  };
}
