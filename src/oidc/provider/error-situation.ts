import type { KoaContextWithOIDC } from 'oidc-provider';
import { appIdInBasic } from '../endpoints/basic-credentials.ts';
import type { ErrorSituation, ProviderError } from './internals/explain-error.ts';
import type { TenantContext } from './options.ts';

/** Errors by the request they ended: the provider reports one by event, and the answer is made later. */
const errorsByRequest = new WeakMap<object, ProviderError>();
export const noteError = (request: object, error: ProviderError): void => void errorsByRequest.set(request, error);
export const errorThrown = (request: object): ProviderError | undefined => errorsByRequest.get(request);

/** What an explanation of an error may tell of the request. */
export function situationOf(ctx: KoaContextWithOIDC, context: TenantContext): ErrorSituation {
  const input = { ...ctx.query, ...ctx.oidc?.body, ...ctx.oidc?.params } as Record<string, unknown>;
  const text = (name: string) => (typeof input[name] === 'string' ? input[name] : '');
  return {
    appId: (text('client_id') || appIdInBasic(ctx.get('authorization')) || '').slice(0, 100),
    tenant: context.tenant.displayName,
    redirectUri: text('redirect_uri'),
    grantType: text('grant_type'),
    responseType: text('response_type'),
    challengeMethod: text('code_challenge_method'),
    clientSentSecret: text('client_secret') !== '' || ctx.get('authorization') !== '',
  };
}
