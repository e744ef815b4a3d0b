import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Verdict } from '#core/verdict.ts';
import type { BrokerAnswer, BrokerRequest } from '#signin/device/broker.ts';
import { factsOf } from '#signin/device/device-facts.ts';
import { noteCertificate } from '#signin/log/certificate-noted.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { type DeviceSignIn, signInWithDevice, windowsSignIn } from '#signin/with-device.ts';
import type { RegisteredDevice } from '../../registered-device.ts';
import type { PrtTenant } from '../context.ts';
import { type PresentedCredential, readCredential } from '../requests/credentials.ts';
import { type DeviceRequest, readDeviceRequest, unreplayed } from '../requests/device-request.ts';
import { keepRow, newSessionKey, tokenAnswer, tokenText } from './issue.ts';

/** A device asks for a primary refresh token with a request that its own key signs (windows-sign-in §3.2). */
export async function answerFirstToken(request: BrokerRequest, tenant: PrtTenant): Promise<BrokerAnswer> {
  const text = request.form.fields.request ?? '';
  const signedRequest = await unreplayed(await readDeviceRequest(text, tenant), tenant);
  const credentialRuling =
    signedRequest.outcome === 'passed'
      ? await readCredential(
          {
            payload: signedRequest.value.jws.payload,
            deviceId: deviceIdOf(signedRequest.value),
            ipAddress: request.ipAddress,
          },
          tenant,
        )
      : undefined;
  const signIn = signInOf(request, tenant, signedRequest, credentialRuling);
  const verdict = await signInWithDevice(signIn, tenant);
  if (signedRequest.outcome !== 'passed' || credentialRuling?.outcome !== 'passed' || verdict.kind !== 'granted')
    return refusalOf(verdict);
  return issue(request, tenant, { ...signedRequest.value, verdict, presentedCredential: credentialRuling.value });
}

const deviceIdOf = ({ device }: DeviceRequest): string => device.registration.deviceId;

/** The error of a sign-in that was not granted. */
export function refusalOf(verdict: Verdict): BrokerAnswer {
  if (verdict.kind === 'granted') throw new Error('a granted sign-in has no refusal');
  if (verdict.kind === 'refused' && 'fault' in verdict && verdict.fault !== undefined) throw verdict.fault;
  return { kind: 'refused', error: 'invalid_grant', because: verdict.because };
}

function signInOf(
  request: BrokerRequest,
  tenant: PrtTenant,
  signedRequest: Ruling<DeviceRequest>,
  credentialRuling: Ruling<PresentedCredential> | undefined,
): DeviceSignIn {
  const device = signedRequest.outcome === 'passed' ? factsOf(signedRequest.value.device.object.document) : undefined;
  const hint = checkHint(request, signedRequest, credentialRuling, tenant);
  const joined = hint.outcome === 'passed' ? checkJoin(signedRequest, credentialRuling) : hint;
  return {
    ...signInRequestOf(request),
    username: credentialRuling?.outcome === 'passed' ? credentialRuling.value.username : '',
    device,
    deviceRuling: credentialRuling && credentialRuling.outcome !== 'passed' ? credentialRuling : joined,
    credential:
      credentialRuling?.outcome === 'passed' ? credentialRuling.value.credential : { kind: 'password', password: '' },
  };
}

/** WIN-8: at an address of no tenant, a name whose domain is not verified needs a domain hint. */
function checkHint(
  { tenantName, form }: BrokerRequest,
  signedRequest: Ruling<DeviceRequest>,
  credentialRuling: Ruling<PresentedCredential> | undefined,
  { ports }: PrtTenant,
): Ruling<void> {
  if (signedRequest.outcome !== 'passed' || credentialRuling?.outcome !== 'passed' || !tenantAliases.has(tenantName))
    return success();
  const { username } = credentialRuling.value;
  const domain = username.slice(username.lastIndexOf('@') + 1).toLowerCase();
  const hint = form.fields.domain_hint ?? signedRequest.value.jws.payload.domain_hint;
  const isKnown = username === '' || ports.tenant.domains.some(({ id }) => id === domain);
  return isKnown || (typeof hint === 'string' && hint !== '') ? success() : refused('domainHintMissing', { domain });
}

/** WIN-3: certificates are taken on joined devices, not on those that are registered for one user. */
function checkJoin(
  signedRequest: Ruling<DeviceRequest>,
  credentialRuling: Ruling<PresentedCredential> | undefined,
): Ruling<unknown> {
  if (signedRequest.outcome !== 'passed' || credentialRuling?.outcome !== 'passed') return signedRequest;
  const { document } = signedRequest.value.device.object;
  const isRefused = credentialRuling.value.kind === 'certificate' && document.trustType === 'Workplace';
  return isRefused ? refused('deviceOnlyRegistered', { deviceId: document.deviceId }) : signedRequest;
}

/** What the sign-in log knows of a request of a device. */
export const signInRequestOf = (request: BrokerRequest) => ({
  correlationId: request.correlationId,
  application: windowsSignIn,
  resourceId: windowsSignIn.appId,
  ipAddress: request.ipAddress,
  userAgent: request.userAgent,
  clientAppType: 'mobileAppsAndDesktopClients' as const,
});

interface Granted {
  readonly jws: DeviceRequest['jws'];
  readonly device: RegisteredDevice;
  readonly verdict: Extract<Verdict, { kind: 'granted' }>;
  readonly presentedCredential: PresentedCredential;
}

async function issue(request: BrokerRequest, tenant: PrtTenant, granted: Granted): Promise<BrokerAnswer> {
  const { verdict, presentedCredential, jws } = granted;
  const { registration } = granted.device;
  const { credential } = presentedCredential;
  const leaf = credential.kind === 'certificate' ? credential.leaf : undefined;
  if (leaf) await noteCertificate(leaf, verdict.proofs, tenant);
  const of = { user: verdict.user, proofs: verdict.proofs, credential: presentedCredential.kind, registration };
  const row = await keepRow(of, tenant);
  const sessionKey = newSessionKey(registration);
  const sessionKeyAt = Math.floor(tenant.at.getTime() / 1000);
  const isVersion2 = Number(jws.header.kdf_ver) === 2;
  const text = await tokenText(row, registration, { sessionKey: sessionKey.key, sessionKeyAt, isVersion2 }, tenant);
  const parts = { row, user: verdict.user, text, sessionKeyJwe: sessionKey.jwe, payload: jws.payload };
  return { kind: 'plain', body: tokenAnswer(parts, request, tenant) };
}
