import { clientReasons } from './clients.ts';
import { deviceCodeReasons } from './device-codes.ts';
import { grantReasons } from './grants.ts';
import { oauthRequestReasons } from './requests.ts';

/** Reasons of OpenID Connect. */
export const oidcReasons = {
  ...clientReasons,
  ...grantReasons,
  ...deviceCodeReasons,
  ...oauthRequestReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly oidc: typeof oidcReasons;
  }
}
