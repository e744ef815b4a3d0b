import { randomBytes } from 'node:crypto';
import { type AnswerForm, answerIvLength, encryptAnswer } from '#core/device/jose/encrypted-answer.ts';
import type { BrokerRequest } from '#signin/device/broker.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import type { TokenSealing } from '../context.ts';
import type { PrimaryToken } from '../tokens/primary-token.ts';

/** Octets of the context of an answer, as Entra has it (windows-sign-in §3.9). */
const contextLength = 24;

/**
 * The answer to a request that the session key signs, as a compact JWE; undefined where the client gets it plain, which is
 * `windows_api_version` 1.0 (windows-sign-in §3.9).
 */
export function encryptedAnswer(
  body: Readonly<Record<string, unknown>>,
  { sessionKey }: Pick<PrimaryToken, 'sessionKey'>,
  { form }: Pick<BrokerRequest, 'form'>,
): string | undefined {
  const answerForm = formOf(form);
  if (!answerForm) return undefined;
  return encryptAnswer(JSON.stringify(body), answerForm, {
    sessionKey: Buffer.from(sessionKey, 'base64url'),
    context: randomBytes(contextLength),
    iv: randomBytes(answerIvLength[answerForm]),
  });
}

const keyLabel = (tenantId: string): string => `session key of a browser session of ${tenantId}`;

/** A session key as the record of a browser session keeps it. */
export const sealSessionKey = (
  { sessionKey }: Pick<PrimaryToken, 'sessionKey'>,
  tenantId: string,
  sealing: TokenSealing,
) => sealing.seal(sessionKey, keyLabel(tenantId));

/** What {@link sealSessionKey} sealed. @throws CardeaError for a key of another tenant or installation */
export const openSessionKey = (sealed: string, tenantId: string, sealing: TokenSealing): string =>
  sealing.open(sealed, keyLabel(tenantId));

/** Form B for clients that say they read it: protocol 3, or a `windows_api_version` above those of Windows. */
function formOf({ fields }: TokenForm): AnswerForm | undefined {
  const { prt_protocol_version: protocol, windows_api_version: api } = fields;
  if (protocol !== undefined && Number.parseFloat(protocol) >= 3) return 'B';
  const version = /^(\d{1,3})\.(\d{1,3})/.exec(api ?? '');
  if (!version) return protocol === undefined ? undefined : 'A';
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < 2) return undefined;
  return major > 2 || minor >= 3 ? 'B' : 'A';
}
