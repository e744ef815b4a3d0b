import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults } from 'oidc-provider';
import type { DeviceFacts } from '#core/access/device/device-facts.ts';
import type { Because } from '#core/trace/reasons.ts';
import type { Trace } from '#core/trace/trace.ts';
import { clientOf, noteClient } from '#net/limits/limits.ts';
import { queryIn, readFields } from '#schema/form.ts';
import type { DeviceSession, Encrypt } from '#signin/device/broker.ts';
import { correlationParameters } from './parameters.ts';

/** What we keep about one request beside what the provider keeps: ids for the answer, and why it was refused. */
export interface RequestNotes {
  readonly correlationId: string;
  readonly traceId: string;
  /** The request as it came from the network: header fields that come twice are visible in it alone. */
  readonly received: IncomingMessage;
  because?: Because;
  /** The application that proved itself before the provider saw the request, and by what. */
  provenBy?: ApplicationProof;
  /** The token shall be bound to the client certificate of the connection, whatever is registered for the application. */
  wantsBoundToken?: boolean;
  /** `uti` of the access token that this request makes, where its entry was written before. */
  tokenId?: string;
  /** A user code was posted that no device waits with. */
  userCodeWrong?: boolean;
  /** Object id of the user whose refresh token was replayed; the grant has ended. */
  replayedFor?: string;
  /** The primary refresh token whose holder signed this very request. */
  deviceSession?: DeviceSession;
  /** The device that signed this very request with its own key. */
  device?: DeviceFacts;
  /** The device of the primary refresh token that the redeemed code or refresh token was made with. */
  deviceId?: string;
  /** Members that the answer of the token endpoint leaves out, and the refresh token that was left out. */
  withheld?: { readonly names: readonly string[]; refreshToken?: string };
  /** How the answer of the token endpoint is written; absent for plain version 2. */
  answerShape?: AnswerShape;
  /**
   * The interaction that this request ends: it was found by the cookie of the browser, and has its result here alone. `leavesSession`:
   * the session in which it began was another user's, and has ended.
   */
  ending?: { readonly uid: string; readonly result: InteractionResults; readonly leavesSession?: boolean };
  /** The claims request that policy did not grant: the client asks with it again where a person is. */
  claims?: string;
}

/** How an application proved itself, where it was not by a secret. */
interface ApplicationProof {
  readonly appId: string;
  readonly credential: 'clientAssertion' | 'certificate';
  /** What was found of its client certificate. */
  readonly certificateTrace?: Trace;
}

/** The shape of an answer of the token endpoint. */
export interface AnswerShape {
  readonly version: 1 | 2;
  /** What version 1 was asked for. */
  readonly resource: string | undefined;
  /** Whether the access token is left out. */
  readonly isTokenless?: boolean;
  /** The answer as a compact JWE; undefined where the client gets it plain. */
  readonly encrypt?: Encrypt;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();

/** The notes of a request; the client's own `client-request-id` is the correlation id when it is a GUID. */
export function notesOf(req: IncomingMessage): RequestNotes {
  const existingNotes = notes.get(req);
  if (existingNotes) return existingNotes;
  const correlationId = correlationIdOf(req) ?? randomUUID();
  const requestNotes: RequestNotes = { correlationId, traceId: randomUUID(), received: req };
  notes.set(req, requestNotes);
  return requestNotes;
}

/** Names of the request, which every answer has (windows-sign-in §0.5, rule 10). */
export function nameRequest(req: IncomingMessage, res: ServerResponse): void {
  const { traceId, correlationId } = notesOf(req);
  res.setHeader('x-ms-request-id', traceId);
  if (/^true$/i.test(String(req.headers['return-client-request-id'])))
    res.setHeader('client-request-id', correlationId);
}

/** Another object for the same request keeps the same notes. */
export function shareNotes(from: IncomingMessage, to: IncomingMessage): void {
  notes.set(to, notesOf(from));
  noteClient(to, clientOf(from));
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function correlationIdOf(req: IncomingMessage): string | undefined {
  const query = readFields(correlationParameters, queryIn(req.url ?? ''));
  const input = query?.['client-request-id'] ?? req.headers['client-request-id'];
  return typeof input === 'string' && guid.test(input) ? input.toLowerCase() : undefined;
}

/** The client's address (src/net/limits/limits.ts): of the connection, or what a trusted proxy says. */
export const remoteAddress = clientOf;
