import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fault } from '#core/trace/fault.ts';

export interface CrlServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves CRLs over plain HTTP on loopback, as a CA's web server does: GET and HEAD, validators, nothing else. CRLs are
 * signed, so HTTP is how they are served everywhere. @throws portUnavailable
 */
export function serveCrls(port: number, fileAt: (path: string) => Uint8Array | undefined): Promise<CrlServer> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (req, res) => {
    const body = req.method === 'GET' || req.method === 'HEAD' ? fileAt(req.url ?? '') : undefined;
    if (!body) return void res.writeHead(404, { 'content-type': 'text/plain' }).end('No CRL here.\n');
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    if (req.headers['if-none-match'] === etag) return void res.writeHead(304, { etag }).end();
    res.writeHead(200, { 'content-type': 'application/pkix-crl', 'content-length': body.length, etag });
    res.end(req.method === 'HEAD' ? undefined : body);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (problem: NodeJS.ErrnoException) => {
      reject(
        fault('portUnavailable', { setting: 'demoCrlPort', port, problem: problem.code ?? problem.message }, problem),
      );
    });
    server.listen(port, '127.0.0.1', () => {
      resolve({ port: (server.address() as AddressInfo).port, close: () => closing(server) });
    });
  });
}

function closing(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
