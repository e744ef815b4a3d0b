import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { CardeaError } from '#core/trace/fault.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { currentRequest } from './internals/models.ts';
import type { OidcOptions } from './options.ts';
import { refusal } from './refuse.ts';

type CertificateReader = Pick<OidcOptions, 'certificateOf'>;

/** The client certificate of the connection, DER, for a function that wants it only where a token is bound. */
export const certificateReader =
  (req: IncomingMessage, { certificateOf }: CertificateReader): (() => Uint8Array | undefined) =>
  () =>
    certificateOf?.(notesOf(req).received)?.leaf;

/** The same for the provider. @throws what is wrong with a forwarded certificate, as an error of the provider */
export function certificateForProvider(
  { req }: KoaContextWithOIDC,
  { certificateOf }: CertificateReader,
): X509Certificate | undefined {
  try {
    const leaf = certificateOf?.(notesOf(req).received)?.leaf;
    return leaf && new X509Certificate(leaf);
  } catch (problem) {
    if (problem instanceof CardeaError) throw refusal('invalid_request', problem.because);
    throw problem;
  }
}

/** What MSAL writes for a token that is bound to the certificate of the connection, as `token_type` and as scheme of the header. */
export const mutualTlsTokenType = 'mtls_pop';

/** The access token in an Authorization header, under the scheme of either kind of token. */
export const tokenIn = (authorization: string | undefined): string | undefined =>
  /^(?:Bearer|mtls_pop) ([\w.-]{1,16384})$/i.exec(authorization ?? '')?.[1];

/** Whether the request asks for a bound token, whatever is registered for its application. */
export function isBoundTokenWanted(): boolean {
  const request = currentRequest()?.req;
  return request !== undefined && notesOf(request).wantsBoundToken === true;
}
