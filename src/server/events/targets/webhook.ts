import { createHmac } from 'node:crypto';
import { type AddressRules, openHttpClient } from '#net/http-client.ts';
import { clock } from '../../process/clock.ts';
import { documentOf, type EventTarget } from '../event.ts';

export interface WebhookOptions extends AddressRules {
  /** https. */
  readonly url: string;
  /** Signs each delivery. */
  readonly secret: string;
  /** PEM of the roots for https; those of Node.js unless given. */
  readonly ca?: string | undefined;
}

/** Bytes of an answer that are read, so that the connection ends well. */
const mostAnswer = 64 * 1024;

/**
 * Posts events as one JSON document, signed as `t=SECONDS,v1=HEX` in `Cardea-Signature`: HMAC-SHA256 of the seconds, a dot
 * and the body. Every status of 200 to 299 says that the receiver has them.
 */
export function webhookTarget({ url, secret, ca, ...rules }: WebhookOptions): EventTarget {
  const address = new URL(url);
  const client = openHttpClient({ ca, ...rules });
  return {
    name: 'webhook',
    async deliver(events, signal) {
      const body = Buffer.from(JSON.stringify({ events: events.map(documentOf) }));
      const headers = {
        'content-type': 'application/json',
        'content-length': String(body.length),
        'user-agent': 'cardea',
        'cardea-signature': webhookSignature(secret, body, Math.floor(clock.now().getTime() / 1000)),
      };
      const refusal = client.refusalOf(address);
      if (refusal !== undefined) throw new Error(refusal);
      const answer = await client.send(address, { method: 'POST', headers, body, signal });
      let size = 0;
      for await (const chunk of answer.body) {
        size += (chunk as Buffer).length;
        if (size > mostAnswer) break;
      }
      if (answer.status < 200 || answer.status > 299) throw new Error(`the webhook answered ${answer.status}`);
    },
  };
}

/** The header of a delivery. `seconds`: since 1970, so that a receiver can refuse an old one. */
export function webhookSignature(secret: string, body: Uint8Array, seconds: number): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
