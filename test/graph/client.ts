import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client, GraphError } from '@microsoft/microsoft-graph-client';
import type { GraphServer } from './graph-server.ts';

/** Microsoft's JavaScript client of Graph, unmodified, with this token. The server's root must be trusted. */
export const clientOf = (graph: GraphServer, token: string): Client =>
  Client.initWithMiddleware({
    baseUrl: `${graph.server.origin}/`,
    defaultVersion: 'v1.0',
    customHosts: new Set(['localhost']),
    authProvider: { getAccessToken: async () => token },
  });

/** Lets `fetch` of this process trust the server; answers how to end that. */
export function trusting(graph: GraphServer): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, graph.server.trust]);
  return () => setDefaultCACertificates(before);
}

/** For `assert.rejects`: what the client made of an error answer. */
export const refusedWith = (status: number, code: string, message?: RegExp) => (problem: unknown) => {
  if (!(problem instanceof GraphError)) throw problem;
  const isSo = problem.statusCode === status && problem.code === code && (message?.test(problem.message) ?? true);
  if (!isSo) throw new Error(`${problem.statusCode} ${problem.code}: ${problem.message}`);
  return /^[0-9a-f-]{36}$/.test(String(problem.requestId));
};
