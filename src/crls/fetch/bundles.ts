import { comparableHost } from '#core/host-name.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import { largestBundle } from '#core/x509/bundle.ts';
import { httpUrlProblem, refusalOf } from '#net/address-policy.ts';
import { readAnswer } from '#net/bodies.ts';
import {
  AddressRefused,
  type AddressRules,
  type HttpAnswer,
  openHttpClient,
  refusalOfHost,
  statusText,
} from '#net/http-client.ts';
import type { Bundles } from '#ports/trust-store.ts';

/** Where files of CAs may be fetched from. A request to Graph names the URL; this policy decides whether it is fetched. */
export interface BundlePolicy extends AddressRules {
  /** Host names, lower case; nothing is fetched from any other. */
  readonly hosts: readonly string[];
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
    async check(url) {
      const problem = problemOf(url, rules) ?? named(await refusalOfHost(new URL(url).hostname, rules));
      if (problem) throw fault('uploadUrlRefused', { url: view(url), problem });
    },
    async fetch(url) {
      const problem = problemOf(url, rules);
      if (problem) throw fault('uploadUrlRefused', { url: view(url), problem });
      try {
        return await body(await request(new URL(url), rules), rules);
      } catch (thrown) {
        if (thrown instanceof CardeaError) throw thrown;
        const { code, message } = thrown as NodeJS.ErrnoException;
        if (thrown instanceof AddressRefused)
          throw fault('uploadUrlRefused', { url: view(url), problem: named(message) });
        throw fault('uploadFailed', { url: view(url), problem: code ?? message }, thrown);
      }
    },
  };
}

const view = (url: string): string =>
  (URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : url).slice(0, 500);

function problemOf(url: string, { hosts, privateAddresses }: BundlePolicy): string | undefined {
  const problem = httpUrlProblem(url);
  if (problem !== undefined) return problem;
  const host = comparableHost(new URL(url).hostname);
  if (!hosts.includes(host)) return `the host ${host} is not in the setting uploadHosts`;
  return named(refusalOf(host, privateAddresses));
}

/** With the setting that refuses private addresses; what is refused under every setting is named by its kind. */
function named(problem: string): string;
function named(problem: string | undefined): string | undefined;
function named(problem: string | undefined): string | undefined {
  if (!problem?.endsWith('is not a public address')) return problem;
  return `${problem}, and the setting uploadPrivateAddresses refuses it`;
}

function request(url: URL, { seconds, ...rules }: BundlePolicy): Promise<HttpAnswer> {
  const headers = { accept: 'application/pkcs7-mime, */*;q=0.5', 'accept-encoding': 'identity' };
  return openHttpClient(rules).send(url, { headers, signal: AbortSignal.timeout(seconds * 1000) });
}

async function body(answer: HttpAnswer, { bytes }: BundlePolicy): Promise<Uint8Array> {
  try {
    if (answer.status !== 200) throw new Error(statusText(answer));
    const tooLarge = (size: number) => fault('bundleTooLarge', { bytes: size, limit: bytes });
    return new Uint8Array(await readAnswer(answer.body, bytes, tooLarge));
  } finally {
    answer.body.destroy();
  }
}
