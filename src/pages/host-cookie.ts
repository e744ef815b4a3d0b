import { serialize } from 'hono/utils/cookie';

/** The tenant that the user of a browser signed in to last. */
export const tenantCookie = '__Host-cardea-tenant';

/**
 * The `set-cookie` line of a cookie that only this host gets back, only over TLS, and that no script reads. An age of 0
 * seconds removes it. Its name begins with `__Host-`.
 */
export const hostCookie = (name: string, value: string, maxAgeSeconds: number): string =>
  serialize(name, value, { path: '/', secure: true, httpOnly: true, sameSite: 'Lax', maxAge: maxAgeSeconds });
