import { cloudSid } from '#core/device/guid.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { keyPurposes } from '#pki/build/fields/extensions.ts';
import { dnsName } from '#pki/build/fields/general-names.ts';
import type { PrtTenant } from '../prt/context.ts';
import type { DeviceRequest } from '../prt/requests/device-request.ts';
import type { SessionRequest } from '../prt/requests/session-request.ts';
import { type CertificateFor, type IssuedCertificate, issueShortLived } from './issue.ts';
import { requestedKey } from './requests.ts';

/** Common name of the authority, as Entra has it. */
const authorityName = 'MS-Organization-P2P-Access';
const deviceHours = 24;
const userHours = 1;

/**
 * `cert_token_use=device_cert` (windows-sign-in §3.11): a certificate by which a joined device proves itself to other
 * devices of its tenant. It names hosts whose first label is the display name of the device, and no others.
 */
export async function peerCertificateOfDevice(
  { jws, device }: DeviceRequest,
  tenant: PrtTenant,
): Promise<Ruling<IssuedCertificate>> {
  const { deviceId, joinType } = device.registration;
  if (joinType === 4) return refused('deviceOnlyRegistered', { deviceId });
  const { displayName } = device.object.document;
  return issue(
    jws.payload,
    {
      subject: [...tenantName(tenant), { type: 'CN', value: deviceId }],
      purposes: [keyPurposes.clientAuth, keyPurposes.serverAuth],
      names: hostsIn(jws.payload.dns_names, displayName).map(dnsName),
      hours: deviceHours,
    },
    tenant,
  );
}

/** `cert_token_use=user_cert`: the same for the user of a live primary refresh token. */
export function peerCertificateOfUser(
  { jws, live: { user, row } }: SessionRequest,
  tenant: PrtTenant,
): Promise<Ruling<IssuedCertificate>> {
  const names = [
    { type: 'CN', value: cloudSid(row.userId) },
    { type: 'CN', value: user.userPrincipalName },
  ];
  return issue(
    jws.payload,
    { subject: [...tenantName(tenant), ...names], purposes: [keyPurposes.clientAuth], names: [], hours: userHours },
    tenant,
  );
}

async function issue(
  payload: Readonly<Record<string, unknown>>,
  certificate: Omit<CertificateFor, 'publicKey'>,
  { ports, at }: PrtTenant,
): Promise<Ruling<IssuedCertificate>> {
  const key = requestedKey(payload);
  if (key.outcome !== 'passed') return key;
  const request = { ...certificate, publicKey: key.value };
  const issued = await issueShortLived(ports.devices.peerAuthorities, authorityName, request, at);
  return passed(issued, 'certificateIssued', { notAfter: issued.notAfter.toISOString() });
}

const tenantName = ({ tenantId }: PrtTenant) => [{ type: 'DC', value: tenantId }];

const mostHosts = 8;
const hostName = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i;

function hostsIn(names: unknown, displayName: string): readonly string[] {
  const computerName = displayName.toLowerCase();
  const hosts = [names ?? []].flat().filter((name): name is string => typeof name === 'string' && hostName.test(name));
  return hosts.filter((name) => name.toLowerCase().split('.')[0] === computerName).slice(0, mostHosts);
}
