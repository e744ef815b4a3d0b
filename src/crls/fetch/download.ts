import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ldapAddress } from '#core/crl/addresses/ldap-address.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import { httpUrlProblem, refusalOf } from '#net/address-policy.ts';
import { AddressRefused, type HttpAnswer, openHttpClient } from '#net/http-client.ts';
import { type Body, BodyCollector, bodyFrom } from './body.ts';
import { fetchLdap, LdapRefused, LdapTooLarge } from './ldap.ts';
import type { DownloadLimits, DownloadPolicy } from './policy.ts';

/** What we have already, for a conditional request (RFC 9110 §13). */
export interface Validators {
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

export type Downloaded =
  | { readonly kind: 'body'; readonly body: Body; readonly contentType: string; readonly validators: Validators }
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'failed';
      readonly because: Because;
      /** More time or more memory might help: worth another attempt under wider limits. */
      readonly limit: 'bytes' | 'seconds' | undefined;
    };

/** One attempt to fetch one address. */
export interface Attempt {
  readonly url: string;
  readonly limits: DownloadLimits;
  readonly inBackground: boolean;
  readonly policy: DownloadPolicy;
  readonly validators: Validators | undefined;
  /** Ends the attempt early; it then reports `crlUnreachable`. */
  readonly signal: AbortSignal;
}

const redirectsFollowed = 3;

/** Fetches a CRL. Whatever the network does is an answer; nothing is thrown. */
export async function download(attempt: Attempt): Promise<Downloaded> {
  const progress: Progress = { received: 0 };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), attempt.limits.seconds * 1000);
  try {
    return await follow(attempt, AbortSignal.any([deadline.signal, attempt.signal]), progress);
  } catch (thrown) {
    return reject(
      deadline.signal.aborted ? slow(attempt, progress) : unreachable(attempt, thrown),
      deadline.signal.aborted ? 'seconds' : undefined,
    );
  } finally {
    clearTimeout(timer);
  }
}

interface Progress {
  received: number;
}

const reject = (reason: Because, limit?: 'bytes' | 'seconds'): Downloaded => ({
  kind: 'failed',
  because: reason,
  limit,
});

function slow({ url, limits }: Attempt, { received }: Progress): Because {
  return because('crlDownloadSlow', { url: view(url), seconds: limits.seconds, received });
}

function unreachable({ url }: Attempt, thrown: unknown): Because {
  if (thrown instanceof AddressRefused)
    return because('crlAddressRefused', { url: view(url), problem: thrown.message });
  const { code, message } = thrown as NodeJS.ErrnoException;
  return because('crlUnreachable', { url: view(url), problem: code ?? message });
}

/** The address without a user name and password that someone may have written into it. */
function view(url: string): string {
  if (!URL.canParse(url)) return url;
  const parse = new URL(url);
  if (parse.username === '' && parse.password === '') return url;
  parse.username = '';
  parse.password = '';
  return parse.href;
}

async function follow(attempt: Attempt, signal: AbortSignal, progress: Progress): Promise<Downloaded> {
  if (/^ldaps?:/i.test(attempt.url)) return await search(attempt, signal);
  let url = attempt.url;
  for (let redirects = 0; ; redirects++) {
    const problem = problemOfAddress(url, attempt.policy);
    if (problem) return reject(because('crlAddressRefused', { url: view(url), problem }));
    const response = await request(new URL(url), attempt, signal);
    const next = redirects < redirectsFollowed ? redirectWithin(response, url, attempt.policy) : undefined;
    if (next === undefined) return await answerOf(response, attempt, signal, progress);
    response.body.destroy();
    url = next;
  }
}

/** An `ldap://` address (specification §13, row 2): the value of one attribute of one entry. */
async function search(attempt: Attempt, signal: AbortSignal): Promise<Downloaded> {
  const { url, limits, policy } = attempt;
  const host = ldapAddress(url)?.host ?? '';
  const problem = refusalOf(host, policy.privateAddresses);
  if (problem) return reject(because('crlAddressRefused', { url, problem }));
  try {
    const value = await fetchLdap({ url, bytes: limits.bytes, signal, rules: policy });
    if (value.length > limits.bytes) return tooLarge(attempt, value.length);
    const validators = { etag: undefined, lastModified: undefined };
    return { kind: 'body', body: bodyFrom(value), contentType: '', validators };
  } catch (thrown) {
    if (thrown instanceof LdapTooLarge) return tooLarge(attempt, Number(thrown.message));
    if (!(thrown instanceof LdapRefused)) throw thrown;
    return reject(because('crlUnreachable', { url, problem: thrown.message }));
  }
}

/** Why this address is not fetched at all; undefined when it is. */
function problemOfAddress(url: string, { privateAddresses }: DownloadPolicy): string | undefined {
  return httpUrlProblem(url) ?? refusalOf(new URL(url).hostname, privateAddresses);
}

function request(url: URL, { policy, validators }: Attempt, signal: AbortSignal): Promise<HttpAnswer> {
  const headers = {
    accept: 'application/pkix-crl, */*;q=0.5',
    'accept-encoding': 'identity',
    ...conditions(validators),
  };
  return openHttpClient(policy).send(url, { headers, signal });
}

function conditions(validators: Validators | undefined): Record<string, string> {
  return {
    ...(validators?.etag === undefined ? {} : { 'if-none-match': validators.etag }),
    ...(validators?.lastModified === undefined ? {} : { 'if-modified-since': validators.lastModified }),
  };
}

/** Where a redirect leads, if the policy lets us follow it: the same host, never from https back to http. */
function redirectWithin({ status, headers }: HttpAnswer, url: string, policy: DownloadPolicy): string | undefined {
  const { location } = headers;
  if (policy.redirects === 'none' || !isRedirect(status) || !location || !URL.canParse(location, url)) return undefined;
  const from = new URL(url);
  const to = new URL(location, url);
  const upgraded =
    from.protocol === 'http:' && to.protocol === 'https:' && to.port === '' && from.hostname === to.hostname;
  return upgraded || from.origin === to.origin ? to.href : undefined;
}

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

async function answerOf(
  response: HttpAnswer,
  attempt: Attempt,
  signal: AbortSignal,
  progress: Progress,
): Promise<Downloaded> {
  const refusal = refusalOfHead(response, attempt);
  if (refusal || response.status === 304) response.body.destroy();
  if (refusal) return refusal;
  if (response.status === 304) return { kind: 'unchanged' };
  return await receive(response, attempt, signal, progress);
}

/** Whatever can be refused before a single octet of the body is taken. */
function refusalOfHead(response: HttpAnswer, attempt: Attempt): Downloaded | undefined {
  const { policy, validators, limits } = attempt;
  const { status, headers, proxy } = response;
  const url = view(attempt.url);
  if (isRedirect(status))
    return reject(because('crlRedirected', { url, status, location: view(headers.location ?? '').slice(0, 500) }));
  if (status === 304 && validators) return undefined;
  if (status !== 200)
    return reject(because('crlDownloadFailed', { url, status, ...(proxy === undefined ? {} : { proxy }) }));
  const contentType = mediaType(response);
  if (policy.contentTypes !== 'any' && !policy.contentTypes.includes(contentType))
    return reject(because('crlContentTypeRefused', { url, contentType }));
  const length = announcement(response);
  return length !== undefined && length > limits.bytes ? tooLarge(attempt, length) : undefined;
}

const mediaType = ({ headers }: HttpAnswer): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase().slice(0, 100);

/** Content-Length; undefined when there is none. */
function announcement({ headers }: HttpAnswer): number | undefined {
  const text = headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function tooLarge({ url, limits, inBackground }: Attempt, size: number): Downloaded {
  return reject(
    because('crlTooLarge', { url: view(url), size, limit: limits.bytes, inBackground: !inBackground }),
    'bytes',
  );
}

async function receive(
  response: HttpAnswer,
  attempt: Attempt,
  signal: AbortSignal,
  progress: Progress,
): Promise<Downloaded> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase().slice(0, 40);
  const url = view(attempt.url);
  if (encoding !== 'identity' && (attempt.policy.contentEncoding === 'refuse' || !/^(x-)?gzip$/.test(encoding)))
    return refuseEncoding(response, url, encoding);
  const plain = encoding === 'identity';
  const expect = plain ? announcement(response) : undefined;
  const collector = new BodyCollector(expect);
  const end = await collect(
    plain ? response.body : gunzipped(response.body, signal),
    collector,
    attempt.limits.bytes,
    progress,
  );
  response.body.destroy();
  if (signal.aborted) throw signal.reason;
  if (end === 'full') return tooLarge(attempt, collector.length);
  if (end instanceof Error && !plain && !isConnectionError(end))
    return reject(because('crlEncodingRefused', { url, encoding, problem: end.message }));
  if (end instanceof Error)
    return reject(because('crlTruncated', { url, received: collector.length, expected: expect ?? -1 }));
  return {
    kind: 'body',
    body: collector.finish(),
    contentType: mediaType(response),
    validators: validatorsOf(response),
  };
}

function refuseEncoding(response: HttpAnswer, url: string, encoding: string): Downloaded {
  response.body.destroy();
  return reject(because('crlEncodingRefused', { url, encoding, problem: 'this encoding is not accepted' }));
}

/** The response uncompressed. An error of the connection is passed on, so that the reader hears of it. */
function gunzipped(body: Readable, signal: AbortSignal): Readable {
  const gunzip = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  signal.addEventListener('abort', () => gunzip.destroy(), { once: true });
  return body.pipe(gunzip);
}

/** Also a body that ends before its announced length, which undici reports as UND_ERR_SOCKET or an error of its parser. */
const isConnectionError = (error: Error): boolean =>
  /^(ECONN|EPIPE$|ETIMEDOUT$|UND_ERR_|HPE_)/.test((error as NodeJS.ErrnoException).code ?? '');

/** Takes in the stream until its end, an error, or the first octet over the limit. */
async function collect(
  stream: Readable,
  collector: BodyCollector,
  limit: number,
  progress: Progress,
): Promise<'ended' | 'full' | Error> {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (collector.length + chunk.length > limit) {
        progress.received = collector.length + chunk.length;
        return 'full';
      }
      collector.add(chunk);
      progress.received = collector.length;
    }
    return 'ended';
  } catch (thrown) {
    return thrown as Error;
  } finally {
    stream.destroy();
  }
}

/** Kept for the next time; absurdly long ones are not. */
function validatorsOf({ headers }: HttpAnswer): Validators {
  const existing = (text: string | undefined) => (text !== undefined && text.length <= 256 ? text : undefined);
  return { etag: existing(headers.etag), lastModified: existing(headers['last-modified']) };
}
