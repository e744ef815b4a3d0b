import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import { goProgram, isInstalled } from '../../packaging/tools.ts';
import { patience, until } from '../../until.ts';
import { RunningServer } from '../server.ts';
import { AcmeServer } from './acme-server.ts';

const pebble = goProgram('pebble');
const missing = [
  ...(isInstalled('certbot') ? [] : ['certbot (apt-get install certbot)']),
  ...(pebble ? [] : ['pebble (go install github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.3)']),
];
const guide = readFileSync(join(import.meta.dirname, '../../../docs/admin/production.md'), 'utf8');
/** The hosts of the guide, which the ACME server finds on this computer. */
const [loginHost, ...otherHosts] = [...guide.matchAll(/ -d (\S+\.\S+)/g)].slice(0, 3).map(([, host]) => host!);

describe('a TLS certificate from an ACME server, by the commands of docs/admin/production.md', {
  skip: missing.length > 0 ? `missing: ${missing.join(', ')}` : false,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-acme-'));
  const tls = join(folder, 'tls');
  let acme: AcmeServer;
  let server: RunningServer;
  before(async () => {
    acme = await AcmeServer.start(pebble!, folder);
    writeFileSync(join(folder, 'pebble-root.pem'), acme.ca);
    mkdirSync(join(folder, 'bin'));
    const settings = ['--server', acme.directory, '--http-01-port', acme.challengePort];
    const account = [
      '--non-interactive',
      '--agree-tos',
      '--register-unsafely-without-email',
      '--no-random-sleep-on-renew',
    ];
    const folders = ['config', 'work', 'logs'].flatMap((name) => [`--${name}-dir`, join(folder, name)]);
    const words = [...settings, ...account, ...folders].map((word) => `'${word}'`).join(' ');
    // What is this computer's own: the ACME server, the port in place of 80, and folders in place of /etc/letsencrypt.
    writeFileSync(join(folder, 'bin', 'certbot'), `#!/bin/sh\nPATH="$SYSTEM_PATH" exec certbot "$@" ${words}\n`, {
      mode: 0o755,
    });
  });
  after(async () => {
    await server?.remove();
    await acme?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs what the guide says, for this user's group and this test's folder. */
  async function follow(command: string): Promise<void> {
    const here = command.replaceAll('/etc/cardea/tls', tls).replaceAll('-g cardea', `-g ${userInfo().gid}`);
    const env = {
      ...process.env,
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      SYSTEM_PATH: process.env.PATH,
      REQUESTS_CA_BUNDLE: join(folder, 'pebble-root.pem'),
    };
    await promisify(execFile)('sh', ['-ec', here], { env, timeout: 120_000 });
  }
  const [fence = ''] = /^install -d [\s\S]*?(?=^```$)/m.exec(guide) ?? [];
  const [, renewal = ''] = /`(certbot renew [^`]+)`/.exec(guide) ?? [];

  const open = async (servername: string, ca: string): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port: server.port, servername, ca });
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(patience) });
    return socket;
  };
  async function served(servername: string, ca: string): Promise<string | undefined> {
    const socket = await open(servername, ca).catch(() => undefined);
    const certificate = socket?.getPeerX509Certificate();
    socket?.destroy();
    return certificate?.serialNumber;
  }
  /** The status of one more request of a connection. */
  async function ask(socket: TLSSocket, closed: AbortSignal): Promise<string | undefined> {
    socket.write(`GET /organizations/v2.0/.well-known/openid-configuration HTTP/1.1\r\nhost: ${loginHost}\r\n\r\n`);
    let answer = '';
    for (; !answer.includes('}'); ) answer += (await once(socket, 'data', { signal: closed }))[0];
    return answer.split('\r\n')[0];
  }

  /** Sends requests until the returned function is called, which answers their statuses: a server closes a connection that has none for a while. */
  function requestContinuously(socket: TLSSocket): () => Promise<readonly unknown[]> {
    const [stop, closed] = [new AbortController(), new AbortController()];
    socket.once('close', () => closed.abort());
    const seen = new Set<unknown>();
    const requests = (async () => {
      while (!stop.signal.aborted) {
        seen.add(await ask(socket, closed.signal));
        await pause(500);
      }
    })().catch((problem: unknown) => seen.add(problem));
    return async () => {
      stop.abort();
      await requests;
      return [...seen];
    };
  }

  test('is issued and renewed: the running server takes each one, and an open connection continues', async () => {
    mkdirSync(tls);
    const before = makeTlsCertificate({ hosts: [loginHost!, ...otherHosts], at: new Date() });
    writeFileSync(join(tls, 'fullchain.pem'), before.server.pem + before.root.pem);
    writeFileSync(join(tls, 'privkey.pem'), before.server.privateKeyPem);
    server = await RunningServer.start({
      CARDEA_LOGIN_ORIGIN: `https://${loginHost}`,
      CARDEA_TLS_CERTIFICATE_FILE: join(tls, 'fullchain.pem'),
      CARDEA_TLS_KEY_FILE: join(tls, 'privkey.pem'),
    });
    const pid = server.pid;
    const connection = await open(loginHost!, before.root.pem);
    const end = requestContinuously(connection);

    await follow(fence);
    const root = await acme.root();
    const issued = await until('the issued certificate', () => served(loginHost!, root));
    await follow(renewal);
    const renewed = await until('the renewed certificate', async () => {
      const serial = await served(loginHost!, root);
      return serial === issued ? undefined : serial;
    });
    for (const host of otherHosts) assert.equal(await served(host, root), renewed, host);
    assert.deepEqual(await end(), ['HTTP/1.1 200 OK']);
    connection.destroy();
    assert.equal(server.pid, pid);
    assert.doesNotMatch(server.output, /tlsFileUnusable/);
  });
});
