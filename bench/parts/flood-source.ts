import { Agent, request } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * The flooding source of bench/flood.ts: 32 clients at 127.0.0.2 that repeat one kind of call as fast as they are answered.
 * `flood-source.ts KIND PORT`. Prints its counts when its input ends.
 */
const [kind, port] = [process.argv[2]!, Number(process.argv[3])];
const source = { host: '127.0.0.1', localAddress: '127.0.0.2', port, rejectUnauthorized: false } as const;
const card = JSON.parse(process.env.CARD!) as { readonly cert: string; readonly key: string };
const counts: Record<string, number> = {};
const agent = new Agent({ keepAlive: true, maxSockets: 32 });
const form = 'application/x-www-form-urlencoded';

interface Shape {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  readonly host?: string;
  readonly token?: string;
}
const authorize =
  '/organizations/oauth2/v2.0/authorize?client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46&response_type=code&redirect_uri=http%3A%2F%2Flocalhost&scope=openid';
const requests: Record<string, Shape> = {
  authorize: { method: 'GET', path: authorize },
  certauth: { method: 'POST', path: '/woodgrove.test/certauth/x', host: 'certauth.localhost', body: 'a=b' },
  password: { method: 'POST', path: '/login/x/password', body: 'passwd=guess' },
  token: {
    method: 'POST',
    path: '/woodgrove.test/oauth2/v2.0/token',
    body: 'grant_type=authorization_code&client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46&code=x&redirect_uri=http%3A%2F%2Flocalhost',
  },
  graph: { method: 'GET', path: '/v1.0/users', token: 'eyJhbGciOiJSUzI1NiJ9.e30.AAAA' },
  body: {
    method: 'POST',
    path: '/v1.0/users',
    body: JSON.stringify({ a: Array.from({ length: 20_000 }, () => 1) }),
    type: 'application/json',
  },
};

/** One attempt; resolves with what became of it. */
const attempts: Record<string, () => Promise<string>> = {
  tcp: () => ended(connectTcp(source), (socket) => socket.once('connect', () => socket.end())),
  handshake: () => handshake('localhost'),
  'handshake with card': () => handshake('certauth.localhost', card),
  'slow headers': () =>
    ended(connectTls({ ...source, servername: 'localhost' }), (socket) => {
      socket.once('secureConnect', () => {
        socket.write('GET / HTTP/1.1\r\nx-a: ');
        const timer = setInterval(() => socket.write('b'), 500);
        socket.once('close', () => clearInterval(timer));
      });
    }),
};

function ended(socket: Socket, begin: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let outcome = 'ended';
    socket.on('error', () => (outcome = 'closed')).on('close', () => resolve(outcome));
    begin(socket.on('data', () => undefined));
  });
}

const handshake = (servername: string, options = {}) =>
  ended(connectTls({ ...source, ...options, servername }), (socket) =>
    socket.once('secureConnect', () => socket.end()),
  );

function send({ method, path, body, type = form, host = 'localhost', token }: Shape): Promise<string> {
  return new Promise((resolve) => {
    const headers = {
      host: `${host}:${port}`,
      'sec-fetch-site': 'same-origin',
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const message = request({ ...source, servername: host, agent, method, path, headers }, (answer) => {
      answer.resume().on('close', () => resolve(String(answer.statusCode)));
    });
    message.on('error', () => resolve('closed')).end(body);
  });
}

const shape = requests[kind];
const attempt = shape ? () => send(shape) : attempts[kind]!;
let isOver = false;
process.stdin.resume().on('end', () => {
  isOver = true;
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit());
});
for (let i = 0; i < (kind === 'slow headers' ? 3000 : 32); i++) void repeat();

async function repeat(): Promise<void> {
  while (!isOver) {
    const outcome = await attempt();
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    // Where nothing is answered, a client waits at least as long as a network would.
    if (outcome === 'closed') await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
