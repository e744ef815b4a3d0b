import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

const files: Readonly<Record<string, string>> = {
  '/assets/cardea.css': 'text/css; charset=utf-8',
  '/assets/account.css': 'text/css; charset=utf-8',
  '/assets/favicon.svg': 'image/svg+xml',
  '/assets/launcher.js': 'text/javascript; charset=utf-8',
  '/assets/passkey.js': 'text/javascript; charset=utf-8',
  '/assets/copy.js': 'text/javascript; charset=utf-8',
};

interface Asset {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

/** Each file is read once. The list is closed: no path reaches the disk. */
const assets = new Map<string, Asset>();

function assetAt(path: string): Asset | undefined {
  const type = Object.hasOwn(files, path) ? files[path] : undefined;
  if (type === undefined) return undefined;
  const existing = assets.get(path);
  if (existing) return existing;
  const body = readFileSync(new URL(`.${path}`, import.meta.url));
  const headers = {
    'content-type': type,
    'content-length': body.length,
    'cache-control': 'public, max-age=300',
    'x-content-type-options': 'nosniff',
    // A picture that is opened by itself is a document; it must not run anything.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    // The pages of the certauth host take them from here.
    'cross-origin-resource-policy': 'cross-origin',
  };
  assets.set(path, { headers, body });
  return { headers, body };
}

/** Answers a request for one of the files our pages need. False where it is for something else. */
export function answerAsset(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  const asset = assetAt((req.url ?? '/').split('?')[0]!);
  if (!asset) return false;
  res.writeHead(200, asset.headers).end(req.method === 'HEAD' ? undefined : asset.body);
  return true;
}
