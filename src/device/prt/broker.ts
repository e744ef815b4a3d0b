import { certificatesInHeader, readCompactJws } from '#core/device/jose/compact-jws.ts';
import { readPrimaryTokenText } from '#core/device/primary-token-text.ts';
import { makeRequestNonce } from '#core/device/request-nonce.ts';
import { passed, type Ruling } from '#core/trace/ruling.ts';
import type { Broker, BrokerAnswer, BrokerRequest, DeviceSession } from '#signin/device/broker.ts';
import { tenantIdInCertificate } from '../registered-device.ts';
import { signOnBrowser } from './browser-credential.ts';
import { type PrtContext, tenantAt } from './context.ts';
import { answerDeviceAlone, isOfDeviceAlone } from './device-alone.ts';
import { encryptedAnswer, openSessionKey } from './requests/session-answer.ts';
import { answerFirstToken } from './tokens/first-token.ts';
import { liveSession } from './tokens/live-token.ts';
import { answerSessionRequest, sessionOf } from './tokens/session-token.ts';

const nonceGrant = 'srv_challenge';
const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Sign-ins of registered devices: nonce, primary refresh tokens, and what is made with them. */
export function openBroker(context: PrtContext): Broker {
  return {
    nonceFor: (grantType) =>
      grantType === nonceGrant ? makeRequestNonce(context.nonceKey, context.clock.now()) : undefined,
    isRequest: ({ fields }) => fields.grant_type === assertionGrant && fields.request !== undefined,
    tenantIdIn,
    answer: async (request, tenantId) => answerSigned(request, await tenantAt(context, tenantId)),
    async session(id, tenantId): Promise<Ruling<DeviceSession>> {
      const live = await liveSession(id, await tenantAt(context, tenantId));
      if (live.outcome !== 'passed') return live;
      const { credential, deviceId } = live.value.row;
      return passed(sessionOf(live.value), 'primaryRefreshTokenAccepted', { credential, deviceId });
    },
    encryptFor: (sealed, form, tenantId) => {
      const sessionKey = openSessionKey(sealed, tenantId, context.sealing);
      return (body) => encryptedAnswer(body, { sessionKey }, { form });
    },
    signOn: async (credentials, tenantId) => signOnBrowser(credentials, await tenantAt(context, tenantId)),
  };
}

/** A request with `x5c` is signed by a device, one with `ctx` by a session key. */
async function answerSigned(
  request: BrokerRequest,
  tenant: Awaited<ReturnType<typeof tenantAt>>,
): Promise<BrokerAnswer> {
  const reading = readCompactJws(request.form.fields.request ?? '');
  if (reading.outcome !== 'passed') return { kind: 'refused', error: 'invalid_request', because: reading.because };
  if (reading.value.header.x5c === undefined) return answerSessionRequest(request, reading.value, tenant);
  return isOfDeviceAlone(reading.value) ? answerDeviceAlone(request, tenant) : answerFirstToken(request, tenant);
}

/** windows-sign-in §0.5, rule 2: device certificate, then the primary refresh token. */
function tenantIdIn(signedRequest: string): string | undefined {
  const reading = readCompactJws(signedRequest);
  if (reading.outcome !== 'passed') return undefined;
  const certificates = certificatesInHeader(reading.value);
  if (certificates.outcome === 'passed') return tenantIdInCertificate(certificates.value[0]!);
  const { refresh_token: token, previous_refresh_token: previous } = reading.value.payload;
  return readPrimaryTokenText(token ?? previous)?.tenantId;
}
