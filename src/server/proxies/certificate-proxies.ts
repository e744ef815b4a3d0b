import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { CertificateProxies } from '#http/certauth/presented.ts';
import { readRegularFile } from '#net/regular-file.ts';
import type { Config } from '../config.ts';
import { fileProblem } from '../settings/words.ts';

/** The operator's proxies, and how they write a certificate. @throws settingInvalid */
export function proxiesOf({ certificateProxyFile, certificateProxyFormat: format }: Config): CertificateProxies {
  return { thumbprints: thumbprintsIn(certificateProxyFile), format };
}

function thumbprintsIn(file: string | undefined): ReadonlySet<string> {
  if (file === undefined) return new Set();
  try {
    return new Set(
      orThrow(certificatesIn(readRegularFile(file), file)).map((item) => item.sha256Thumbprint.toLowerCase()),
    );
  } catch (cause) {
    const isOfFile = 'syscall' in (cause as object);
    const problem = isOfFile
      ? `${file} cannot be read: ${fileProblem(cause as NodeJS.ErrnoException)}`
      : (cause as Error).message;
    throw fault('settingInvalid', { setting: 'certificateProxyFile', problem }, cause);
  }
}
