import { guidText } from '#core/device/guid.ts';
import {
  type DeviceExtensions,
  decodeDeviceExtensions,
  deviceExtensionOids,
  octetStringContent,
} from '#core/device/registration/certificate-extensions.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import { defaultAlgorithmPolicy } from '#core/x509/algorithms/algorithm-policy.ts';
import { checkSignature } from '#core/x509/algorithms/signature.ts';
import { type Certificate, readCertificate } from '#core/x509/certificate.ts';
import { nameToString, sameName } from '#core/x509/name.ts';
import { type Device, type DeviceAuthority, type DeviceRegistration, deviceKind } from '#model/device.ts';
import type { StoredObject } from '#model/directory-object.ts';
import type { Tenant } from '#model/tenant.ts';
import type { DeviceStores } from '#ports/devices.ts';
import type { Objects } from '#ports/objects.ts';
import type { SignInContext } from '#ports/ports.ts';

/** A device that showed its certificate: its keys, and its directory object, which is enabled. */
export interface RegisteredDevice {
  readonly registration: DeviceRegistration;
  readonly object: StoredObject<Device>;
}

export interface RegisteredDevicePorts {
  readonly tenant: Pick<Tenant, 'id'>;
  readonly devices: {
    readonly registrations: Pick<DeviceStores['registrations'], 'findByThumbprint'>;
    readonly authorities: Pick<DeviceStores['authorities'], 'list'>;
  };
  readonly objects: Pick<Objects, 'find'>;
}

/** No device certificate is longer; a longer one is not parsed. */
const largestDeviceCertificate = 16 * 1024;

/**
 * The registered device that a certificate belongs to (windows-sign-in §2.6 and §9). The caller proves elsewhere that the
 * sender holds the private key. The private extensions are believed only after the signature of a device authority of
 * this tenant. Refuses with `deviceCertificateUnreadable`, `deviceCertificateUntrusted`, `deviceCertificateOutdated`,
 * `deviceCertificateMisfit`, `deviceUnknown` or `deviceDisabled`.
 */
export async function registeredDevice(
  certificateDer: Uint8Array,
  { ports, at }: SignInContext<RegisteredDevicePorts>,
): Promise<Ruling<RegisteredDevice>> {
  if (certificateDer.length > largestDeviceCertificate)
    return refused('deviceCertificateUnreadable', { problem: `it has more than ${largestDeviceCertificate} octets` });
  const reading = readCertificate(certificateDer);
  if (reading.outcome !== 'passed')
    return refused('deviceCertificateUnreadable', { problem: 'it is not DER of a certificate' });
  const certificate = reading.value;
  const extensions = checkDeviceCertificate(certificate, ports.tenant.id, await ports.devices.authorities.list(), at);
  return extensions.outcome === 'passed' ? findRegistered(certificate, extensions.value, ports) : extensions;
}

function checkDeviceCertificate(
  certificate: Certificate,
  tenantId: string,
  authorities: readonly DeviceAuthority[],
  at: Date,
): Ruling<DeviceExtensions> {
  if (!authorities.some((authority) => isIssuedBy(certificate, authority)))
    return refused('deviceCertificateUntrusted', { issuer: nameToString(certificate.issuer).slice(0, 200) });
  if (at < certificate.notBefore || at > certificate.notAfter)
    return refused('deviceCertificateOutdated', {
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    });
  const misfit = (problem: string) => refused('deviceCertificateMisfit', { problem });
  const extensions = decodeDeviceExtensions(new Map(certificate.extensions.map(({ oid, value }) => [oid, value])));
  if (!extensions) return misfit('a private extension is missing or malformed');
  if (extensions.tenantId !== tenantId) return misfit('it names another tenant');
  if (commonNameOf(certificate) !== extensions.deviceId) return misfit('its subject is not its device id');
  return passed(extensions, 'deviceAuthenticated', { deviceId: extensions.deviceId });
}

function isIssuedBy(certificate: Certificate, { certificate: der }: DeviceAuthority): boolean {
  const authority = readCertificate(der);
  if (authority.outcome !== 'passed' || !sameName(certificate.issuer, authority.value.subject)) return false;
  const ruling = checkSignature(certificate, authority.value.subjectPublicKeyInfo, defaultAlgorithmPolicy);
  return ruling.outcome === 'passed';
}

async function findRegistered(
  certificate: Certificate,
  { deviceId }: DeviceExtensions,
  { devices, objects }: RegisteredDevicePorts,
): Promise<Ruling<RegisteredDevice>> {
  const unknown = refused('deviceUnknown', { deviceId });
  const registration = await devices.registrations.findByThumbprint(certificate.sha256Thumbprint);
  if (registration?.deviceId !== deviceId || !hasSameKey(registration, certificate)) return unknown;
  const object = await objects.find<Device>(deviceKind, registration.objectId);
  if (object?.document.deviceId !== deviceId) return unknown;
  if (!object.document.accountEnabled) return refused('deviceDisabled', { deviceId });
  return passed({ registration, object }, 'deviceAuthenticated', { deviceId });
}

/** The key is compared beside the thumbprint (windows-sign-in §2.6). */
function hasSameKey({ certificate: der }: DeviceRegistration, certificate: Certificate): boolean {
  const registered = readCertificate(der);
  return (
    registered.outcome === 'passed' &&
    Buffer.from(registered.value.subjectPublicKeyInfo).equals(certificate.subjectPublicKeyInfo)
  );
}

/** The one attribute of the subject, in lower case; undefined for any other subject. */
function commonNameOf({ subject }: Certificate): string | undefined {
  const [attribute, ...furtherAttributes] = subject.rdns.flat();
  return attribute?.type === '2.5.4.3' && furtherAttributes.length === 0 ? attribute.value.toLowerCase() : undefined;
}

/**
 * The tenant that the extension `.5` names: which tenant to look at where the address says `common`. Not trusted before
 * {@link registeredDevice} passed. Undefined where the octets are no certificate or the extension is missing.
 */
export function tenantIdInCertificate(certificateDer: Uint8Array): string | undefined {
  if (certificateDer.length > largestDeviceCertificate) return undefined;
  const reading = readCertificate(certificateDer);
  if (reading.outcome !== 'passed') return undefined;
  const extension = reading.value.extensions.find(({ oid }) => oid === deviceExtensionOids.tenantId);
  return extension && guidText(octetStringContent(extension.value) ?? new Uint8Array());
}
