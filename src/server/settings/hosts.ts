import { isIP } from 'node:net';
import { z } from 'zod';
import { hostForm, isHost, isServerAddress } from '#core/host-name.ts';
import { isAddressOrNetwork } from '#net/limits/address-set.ts';

const hostProblem = `its host must be ${hostForm}`;
const serverOfUrl = (url: string): string => /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '';

/**
 * An https origin, without an underscore: neither browsers nor public CAs agree on it. The answer is in the form of browsers: lower
 * case, without the default port.
 */
export const origin = z
  .string()
  .regex(/^https:\/\/[^/?#@]+\/?$/i, { error: 'it must be https://host or https://host:port', abort: true })
  .refine((url) => isServerAddress(serverOfUrl(url)) && !url.includes('_'), hostProblem)
  .transform((url) => (URL.canParse(url) ? new URL(url).origin : url));

/** An address of a server with these protocols. */
export const serverUrl = (protocol: RegExp, error: string) =>
  z.url({ protocol, error, abort: true }).refine((url) => isServerAddress(serverOfUrl(url)), hostProblem);

/** A host with or without a port, without the name of a protocol. */
export const serverAddress = z.string().refine(isServerAddress, `it must be ${hostForm}`);

/** An address of this computer to listen on. An empty one would be every network. */
export const listenAddress = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || (isHost(text) && !text.startsWith('[')),
    'it must be an IP address, without brackets, or a host name',
  );

/** Texts that a list in `cardea.json` contains, or names with commas between them elsewhere. */
const texts = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter((name) => name.trim() !== ''))])
  .transform((names) => names.map((name) => name.trim().toLowerCase()));

const listOf = (holds: (entry: string) => boolean, form: string) =>
  texts.pipe(z.array(z.string().refine(holds, `each entry must be ${form}`)));

export const hosts = listOf(isHost, 'a host name or an IP address, without a port');
export const ipAddresses = listOf((entry) => isIP(entry) !== 0, 'an IP address');
export const networks = listOf(isAddressOrNetwork, 'an IP address or a network, such as 10.0.0.0/8');

/** Hosts that an outbound proxy is not used for: a leading dot stands for a domain and every host below it. */
export const hostPatterns = listOf(
  (entry) => isAddressOrNetwork(entry) || isHost(entry.replace(/^\*?\./, '')),
  'a host name, a domain such as .example.org, an IP address or a network',
);
