import { readCompactJws } from '#core/device/jose/compact-jws.ts';
import { checkRequestNonce, makeRequestNonce } from '#core/device/request-nonce.ts';
import type { Ruling } from '#core/trace/ruling.ts';
import type { BrowserCredentials, BrowserSignOn } from '#signin/device/broker.ts';
import { factsOf } from '#signin/device/device-facts.ts';
import type { PrtTenant } from './context.ts';
import { readDeviceRequest } from './requests/device-request.ts';
import { sealSessionKey } from './requests/session-answer.ts';
import { readSessionRequest } from './requests/session-request.ts';
import { sessionOf } from './tokens/session-token.ts';

/**
 * Single sign-on of a browser on a joined device (windows-sign-in §3.12). Without a valid nonce the client gets one to
 * sign; a wrong signature and an unknown or dead token are ignored, and the pages are shown. The device credential counts
 * where there is no refresh token credential that is valid.
 */
export async function signOnBrowser(credentials: BrowserCredentials, tenant: PrtTenant): Promise<BrowserSignOn> {
  const byToken =
    credentials.refreshToken === undefined ? undefined : await byRefreshToken(credentials.refreshToken, tenant);
  if (byToken && byToken.kind !== 'ignored') return byToken;
  const byDevice = credentials.device === undefined ? undefined : await byDeviceKey(credentials.device, tenant);
  return byDevice ?? byToken ?? { kind: 'ignored', because: undefined };
}

async function byRefreshToken(text: string, tenant: PrtTenant): Promise<BrowserSignOn> {
  const reading = readCompactJws(text);
  const ruling = reading.outcome === 'passed' ? await readSessionRequest(reading.value, tenant) : reading;
  if (ruling.outcome !== 'passed') return { kind: 'ignored', because: ruling.because };
  const nonce = nonceOf(ruling.value.jws.payload.request_nonce, tenant);
  if (nonce.outcome !== 'passed') return challenge(tenant);
  const { live, token } = ruling.value;
  const sealedSessionKey = sealSessionKey(token, tenant.tenantId, tenant.sealing);
  return { kind: 'session', session: { ...sessionOf(live), sealedSessionKey } };
}

/** The nonce comes last in a device request, so its refusal means that everything else is right. */
async function byDeviceKey(text: string, tenant: PrtTenant): Promise<BrowserSignOn> {
  const ruling = await readDeviceRequest(text, tenant);
  if (ruling.outcome === 'passed') return { kind: 'device', device: factsOf(ruling.value.device.object.document) };
  const { because } = ruling;
  const isAboutNonce = because.code === 'deviceNonceMissing' || because.code === 'deviceNonceInvalid';
  return isAboutNonce ? challenge(tenant) : { kind: 'ignored', because };
}

const nonceOf = (nonce: unknown, { nonceKey, at }: PrtTenant): Ruling<true> => checkRequestNonce(nonce, nonceKey, at);

const challenge = ({ nonceKey, at }: PrtTenant): BrowserSignOn => ({
  kind: 'challenge',
  nonce: makeRequestNonce(nonceKey, at),
});
