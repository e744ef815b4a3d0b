import type { Because } from '#core/trace/reasons.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import { readClientAssertion } from '../provider/client-assertion.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import type { Request } from './request.ts';
import { takeCertificate } from './take-certificate.ts';

/** The form of a token request, and what the provider reads in its place. */
interface TokenForm {
  readonly form: URLSearchParams;
  readonly translation: URLSearchParams;
}

/** Evaluates in the provider's place what the application proves itself with, where it is not a secret; or tells why not. */
export function takeCredential(
  options: OidcOptions,
  context: TenantContext,
  request: Pick<Request, 'req' | 'tenant'>,
  { form, translation }: TokenForm,
): Promise<Because | undefined> {
  return form.has('client_assertion')
    ? takeAssertion(options, context, request, { form, translation })
    : takeCertificate(options, context, request.req, translation);
}

/** Evaluates the client assertion in the provider's place, which then finds the application proven; or tells why not. */
async function takeAssertion(
  { publicOrigin }: OidcOptions,
  context: TenantContext,
  { req, tenant }: Pick<Request, 'req' | 'tenant'>,
  { form, translation }: TokenForm,
): Promise<Because | undefined> {
  const names = new Set([tenant, context.tenant.id, ...context.tenant.domains.map(({ id }) => id), ...tenantAliases]);
  const endpointsOf = (name: string) =>
    ['oauth2/v2.0/token', 'v2.0', 'oauth2/token', ''].map((path) => `${publicOrigin}/${name}/${path}`);
  const request = {
    form,
    isBasic: req.headers.authorization !== undefined,
    ipAddress: remoteAddress(req),
    audiences: [...names].flatMap(endpointsOf),
    at: context.clock.now(),
  };
  const clientAssertion = await readClientAssertion(request, {
    findApplication: context.applications.find,
    records: context.oidcRecords,
    tenant: context.tenant.displayName,
  });
  if ('code' in clientAssertion) return clientAssertion;
  notesOf(req).provenBy = { appId: clientAssertion.appId, credential: 'clientAssertion' };
  for (const name of ['client_assertion', 'client_assertion_type']) translation.delete(name);
  translation.set('client_id', clientAssertion.appId);
  translation.set('client_secret', 'proven by assertion'); // compared with nothing: the notes of the request decide
  return undefined;
}
