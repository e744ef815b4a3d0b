import { createHash, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from '../e2e/server.ts';
import { testCa } from '../pki/test-ca.ts';

/** A service with a certificate of its own, registered in the tenant of the demo. */
export interface Service {
  readonly appId: string;
  readonly der: Buffer;
  /** Certificate and key as people keep them in one file. */
  readonly pem: string;
  readonly certificatePem: string;
  readonly privateKey: KeyObject;
  readonly privateKeyPem: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** Registers it as an administrator at a shell does. */
export async function registerService(server: RunningServer, name: string, validity?: Validity): Promise<Service> {
  const certificate = testCa(`CN=${name} CA`).issueUserCertificate({
    subject: `CN=${name}`,
    key: 'RSA-2048',
    ...(validity ?? {}),
  });
  const file = join(server.folder, `${name}.pem`);
  writeFileSync(file, certificate.pem);
  const { out, err } = await server.cardea('app', 'add', name, '--certificate', file, '--json');
  if (out === '') throw new Error(err);
  const { appId } = JSON.parse(out) as { appId: string };
  const der = Buffer.from(certificate.der);
  const hash = (algorithm: string) => createHash(algorithm).update(der).digest('hex');
  return {
    appId,
    der,
    pem: `${certificate.privateKeyPem}${certificate.pem}`,
    certificatePem: certificate.pem,
    privateKey: certificate.privateKey,
    privateKeyPem: certificate.privateKeyPem,
    sha1: hash('sha1'),
    sha256: hash('sha256'),
  };
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}
