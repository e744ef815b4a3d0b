/** The access token of an Authorization header: a bearer token, or one that is bound to a client certificate. */
export const accessTokenIn = (authorization: string | null | undefined): string | undefined =>
  /^(?:Bearer|mtls_pop)\s+([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
