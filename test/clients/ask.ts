import { request } from 'node:https';
import type { RunningServer } from '../e2e/server.ts';

/** A GET with headers of its own, answered in JSON. The path goes out as it stands. */
export function getJson(server: RunningServer, path: string, headers: Record<string, string> = {}) {
  const where = { host: '127.0.0.1', port: server.port, servername: 'localhost', ca: server.trust, path, agent: false };
  return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
    const sent = request({ ...where, headers: { host: `localhost:${server.port}`, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sent.on('error', reject).end();
  });
}
