import { grantRecord } from '#core/token/provider-records.ts';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { passed, type Ruling, refused } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { TokenForm } from '#signin/device/token-form.ts';
import { mintRefreshToken } from '../broker/redeem.ts';
import { requestWith } from '../endpoints/body.ts';
import { notesOf } from '../endpoints/request-notes.ts';
import { provide } from '../provider/internals/configuration.ts';
import type { OidcOptions, TenantContext } from '../provider/options.ts';
import { translateToken } from '../provider/translate.ts';
import { verifyAccessToken } from '../tokens/check-access-token.ts';
import { readScopes } from '../tokens/resources/scopes.ts';
import { refuse } from './replies.ts';
import type { Opened, Request } from './request.ts';
import { takeCredential } from './take-assertion.ts';

/** What the access token of an API stands for: the sign-in that it was made with. */
interface SignInOf {
  readonly userId: string;
  /** The grant of the application that called the API. */
  readonly grantId: string;
  readonly amr: readonly string[];
  /** Whether a registered device proved itself in that sign-in. */
  readonly isDeviceBound: boolean;
}

/**
 * Tokens for the user of another token (on behalf of). They are made with a refresh token that exists for this request
 * alone, so policy, log and rules of replay are those of every renewal, with what the user proved to the first application.
 */
export async function answerOnBehalfOf(
  options: OidcOptions,
  { provider, context }: Opened,
  request: Request,
  form: TokenForm,
): Promise<void> {
  const { req, res } = request;
  const clientId = form.fields.client_id ?? '';
  const application = await context.applications.find(clientId);
  const ruling = application
    ? await signInOf(form, application, options, context)
    : refused('applicationUnknown', { appId: clientId.slice(0, 100), tenant: context.tenant.displayName });
  if (ruling.outcome !== 'passed') {
    const error = ruling.because.code === 'applicationUnknown' ? 'unauthorized_client' : 'invalid_grant';
    return refuse(options, req, res, { status: 400, error, reason: ruling.because });
  }
  const { grantId, userId, amr } = ruling.value;
  const proofs = (await context.sessions.proofs(`grant ${grantId}`)).filter((proof) => proof.userId === userId);
  if (proofs.length === 0) {
    const reason = because('grantEnded', { appId: clientId });
    return refuse(options, req, res, { status: 400, error: 'invalid_grant', reason });
  }
  const source = { name: ['obo', grantId], sessionUid: `obo ${grantId}`, userId, amr, proofs };
  const refreshToken = (await mintRefreshToken(provider, source, clientId, context))!;
  try {
    const renewal = translateToken(renewalOf(form, refreshToken));
    if (renewal.outcome !== 'passed')
      return await refuse(options, req, res, { status: 400, error: 'invalid_scope', reason: renewal.because });
    const { resource: resources } = renewal.value.fields;
    const credential = await takeCredential(options, context, request, { form, resources });
    if (credential.outcome !== 'passed')
      return await refuse(options, req, res, { status: 401, error: 'invalid_client', reason: credential.because });
    const { offline, openId } = readScopes(form.fields.scope ?? '');
    const withholds = [
      ...(offline && !ruling.value.isDeviceBound ? [] : ['refresh_token']),
      ...(openId.includes('openid') ? [] : ['id_token']),
    ];
    notesOf(req).withheld = { names: withholds };
    await provide(provider, requestWith(req, '/oauth2/v2.0/token', renewal.value.with(credential.value)), res);
  } finally {
    await context.oidcRecords.destroy('RefreshToken', refreshToken);
    const { refreshToken: unsent } = notesOf(req).withheld ?? {};
    if (unsent !== undefined) await context.oidcRecords.destroy('RefreshToken', unsent);
  }
}

/** The form of the refresh token that the provider redeems in place of the assertion. */
const renewalOf = (form: TokenForm, refreshToken: string): TokenForm =>
  form.with({
    ...{ assertion: undefined, requested_token_use: undefined, redirect_uri: undefined },
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });

/** The sign-in behind the access token that the API received. Refuses with onBehalfOfRefused. */
async function signInOf(
  form: TokenForm,
  application: Application,
  options: OidcOptions,
  context: TenantContext,
): Promise<Ruling<SignInOf>> {
  const { appId, identifierUris, isPublicClient } = application;
  const refusal = (problem: string) => refused('onBehalfOfRefused', { appId, problem });
  if (form.fields.requested_token_use !== 'on_behalf_of') return refusal('requested_token_use is not on_behalf_of');
  if (isPublicClient) return refusal('a public application cannot authenticate');
  const names = new Set([appId, `api://${appId}`, ...identifierUris].map((name) => name.toLowerCase()));
  const isForUs = (audience: string | string[] | undefined) =>
    [audience ?? []].flat().some((name) => names.has(name.replace(/\/+$/, '').toLowerCase()));
  const signingKeysOf = (tenantId: string) => ({
    current: async (kid?: string) => (await options.forTenant(tenantId))?.signingKeys.current(kid) ?? [],
  });
  const at = context.clock.now();
  const tokenContext = { ...options, at, signingKeysOf, certificateOf: 'notItsHolder' as const };
  const ruling = await verifyAccessToken(form.fields.assertion ?? '', tokenContext, isForUs);
  if (ruling.outcome !== 'passed') return refusal(`the assertion: ${messageOf(ruling.because)}`);
  const { tenantId, payload } = ruling.value;
  const { oid, rh, amr, idtyp, deviceid } = payload;
  if (tenantId !== context.tenant.id) return refusal('the assertion belongs to another tenant');
  if (idtyp !== 'user' || typeof oid !== 'string') return refusal('the assertion is not about a user');
  if (typeof rh !== 'string') return refusal('the assertion does not say which sign-in it was made with');
  const grant = await context.oidcRecords.find('Grant', rh);
  if (!grant || grantRecord(grant).accountId !== oid) return refused('grantEnded', { appId });
  const methods = Array.isArray(amr) ? amr.map(String) : [];
  const isDeviceBound = deviceid !== undefined;
  return passed({ userId: oid, grantId: rh, amr: methods, isDeviceBound }, 'graphTokenAccepted', { appId });
}
