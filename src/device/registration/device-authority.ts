import { createPrivateKey, type KeyObject } from 'node:crypto';
import { issuingAuthority } from '#admin/devices/issuing-authority.ts';
import { type DeviceExtensions, encodeDeviceExtensions } from '#core/device/registration/certificate-extensions.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { DeviceAuthority } from '#model/device.ts';
import { buildCertificate } from '#pki/build/certificate-builder.ts';
import { printableString } from '#pki/build/der-writer.ts';
import { basicConstraints, extendedKeyUsage, keyPurposes } from '#pki/build/fields/extensions.ts';
import { type NameInput, nameDer } from '#pki/build/fields/names.ts';
import type { DeviceAuthorities } from '#ports/devices.ts';
import { backdating, newDeviceAuthority, randomSerial } from '../certificates/new-authority.ts';

/** The variable parts of the issuer name of device certificates (windows-sign-in §2.5). */
export interface DeviceAuthorityNames {
  /** `MS-Organization-Access` by default: brokers look for it. */
  readonly commonName: string;
  /** A GUID. */
  readonly organizationalUnit: string;
}
export const usualAuthorityNames: DeviceAuthorityNames = {
  commonName: 'MS-Organization-Access',
  organizationalUnit: '5b3a4d3c-6f0e-4c0d-9f0a-1c6f0b7c4e21',
};

const day = 86_400_000;
/** Device certificates are valid for ten years, and from ten minutes before they are issued (windows-sign-in §2.5). */
export const deviceCertificateDays = 3650;
/** An authority issues for ten years, and its certificates are then valid for ten more. */
const authorityDays = 2 * deviceCertificateDays + 1;

/**
 * The authority that issues the tenant's device certificates; made when the tenant has none that outlives a certificate
 * issued at `at`. Older authorities stay trusted.
 */
export const deviceAuthorityAt = (
  authorities: DeviceAuthorities,
  names: DeviceAuthorityNames,
  at: Date,
): Promise<DeviceAuthority> =>
  issuingAuthority(
    authorities,
    (newest) => outlives(newest, at),
    () => newAuthority(names, at),
  );

function outlives({ certificate }: DeviceAuthority, at: Date): boolean {
  const ruling = readCertificate(certificate);
  return ruling.outcome === 'passed' && ruling.value.notAfter.getTime() >= at.getTime() + deviceCertificateDays * day;
}

function newAuthority(names: DeviceAuthorityNames, at: Date): Promise<DeviceAuthority> {
  return newDeviceAuthority(authorityName(names), at, new Date(at.getTime() + authorityDays * day));
}

/** One relative name of four attributes (windows-sign-in §2.5). */
function authorityName({ commonName, organizationalUnit }: DeviceAuthorityNames): Uint8Array {
  const attributes = [
    { type: 'DC', value: 'net' },
    { type: 'DC', value: 'windows' },
    { type: 'CN', value: commonName },
    { type: 'OU', value: organizationalUnit },
  ];
  return nameDer([attributes] satisfies NameInput);
}

/**
 * A device certificate, DER (windows-sign-in §2.5). The subject is one attribute: clients read the first or the last one.
 * There is no authority key identifier: a device certificate of Entra has no other extensions either.
 */
export function issueDeviceCertificate(
  authority: DeviceAuthority,
  publicKey: KeyObject,
  extensions: DeviceExtensions,
  at: Date,
): Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(authority.privateKey), format: 'der', type: 'pkcs8' });
  const issuer = readCertificate(authority.certificate);
  if (issuer.outcome !== 'passed')
    throw new Error(`the certificate of the device authority ${authority.id} is unreadable`);
  const purposes = extendedKeyUsage([keyPurposes.clientAuth]);
  return buildCertificate({
    subject: [[{ type: 'CN', value: printableString(extensions.deviceId.toLowerCase()) }]],
    issuer: issuer.value.subject.der,
    serial: randomSerial(),
    notBefore: new Date(at.getTime() - backdating),
    notAfter: new Date(at.getTime() + deviceCertificateDays * day),
    publicKey,
    extensions: [
      basicConstraints({ cA: false }),
      { ...purposes, critical: true },
      ...[...encodeDeviceExtensions(extensions)].map(([oid, value]) => ({ oid, value })),
    ],
    signature: { key, scheme: 'rsa-sha256' },
  });
}
