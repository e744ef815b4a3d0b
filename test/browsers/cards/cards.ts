import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateOptions, Issued } from '#pki/build/issued.ts';
import { writePkcs12 } from '#pki/card-file/pkcs12.ts';
import { cardOf, readDemoFiles } from '#pki/demo/demo-files.ts';
import { demoPassword } from '#pki/demo/woodgrove.ts';
import { multifactorPolicy } from '#pki/demo/woodgrove-people.ts';
import type { RunningServer } from '../../e2e/server.ts';

const day = 24 * 60 * 60 * 1000;

/** A multifactor card of one of the demo's people, issued by an authority that the running server trusts. */
export function issueUserCertificate(
  server: RunningServer,
  name: string,
  options: CertificateOptions & { readonly days: number },
): Issued {
  const { days, ...cardOptions } = options;
  const { authorities } = readDemoFiles(join(server.folder, 'demo'))!;
  return authorities['issuing-1'].issueUserCertificate({
    subject: `DC=test,DC=woodgrove,OU=People,CN=${name}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + days * day),
    policies: [multifactorPolicy],
    ...cardOptions,
  });
}

/** Writes a card as a PKCS #12 file with the demo's password; answers where it lies. */
export function writeCard(server: RunningServer, certificate: Issued, name: string): string {
  const folder = join(server.folder, 'own-cards');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.p12`);
  writeFileSync(
    file,
    writePkcs12(cardOf(certificate), { password: demoPassword, friendlyName: name, iterations: 2048 }),
  );
  return file;
}
