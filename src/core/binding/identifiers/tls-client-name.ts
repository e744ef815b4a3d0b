import { passed, type Ruling, refused } from '../../trace/ruling.ts';
import type { Certificate } from '../../x509/certificate.ts';
import { rdnKeys } from '../../x509/name.ts';
import { parseName } from './distinguished-name.ts';

/** RFC 8705 §2.1.2, and Entra's `tlsClientAuthParameter`: which name of a certificate is registered for an application. */
export const tlsClientParameters = [
  'tls_client_auth_subject_dn',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_uri',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_email',
] as const;
export type TlsClientParameter = (typeof tlsClientParameters)[number];

/** The one name by which certificates of a CA prove an application. */
export interface TlsClientName {
  readonly parameter: TlsClientParameter;
  readonly value: string;
}

/** More than any real name has. */
const longestValue = 1024;

/** Whether a certificate could ever have this name. Refuses with tlsClientNameInvalid. */
export function checkTlsClientName(name: TlsClientName): Ruling<TlsClientName> {
  const { parameter, value } = name;
  const isReadable = value.length <= longestValue && readers[parameter](value) !== undefined;
  return isReadable
    ? passed(name, 'tlsClientNameValid', { parameter })
    : refused('tlsClientNameInvalid', { parameter, value: value.slice(0, 200), form: forms[parameter] });
}

/** Whether the certificate has the name. One that could not be read has none; no wildcard stands for a name. */
export function hasTlsClientName(certificate: Certificate, { parameter, value }: TlsClientName): boolean {
  const key = readers[parameter](value);
  return key !== undefined && namesIn[parameter](certificate).includes(key);
}

const forms: Readonly<Record<TlsClientParameter, string>> = {
  tls_client_auth_subject_dn: 'a distinguished name as RFC 4514 writes it (CN=app,O=Woodgrove)',
  tls_client_auth_san_dns: 'a host name without wildcard',
  tls_client_auth_san_uri: 'an absolute URI',
  tls_client_auth_san_ip: 'an IPv4 or IPv6 address',
  tls_client_auth_san_email: 'an e-mail address',
};

/** What is compared, made of a registered value; undefined for one that no certificate can have. */
const readers: Readonly<Record<TlsClientParameter, (value: string) => string | undefined>> = {
  tls_client_auth_subject_dn(value) {
    const name = parseName(value);
    return name && name.rdns.length > 0 ? nameKey(name.rdns.toReversed()) : undefined;
  },
  tls_client_auth_san_dns: (value) =>
    /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i.test(value) ? value.toLowerCase() : undefined,
  tls_client_auth_san_uri: (value) => (/^[\x21-\x7e]+$/.test(value) && URL.canParse(value) ? value : undefined),
  tls_client_auth_san_ip: addressKey,
  tls_client_auth_san_email: mailKey,
};

/** The same of a certificate. */
const namesIn: Readonly<Record<TlsClientParameter, (certificate: Certificate) => readonly string[]>> = {
  tls_client_auth_subject_dn: ({ subject }) => [nameKey(subject.rdns)],
  tls_client_auth_san_dns: (certificate) => textsOf(certificate, 'dNSName').map((text) => text.toLowerCase()),
  tls_client_auth_san_uri: (certificate) => textsOf(certificate, 'uniformResourceIdentifier'),
  tls_client_auth_san_ip: ({ subjectAltName }) =>
    subjectAltName.flatMap((name) => (name.kind === 'iPAddress' ? [Buffer.from(name.octets).toString('hex')] : [])),
  tls_client_auth_san_email: (certificate) => textsOf(certificate, 'rfc822Name').flatMap((text) => mailKey(text) ?? []),
};

/** RFC 5280 §7.1: case and runs of blanks do not count, the order of RDNs does. */
const nameKey = (rdns: Certificate['subject']['rdns']): string =>
  JSON.stringify(rdnKeys({ der: new Uint8Array(), rdns }));

function textsOf({ subjectAltName }: Certificate, kind: 'dNSName' | 'uniformResourceIdentifier' | 'rfc822Name') {
  return subjectAltName.flatMap((name) => (name.kind === kind && 'text' in name && name.text ? [name.text] : []));
}

/** RFC 5280 §7.5: the host's case does not count, that of the mailbox does. */
function mailKey(value: string): string | undefined {
  const [, mailbox, host] = /^([\x21-\x3f\x41-\x7e]+)@([a-z0-9.-]+)$/i.exec(value) ?? [];
  return mailbox && host ? `${mailbox}@${host.toLowerCase()}` : undefined;
}

/** The octets of an address in hex; an IPv4 address has four of them, however it is written. */
function addressKey(value: string): string | undefined {
  const four = octetsOf(value);
  if (four) return Buffer.from(four).toString('hex');
  if (!/^[0-9a-f:.]+$/i.test(value) || !value.includes(':') || !URL.canParse(`http://[${value}]`)) return undefined;
  const [head = '', tail] = new URL(`http://[${value}]`).hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - left!.length - right!.length }, () => '0');
  return [...left!, ...zeros, ...right!].map((group) => group.padStart(4, '0')).join('');
}

function octetsOf(value: string): readonly number[] | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(value)) return undefined;
  const octets = value.split('.').map(Number);
  return octets.every((octet) => octet < 256) ? octets : undefined;
}
