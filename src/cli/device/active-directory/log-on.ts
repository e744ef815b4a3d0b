import { spawn } from 'node:child_process';
import { fault } from '#core/trace/fault.ts';

/** A log-on to Active Directory with a card, by PKINIT (RFC 4556). */
export interface DomainLogOn {
  /** A user principal name that Active Directory knows. */
  readonly name: string;
  /** RFC 7512 without a query: the token and the key. */
  readonly keyUri: string;
  readonly module: string;
  readonly pin: string;
}

/** Milliseconds. */
const patience = 60_000;

/**
 * Gets a ticket-granting ticket with MIT Kerberos' `kinit`, into the credential cache of `KRB5CCNAME`. The PIN goes to its
 * standard input. @throws domainLogOnRefused, tokenSoftwareMissing
 */
export async function logOnToDomain({ name, keyUri, module, pin }: DomainLogOn): Promise<void> {
  const attributes = new Map(
    keyUri
      .replace(/^pkcs11:/, '')
      .split(';')
      .map((part) => part.split('=') as [string, string]),
  );
  const token = decodeURIComponent(attributes.get('token') ?? '');
  const id = (attributes.get('id') ?? '').replaceAll('%', '');
  const identity = `PKCS11:module_name=${module}:token=${token}:certid=${id}`;
  // -E: the name is a user principal name, which the domain controller looks up (RFC 6806 §5).
  const child = spawn('kinit', ['-E', '-X', `X509_user_identity=${identity}`, '--', name], { timeout: patience });
  let words = '';
  const hear = (chunk: Buffer) => {
    words += chunk;
    // Where PKINIT fails, kinit then asks for a password. It never gets the PIN for one.
    if (/\bPIN\b[^\n]*: ?$/.test(words)) child.stdin.end(`${pin}\n`);
    else if (/Password for /.test(words)) child.kill();
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', hear);
  child.stdin.on('error', () => undefined);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (thrown: NodeJS.ErrnoException) =>
      reject(
        thrown.code === 'ENOENT'
          ? fault('tokenSoftwareMissing', { file: 'kinit', package: 'krb5-user krb5-pkinit' }, thrown)
          : thrown,
      ),
    );
    child.once('close', resolve);
  });
  if (code === 0) return;
  const lines = words
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/(?:PIN|Password for .*):/.test(line));
  const problem = lines.at(-1)?.slice(0, 200) ?? 'the card did not log on';
  throw fault('domainLogOnRefused', { name, problem });
}
