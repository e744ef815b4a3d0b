import { isIP } from 'node:net';
import { z } from 'zod';
import { comparableHost, hostForm, isHost, isServerAddress, socketHost } from '#core/host-name.ts';
import { isAddressOrNetwork } from '#net/limits/address-set.ts';
import { driverParameters, ignoredParameter, serversOf } from '#storage/database/postgres/postgres-servers.ts';

const hostProblem = `its host must be ${hostForm}`;
const serverOfUrl = (url: string): string => /^[a-z]+:\/\/(?:[^/?#]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '';

/**
 * An https origin, without an underscore: neither browsers nor public CAs agree on it. The answer is in the form of browsers: lower
 * case, without the default port.
 */
export const origin = z
  .string()
  .regex(/^https:\/\/[^/?#@]+\/?$/i, { error: 'it must be https://host or https://host:port', abort: true })
  .refine((url) => isServerAddress(serverOfUrl(url)) && !url.includes('_'), hostProblem)
  .transform((url) => (URL.canParse(url) ? new URL(url).origin : url));

/** An address of a server. @param form the parts of it that Cardea uses: any more would be ignored */
export const serverUrl = (form: RegExp, error: string) =>
  z
    .url({ error, abort: true })
    .regex(form, { error, abort: true })
    .refine((url) => isServerAddress(serverOfUrl(url)), { error: hostProblem, abort: true })
    .refine(hasReadableUser, 'in its user name and password, % must be written as %25');

/** Whether the user name and password of a URL can be decoded. */
function hasReadableUser(url: string): boolean {
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

const databaseForm =
  'it must be postgres://user:password@host:port/database, with %2F, %3F, %23, %40 and %25 instead of /, ?, #, @ and % in the password';

/** The address of a PostgreSQL database, as the driver reads it. Where it is empty, SQLite is used. */
export const databaseUrl = z
  .string()
  .regex(/^(postgres(ql)?:\/\/.*)?$/is, { error: 'it must be a postgres:// address', abort: true })
  .refine((url) => url === '' || serversOf(url).every(isReadableByDriver), { error: databaseForm, abort: true })
  .superRefine((url, context) => {
    const name = ignoredParameter(url);
    if (name === undefined) return;
    // It may be a part of a password with a question mark, which must not be shown.
    const isName = /^\w+$/.test(name) && !url.slice(url.indexOf('?')).includes('@');
    const message = !isName
      ? databaseForm
      : `it has the parameter ${name.slice(0, 60)}, which is not one of ${driverParameters.join(', ')}`;
    context.addIssue({ code: 'custom', message });
  });

/** The driver takes a host that is only in the query (`user@/name?host=…`), and a % or space that is not encoded. */
function isReadableByDriver(url: string): boolean {
  const isLoose = / |%[^a-f0-9]|%[a-f0-9][^a-f0-9]/i.test(url);
  const strict = (isLoose ? encodeURI(url).replace(/%25(\d\d)/g, '%$1') : url).replace('@/', '@host/');
  if (!URL.canParse(strict)) return false;
  // A password with a slash that is not encoded: its first part would be the port, or the host.
  return hasReadableUser(strict) && !new URL(strict).pathname.includes('@');
}

/** A host with or without a port, without the name of a protocol. */
export const serverAddress = z.string().refine(isServerAddress, `it must be ${hostForm}`);

/** An address of this computer to listen on. An empty one would be every network. */
export const listenAddress = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || (isHost(text) && !text.startsWith('[')),
    'it must be an IP address, without brackets, or a host name',
  );

/** Texts that a list in `cardea.json` contains, or names with commas or spaces between them elsewhere. */
const texts = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(/[\s,]+/).filter((name) => name !== ''))], {
    error: 'it must be a list of texts, or one text with commas between its entries',
  })
  .transform((names) => names.map((name) => name.trim().toLowerCase()));

const entriesOf = (holds: (entry: string) => boolean, form: string) =>
  z.array(z.string().refine(holds, `each entry must be ${form}`));

/** A list of hosts without ports. An IPv6 address may have the brackets of URLs. */
const listOf = (holds: (entry: string) => boolean, form: string) =>
  texts.transform((entries) => entries.map(socketHost)).pipe(entriesOf(holds, form));

export const hosts = listOf(
  (entry) => isIP(entry) !== 0 || isHost(entry),
  'a host name or an IP address, without a port',
).transform((entries) => entries.map(comparableHost));
export const serverAddresses = texts.pipe(entriesOf(isServerAddress, hostForm));
export const networks = listOf(isAddressOrNetwork, 'an IP address or a network, such as 10.0.0.0/8');

/** Hosts that an outbound proxy is not used for: a leading dot stands for a domain and every host below it. */
export const hostPatterns = listOf(
  (entry) => isAddressOrNetwork(entry) || isHost(entry.replace(/^\*?\./, '')),
  'a host name, a domain such as .example.org, an IP address or a network',
);
