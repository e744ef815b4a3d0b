import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passed } from '#core/trace/ruling.ts';
import { graphListener } from '#graph/listener.ts';
import type { GraphPorts } from '#graph/protocol/call.ts';
import type { Bearer } from '#graph/protocol/caller.ts';
import type { TestClock } from './databases.ts';

export interface GraphNode {
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brought
  answer(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: any }>;
  /** The status, and the code of a refusal. */
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly code?: string }>;
  close(): void;
}

/** Graph of one node, on the ports that the test gives it; every token is the bearer's. */
export async function serveGraph(
  clock: TestClock,
  bearer: () => Bearer,
  portsOf: () => Promise<GraphPorts>,
): Promise<GraphNode> {
  const server = createServer(
    graphListener({
      loginOrigin: 'http://localhost',
      clock,
      hosts: new Set(),
      checkToken: async () => passed(bearer(), 'graphCallAllowed', { scope: '', by: '' }),
      certificateOf: () => undefined,
      portsOf,
      pageTokenKey: new Uint8Array(32),
      requestsPerTenSeconds: 1000,
      isStrict: false,
      onFault: (problem) => process.stderr.write(`${(problem as Error).stack}\n`),
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer: GraphNode['answer'] = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1.0${path}`, {
      method,
      headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    answer,
    async call(...request) {
      const { status, body } = await answer(...request);
      return { status, ...(body.error ? { code: body.error.code } : {}) };
    },
    close: () => server.close(),
  };
}
