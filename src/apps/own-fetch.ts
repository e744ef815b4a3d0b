import { Agent, request } from 'node:https';

/**
 * `fetch` for an HTTPS server that our process runs itself: it trusts that server's certificate and nothing else, and
 * connects to `connect` whatever name the URL carries, so that names only browsers resolve (`*.localhost`) work as well.
 */
export function ownFetch(trust: {
  readonly ca: string;
  readonly connect: { readonly host: string; readonly port: number };
}): typeof fetch {
  const agent = new Agent({ ca: trust.ca, keepAlive: true, maxSockets: 4 });
  return async (input, init) => {
    const incoming = new Request(input, init);
    const url = new URL(incoming.url);
    const body = Buffer.from(await incoming.arrayBuffer());
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent,
          ...trust.connect,
          servername: url.hostname,
          path: url.pathname + url.search,
          method: incoming.method,
          headers: { ...Object.fromEntries(incoming.headers), host: url.host, 'content-length': body.length },
          timeout: 10_000,
        },
        async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          const headers = new Headers();
          for (const [name, value] of Object.entries(answer.headersDistinct))
            for (const line of value ?? []) headers.append(name, line);
          resolve(
            new Response(chunks.length ? Buffer.concat(chunks) : null, { status: answer.statusCode ?? 500, headers }),
          );
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${url.host} did not answer within ten seconds`)));
      outgoing.on('error', reject).end(body);
    });
  };
}
