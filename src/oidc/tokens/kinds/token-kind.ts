/** What of a signed JWT tells its kind. */
interface SignedToken {
  readonly protectedHeader: { readonly typ?: string | undefined };
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Claims that bind an ID token to the request or the answer that it came with; no access token has one. */
const idTokenClaims = ['nonce', 'at_hash', 'c_hash'];

/**
 * Access tokens and ID tokens have one key, one issuer and one `typ`, as in Entra, so their claims tell them apart
 * (RFC 9068 §5 asks for it). An access token says whom it is about (`idtyp`) and how its client proved itself (`azpacr`,
 * `appidacr`), and an ID token says neither. `at+jwt` was the type of access tokens in earlier versions.
 */
export function isAccessToken({ protectedHeader: { typ }, payload }: SignedToken): boolean {
  const isOfClient = typeof payload.azpacr === 'string' || typeof payload.appidacr === 'string';
  const isOfSubject = payload.idtyp === 'user' || payload.idtyp === 'app';
  return (
    (typ === 'JWT' || typ === 'at+jwt') && isOfSubject && isOfClient && !idTokenClaims.some((name) => name in payload)
  );
}

/** An ID token of an earlier version had no `typ`. */
export function isIdToken({ protectedHeader: { typ }, payload }: SignedToken): boolean {
  const isAnything = 'idtyp' in payload || 'azpacr' in payload || 'appidacr' in payload || 'scp' in payload;
  return (typ === 'JWT' || typ === undefined) && !isAnything;
}
