import type { CrlAnswer, CrlRequest } from '#core/crl/answer.ts';
import type { OcspAnswer, OcspRequest } from '#core/ocsp/needed.ts';
import { because } from '#core/trace/reasons.ts';
import type { Ports, SignInContext } from '#ports/ports.ts';

/** Thrown inside a transaction when a CRL or an OCSP answer is needed that has not been gathered yet. */
export class AnswersMissing extends Error {}

/**
 * CRLs and OCSP answers for an evaluation inside a transaction. A transaction must not wait for the network: what is missing
 * is noted, the transaction is rolled back, {@link gather} asks outside of it, and the work is done again.
 */
export class GatheredAnswers {
  readonly #crls = new Map<string, CrlAnswer>();
  readonly #ocsp = new Map<string, OcspAnswer>();
  readonly #crlsMissing = new Map<string, CrlRequest>();
  readonly #ocspMissing = new Map<string, OcspRequest>();

  /** The ports of an evaluation that takes its answers from here. */
  readonly ports: Pick<Ports, 'crls' | 'ocsp'> = {
    crls: { cached: async (requests) => this.#crlsFor(requests), fetch: async (requests) => this.#crlsFor(requests) },
    ocsp: { ask: async (requests) => this.#ocspFor(requests) },
  };

  /** Call it before the transaction commits. @throws AnswersMissing when something was asked for that is not here */
  requireComplete(): void {
    if (this.#crlsMissing.size + this.#ocspMissing.size > 0) throw new AnswersMissing();
  }

  /** Asks for everything that was missing. Call it outside of any transaction. */
  async gather({ ports: { crls, ocsp }, at }: SignInContext<Pick<Ports, 'crls' | 'ocsp'>>): Promise<void> {
    const [crlRequests, statuses] = [[...this.#crlsMissing.values()], [...this.#ocspMissing.values()]];
    this.#crlsMissing.clear();
    this.#ocspMissing.clear();
    const [crlAnswers, gotStatuses] = await Promise.all([crls.fetch(crlRequests, at), ocsp.ask(statuses, at)]);
    for (const [i, request] of crlRequests.entries()) this.#crls.set(crlKey(request), crlAnswers[i]!);
    for (const [i, request] of statuses.entries()) this.#ocsp.set(ocspKey(request), gotStatuses[i]!);
  }

  #crlsFor(requests: readonly CrlRequest[]): readonly CrlAnswer[] {
    return requests.map((request): CrlAnswer => {
      const key = crlKey(request);
      const match = this.#crls.get(key);
      if (match) return { ...match, request };
      this.#crlsMissing.set(key, request);
      const url = request.baseUrl;
      return { request, base: { kind: 'failed', because: because('crlNotKept', { url }), url }, delta: undefined };
    });
  }

  #ocspFor(requests: readonly OcspRequest[]): readonly OcspAnswer[] {
    return requests.map((request): OcspAnswer => {
      const key = ocspKey(request);
      const match = this.#ocsp.get(key);
      if (match) return { ...match, request };
      this.#ocspMissing.set(key, request);
      const reason = because('ocspNotAsked', { url: request.url });
      return { request, nonce: undefined, kind: 'failed', because: reason };
    });
  }
}

/**
 * Octets as text, so that two requests with the same contents have the same key. The id of a CA is left out: a change that
 * adds a CA gives it another id each time it is made, and what is downloaded does not depend on it.
 */
const keyOf = (value: unknown): string =>
  JSON.stringify(value, (name, part: unknown) => {
    if (name === 'authorityId') return undefined;
    return part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part;
  });
const crlKey = (request: CrlRequest): string => keyOf(request);
const ocspKey = (request: OcspRequest): string => keyOf(request);
