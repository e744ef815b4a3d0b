import { sampleId } from '#admin/applications/first-party.ts';
import type { RunningServer } from '../e2e/server.ts';

/** Where the sample application sends a browser to sign in, with further parameters. */
export function authorizePath({ origin }: RunningServer, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    client_id: sampleId,
    response_type: 'code',
    redirect_uri: `${origin}/sample/callback`,
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    ...more,
  });
  return `/woodgrove.test/oauth2/v2.0/authorize?${query}`;
}
