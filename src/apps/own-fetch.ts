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
    const target = new Request(input, init);
    const url = new URL(target.url);
    const body = Buffer.from(await target.arrayBuffer());
    return new Promise((resolve, reject) => {
      const message = request(
        {
          agent,
          ...trust.connect,
          servername: url.hostname,
          path: url.pathname + url.search,
          method: target.method,
          headers: { ...Object.fromEntries(target.headers), host: url.host, 'content-length': body.length },
          timeout: 10_000,
        },
        async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          const headers = new Headers();
          for (const [name, value] of Object.entries(answer.headersDistinct))
            for (const item of value ?? []) headers.append(name, item);
          resolve(
            new Response(chunks.length ? Buffer.concat(chunks) : null, { status: answer.statusCode ?? 500, headers }),
          );
        },
      );
      message.on('timeout', () => message.destroy(new Error(`${url.host} did not answer within ten seconds`)));
      message.on('error', reject).end(body);
    });
  };
}
