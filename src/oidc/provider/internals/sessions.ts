import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account, Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type SessionRecord, sessionRecord } from '#core/token/provider-records.ts';
import type { TokenVersion } from '#core/token/version.ts';
import { replaceMethod } from './models.ts';

/** A session of the provider: of one browser with one tenant. */
export type ProviderSession = NonNullable<KoaContextWithOIDC['oidc']['session']>;

/** The session of the browser of a request; a new one, which is nowhere stored, where it has none. */
export const sessionOf = (provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<ProviderSession> =>
  provider.Session.get(provider.createContext(req, res));

/** Whether the session ends with the browser. */
export const endsWithBrowser = ({ transient }: Pick<ProviderSession, 'transient'>): boolean => transient === true;

/** Decides whether the session ends with the browser. The provider only ever sets it. */
export function setEndsWithBrowser(session: ProviderSession, isEnd: boolean): void {
  if (isEnd) session.transient = true;
  else delete session.transient;
}

/** Whether the session was never saved: then it has no lifetime yet. */
export const isUnsaved = ({ exp }: ProviderSession): boolean => typeof exp !== 'number';

/** Names a session that was never saved, in the tokens of an application too; one that was saved has tokens, and keeps its name. */
export function nameNewSession(session: ProviderSession, uid: string, clientId: string): void {
  if (!isUnsaved(session)) return;
  session.uid = uid;
  session.sidFor(clientId, uid); // made with the uid before
}

/** Lets the codes of the session say how its user signed in. */
export function setMethods(session: ProviderSession, amr: readonly string[], acr: string | undefined): void {
  session.amr = [...amr];
  if (acr === undefined) delete session.acr;
  else session.acr = acr;
}

/** Seconds until the end of a session that lives for `lifetime` seconds from its sign-in; undefined where no user is signed in. */
export const secondsLeft = ({ loginTs }: ProviderSession, lifetime: number, now: Date): number | undefined =>
  loginTs === undefined ? undefined : Math.max(1, loginTs + lifetime - Math.floor(now.getTime() / 1000));

/** What the session keeps of each application, by its id. */
export const authorizationsIn = (session: ProviderSession): SessionRecord['authorizations'] =>
  sessionRecord({ authorizations: session.authorizations }).authorizations;

/** Notes at which version of the authorize endpoint an application signs its user in. */
export function noteVersion(session: ProviderSession, clientId: string, cardeaVersion: TokenVersion): void {
  session.ensureClientContainer(clientId);
  Object.assign(session.authorizations![clientId]!, { cardeaVersion });
}

/** The id of the session's grant for an application; undefined where it has none. */
export const grantIdIn = (session: ProviderSession, clientId: string): string | undefined =>
  session.grantIdFor(clientId);

/** Signs a user in to the session of the request, until the browser ends, in place of the pages. */
export function signIn({ oidc }: KoaContextWithOIDC, account: Account): void {
  oidc.session!.loginAccount({ accountId: account.accountId, transient: true });
  oidc.entity('Account', account);
}

/** Gives the request and its session this grant for the application of the request. */
export function useGrant({ oidc }: KoaContextWithOIDC, grant: Grant): void {
  const { session, client } = oidc;
  session!.ensureClientContainer(client!.clientId);
  session!.grantIdFor(client!.clientId, grant.jti);
  oidc.entity('Grant', grant);
}

/** The secret of the form for a user code, which the provider compares with the one of the answer. */
export function formSecretOf({ oidc }: KoaContextWithOIDC): string {
  const secret = oidc.session?.state?.secret;
  return typeof secret === 'string' ? secret : '';
}

/**
 * oidc-provider persists the session of every request. One that was begun by a request that is refused was never saved, and
 * persisting it throws a TypeError in place of the refusal: a stranger's form would be a fault of the service.
 */
export function persistSavedSessionsAlone(provider: Provider): void {
  type Persist = (this: ProviderSession) => Promise<string>;
  const make = (persist: Persist): Persist =>
    async function () {
      return isUnsaved(this) ? '' : persist.call(this);
    };
  replaceMethod(provider, ['Session', 'persist'], make);
}

/** Lets tokens and notices name a session of an application by what `sessionIdOf` makes of its uid. */
export function nameSessions(provider: Provider, sessionIdOf: (uid: string) => string): void {
  type SidFor = (this: { readonly uid: string }, clientId: string, value?: string) => unknown;
  const make = (sidFor: SidFor): SidFor =>
    function (clientId, value) {
      return sidFor.call(this, clientId, value && sessionIdOf(this.uid));
    };
  replaceMethod(provider, ['Session', 'sidFor'], make);
}
