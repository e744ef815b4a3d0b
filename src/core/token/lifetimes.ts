/** How long what we hand out lives, in seconds. Entra's published defaults; a tenant may set its own. */
export interface Lifetimes {
  readonly authorizationCode: number;
  /** While a person types the code of a device. */
  readonly deviceCode: number;
  readonly idToken: number;
  readonly accessToken: number;
  readonly refreshToken: number;
  /** Of a single-page application, which keeps it in the browser. */
  readonly refreshTokenInBrowser: number;
  /** Of the browser's session on the login host, when the user did not choose to stay signed in. */
  readonly session: number;
  /** When they did ("keep me signed in"). */
  readonly persistentSession: number;
  /** PRT-2: fourteen days, sliding. */
  readonly primaryRefreshToken: number;
}
export const defaultLifetimes: Lifetimes = {
  authorizationCode: 600,
  deviceCode: 900,
  idToken: 3600,
  accessToken: 3600,
  refreshToken: 90 * 86_400,
  refreshTokenInBrowser: 86_400,
  session: 86_400,
  persistentSession: 90 * 86_400,
  primaryRefreshToken: 14 * 86_400,
};
