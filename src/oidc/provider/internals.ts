import { type KoaContextWithOIDC, Provider } from 'oidc-provider';

/**
 * The version of oidc-provider in whose code each of {@link reaches} was read. After an upgrade a test fails until they
 * have been read again.
 */
export const checkedVersion = '9.13.3';

/** What is used of the library beyond its documented options, events and methods, and what is relied upon there. */
export const reaches = {
  'Client.redirectUriAllowed': 'receives the redirect URI of a request; the answer decides alone',
  'Client.grantTypeAllowed': 'receives the grant type of a token request; the answer decides alone',
  'Client.responseModeAllowed': 'receives the response mode and response type of a request; the answer decides alone',
  'Client.compareClientSecret':
    'receives the secret of a token request; the answer, which may be a promise, decides alone',
  'Client.includeSid': 'decides whether tokens carry the claim sid',
  'Client.backchannelLogout': 'sends a logout token to the address of the application',
  'Session.persist': 'runs for every request that has a session, and throws where the session was never saved',
  'Session.sidFor': 'sets the session id of an application to the value it receives, or answers it',
  'Session.state': 'holds the secret of the form for a user code',
  'IdToken.issue': 'signs the token, also logout tokens, whose use is "logout"',
  'IdToken.payload': 'the claims of the token before those of JWT',
  'RefreshToken.resourceIndicators': 'the resources that a refresh may name',
  'RefreshToken.scopes': 'the scopes that a refresh may name',
  'Interaction.result': 'is read from the record, and what the interaction ended with when the request goes on',
  'Provider.ctx': 'the request that is being answered',
  'Provider.pathFor': 'makes the paths of the endpoints, below mountPath',
} as const satisfies Record<string, string>;

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

/** The secret of the form for a user code, which the provider compares with the one of the answer. */
export const formSecretOf = ({ oidc }: KoaContextWithOIDC): string =>
  (oidc.session as unknown as { state?: { secret?: string } }).state?.secret ?? '';

/**
 * Lets the provider go on with an interaction that this process has found by its own cookie: of the cookie of its resume address, which
 * a browser sends to that address alone, the provider reads the id in it.
 */
export function resumeWithout(ctx: { readonly cookies: Cookies }, cookie: string, uid: string): void {
  const { cookies } = ctx;
  const get = cookies.get.bind(cookies);
  cookies.get = (name, options) => (name === cookie ? uid : get(name, options));
}

interface Cookies {
  get(name: string, options?: object): string | undefined;
}

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
