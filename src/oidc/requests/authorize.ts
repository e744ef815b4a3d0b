import type { ServerResponse } from 'node:http';
import { readLoginHint } from '#core/token/login-hint.ts';
import { fault } from '#core/trace/fault.ts';
import { fromFirstVersion } from '../broker/first-version.ts';
import { isChallenged } from '../broker/sign-on.ts';
import { readForm, requestWith } from '../endpoints/body.ts';
import { type AuthorizeQuery, anyParameters } from '../endpoints/parameters.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { translateAuthorize } from '../provider/translate.ts';
import { answerScripted, isScripted } from '../scripted/authorize.ts';
import { formRefusal, missing } from './missing-parameter.ts';
import { refuse } from './replies.ts';
import type { Opened, Request } from './request.ts';

/** Characters of a form that becomes an address. Clients and the front read 16 KB of headers. */
const longestAddress = 12 * 1024;

/** Both versions: the provider knows the second alone. What a device proves is noted for it. */
export async function answerAuthorize(
  options: OidcOptions,
  { provider, context }: Opened,
  { req, res, query, tenant, askPages }: Request,
  endpoint: string,
): Promise<void> {
  const authorizeRequest = { req, res, query, askPages, path: `/${tenant}/${endpoint}` };
  if (options.broker && (await isChallenged(options.broker, authorizeRequest, context.tenant.id))) return;
  if (endpoint !== 'oauth2/authorize' && !query.fields.scope.trim())
    return refuse(options, req, res, formRefusal(missing('scope').because));
  const isFirst = endpoint === 'oauth2/authorize';
  const hinted = await withUserName(query, context);
  const parameters = isFirst ? fromFirstVersion(hinted, hinted.fields) : hinted;
  const { correlationId } = notesOf(req);
  const translation = translateAuthorize(parameters, correlationId).with(isFirst ? { cardea_version: '1' } : {});
  const answer = (to: ServerResponse) =>
    provide(provider, requestWith(req, `/oauth2/v2.0/authorize?${translation}`), to);
  const { flowSealing } = options;
  if (!flowSealing || !(await isScripted(authorizeRequest, context))) return answer(res);
  return answerScripted(authorizeRequest, answer, { ...options, flowSealing }, context);
}

/** A value of the claim `login_hint` becomes the user name; one of no user here is left out. */
async function withUserName(query: AuthorizeQuery, { directory, tenant }: TenantContext): Promise<AuthorizeQuery> {
  const hint = readLoginHint(query.fields.login_hint);
  if (!hint) return query;
  const user = hint.tenantId === tenant.id ? await directory.user(hint.userId) : undefined;
  return query.with({ login_hint: user?.userPrincipalName });
}

/** A form posted from another site brings no cookies; the same as an address does. */
export async function askAgainByGet({ req, res, tenant }: Request, endpoint: string): Promise<void> {
  const form = String(await readForm(req, anyParameters));
  if (form.length > longestAddress) throw fault('requestMalformed', { problem: 'the form is too long for an address' });
  res.writeHead(303, { location: `/${tenant}/${endpoint}?${form}`, 'cache-control': 'no-store' }).end();
}
