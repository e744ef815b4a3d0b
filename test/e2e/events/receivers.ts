import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { EventDocument } from '#server/events/event.ts';
import type { localhostCertificate } from '#test/localhost-certificate.ts';

type Identity = ReturnType<typeof localhostCertificate>;

/** Looks again and again until a value is there. The limit is for a machine under load; nothing else waits for it. */
export async function eventually<T>(look: () => T | undefined | false, label: string): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`${label} did not happen within two minutes`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** A webhook over https that checks each signature. It refuses the first delivery, which it has read. */
export class Webhook {
  readonly events: EventDocument[] = [];
  readonly statuses: number[] = [];
  readonly #secret: string;
  #server: Server | undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  async listen(port: number, { cert, key }: Identity): Promise<void> {
    this.#server = createServer({ cert, key }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts);
        const status = this.#statusOf(String(request.headers['cardea-signature']), body);
        this.statuses.push(status);
        if (status !== 401) this.events.push(...(JSON.parse(body.toString()) as { events: EventDocument[] }).events);
        response.writeHead(status).end();
      });
    }).listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #statusOf(signature: string, body: Buffer): number {
    const [, seconds = '', digest = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    const right = createHmac('sha256', this.#secret).update(`${seconds}.`).update(body).digest('hex');
    if (digest !== right || Math.abs(Number(seconds) - Date.now() / 1000) > 300) return 401;
    return this.statuses.length === 0 ? 503 : 204;
  }

  close(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

/** Debian's rsyslog, which receives RFC 5424 over TLS and writes what it parsed. */
export class Rsyslog {
  readonly #folder: string;
  readonly #file: string;
  #process: ChildProcess | undefined;

  static readonly missing = existsSync('/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so')
    ? false
    : 'rsyslog is missing: apt-get install rsyslog rsyslog-openssl';

  constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, 'received');
  }

  async listen(port: number, { ca, cert, key }: Identity): Promise<void> {
    const path = (name: string) => join(this.#folder, name);
    for (const [name, text] of Object.entries({ 'ca.pem': ca, 'cert.pem': cert, 'key.pem': key }))
      writeFileSync(path(name), text, { mode: 0o600 });
    writeFileSync(
      path('rsyslog.conf'),
      `global(workDirectory="${this.#folder}" maxMessageSize="64k" DefaultNetstreamDriver="ossl"
  DefaultNetstreamDriverCAFile="${path('ca.pem')}" DefaultNetstreamDriverCertFile="${path('cert.pem')}"
  DefaultNetstreamDriverKeyFile="${path('key.pem')}")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
input(type="imtcp" address="127.0.0.1" port="${port}")
template(name="parsed" type="string"
  string="%syslogfacility-text%.%syslogseverity-text% %hostname% %app-name% %msgid% %structured-data%%msg%\\n")
action(type="omfile" file="${this.#file}" template="parsed")
`,
    );
    writeFileSync(this.#file, '');
    this.#process = spawn('rsyslogd', ['-n', '-f', path('rsyslog.conf'), '-i', path('pid')], { stdio: 'ignore' });
    await eventually(() => existsSync(path('pid')), 'the start of rsyslog');
  }

  /** Lines as rsyslog parsed them. */
  get lines(): readonly string[] {
    return readFileSync(this.#file, 'utf8').split('\n').filter(Boolean);
  }

  close(): void {
    this.#process?.kill('SIGKILL');
  }
}
