import { createPrivateKey, type KeyObject } from 'node:crypto';
import { issuingAuthority } from '#admin/devices/issuing-authority.ts';
import { readCertificate } from '#core/x509/certificate.ts';
import type { DeviceAuthority } from '#model/device.ts';
import { buildCertificate } from '#pki/build/certificate-builder.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from '#pki/build/fields/extensions.ts';
import type { GeneralNameDer } from '#pki/build/fields/general-names.ts';
import { keyIdentifierOf } from '#pki/build/fields/keys.ts';
import { type AttributeInput, nameDer } from '#pki/build/fields/names.ts';
import type { DeviceAuthorities } from '#ports/devices.ts';
import { backdating, newDeviceAuthority, randomSerial } from './new-authority.ts';

/** A short-lived certificate for a key that a device or a user has. */
export interface CertificateFor {
  /** One attribute a relative name. */
  readonly subject: readonly AttributeInput[];
  readonly publicKey: KeyObject;
  /** OIDs of extended key usages. */
  readonly purposes: readonly string[];
  readonly names: readonly GeneralNameDer[];
  readonly hours: number;
}

/** DER of a certificate, and of the authority that issued it. */
export interface IssuedCertificate {
  readonly certificate: Uint8Array;
  readonly authority: Uint8Array;
  readonly notAfter: Date;
}

const hour = 3_600_000;
/** An authority issues in the year that its name has, and outlives what it issued. */
const authorityHours = 2 * 366 * 24;

/**
 * Issues a certificate by the tenant's authority of this name and of this year, which is made where there is none. No CRL
 * covers it: it is short-lived.
 * @param name common name of the authority, without its year
 */
export async function issueShortLived(
  authorities: DeviceAuthorities,
  name: string,
  request: CertificateFor,
  at: Date,
): Promise<IssuedCertificate> {
  const authority = await authorityOf(authorities, name, at);
  const reading = readCertificate(authority.certificate);
  if (reading.outcome !== 'passed') throw new Error(`the certificate of the authority ${authority.id} is unreadable`);
  const key = createPrivateKey({ key: Buffer.from(authority.privateKey), format: 'der', type: 'pkcs8' });
  const notAfter = new Date(at.getTime() + request.hours * hour);
  const certificate = buildCertificate({
    subject: nameOf(request.subject),
    issuer: reading.value.subject.der,
    serial: randomSerial(),
    notBefore: new Date(at.getTime() - backdating),
    notAfter,
    publicKey: request.publicKey,
    extensions: [
      basicConstraints({ cA: false }),
      keyUsage(
        request.publicKey.asymmetricKeyType === 'rsa' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature'],
      ),
      extendedKeyUsage(request.purposes),
      ...(request.names.length === 0 ? [] : [subjectAltName(request.names)]),
      subjectKeyIdentifier(keyIdentifierOf(request.publicKey)),
      authorityKeyIdentifier({ keyIdentifier: keyIdentifierOf(key) }),
    ],
    signature: { key, scheme: 'rsa-sha256' },
  });
  return { certificate, authority: authority.certificate, notAfter };
}

const authorityOf = (authorities: DeviceAuthorities, name: string, at: Date): Promise<DeviceAuthority> =>
  issuingAuthority(
    authorities,
    ({ createdDateTime }) => createdDateTime.getUTCFullYear() === at.getUTCFullYear(),
    () => newAuthority(name, at),
  );

function newAuthority(name: string, at: Date): Promise<DeviceAuthority> {
  const subject = nameOf([{ type: 'CN', value: `${name} [${at.getUTCFullYear()}]` }]);
  return newDeviceAuthority(subject, at, new Date(at.getTime() + authorityHours * hour));
}

const nameOf = (attributes: readonly AttributeInput[]): Uint8Array =>
  nameDer(attributes.map((attribute) => [attribute]));
