import type { IncomingMessage, ServerResponse } from 'node:http';
import { because } from '#core/trace/reasons.ts';
import { formIn } from '#signin/read-form.ts';
import { tenantAliases } from '#signin/user/realm.ts';
import { type CredentialTypeQuestions, credentialTypePath } from '../endpoints/credential-type.ts';
import { firstVersion, instanceDiscovery, mutualTlsMembers, openidConfiguration } from '../endpoints/metadata.ts';
import { instanceParameters, realmParameters } from '../endpoints/parameters.ts';
import { userRealm } from '../endpoints/user-realm.ts';
import { userinfo } from '../endpoints/userinfo.ts';
import type { OidcOptions } from '../provider/options.ts';
import { refuse, refuseMethod, sendJson } from './replies.ts';
import { pathIn, type Request } from './request.ts';

/** The discovery document of the version that the path names. */
export function configurationOf(
  endpoint: string,
  { publicOrigin, mutualTlsOrigin }: OidcOptions,
  tenant: string,
  algorithms?: readonly string[],
) {
  const document = openidConfiguration(publicOrigin, tenant, algorithms);
  const isFirst = !endpoint.startsWith('v2.0/');
  const mutualTls = mutualTlsOrigin === undefined ? {} : mutualTlsMembers(mutualTlsOrigin, tenant, isFirst ? 1 : 2);
  return { ...document, ...(isFirst ? firstVersion(publicOrigin, tenant) : {}), ...mutualTls };
}

/** Instance discovery, as MSAL asks (windows-sign-in §1.2). */
export async function answerInstance(options: OidcOptions, { req, res, query }: Request): Promise<void> {
  const request = formIn(instanceParameters, String(query)).fields.authorization_endpoint ?? '';
  const answer = instanceDiscovery(options.publicOrigin, request);
  const reason = because('hostUnknown', { host: request.slice(0, 200) });
  if (answer) sendJson(res, 200, answer, { open: true });
  else await refuse(options, req, res, { status: 400, error: 'invalid_instance', reason });
}

/** windows-sign-in §1.3. */
export async function answerRealm(options: OidcOptions, { res, query }: Request, endpoint: string): Promise<void> {
  const { user, 'api-version': version } = formIn(realmParameters, String(query)).fields;
  const typedText = user ?? plain(endpoint.slice('userrealm/'.length));
  return sendJson(res, 200, await userRealm(typedText, version, options));
}

/** What is not percent-encoded as it should be is taken as it stands. */
function plain(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** windows-sign-in §1.4. */
export async function answerCredentialType(
  options: OidcOptions,
  questions: CredentialTypeQuestions,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'POST') return refuseMethod(options, { req, res });
  const name = credentialTypePath.exec(pathIn(req.url ?? '/'))![1]!.toLowerCase();
  const tenant = tenantAliases.has(name) ? undefined : await options.tenants.find(name);
  if (!tenant && !tenantAliases.has(name)) {
    const reason = because('tenantUnknown', { tenant: name });
    return refuse(options, req, res, { status: 400, error: 'invalid_tenant', reason });
  }
  const ruling = await questions.answer(req, tenant);
  if (ruling.outcome === 'passed') return sendJson(res, 200, ruling.value);
  return refuse(options, req, res, { status: 400, error: 'invalid_request', reason: ruling.because });
}

/** OpenID Connect Core §5.3. A page of another origin sends its token in a header, so its browser asks first (Fetch §3.2). */
export async function answerUserinfo(options: OidcOptions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method === 'OPTIONS') {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-allow-methods': 'GET, POST',
      'access-control-max-age': '600',
    };
    return void res.writeHead(204, headers).end();
  }
  const ruling = await userinfo(req, options);
  if (ruling.outcome === 'passed') return sendJson(res, 200, ruling.value, { open: true });
  res.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  return refuse(options, req, res, { status: 401, error: 'invalid_token', reason: ruling.because });
}
