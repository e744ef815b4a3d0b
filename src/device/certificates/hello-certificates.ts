import { createPublicKey } from 'node:crypto';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { keyPurposes } from '#pki/build/fields/extensions.ts';
import { principalName } from '#pki/build/fields/general-names.ts';
import type { PrtTenant } from '../prt/context.ts';
import type { SessionRequest } from '../prt/requests/session-request.ts';
import { type IssuedCertificate, issueShortLived } from './issue.ts';
import { requestedKey } from './requests.ts';

const authorityName = 'MS-Organization-Hello-Access';
const hours = 24;
const resource = 'urn:microsoft:winhello:cert:prov:server';

/**
 * `cert_token_use=winhello_cert` (windows-sign-in §3.10): a certificate for smart card log-on with the Windows Hello key that
 * the user has registered on this very device. Nothing trusts its authority until an administrator says so.
 */
export async function helloCertificate(
  { jws, token, live: { user } }: SessionRequest,
  { ports, at, tenantId }: PrtTenant,
): Promise<Ruling<IssuedCertificate>> {
  const { payload } = jws;
  if (payload.resource !== resource)
    return refused('certificateUseRefused', { problem: `resource is not ${resource}` });
  if (
    !String(payload.scope ?? '')
      .split(' ')
      .includes('winhello_cert')
  )
    return refused('certificateUseRefused', { problem: 'scope lacks winhello_cert' });
  const key = requestedKey(payload);
  if (key.outcome !== 'passed') return key;
  const keys = await ports.devices.registrations.userKeysOf(user.id);
  const match = keys.find(({ publicKey, deviceId }) => deviceId === token.deviceId && sameKey(publicKey, key.value));
  if (!match) return refused('helloKeyUnknown', { keyId: 'of the certification request' });
  const subject = [
    { type: 'DC', value: tenantId },
    { type: 'CN', value: user.userPrincipalName },
  ];
  const request = {
    subject,
    publicKey: key.value,
    purposes: [keyPurposes.clientAuth, keyPurposes.smartCardLogon],
    names: [principalName(user.userPrincipalName)],
    hours,
  };
  const issued = await issueShortLived(ports.devices.helloAuthorities, authorityName, request, at);
  return passed(issued, 'certificateIssued', { notAfter: issued.notAfter.toISOString() });
}

const sameKey = (der: Uint8Array, key: ReturnType<typeof createPublicKey>): boolean =>
  createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }).equals(key);
