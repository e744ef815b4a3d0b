import { request } from 'node:https';

/** Keeps cookies by name and path, as far as these tests need. */
export interface Browser {
  fetch(url: string, options?: FetchOptions): Promise<Response>;
  /** Follows redirects on the login host, signs in on its pages, and stops where it is sent elsewhere. */
  follow(url: string): Promise<{ readonly url: URL; readonly response: Response | undefined }>;
  readonly cookies: Map<string, { readonly value: string; readonly path: string; readonly line: string }>;
}
export interface FetchOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | undefined;
}

/** A browser without cookies. @param ca the root of the TLS certificate of the login host, PEM */
export function makeBrowser(origin: string, ca: string): Browser {
  const cookies: Browser['cookies'] = new Map();
  const keep = (line: string) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const path = /;\s*path=([^;]*)/i.exec(line)?.[1] ?? '/';
    if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(`${name} ${path}`);
    else cookies.set(`${name} ${path}`, { value, path, line });
  };
  const cookiesFor = (path: string) =>
    [...cookies]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ');
  const fetch = (address: string, { method = 'GET', headers = {}, body }: FetchOptions = {}) =>
    new Promise<Response>((resolve, reject) => {
      const url = new URL(address, origin);
      const message = { ...headers, cookie: cookiesFor(url.pathname) };
      const query = request(url, { method, headers: message, ca, family: 4, agent: false }, (res) => {
        for (const line of res.headers['set-cookie'] ?? []) keep(line);
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('end', () => {
          const status = res.statusCode ?? 0;
          const text = status === 204 || status === 304 ? null : Buffer.concat(chunks);
          const pairs = Object.entries(res.headersDistinct).flatMap(([k, vs]) =>
            (vs ?? []).map((v) => [k, v] as [string, string]),
          );
          resolve(new Response(text, { status, headers: pairs }));
        });
      });
      query.on('error', reject).end(body);
    });
  return {
    cookies,
    fetch,
    async follow(address) {
      let url = new URL(address, origin);
      for (let hops = 0; hops < 12; hops++) {
        if (url.origin !== origin) return { url, response: undefined };
        const response = await fetch(url.href, { headers: { accept: 'text/html' } });
        const location = response.headers.get('location');
        if (!location) return { url, response };
        url = new URL(location, url);
      }
      throw new Error(`redirects without end at ${url.href}`);
    },
  };
}
