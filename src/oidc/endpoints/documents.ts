import { boundedCache } from '#net/bounded-cache.ts';

/** Documents of so many tenants and versions are held. */
const mostDocuments = 2_000;

/**
 * Discovery documents and JWK sets as octets, made once. A document is held under everything that it is made of, so that none is
 * ever behind.
 */
export class Documents {
  readonly #made = boundedCache<Buffer>(mostDocuments);

  /** @param of all that the document depends on, beside settings */
  bodyOf(of: readonly string[], make: () => unknown): Buffer {
    const key = JSON.stringify(of);
    const existing = this.#made.get(key);
    if (existing) return existing;
    const body = Buffer.from(JSON.stringify(make()));
    this.#made.set(key, body);
    return body;
  }
}
