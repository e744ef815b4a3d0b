import { randomBytes } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { OcspAnswer, OcspRequest } from '#core/ocsp/needed.ts';
import { ocspRequest } from '#core/ocsp/request.ts';
import { largestOcspResponse, type OcspResponse, readOcspResponse } from '#core/ocsp/response.ts';
import { type Because, because } from '#core/trace/reasons.ts';
import type { Ocsp } from '#ports/revocation.ts';
import { lookupUnder } from './address.ts';

export interface OcspClientOptions {
  /** How long a responder may take while a person waits. */
  readonly seconds?: number;
  /** Responses kept at once; the oldest goes first. */
  readonly kept?: number;
}

/** Asks OCSP responders (RFC 6960 Appendix A) and keeps what they say until they promised newer information. */
export function openOcspClient({ seconds = 10, kept = 10_000 }: OcspClientOptions = {}): Ocsp {
  const cache = new Map<string, OcspResponse>();
  const flights = new Map<string, Promise<OcspAnswer>>();

  const ask = async (request: OcspRequest): Promise<OcspAnswer> => {
    const nonce = request.withNonce ? randomBytes(32) : undefined;
    const answer = await post(request.url, ocspRequest(request.certId, nonce), seconds);
    if ('code' in answer) return { request, nonce, kind: 'failed', because: answer };
    const ruling = readOcspResponse(answer, request.url);
    if (ruling.outcome !== 'passed') return { request, nonce, kind: 'failed', because: ruling.because };
    return { request, nonce, kind: 'answered', response: ruling.value };
  };

  /** One flight a question; a response that demands a nonce is nobody else's. */
  const answerTo = (request: OcspRequest, at: Date): Promise<OcspAnswer> => {
    if (request.withNonce) return ask(request);
    const key = `${request.url} ${request.about}`;
    const knownItem = cache.get(key);
    if (knownItem && isCurrent(knownItem, at))
      return Promise.resolve({ request, nonce: undefined, kind: 'answered', response: knownItem });
    const flight = flights.get(key) ?? ask(request).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight.then((answer) => {
      if (answer.kind === 'answered') keep(cache, key, answer.response, kept);
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

function keep(cache: Map<string, OcspResponse>, key: string, response: OcspResponse, most: number): void {
  cache.delete(key);
  cache.set(key, response);
  for (const oldest of cache.keys()) if (cache.size > most) cache.delete(oldest);
}

/** Posts a request under limits of time and size; what went wrong is a reason. No redirect is followed. */
function post(url: string, body: Uint8Array, seconds: number): Promise<Uint8Array | Because> {
  const unreachable = (problem: string): Because => because('ocspUnreachable', { url, problem });
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(seconds * 1000);
    const headers = {
      'content-type': 'application/ocsp-request',
      accept: 'application/ocsp-response',
      'content-length': body.length,
    };
    const payload = send(
      url,
      { method: 'POST', agent: false, signal, headers, lookup: lookupUnder('allow') },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= largestOcspResponse) chunks.push(chunk);
          else answer.destroy(new Error(`its answer is larger than ${largestOcspResponse} bytes`));
        });
        answer.on('error', ({ message }) => resolve(unreachable(message)));
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(new Uint8Array(Buffer.concat(chunks)));
          else resolve(unreachable(`HTTP status ${answer.statusCode}`));
        });
      },
    );
    payload.on('error', (problem: NodeJS.ErrnoException) => {
      resolve(unreachable(signal.aborted ? `no answer within ${seconds} seconds` : (problem.code ?? problem.message)));
    });
    payload.end(body);
  });
}
