import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { hostOfOrigin } from '#core/host-name.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { keyPurposes } from '#pki/build/fields/extensions.ts';
import { namesHost } from '#pki/tls-certificate.ts';
import type { Config } from '../config.ts';

const day = 24 * 60 * 60_000;
/** Days before the end of a certificate from which on a start tells of it. */
const noticeDays = 14;

/**
 * What browsers will not accept of the operator's TLS certificate: a host that it does not name, its usage, its time, a gap in its chain, and a CA
 * in it that has expired.
 * None of these keeps the server from starting.
 */
export function tlsFindings(config: Config, pem: string, at: Date): readonly Because[] {
  const file = config.tlsCertificateFile!;
  const chain = (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (text) => new X509Certificate(text),
  );
  const [leaf] = chain;
  if (!leaf) return [];
  return [
    ...nameFindings(config, file, leaf),
    ...usageFindings(file, leaf),
    ...timeFindings(file, leaf, at),
    ...chainFindings(file, chain),
    ...authorityFindings(file, chain.slice(1), at),
  ];
}

function nameFindings(config: Config, file: string, leaf: X509Certificate): readonly Because[] {
  return (['loginOrigin', 'certauthOrigin'] as const)
    .map((setting) => ({ setting, host: hostOfOrigin(config[setting]) }))
    .filter(({ host }) => !namesHost(leaf, host))
    .map(({ setting, host }) => because('tlsNameMissing', { file, host, setting }));
}

/** Node calls the extended key usage `keyUsage`; a certificate without it is for everything. */
function usageFindings(file: string, { keyUsage }: X509Certificate): readonly Because[] {
  const isForServers = keyUsage === undefined || keyUsage.some((usage) => serverUsages.includes(usage));
  return isForServers ? [] : [because('tlsUsageMissing', { file })];
}

const serverUsages: readonly string[] = [keyPurposes.serverAuth, keyPurposes.any];

/** Expired CAs of the chain. A root is not looked at: browsers have their own copy. */
const authorityFindings = (file: string, authorities: readonly X509Certificate[], at: Date): readonly Because[] =>
  authorities
    .filter(({ issuer, subject, validToDate }) => issuer !== subject && validToDate <= at)
    .map(({ subject, validToDate }) =>
      because('tlsChainExpired', { file, subject: lineOf(subject), end: validToDate.toISOString() }),
    );

function timeFindings(file: string, { validFromDate, validToDate }: X509Certificate, at: Date): readonly Because[] {
  const end = validToDate.toISOString();
  if (validToDate <= at) return [because('tlsCertificateExpired', { file, end })];
  if (validFromDate > at) return [because('tlsCertificateEarly', { file, start: validFromDate.toISOString() })];
  const isNear = validToDate.getTime() - at.getTime() < noticeDays * day;
  return isNear ? [because('tlsCertificateExpiring', { file, end })] : [];
}

/** A certificate that another one should follow: the next one did not issue it, or the leaf says where its issuer can be fetched. */
function chainFindings(file: string, chain: readonly X509Certificate[]): readonly Because[] {
  const gap = chain.find((certificate, index) => {
    const next = chain[index + 1];
    if (next) return !certificate.checkIssued(next);
    return (
      certificate.issuer !== certificate.subject &&
      /^CA Issuers/m.test(certificate.infoAccess ?? '') &&
      !isRooted(certificate)
    );
  });
  if (!gap) return [];
  return [because('tlsChainIncomplete', { file, subject: lineOf(gap.subject), issuer: lineOf(gap.issuer) })];
}

const lineOf = (name: string): string => name.split('\n').reverse().join(',');

/** Whether a root that browsers have issued it. */
const isRooted = (certificate: X509Certificate): boolean =>
  rootCertificates.some((root) => certificate.checkIssued(new X509Certificate(root)));
