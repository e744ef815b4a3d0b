import { Agent, request } from 'node:https';

/**
 * `fetch` for an HTTPS server that our process runs itself: it trusts that server's certificate and nothing else, and
 * connects to `connect` whatever name the URL carries, so that names only browsers resolve (`*.localhost`) work as well.
 */
export function ownFetch(trust: {
  /** Asked for each request: the certificate of a running server may be replaced. */
  ca(): string;
  readonly connect: { readonly host: string; readonly port: number };
}): typeof fetch {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  return async (input, init) => {
    const wanted = new Request(input, init);
    const url = new URL(wanted.url);
    const body = Buffer.from(await wanted.arrayBuffer());
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent,
          ca: trust.ca(),
          ...trust.connect,
          servername: url.hostname,
          path: url.pathname + url.search,
          method: wanted.method,
          headers: { ...Object.fromEntries(wanted.headers), host: url.host, 'content-length': body.length },
          timeout: 10_000,
        },
        async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          const headers = new Headers();
          for (const [name, value] of Object.entries(answer.headersDistinct))
            for (const one of value ?? []) headers.append(name, one);
          resolve(
            new Response(chunks.length ? Buffer.concat(chunks) : null, { status: answer.statusCode ?? 500, headers }),
          );
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${url.host} did not answer within ten seconds`)));
      sent.on('error', reject).end(body);
    });
  };
}
