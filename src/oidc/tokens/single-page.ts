import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { defaultLifetimes } from '#core/token/lifetimes.ts';
import { refreshTokenRecord } from '#core/token/provider-records.ts';
import { isBrowserToken } from '#core/token/refresh-token-use.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Application } from '#model/application.ts';
import type { OidcRecords } from '#ports/applications.ts';
import type { TokenForm } from '#signin/device/token-form.ts';

/** Origins whose pages may redeem codes and refresh tokens of this application. */
export function originsOf({ spaRedirectUris = [] }: Application): ReadonlySet<string> {
  return new Set(spaRedirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin));
}

/** A request for tokens as far as it matters here. */
interface Redemption {
  readonly form: TokenForm;
  readonly origin: string | undefined;
  readonly application: Application;
}

/**
 * What a single-page application got is redeemed by a page of its own and by nothing else, and no other page redeems
 * anything: a thief of a code or a refresh token of either kind cannot use it as the other (AADSTS9002326, 9002327). Refuses with
 * originForeign and originMissing.
 */
export async function checkOrigin(redemption: Redemption, records: OidcRecords): Promise<Ruling<void>> {
  const { application, origin } = redemption;
  const { appId } = application;
  const isBrowsers = await isForBrowser(redemption, records);
  if (isBrowsers === undefined) return success(); // another grant, or a record that is not there: said elsewhere
  if (origin === undefined) return isBrowsers ? refused('originMissing', { appId }) : success();
  const isOfApplication = isBrowsers && originsOf(application).has(origin);
  return isOfApplication ? success() : refused('originForeign', { appId, origin: origin.slice(0, 200) });
}

async function isForBrowser(
  { form, application: { spaRedirectUris = [] } }: Redemption,
  records: OidcRecords,
): Promise<boolean | undefined> {
  switch (form.fields.grant_type) {
    case 'authorization_code':
      return spaRedirectUris.includes(form.fields.redirect_uri ?? '');
    case 'refresh_token': {
      const record = await records.find('RefreshToken', form.fields.refresh_token ?? '');
      return record && isBrowserToken(refreshTokenRecord(record));
    }
    default:
      return undefined;
  }
}

/** Seconds a new refresh token lives. A browser's ends a day after the sign-in, however often it is renewed. */
export const refreshTokenSeconds: NonNullable<Configuration['ttl']>['RefreshToken'] = (ctx, _, client) => {
  const { req, oidc } = ctx as KoaContextWithOIDC;
  const seconds = browserSeconds(oidc.entities, client.cardea_application as Application);
  if (seconds !== undefined) lifetimeSeconds.set(req, seconds);
  return seconds ?? defaultLifetimes.refreshToken;
};

function browserSeconds(
  { RotatedRefreshToken: rotated, AuthorizationCode: code }: KoaContextWithOIDC['oidc']['entities'],
  { spaRedirectUris = [] }: Application,
): number | undefined {
  if (rotated) return isBrowserToken(rotated) ? rotated.remainingTTL : undefined;
  const isBrowsers = code?.redirectUri !== undefined && spaRedirectUris.includes(code.redirectUri);
  return isBrowsers ? defaultLifetimes.refreshTokenInBrowser : undefined;
}

const lifetimeSeconds = new WeakMap<object, number>();

/** Pages learn when their refresh token ends, as with Entra; MSAL goes for a new sign-in in time. */
export function browserRefreshTokenEnd({ req }: KoaContextWithOIDC): { readonly refresh_token_expires_in?: number } {
  const seconds = lifetimeSeconds.get(req);
  return seconds === undefined ? {} : { refresh_token_expires_in: seconds };
}
