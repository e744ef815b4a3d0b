import { readFile } from 'node:fs/promises';

const files: Record<string, string> = {
  '/assets/cardea.css': 'text/css; charset=utf-8',
  '/assets/account.css': 'text/css; charset=utf-8',
  '/assets/favicon.svg': 'image/svg+xml',
  '/assets/launcher.js': 'text/javascript; charset=utf-8',
  '/assets/passkey.js': 'text/javascript; charset=utf-8',
  '/assets/copy.js': 'text/javascript; charset=utf-8',
};

/** The files our pages need, by path; undefined for any other path. The list is closed: no path reaches the disk. */
export async function asset(path: string): Promise<Response | undefined> {
  const type = files[path];
  if (!type) return undefined;
  const body = await readFile(new URL(`.${path}`, import.meta.url));
  return new Response(new Uint8Array(body), {
    headers: {
      'content-type': type,
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
      // A picture that is opened by itself is a document; it must not run anything.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      // The pages of the certauth host take them from here.
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}
