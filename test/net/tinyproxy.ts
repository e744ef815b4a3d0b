import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { until } from '../until.ts';

/** A proxy that takes every name for a server of the test. */
export function proxyTo(http: number, https: number, seen: string[]) {
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    const { pathname } = new URL(incoming.url!);
    incoming.pipe(
      request(
        { port: http, host: '127.0.0.1', path: pathname, method: incoming.method!, headers: incoming.headers },
        (answer) => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        },
      ),
    );
  });
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const target = connect(https, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => end.destroy());
  });
  return server;
}

/** For `skip`. */
export const withoutTinyproxy =
  spawnSync('tinyproxy', ['-v'], { stdio: 'ignore' }).error === undefined
    ? false
    : 'tinyproxy is missing: apt-get install tinyproxy-bin';

export interface Tinyproxy {
  readonly port: number;
  end(): Promise<void>;
}

/** Starts tinyproxy, which asks for the name and password, and hands every request to another proxy of this computer. */
export async function startTinyproxy(
  folder: string,
  settings: { readonly upstreamPort: number; readonly credentials: string; readonly port?: number },
): Promise<Tinyproxy> {
  const { port = await freePort(), upstreamPort, credentials } = settings;
  const [log, file] = [join(folder, 'tinyproxy.log'), join(folder, 'tinyproxy.conf')];
  rmSync(log, { force: true });
  const place = ['Listen 127.0.0.1', `Port ${port}`, `Upstream http 127.0.0.1:${upstreamPort}`];
  const lines = [
    ...place,
    `BasicAuth ${credentials}`,
    `LogFile "${log}"`,
    'LogLevel Info',
    'Timeout 60',
    'MaxClients 20',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'ignore' });
  await until('tinyproxy', () => {
    if (child.exitCode !== null) throw new Error(`tinyproxy ended: ${readFileSync(log, 'utf8')}`);
    return existsSync(log) && /Accepting connections/i.test(readFileSync(log, 'utf8'));
  });
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { port, end };
}
