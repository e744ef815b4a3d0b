import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { enterQueue, type OnWait } from '#net/admission/queue-wait.ts';
import { usualBody } from '#net/bodies.ts';
import { connectionAddress } from '#net/limits/connection-source.ts';
import type { SourceLimiter } from '#net/limits/source-limiter.ts';
import type { Listener } from './requests.ts';

/** RFC 6797: with every answer of every host, whichever listener makes it. */
export const transportSecurity = 'max-age=31536000';

export interface Limits {
  readonly limiter: SourceLimiter;
  /** Serves a request when it is its turn. Default: at once. */
  readonly admit?: (req: IncomingMessage, res: ServerResponse, serve: () => void) => void;
  /** A request has waited in a queue, and is served now. */
  readonly onWait?: OnWait | undefined;
}

/** @param connection the address of the connection where it is not the socket's: {@link unixAddress} */
export const limited =
  (
    { limiter, admit = (_req, _res, serve) => serve(), onWait }: Limits,
    listener: Listener,
    connection?: string,
  ): Listener =>
  (req, res) => {
    res.setHeader('strict-transport-security', transportSecurity);
    const seconds = limiter.request(req, Date.now(), connection);
    const serve = () =>
      res.once(
        'close',
        enterQueue(
          'source',
          (begin) => limiter.serve(req, begin),
          () => listener(req, res),
          onWait,
        ),
      );
    if (seconds === undefined && !namesOneHost(req)) refuse(res, 400, 'A request must name one host.\n');
    else if (seconds === undefined) enterQueue('sign_in', (begin) => admit(req, res, begin), serve, onWait);
    else refuseThrottled(seconds, req, res, limiter);
  };

/**
 * RFC 6585 §4. The connection is closed, so that what follows on it is not read. That of a reverse proxy stays, unless a
 * large body is still to come on it: the next request on it may be of another client, and a new one costs a handshake.
 */
function refuseThrottled(seconds: number, req: IncomingMessage, res: ServerResponse, limiter: SourceLimiter): void {
  const reason = because('sourceThrottled', { seconds });
  const body = { error: 'temporarily_unavailable', error_description: messageOf(reason), code: reason.code };
  const headers = { 'retry-after': String(seconds), 'content-type': 'application/json', 'cache-control': 'no-store' };
  const isSmall = !req.headers['transfer-encoding'] && Number(req.headers['content-length'] ?? 0) <= usualBody;
  const stays = isSmall && limiter.isProxy(connectionAddress(req.socket));
  res.writeHead(429, stays ? headers : { ...headers, connection: 'close' }).end(JSON.stringify(body));
}

/** RFC 9112 §3.2: a request of HTTP/1.1 has one Host header. Which of two counts would differ from program to program. */
function namesOneHost({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0');
}

/** RFC 9110 §10.1.1: an expectation other than `100-continue` is not met. */
export const refuseExpectation: Listener = (_req, res) => refuse(res, 417, 'This expectation cannot be met.\n');

function refuse(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(body);
}
