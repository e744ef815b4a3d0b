import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { reaches } from './reaches.ts';

type ModelName = 'Client' | 'Session' | 'IdToken' | 'RefreshToken';
type MemberOf<Name extends ModelName> = keyof typeof reaches extends infer Reach
  ? Reach extends `${Name}.${infer Member}`
    ? Member
    : never
  : never;
/** A method or getter of the library; the types of the library leave most of them out. */
export type Member = (this: never, ...args: never[]) => unknown;

/**
 * Replaces a method of a model of this provider alone: each provider has models of its own.
 *
 * @param make receives the former method
 * @throws Error where the library has no such method any more
 */
export function replaceMethod<Name extends ModelName, Former extends Member = Member>(
  provider: Provider,
  [model, member]: readonly [Name, MemberOf<Name>],
  make: (former: Former) => Member,
): void {
  const { prototype } = modelOf(provider, model);
  const former = prototype[member];
  if (typeof former !== 'function') throw new Error(`oidc-provider has no method ${model}.${member}`);
  prototype[member] = make(former as Former);
}

/** Replaces a getter of a model of this provider alone. @throws Error where the library has no such member any more */
export function replaceGetter<Name extends ModelName>(
  provider: Provider,
  [model, member]: readonly [Name, MemberOf<Name>],
  get: Member,
): void {
  const { prototype } = modelOf(provider, model);
  if (!(member in prototype)) throw new Error(`oidc-provider has no member ${model}.${member}`);
  Object.defineProperty(prototype, member, { get });
}

const modelOf = (provider: Provider, name: ModelName) =>
  (provider as unknown as Record<ModelName, { readonly prototype: Record<string, unknown> }>)[name];

/** The request being answered, where the provider hands none down. */
export const currentRequest = (): KoaContextWithOIDC | undefined =>
  (Provider as unknown as { readonly ctx?: KoaContextWithOIDC }).ctx;

/** As much of a client as sends logout notices. */
export interface NotifiedClient {
  readonly backchannelLogoutUri?: string;
  backchannelLogout(userId: string, sid: string | undefined): Promise<unknown>;
}

/** The application to send a logout notice to; undefined where it no longer exists. */
export const notifiedClientOf = async (provider: Provider, appId: string): Promise<NotifiedClient | undefined> =>
  (await provider.Client.find(appId)) as unknown as NotifiedClient | undefined;

/** Speaks for one tenant: endpoints under `/{tenant GUID}`, issuer `…/v2.0`. */
export class TenantProvider extends Provider {
  override pathFor(name: string, options?: Record<string, unknown>): string {
    const mountPath = `/${new URL(this.issuer).pathname.split('/')[1]}`;
    return super.pathFor(name, { ...options, mountPath });
  }
}
