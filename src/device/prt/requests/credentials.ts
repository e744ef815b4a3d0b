import type { AuthenticationMethod, Proof } from '#core/access/proof.ts';
import { readCompactJws } from '#core/device/jose/compact-jws.ts';
import { isSignedBy, publicKeyOf } from '#core/device/jose/jws-signature.ts';
import { isUserPrincipalNameShaped } from '#core/device/sign-in-name.ts';
import { brokerAppId } from '#core/directory/well-known-applications.ts';
import { refreshTokenRecord } from '#core/token/provider-records.ts';
import { useOf } from '#core/token/refresh-token-use.ts';
import { passed, type Refusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { CredentialKind } from '#model/device.ts';
import { browserSessionOfDevice } from '#signin/device/browser-session.ts';
import { type DeviceCredential, userNamed } from '#signin/with-device.ts';
import type { PrtTenant } from '../context.ts';
import { assertionKind, checkTimes, longestOfHello, nameIn, readCertificateAssertion } from './assertion.ts';

const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** What a signed request presents for the user, and the name it is presented for. */
export interface PresentedCredential {
  readonly username: string;
  readonly credential: DeviceCredential;
  readonly kind: CredentialKind;
}

interface CredentialBlock {
  readonly payload: Readonly<Record<string, unknown>>;
  /** The device that signs the request, by its own key or by a session key. */
  readonly deviceId: string;
  /** Where the request came from. */
  readonly ipAddress: string;
}

/** The credential block of a signed request (windows-sign-in §3.2). Refuses with `deviceCredentialMissing` or the reasons of an unreadable assertion. */
export async function readCredential(block: CredentialBlock, tenant: PrtTenant): Promise<Ruling<PresentedCredential>> {
  const { payload } = block;
  switch (payload.grant_type) {
    case 'password':
      return passwordIn(payload);
    case 'refresh_token':
      return refreshTokenIn(block, tenant);
    case assertionGrant:
      return assertionIn(block, tenant);
    default:
      return missing(`grant_type "${textOf(payload.grant_type).slice(0, 100)}" is not offered`);
  }
}

const missing = (problem: string): Refusal => refused('deviceCredentialMissing', { problem });
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const present = (username: string, kind: CredentialKind, credential: DeviceCredential): Ruling<PresentedCredential> =>
  passed({ username, kind, credential }, 'deviceRequestRead', {});

function passwordIn(payload: CredentialBlock['payload']): Ruling<PresentedCredential> {
  const [username, password] = [textOf(payload.username).trim().slice(0, 400), textOf(payload.password)];
  if (username === '' || password === '') return missing('username or password is missing');
  if (!isUserPrincipalNameShaped(username)) return refused('deviceNameMalformed', { username });
  return present(username, 'password', { kind: 'password', password });
}

async function assertionIn(block: CredentialBlock, tenant: PrtTenant): Promise<Ruling<PresentedCredential>> {
  const text = textOf(block.payload.assertion);
  const reading = readCompactJws(text);
  if (reading.outcome !== 'passed') return reading;
  const kind = assertionKind(reading.value);
  const username = nameIn(reading.value);
  if (kind === undefined) return missing('the header of the assertion has x5c and kid, or neither');
  if (kind === 'windowsHelloForBusiness')
    return present(username, kind, { kind, ruling: await helloKey(text, block, tenant) });
  const { leaf, ...ruling } = await readCertificateAssertion(text, block.payload.request_nonce, tenant);
  const outerName = checkOuterName(block.payload, username);
  return present(username, kind, { kind, ruling: outerName.outcome === 'passed' ? ruling : outerName, leaf });
}

/** Windows repeats the name outside of the assertion. Where it does, it is the same one. */
function checkOuterName({ username }: CredentialBlock['payload'], issuer: string): Ruling<void> {
  const outer = textOf(username).trim().slice(0, 400);
  if (outer === '' || outer.toLowerCase() === issuer.toLowerCase()) return success();
  return refused('deviceNameForeign', { username: outer, issuer });
}

type NamedUser = Ruling<{ readonly userId: string; readonly proofs: readonly Proof[] }>;

/** windows-sign-in §3.3. The nonce may be another one than that of the request: clients use two. */
async function helloKey(text: string, { deviceId }: CredentialBlock, tenant: PrtTenant): Promise<NamedUser> {
  const reading = readCompactJws(text);
  if (reading.outcome !== 'passed') return reading;
  const jws = reading.value;
  const { ports, at } = tenant;
  const keyId = textOf(jws.header.kid).slice(0, 100);
  const [key, user] = [await ports.devices.registrations.findUserKey(keyId), await userNamed(nameIn(jws), ports)];
  if (!key || key.userId !== user?.id) return refused('helloKeyUnknown', { keyId });
  const publicKey = publicKeyOf(key.publicKey);
  if (!publicKey || jws.header.alg !== 'RS256' || !isSignedBy(jws, 'RS256', publicKey))
    return refused('helloSignatureWrong', { keyId });
  if (key.deviceId !== deviceId) return refused('helloKeyOfAnotherDevice', { keyId });
  const times = await checkTimes({ jws, outerNonce: undefined, longest: longestOfHello }, tenant);
  if (times.outcome !== 'passed') return times;
  const method: AuthenticationMethod = 'windowsHelloForBusiness';
  return passed({ userId: user.id, proofs: [{ method, userId: user.id, at: at.toISOString() }] }, 'helloKeyAccepted', {
    keyId,
  });
}

async function refreshTokenIn(block: CredentialBlock, tenant: PrtTenant): Promise<Ruling<PresentedCredential>> {
  const id = textOf(block.payload.refresh_token).slice(0, 200);
  const record = refreshTokenRecord((await tenant.ports.oidcRecords.find('RefreshToken', id)) ?? {});
  const ruling = await brokerToken(record, block, tenant);
  return present('', 'refreshToken', { kind: 'refreshToken', ruling, userId: record.accountId });
}

/**
 * A refresh token of the broker is not used up by becoming a primary one. What it rests on becomes what that one rests on.
 * Brokers enroll a device and get the primary token with one refresh token: a second use counts as at the token endpoint
 * (`useOf`), and a replay ends its grant.
 */
async function brokerToken(
  record: ReturnType<typeof refreshTokenRecord>,
  { deviceId, ipAddress }: CredentialBlock,
  { ports, at }: PrtTenant,
): Promise<NamedUser> {
  const { accountId: userId = '', grantId = '', sessionUid: madeWith = '' } = record;
  if (record.clientId !== brokerAppId || grantId === '') return refused('brokerTokenUnknown', {});
  if (useOf(record, ipAddress, at) === 'replay') {
    await ports.oidcRecords.revokeByGrantId(grantId);
    await ports.oidcRecords.destroy('Grant', grantId);
    return refused('brokerTokenReplayed', {});
  }
  if (!(await ports.oidcRecords.find('Grant', grantId))) return refused('brokerTokenUnknown', {});
  const primaryId = madeWith.startsWith('prt ')
    ? madeWith.slice('prt '.length)
    : (await browserSessionOfDevice(madeWith, ports.oidcRecords))?.primary;
  if (primaryId !== undefined) {
    const primary = await ports.devices.primaryRefreshTokens.find(primaryId);
    if (primary?.deviceId !== deviceId) return refused('refreshTokenOfAnotherDevice', { deviceId });
  }
  const since = (await ports.directory.user(userId))?.signInSessionsValidFromDateTime ?? '';
  const proofs = (await ports.sessions.proofs(`grant ${grantId}`)).filter(
    (proof) => proof.userId === userId && (since === '' || Date.parse(proof.at) >= Date.parse(since)),
  );
  if (proofs.length === 0 || at.getTime() > Number(record?.exp) * 1000) return refused('brokerTokenUnknown', {});
  return passed({ userId, proofs }, 'brokerTokenAccepted', { methods: proofs.map(({ method }) => method) });
}
