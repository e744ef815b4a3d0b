import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Because } from '#core/trace/reasons.ts';
import { clientOf, noteClient } from '#net/limits.ts';

/** What we keep about one request beside what the provider keeps: ids for the answer, and why it was refused. */
export interface RequestNotes {
  readonly correlationId: string;
  readonly traceId: string;
  because?: Because;
  /** The application that proved itself by a client assertion, before the provider saw the request. */
  assertedBy?: string;
  /** `uti` of the access token that this request makes, where its entry was written before. */
  tokenId?: string;
  /** A user code was posted that no device waits with. */
  userCodeWrong?: boolean;
  /** Object id of the user whose refresh token was replayed; the grant has ended. */
  replayedFor?: string;
  /** The claims request that policy did not grant: the client asks with it again where a person is. */
  claims?: string;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();

/** The notes of a request; the client's own `client-request-id` is the correlation id when it is a GUID. */
export function notesOf(req: IncomingMessage): RequestNotes {
  const match = notes.get(req);
  if (match) return match;
  const requestNotes: RequestNotes = { correlationId: correlationIdOf(req) ?? randomUUID(), traceId: randomUUID() };
  notes.set(req, requestNotes);
  return requestNotes;
}

/** Another object for the same request keeps the same notes. */
export function shareNotes(from: IncomingMessage, to: IncomingMessage): void {
  notes.set(to, notesOf(from));
  noteClient(to, clientOf(from));
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function correlationIdOf(req: IncomingMessage): string | undefined {
  const query = new URLSearchParams((req.url ?? '').split('?')[1] ?? '').get('client-request-id');
  const input = query ?? req.headers['client-request-id'];
  return typeof input === 'string' && guid.test(input) ? input.toLowerCase() : undefined;
}

/** The client's address (src/net/limits.ts): of the connection, or what a trusted proxy says. */
export const remoteAddress = clientOf;
