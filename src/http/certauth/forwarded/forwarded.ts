import type { IncomingMessage } from 'node:http';
import { fault } from '#core/trace/fault.ts';
import { certificateHeaders, type Forwarded, type ProxyFormatName, proxyFormat } from './formats.ts';

/** The header fields of a request that could carry a certificate, as they came. */
export interface CertificateFields {
  readonly names: readonly string[];
  readonly request: IncomingMessage;
}

/**
 * Fields with the name of a header that carries a certificate, in any spelling that a program behind a proxy might take
 * for the same: upper case, `_` in place of `-`.
 */
export function certificateFields(request: IncomingMessage): CertificateFields {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return { names: names.filter((name) => certificateHeaders.has(name.replaceAll('_', '-'))), request };
}

/**
 * What a proxy that has proved itself says of its client. One field, of the one format that the settings name: a proxy
 * that passes on what its client sent has two, or one with the name of another format.
 * @throws forwardedCertificateUnreadable
 */
export function forwardedCertificate(
  { names, request }: CertificateFields,
  formatName: ProxyFormatName,
): Forwarded | undefined {
  const format = proxyFormat(formatName);
  const foreign = names.find((name) => name !== format.header && name !== format.chainHeader);
  if (foreign !== undefined) throw unreadable(`${foreign} is not a header of the format ${formatName}`);
  const values = request.headersDistinct[format.header] ?? [];
  // RFC 9440 §2.2: a single item, which several fields never are.
  if (values.length > 1) throw unreadable(`${format.header} came more than once`);
  const chain = format.chainHeader === undefined ? [] : (request.headersDistinct[format.chainHeader] ?? []);
  if (values.length === 0 && chain.length > 0) throw unreadable(`${format.chainHeader} came without ${format.header}`);
  return values.length === 0 ? undefined : format.read(values[0]!.trim(), chain);
}

const unreadable = (problem: string) => fault('forwardedCertificateUnreadable', { problem });
