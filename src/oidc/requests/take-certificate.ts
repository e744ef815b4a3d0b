import type { IncomingMessage } from 'node:http';
import { CardeaError } from '#core/trace/fault.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Application } from '#model/application.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { resourceIdOf } from '../tokens/resources/resource-of.ts';

/** Whether an application has a way to prove itself by a client certificate (RFC 8705 §2). */
const mayShowCertificate = ({ isPublicClient, tlsClientName, keyCredentials = [] }: Application): boolean =>
  !isPublicClient && (tlsClientName !== undefined || keyCredentials.length > 0);

const hasOtherCredential = ({ headers }: IncomingMessage, form: URLSearchParams): boolean =>
  form.has('client_secret') || form.has('client_assertion') || headers.authorization !== undefined;

/**
 * Evaluates the client certificate of the connection in the provider's place, where the request has no other credential of a
 * confidential application. The provider then finds the application proven; or the answer is why not, and the refusal has
 * its entry in the sign-in log.
 */
export async function takeCertificate(
  options: OidcOptions,
  context: TenantContext,
  req: IncomingMessage,
  form: URLSearchParams,
): Promise<Because | undefined> {
  const application = await context.applications.find(form.get('client_id') ?? '');
  if (!application || !mayShowCertificate(application) || hasOtherCredential(req, form)) return undefined;
  const leaf = certificateIn(req, options);
  const { appId, displayName, secretHashes, passwordCredentials = [], tlsClientName } = application;
  if (leaf && !(leaf instanceof Uint8Array)) return leaf;
  if (!leaf || !options.evaluateCertificate) {
    const hasSecret = secretHashes.length + passwordCredentials.length > 0;
    return tlsClientName && !hasSecret ? because('applicationCertificateMissing', { appId }) : undefined;
  }
  const notes = notesOf(req);
  const verdict = await options.evaluateCertificate({
    tenantId: context.tenant.id,
    application,
    leaf,
    signInRequest: {
      application: { appId, displayName },
      correlationId: notes.correlationId,
      resourceId: await resourceIdOf(form.getAll('resource'), context, options),
      ipAddress: remoteAddress(req),
      userAgent: String(req.headers['user-agent'] ?? ''),
    },
  });
  if (!verdict.isProven) return verdict.because;
  notes.provenBy = { appId, credential: 'certificate', certificateTrace: verdict.trace };
  form.set('client_secret', 'proven by certificate'); // compared with nothing: the notes of the request decide
  return undefined;
}

function certificateIn(req: IncomingMessage, { certificateOf }: OidcOptions): Uint8Array | Because | undefined {
  try {
    return certificateOf?.(notesOf(req).received)?.leaf;
  } catch (problem) {
    if (problem instanceof CardeaError) return problem.because;
    throw problem;
  }
}
