import type { IncomingMessage, ServerResponse } from 'node:http';

export type Listener = (req: IncomingMessage, res: ServerResponse) => void;

/** The requests under way, so that a stop can wait for them. */
export class Requests {
  readonly #open = new Set<ServerResponse>();
  #isDraining = false;
  #ended: () => void = () => undefined;

  tracking(listener: Listener): Listener {
    return (req, res) => {
      this.#open.add(res);
      if (this.#isDraining) endWith(res);
      res.once('close', () => {
        this.#open.delete(res);
        this.#ended();
      });
      listener(req, res);
    };
  }

  /** Resolves when no request is open, or after `milliseconds`. `each` runs at the start and after each request. */
  async drain(milliseconds: number, item: () => void): Promise<void> {
    this.#isDraining = true;
    for (const res of this.#open) endWith(res);
    item();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#ended = () => {
        item();
        if (this.#open.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The answer is the last on its connection (RFC 9112 §9.6). */
function endWith(res: ServerResponse): void {
  res.shouldKeepAlive = false;
  if (!res.headersSent) res.setHeader('connection', 'close');
}
