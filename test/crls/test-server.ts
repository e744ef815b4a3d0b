import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server for tests that behaves as badly as each test says. */
export class TestServer {
  readonly #server: Server;
  readonly requests: IncomingMessage[] = [];
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.writeHead(404).end();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      response.on('error', () => undefined);
      this.answer(request, response);
    });
  }

  static async start(): Promise<TestServer> {
    const start = new TestServer();
    await new Promise<void>((resolve) => start.#server.listen(0, '127.0.0.1', resolve));
    return start;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** From now on these octets, with these headers. */
  serve(bytes: Uint8Array, headers: Record<string, string> = {}): void {
    this.answer = (_, response) => response.writeHead(200, { 'content-length': bytes.length, ...headers }).end(bytes);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
