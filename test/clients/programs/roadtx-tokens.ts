import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the calls with primary refresh tokens stand on. */
export interface TokenCalls {
  readonly folder: string;
  readonly tenantId: string;
  /** Issued to the Microsoft Authentication Broker. */
  readonly refreshToken: string;
  readonly card: { readonly cert: string; readonly key: string };
  /** Runs roadtx and keeps what it wrote under this name. */
  step(name: string, ...words: readonly string[]): Promise<void>;
  /** Keeps a text under this name. */
  keep(name: string, text: string): void;
}

/** Azure CLI: a client that roadtx knows and that every tenant has. */
const client = ['-c', '04b07795-8ddb-461a-bbee-02f9e1bf7b46', '-ru', 'http://localhost'] as const;
const graph = ['-r', 'https://graph.microsoft.com'] as const;
const device = ['-c', 'road1.pem', '-k', 'road1.key'] as const;

/** Primary refresh tokens with the device road1: issue, renewal, tokens for an application, a browser session. */
export async function callTokens(calls: TokenCalls): Promise<void> {
  const { step } = calls;
  await step('prt', 'prt', '-a', 'request', ...device, `--refresh-token=${calls.refreshToken}`);
  await step('renewed', 'prt', '-a', 'renew', '-f', 'roadtx.prt');
  await useToken(calls, 'roadtx.prt', 'refresh');
  const assertion = assertionOf(calls);
  await step('card', 'prt', '-a', 'request', ...device, '-u', 'ana@woodgrove.test', '-ha', assertion, '-f', 'card.prt');
  await step(
    'cardAgain',
    'prt',
    '-a',
    'request',
    ...device,
    '-u',
    'ana@woodgrove.test',
    '-ha',
    assertion,
    '-f',
    'again.prt',
  );
  await step('cardRenewed', 'prt', '-a', 'renew', '-f', 'card.prt');
  await useToken(calls, 'card.prt', 'card');
}

/** Tokens for Graph at both versions, and with a browser session that the token begins. */
async function useToken({ step }: TokenCalls, file: string, name: string): Promise<void> {
  await step(`${name}V1`, 'prtauth', '-f', file, ...client, ...graph, '--tokens-stdout');
  await step(`${name}V2`, 'prtauth', '-f', file, ...client, ...graph, '-v3', '--tokens-stdout');
}

/** Sign-in sessions of a browser. The session key and the cookie come from roadtx itself. */
export async function callBrowser({ step, keep, folder }: TokenCalls, cookieOf: () => Promise<string>): Promise<void> {
  const path = join(folder, 'card.prt');
  const file = (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}) as Record<string, string>;
  const words = ['gettokens', ...client, '--tokens-stdout'] as const;
  const token = ['--prt', file.refresh_token ?? '', '--prt-sessionkey', file.session_key ?? ''] as const;
  await step('browserV1', ...words, ...graph, ...token);
  await step('browserV2', ...words, '-s', 'https://graph.microsoft.com/.default openid offline_access', ...token);
  const cookie = await cookieOf();
  keep('cookie', cookie);
  await step('browserCookie', ...words, ...graph, '--prt-cookie', cookie);
}

/** What a deleted device still tries. */
export async function callAfterDelete({ step }: TokenCalls): Promise<void> {
  await step('endedRenewal', 'prt', '-a', 'renew', '-f', 'card.prt');
  await step('endedToken', 'prtauth', '-f', 'card.prt', ...client, ...graph, '--tokens-stdout');
  await step('endedByRefresh', 'prtauth', '-f', 'roadtx.prt', ...client, ...graph, '-v3', '--tokens-stdout');
}

/** The assertion of a card (windows-sign-in §3.4); roadtx wraps it into a request that the device signs. */
function assertionOf({ card, tenantId }: Pick<TokenCalls, 'card' | 'tenantId'>): string {
  const now = Math.floor(Date.now() / 1000);
  const key = createPrivateKey(card.key);
  const alg = key.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
  const header = { typ: 'JWT', alg, x5c: [new X509Certificate(card.cert).raw.toString('base64')] };
  const claims = {
    iss: 'ana@woodgrove.test',
    aud: `https://sts.windows.net/${tenantId}/`,
    iat: now,
    exp: now + 300,
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
