import { fault } from '#core/trace/fault.ts';
import { type Call, type Option, text } from '../../command.ts';
import { bytesOf } from '../../input/files.ts';
import { secretIn } from '../options/card.ts';
import type { ActiveDirectory } from './directory.ts';

/** Options of a connection to a domain controller. */
export const directoryOptions: Readonly<Record<string, Option>> = {
  'active-directory': { type: 'string', value: 'URL', help: 'A domain controller: ldaps://dc1.contoso.local.' },
  'active-directory-ca': { type: 'string', value: 'FILE', help: 'PEM file of the CA of its TLS certificate.' },
  'active-directory-account': {
    type: 'string',
    value: 'NAME',
    help: 'Account for the connection, such as PC1$@contoso.local.',
  },
  'active-directory-password-env': {
    type: 'string',
    value: 'NAME',
    help: 'Environment variable with the password of that account.',
  },
};

/** Milliseconds. */
const patience = 15_000;

/** Does the work with a domain controller, by LDAPS, and closes the connection. @throws commandMisused, domainControllerRefused */
export async function withActiveDirectory<T>(call: Call, work: (directory: ActiveDirectory) => Promise<T>): Promise<T> {
  const [url, account] = [text(call, 'active-directory'), text(call, 'active-directory-account')];
  const password = secretIn(call, 'active-directory-password-env', 'password');
  if (!url?.startsWith('ldaps://') || account === undefined || password === undefined)
    throw fault('commandMisused', {
      problem:
        '--active-directory takes ldaps://HOST, and needs --active-directory-account and --active-directory-password-env.',
    });
  const file = text(call, 'active-directory-ca');
  const ca = file === undefined ? {} : { ca: Buffer.from(bytesOf(file, call.output.cwd)) };
  const { Client } = await import('ldapts');
  const directory = await import('./directory.ts');
  const client = new Client({ url, timeout: patience, connectTimeout: patience, tlsOptions: { ...ca } });
  try {
    await client.bind(account, password).catch((thrown: unknown) => {
      throw fault('domainControllerRefused', { during: 'a bind', problem: directory.problemOf(thrown) }, thrown);
    });
    return await work(new directory.ActiveDirectory(client));
  } finally {
    await client.unbind().catch(() => undefined);
  }
}
