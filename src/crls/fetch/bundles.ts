import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { isIP } from 'node:net';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { largestBundle } from '#core/x509/bundle.ts';
import type { Bundles } from '#ports/trust-store.ts';
import { AddressRefused, lookupUnder, refusalOf } from './address.ts';

/** Where files of CAs may be fetched from. Whoever may write to Graph says which URL; these say whether. */
export interface BundlePolicy {
  /** Host names, lower case; nothing is fetched from any other. */
  readonly hosts: readonly string[];
  readonly privateAddresses: 'allow' | 'refuse';
  readonly bytes: number;
  readonly seconds: number;
  /** PEM of further roots for https. */
  readonly ca?: string;
}

export const defaultBundlePolicy: BundlePolicy = {
  hosts: [],
  privateAddresses: 'refuse',
  // In PEM a file is a third larger.
  bytes: largestBundle * 2,
  seconds: 60,
};

/** Fetches files of CAs (UP-1): allowed hosts only, no redirects, no more than so many octets and seconds. */
export function openBundles(policy: Partial<BundlePolicy> = {}): Bundles {
  const rules = { ...defaultBundlePolicy, ...policy };
  return {
    async fetch(url) {
      const problem = problemOf(url, rules);
      if (problem) throw fault('uploadUrlRefused', { url: view(url), problem });
      try {
        return await body(await request(new URL(url), rules), rules);
      } catch (thrown) {
        if (thrown instanceof CardeaError) throw thrown;
        const { code, message } = thrown as NodeJS.ErrnoException;
        if (thrown instanceof AddressRefused) throw fault('uploadUrlRefused', { url: view(url), problem: message });
        throw fault('uploadFailed', { url: view(url), problem: code ?? message }, thrown);
      }
    },
  };
}

const view = (url: string): string =>
  (URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : url).slice(0, 500);

function problemOf(url: string, { hosts, privateAddresses }: BundlePolicy): string | undefined {
  if (!URL.canParse(url)) return 'it is no URL';
  const { protocol, hostname, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `it is neither http nor https`;
  if (username !== '' || password !== '') return 'it carries a user name or password';
  const host = hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (!hosts.includes(host)) return `the host ${host} is not in the setting uploadHosts`;
  return isIP(host) === 0 ? undefined : refusalOf(host, privateAddresses);
}

function request(url: URL, { privateAddresses, seconds, ca }: BundlePolicy): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  const options = {
    agent: false as const,
    signal: AbortSignal.timeout(seconds * 1000),
    headers: { accept: 'application/pkcs7-mime, */*;q=0.5', 'accept-encoding': 'identity' },
    lookup: lookupUnder(privateAddresses),
    ...(ca === undefined ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    get(url, options, resolve).on('error', reject);
  });
}

async function body(response: IncomingMessage, { bytes }: BundlePolicy): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > bytes) throw fault('bundleTooLarge', { bytes: length, limit: bytes });
      chunks.push(chunk);
    }
    if (!response.complete) throw new Error('it ended early');
  } finally {
    response.destroy();
  }
  return new Uint8Array(Buffer.concat(chunks));
}
