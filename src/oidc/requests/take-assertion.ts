import { type Ruling, success } from '#core/trace/ruling.ts';
import type { Changes } from '#schema/form.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { notesOf, remoteAddress } from '../endpoints/request-notes.ts';
import { readClientAssertion } from '../provider/client-assertion.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import type { Request } from './request.ts';
import { type CredentialRequest, takeCertificate } from './take-certificate.ts';

/**
 * Evaluates in the provider's place what the application proves itself with, where it is not a secret. The result is what changes in
 * the form, so that the provider finds the application proven. Refuses with the reason why the application is not.
 */
export function takeCredential(
  options: OidcOptions,
  context: TenantContext,
  request: Pick<Request, 'req' | 'tenant'>,
  { form, resources }: CredentialRequest,
): Promise<Ruling<Changes>> {
  return form.fields.client_assertion === undefined
    ? takeCertificate(options, context, request.req, { form, resources })
    : takeAssertion(options, context, request, form);
}

/** Evaluates the client assertion in the provider's place, which then finds the application proven. */
async function takeAssertion(
  { publicOrigin }: OidcOptions,
  context: TenantContext,
  { req, tenant }: Pick<Request, 'req' | 'tenant'>,
  form: TokenForm,
): Promise<Ruling<Changes>> {
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
  const ruling = await readClientAssertion(request, {
    findApplication: context.applications.find,
    records: context.oidcRecords,
    tenant: context.tenant.displayName,
  });
  if (ruling.outcome !== 'passed') return ruling;
  const { appId } = ruling.value;
  notesOf(req).provenBy = { appId, credential: 'clientAssertion' };
  return success({
    client_assertion: undefined,
    client_assertion_type: undefined,
    client_id: appId,
    client_secret: 'proven by assertion', // compared with nothing: the notes of the request decide
  });
}
