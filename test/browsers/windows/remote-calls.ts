import WebSocket from 'ws';

/** Questions and answers in JSON over a WebSocket: WebDriver BiDi and the DevTools protocol number both the same way. */
export class RemoteCalls {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (message) => this.#hear(String(message)));
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser hung up'));
    });
  }

  static async open(url: string): Promise<RemoteCalls> {
    const socket = new WebSocket(url);
    await new Promise((open, reject) => socket.once('open', open).once('error', reject));
    return new RemoteCalls(socket);
  }

  /** Asks; rejects with what the browser says is wrong. */
  call(method: string, params: object = {}): Promise<unknown> {
    this.#last += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#last, answer);
    this.#socket.send(JSON.stringify({ id: this.#last, method, params }));
    return answer.promise;
  }

  close(): void {
    this.#socket.terminate();
  }

  #hear(message: string): void {
    const body = JSON.parse(message) as { id?: number; result?: unknown; error?: unknown };
    const waiting = this.#waiting.get(body.id ?? -1);
    if (!waiting) return;
    this.#waiting.delete(body.id!);
    if (body.error === undefined) waiting.resolve(body.result);
    else waiting.reject(new Error(message.slice(0, 500)));
  }
}
