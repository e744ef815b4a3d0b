import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { Authority, type AuthorityState } from './build/authority.ts';
import { keyPurposes } from './build/fields/extensions.ts';
import { dnsName, type GeneralNameDer, ipAddress } from './build/fields/general-names.ts';
import { type Issued, issuedFrom } from './build/issued.ts';

const day = 24 * 60 * 60 * 1000;
/** Browsers refuse server certificates that live longer (CA/Browser Forum BR §6.3.2, from before it went further down). */
export const serverLifetimeDays = 397;

/** A server certificate and the local root that a browser can be configured to trust. */
export interface TlsCertificate {
  readonly root: Authority;
  readonly server: Issued;
  /** DNS names (a leading `*.` allowed) and addresses. */
  readonly hosts: readonly string[];
  readonly notAfter: Date;
}

export interface TlsCertificateInput {
  readonly hosts: readonly string[];
  readonly at: Date;
  /** An earlier root; used again when it may speak for all hosts. */
  readonly from?: TlsCertificate | undefined;
}

/**
 * A certificate for the hosts, valid from an hour ago for at most 397 days. The root carries name constraints: a
 * stolen root key can impersonate these hosts and no others, although a browser trusts it.
 */
export function makeTlsCertificate({ hosts, at, from }: TlsCertificateInput): TlsCertificate {
  const root = from && sameHosts(from.hosts, hosts) && stillGood(from.root, at) ? from.root : makeTlsRoot(hosts, at);
  const notAfter = new Date(at.getTime() + (serverLifetimeDays - 1) * day);
  const server = root.issue({
    subject: `CN=${hosts[0] ?? 'localhost'}`,
    notBefore: new Date(at.getTime() - day / 24),
    notAfter,
    basicConstraints: { cA: false },
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [keyPurposes.serverAuth],
    names: hosts.map(nameOf),
  });
  return { root, server, hosts, notAfter };
}

/** Whether it is time for a new certificate: a month before the end, or when the clock or the hosts have moved. */
export function tlsRenewalDue(current: TlsCertificate, hosts: readonly string[], at: Date): boolean {
  const remaining = current.notAfter.getTime() - at.getTime();
  return remaining < 30 * day || remaining > serverLifetimeDays * day || !sameHosts(current.hosts, hosts);
}

/** Whether browsers take the certificate for that of the host: by its subject alternative names alone (RFC 9525 §6.3). */
export const namesHost = (certificate: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? certificate.checkHost(host, { subject: 'never' }) : certificate.checkIP(host)) !== undefined;

/** What to keep over a restart; holds private keys. */
export interface TlsState {
  readonly root: AuthorityState;
  readonly certificate: string;
  readonly privateKey: string;
  readonly serial: string;
  readonly hosts: readonly string[];
  readonly notAfter: string;
}
export const tlsState = ({ root, server, hosts, notAfter }: TlsCertificate): TlsState => ({
  root: root.state(),
  certificate: server.pem,
  privateKey: server.privateKeyPem,
  serial: `${server.serial}`,
  hosts,
  notAfter: notAfter.toISOString(),
});
export function openTlsCertificate(state: TlsState): TlsCertificate {
  const root = Authority.open(state.root);
  const server = issuedFrom(state.certificate, createPrivateKey(state.privateKey), BigInt(state.serial), [root]);
  return { root, server, hosts: state.hosts, notAfter: new Date(state.notAfter) };
}

function makeTlsRoot(hosts: readonly string[], at: Date): Authority {
  const validity = { notBefore: new Date(at.getTime() - day), notAfter: new Date(at.getTime() + 3650 * day) };
  return Authority.root('O=Cardea,CN=Cardea local TLS root', validity, {
    pathLength: 0,
    nameConstraints: { permitted: permittedSubtrees(hosts), ...excludedSubtrees(hosts) },
  });
}

const stillGood = (root: Authority, at: Date): boolean =>
  root.validity.notBefore <= at && at.getTime() + serverLifetimeDays * day < root.validity.notAfter.getTime();
const sameHosts = (a: readonly string[], b: readonly string[]): boolean =>
  [...a].sort().join() === [...b].sort().join();

const nameOf = (host: string): GeneralNameDer => (isIP(host) ? ipAddress(host) : dnsName(host));

/** A permitted DNS name covers all names below it (RFC 5280 §4.2.1.10); an address is a range of one. */
function permittedSubtrees(hosts: readonly string[]): GeneralNameDer[] {
  const names = new Set(hosts.map((host) => host.replace(/^\*\./, '')));
  return [...names].map((host) => (isIP(host) ? ipAddress(`${host}/${isIP(host) === 4 ? 32 : 128}`) : dnsName(host)));
}

/** A kind of name that no subtree permits is not constrained at all, so addresses need an exclusion when none is served. */
function excludedSubtrees(hosts: readonly string[]): { excluded?: GeneralNameDer[] } {
  if (hosts.some((host) => isIP(host) !== 0)) return {};
  return { excluded: [ipAddress('0.0.0.0/0'), ipAddress('::/0')] };
}
