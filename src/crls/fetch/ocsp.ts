import { randomBytes } from 'node:crypto';
import type { OcspAnswer, OcspRequest } from '#core/ocsp/needed.ts';
import { ocspRequest } from '#core/ocsp/request.ts';
import { largestOcspResponse, type OcspResponse, readOcspResponse } from '#core/ocsp/response.ts';
import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import { httpUrlProblem } from '#net/address-policy.ts';
import { readAnswer } from '#net/bodies.ts';
import { boundedCache } from '#net/bounded-cache.ts';
import { AddressRefused, type AddressRules, openHttpClient, statusText } from '#net/http-client.ts';
import type { Ocsp } from '#ports/revocation.ts';

export interface OcspClientOptions extends Partial<AddressRules> {
  /** How long a responder may take while a person waits. */
  readonly seconds?: number;
  /** Most responses in the cache. The least recently used one goes first. */
  readonly mostResponses?: number;
}

/** Asks OCSP responders (RFC 6960 Appendix A) and keeps what they say until they promised newer information. */
export function openOcspClient(options: OcspClientOptions = {}): Ocsp {
  const { seconds = 10, mostResponses = 10_000, privateAddresses = 'allow', resolver, proxy } = options;
  const cache = boundedCache<OcspResponse>(mostResponses);
  const flights = new Map<string, Promise<OcspAnswer>>();

  const ask = async (request: OcspRequest): Promise<OcspAnswer> => {
    const nonce = request.withNonce ? randomBytes(32) : undefined;
    const answer = await post(request.url, ocspRequest(request.certId, nonce), {
      seconds,
      privateAddresses,
      resolver,
      proxy,
    });
    const ruling = answer.outcome === 'passed' ? readOcspResponse(answer.value, request.url) : answer;
    if (ruling.outcome !== 'passed') return { request, nonce, kind: 'failed', because: ruling.because };
    return { request, nonce, kind: 'answered', response: ruling.value };
  };

  /** One flight a question; a response to a request with a nonce is not shared. */
  const answerTo = (request: OcspRequest, at: Date): Promise<OcspAnswer> => {
    if (request.withNonce) return ask(request);
    const key = `${request.url} ${request.about}`;
    const cachedResponse = cache.get(key);
    if (cachedResponse && isCurrent(cachedResponse, at))
      return Promise.resolve({ request, nonce: undefined, kind: 'answered', response: cachedResponse });
    const flight = flights.get(key) ?? ask(request).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight.then((answer) => {
      if (answer.kind === 'answered' && request.isAuthentic(answer.response, at)) cache.set(key, answer.response);
      return answer;
    });
  };
  return { ask: (requests, at) => Promise.all(requests.map((request) => answerTo(request, at))) };
}

/** Kept only when every answer in it says when newer information comes. */
function isCurrent({ responses }: OcspResponse, at: Date): boolean {
  return (
    responses.length > 0 &&
    responses.every(({ nextUpdate, thisUpdate }) => nextUpdate !== undefined && at >= thisUpdate && at < nextUpdate)
  );
}

/** Posts a request under limits of time and size. No redirect is followed. Refuses with ocspAddressRefused and ocspUnreachable. */
async function post(
  url: string,
  body: Uint8Array,
  { seconds, ...rules }: AddressRules & { readonly seconds: number },
): Promise<Ruling<Uint8Array>> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await exchange(url, body, rules, signal);
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException;
    if (thrown instanceof AddressRefused) return refused('ocspAddressRefused', { url, problem: message });
    const problem = signal.aborted ? `no answer within ${seconds} seconds` : (code ?? message);
    return refused('ocspUnreachable', { url, problem });
  }
}

async function exchange(
  url: string,
  body: Uint8Array,
  rules: AddressRules,
  signal: AbortSignal,
): Promise<Ruling<Uint8Array>> {
  const problem = httpUrlProblem(url); // rows of older versions may hold other addresses than are accepted today
  if (problem !== undefined) return refused('ocspAddressRefused', { url, problem });
  const headers = { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' };
  const answer = await openHttpClient(rules).send(new URL(url), { method: 'POST', headers, body, signal });
  try {
    if (answer.status !== 200) throw new Error(statusText(answer));
    const tooLarge = () => new Error(`its answer is larger than ${largestOcspResponse} bytes`);
    return success(new Uint8Array(await readAnswer(answer.body, largestOcspResponse, tooLarge)));
  } finally {
    answer.body.destroy();
  }
}
