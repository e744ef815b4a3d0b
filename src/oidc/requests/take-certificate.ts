import type { IncomingMessage } from 'node:http';
import { CardeaError } from '#core/trace/fault.ts';
import { type Ruling, refused, refusedFor, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { Changes } from '#schema/form.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { resourceIdOf } from '../tokens/resources/resource-of.ts';

/** A request for a token or for a device code. */
export interface CredentialRequest {
  readonly form: TokenForm;
  /** The resources that it asks for, in the provider's words. */
  readonly resources: readonly string[];
}

/** Whether an application has a way to prove itself by a client certificate (RFC 8705 §2). */
const mayShowCertificate = ({ isPublicClient, tlsClientName, keyCredentials = [] }: Application): boolean =>
  !isPublicClient && (tlsClientName !== undefined || keyCredentials.length > 0);

const hasOtherCredential = ({ headers }: IncomingMessage, { fields }: TokenForm): boolean =>
  fields.client_secret !== undefined || fields.client_assertion !== undefined || headers.authorization !== undefined;

/**
 * Evaluates the client certificate of the connection in the provider's place, where the request has no other credential of a
 * confidential application. The result is what changes in the form, so that the provider finds the application proven. The refusal
 * has its entry in the sign-in log.
 */
export async function takeCertificate(
  options: OidcOptions,
  context: TenantContext,
  req: IncomingMessage,
  { form, resources }: CredentialRequest,
): Promise<Ruling<Changes>> {
  const application = await context.applications.find(form.fields.client_id ?? '');
  if (!application || !mayShowCertificate(application) || hasOtherCredential(req, form)) return success({});
  const reading = certificateIn(req, options);
  if (reading.outcome !== 'passed') return reading;
  const leaf = reading.value;
  const { appId, displayName, secretHashes, passwordCredentials = [], tlsClientName } = application;
  if (!leaf || !options.evaluateCertificate) {
    const hasSecret = secretHashes.length + passwordCredentials.length > 0;
    return tlsClientName && !hasSecret ? refused('applicationCertificateMissing', { appId }) : success({});
  }
  const notes = notesOf(req);
  const verdict = await options.evaluateCertificate({
    tenantId: context.tenant.id,
    application,
    leaf,
    signInRequest: {
      application: { appId, displayName },
      correlationId: notes.correlationId,
      resourceId: await resourceIdOf(resources, context, options),
      ipAddress: remoteAddress(req),
      userAgent: String(req.headers['user-agent'] ?? ''),
    },
  });
  if (!verdict.isProven) return refusedFor(verdict.because);
  notes.provenBy = { appId, credential: 'certificate', certificateTrace: verdict.trace };
  return success({ client_secret: 'proven by certificate' }); // compared with nothing: the notes of the request decide
}

function certificateIn(req: IncomingMessage, { certificateOf }: OidcOptions): Ruling<Uint8Array | undefined> {
  try {
    return success(certificateOf?.(notesOf(req).received)?.leaf);
  } catch (problem) {
    if (problem instanceof CardeaError) return refusedFor(problem.because);
    throw problem;
  }
}
