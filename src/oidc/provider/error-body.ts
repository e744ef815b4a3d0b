import { entraNumberOf, messageOf } from '#core/trace/fault.ts';
import type { Because, Code } from '#core/trace/reasons.ts';
import type { RequestNotes } from '../endpoints/request-notes.ts';

/** An error of the token endpoint as clients of Entra read it (graph-api §14.2). */
export interface ErrorBody {
  readonly error: string;
  readonly error_description: string;
  readonly error_codes: readonly number[];
  readonly timestamp: string;
  readonly trace_id: string;
  readonly correlation_id: string;
  readonly error_uri: string;
  /** What kind of attention a person has to give, for clients that act on it. */
  readonly suberror?: string;
  /** What to ask for in `claims`, where a person can do what is lacking. */
  readonly claims?: string;
}

/** Entra's words for what a client may do next: MSAL shows its pages for all but `message_only`. */
const suberrors: Partial<Record<Code, string>> = {
  consentMissing: 'consent_required',
  secondFactorNeeded: 'basic_action',
  secondFactorUnavailable: 'additional_action',
  certificateStrengthUnmet: 'basic_action',
  signInTooOld: 'basic_action',
  sessionUnproven: 'basic_action',
  termsNotAccepted: 'additional_action',
  deviceNotCompliant: 'message_only',
  deviceNotJoined: 'message_only',
  accessBlocked: 'message_only',
  grantEnded: 'bad_token',
  sessionRevoked: 'bad_token',
  refreshTokenUnknown: 'bad_token',
};

/** Of which request an error is, when, and below which origin its page of help is. */
interface ErrorContext {
  readonly notes: RequestNotes;
  readonly at: Date;
  readonly publicOrigin: string;
}

/** `error` is OAuth's word; number and sentence are the table's. `at` is when it happened. */
export function errorBody(error: string, because: Because, { notes, at, publicOrigin }: ErrorContext): ErrorBody {
  const number = entraNumberOf(because);
  const timestamp = timestampOf(at);
  const suberror = error === 'invalid_grant' ? suberrors[because.code] : undefined;
  return {
    error,
    error_description: `AADSTS${number}: ${messageOf(because).replace(/\.$/, '')}. Trace ID: ${notes.traceId} Correlation ID: ${notes.correlationId} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: notes.traceId,
    correlation_id: notes.correlationId,
    error_uri: `${publicOrigin}/error?code=${number}`,
    ...(suberror === undefined ? {} : { suberror }),
    ...(notes.claims === undefined ? {} : { claims: notes.claims }),
  };
}

/** `2026-11-21 04:49:05Z`, as Entra writes it. */
export function timestampOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
