import type { Provider } from 'oidc-provider';

interface Cookies {
  get(name: string, options?: object): string | undefined;
}

/**
 * Lets the provider continue with an interaction that this process has found by its own cookie: of the cookie of its resume address, which
 * a browser sends to that address alone, the provider reads the id in it.
 */
export function resumeWithout(ctx: { readonly cookies: Cookies }, cookie: string, uid: string): void {
  const { cookies } = ctx;
  const get = cookies.get.bind(cookies);
  cookies.get = (name, options) => (name === cookie ? uid : get(name, options));
}

/** Names of the cookie of a session and of the one with its signature. */
export function sessionCookiesOf(provider: Provider): readonly string[] {
  const name = provider.cookieName('session');
  return [name, `${name}.sig`];
}
