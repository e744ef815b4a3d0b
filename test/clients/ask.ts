import { type RequestOptions, request } from 'node:https';
import type { RunningServer } from '../e2e/server.ts';

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A GET with headers of its own, answered in JSON. The path goes out as it stands. */
export const getJson = (server: RunningServer, path: string, headers: Record<string, string> = {}) =>
  ask(server, { path, headers });

/** A JSON body sent with an access token. */
export function sendJson(server: RunningServer, method: string, path: string, token: string, body: object) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return ask(server, { method, path, headers }, JSON.stringify(body));
}

function ask(server: RunningServer, requestOptions: RequestOptions, body?: string): Promise<JsonAnswer> {
  const where = { host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.trust, agent: false };
  const headers = { host: `localhost:${server.port}`, ...(requestOptions.headers as Record<string, string>) };
  return new Promise((resolve, reject) => {
    const message = request({ ...where, ...requestOptions, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) }));
    });
    message.on('error', reject).end(body);
  });
}
