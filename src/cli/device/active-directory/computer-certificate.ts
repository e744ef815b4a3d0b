import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Authority } from '#pki/build/authority.ts';
import { generateKey } from '#pki/build/fields/keys.ts';
import type { StateFolder } from '../state/state-folder.ts';
import type { ActiveDirectory, DirectoryComputer } from './directory.ts';

const keyFile = 'computer-key.pem';
const years = 10 * 365 * 86_400_000;

/**
 * The key of the certificate in the computer's userCertificate. Where the state folder has the key of one of them, that is
 * it. Else, as after the operating system was reinstalled, a self-signed certificate `CN={objectGUID}` is written to Active
 * Directory (windows-sign-in §6.2). @throws domainControllerRefused, deviceStateUnusable
 */
export async function computerKey(
  directory: ActiveDirectory,
  computer: DirectoryComputer,
  folder: StateFolder,
  at: Date,
): Promise<{ readonly key: KeyObject; readonly isNew: boolean }> {
  const text = folder.read(keyFile);
  const earlierKey = text === undefined ? undefined : createPrivateKey(text);
  if (earlierKey && computer.certificates.some((der) => new X509Certificate(der).checkPrivateKey(earlierKey)))
    return { key: earlierKey, isNew: false };
  const key = earlierKey ?? generateKey('RSA-2048');
  folder.write(keyFile, key.export({ type: 'pkcs8', format: 'pem' }).toString());
  const validity = { notBefore: at, notAfter: new Date(at.getTime() + years) };
  const options = { key, basicConstraints: { cA: false }, keyUsage: ['digitalSignature'] } as const;
  const certificate = Authority.root(`CN=${computer.objectGuid}`, validity, options);
  await directory.writeCertificate(computer, certificate.der);
  return { key, isNew: true };
}
