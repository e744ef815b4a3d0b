import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ProviderError } from './explain-error.ts';

/** Keys of the provider: private JWKs, and keys that sign by themselves, which its types leave out. */
export const jwksOf = (keys: readonly object[]): Configuration['jwks'] => ({ keys: keys as never });

/** The resource that a request is about where it names none: undefined for none, which the types of the provider leave out. */
export const noResource = undefined as never;

/** Events of the provider that tell of a request which it refused, or could not answer. */
const errorEvents = [
  'grant.error',
  'authorization.error',
  'server_error',
  'jwks.error',
  'discovery.error',
  'device_authorization.error',
  'code_verification.error',
  'device_resume.error',
] as const;

/** Tells of each request that the provider refused or could not answer, and of what is thrown in Koa below it. */
export function onProviderError(
  provider: Provider,
  logError: (ctx: KoaContextWithOIDC, error: ProviderError) => void,
  reportFault: (fault: unknown) => void,
): void {
  const emitter: NodeJS.EventEmitter = provider;
  for (const event of errorEvents) emitter.on(event, logError);
  emitter.on('error', reportFault);
}

/** Hands a request to the provider. Answers when the response was written. */
export const provide = (provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> =>
  Promise.resolve(provider.callback()(req, res));
