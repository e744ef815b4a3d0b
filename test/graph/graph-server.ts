import assert from 'node:assert/strict';
import { request } from 'node:https';
import { RunningServer } from '../e2e/server.ts';

export interface GraphAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the wire brought
  readonly body: any;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

const nativeRedirect = 'http://localhost:53682/done';

/** A running server and tokens for its Graph. */
export class GraphServer {
  readonly server: RunningServer;
  readonly tenantId: string;
  readonly #applications = new Map<string, { id: string; secret: string }>();

  private constructor(server: RunningServer, tenantId: string) {
    this.server = server;
    this.tenantId = tenantId;
  }

  static async start(
    environment: NodeJS.ProcessEnv = {},
    place?: Parameters<typeof RunningServer.start>[1],
  ): Promise<GraphServer> {
    const server = await RunningServer.start(environment, place);
    return new GraphServer(server, await server.tenantId());
  }

  /** An application's token with these permissions. */
  async appToken(...permissions: string[]): Promise<string> {
    const { id, secret } = await this.#application(permissions);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: id,
      client_secret: secret,
      scope: 'https://graph.microsoft.com/.default',
    });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, body } = await this.send('POST', `/${this.tenantId}/oauth2/v2.0/token`, `${form}`, type);
    assert.equal(status, 200, JSON.stringify(body));
    return body.access_token as string;
  }

  /** A demo person's token with these permissions, got by a whole sign-in with their card. */
  async personToken(name: string, ...scopes: string[]): Promise<string> {
    const { id } = await this.#register(scopes, ['--public', '--redirect-uri', nativeRedirect], '--scope');
    const end = await this.server.signIn(`${name}@woodgrove.test`, this.server.card(name), {
      clientId: id,
      redirectUri: nativeRedirect,
      scope: scopes.map((scope) => `https://graph.microsoft.com/${scope}`).join(' '),
    });
    assert.equal(end.kind, 'signedIn', JSON.stringify(end));
    return end.kind === 'signedIn' ? String(end.tokens.access_token) : '';
  }

  /** Gives a demo person a directory role. */
  async role(role: string, name: string): Promise<void> {
    const { err } = await this.server.cardea('role', 'add', role, `${name}@woodgrove.test`);
    assert.equal(err, '');
  }

  #application(permissions: readonly string[]) {
    return this.#register(permissions, [], '--permission');
  }

  async #register(permissions: readonly string[], words: readonly string[], option: string) {
    const key = [option, ...permissions].join(' ');
    const knownApplication = this.#applications.get(key);
    if (knownApplication) return knownApplication;
    const grant = permissions.flatMap((name) => [option, name]);
    const { out, err } = await this.server.cardea(
      'app',
      'add',
      `test ${key}`.slice(0, 256),
      ...words,
      ...grant,
      '--json',
    );
    assert.equal(err, '');
    const { appId, secret } = JSON.parse(out) as { appId: string; secret: string };
    this.#applications.set(key, { id: appId, secret });
    return { id: appId, secret };
  }

  /** A call of Graph; `/users` is `/v1.0/users`. */
  call(
    token: string,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<GraphAnswer> {
    const whole = /^\/(v1\.0|beta)\//i.test(path) ? path : `/v1.0${path}`;
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const text =
      typeof body === 'string' || body instanceof Uint8Array || body === undefined ? body : JSON.stringify(body);
    return this.send(method, whole, text, { authorization: `Bearer ${token}`, ...json, ...headers });
  }

  send(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    headers: Record<string, string>,
  ): Promise<GraphAnswer> {
    const { port, trust } = this.server;
    return new Promise((resolve, reject) => {
      const query = request(
        {
          host: '127.0.0.1',
          port,
          servername: (headers.host ?? 'localhost').split(':')[0],
          ca: trust,
          method,
          path,
          headers: { host: `localhost:${port}`, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const octets = Buffer.concat(chunks);
            const text = octets.toString();
            const type = response.headers['content-type'] ?? '';
            const isJson = /json/.test(type);
            resolve({
              status: response.statusCode ?? 0,
              body: isJson ? JSON.parse(text) : type.startsWith('image/') ? octets : text,
              headers: response.headers,
            });
          });
        },
      );
      query.on('error', reject);
      query.end(body);
    });
  }

  end(): Promise<void> {
    return this.server.remove();
  }
}
