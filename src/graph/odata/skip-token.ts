import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { requireJson } from '#schema/json.ts';

/** Where the next page begins, and the query it belongs to. */
export interface PageMark {
  /** What the last object of the page is found by: its sort key and its id. */
  readonly after: readonly (string | number | boolean | null)[];
  /** Clients drop the header on later pages (graph-api §0.3-6), so the token remembers it. */
  readonly eventual: boolean;
}

const pageMark = z.tuple([z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])), z.boolean()]);

/** Signs page tokens with a key of the installation: no client can make one, and one of another query is refused. */
export class SkipTokens {
  readonly #key: Uint8Array;
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** @param bound tenant, path and fingerprint of the query */
  write(mark: PageMark, bound: string): string {
    const body = Buffer.from(JSON.stringify([mark.after, mark.eventual])).toString('base64url');
    return `${body}.${this.#sign(body, bound).toString('base64url')}`;
  }

  /** @throws graphPageTokenStale */
  read(token: string, bound: string): PageMark {
    const [body = '', signature = ''] = token.split('.');
    const [target, actual] = [this.#sign(body, bound), Buffer.from(signature, 'base64url')];
    if (target.length !== actual.length || !timingSafeEqual(target, actual)) throw fault('graphPageTokenStale', {});
    const stale = () => fault('graphPageTokenStale', {}); // a node of another version wrote it
    const [after, eventual] = requireJson(pageMark, Buffer.from(body, 'base64url').toString(), stale);
    return { after, eventual };
  }

  #sign(body: string, bound: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([body, bound]))
      .digest();
  }
}
