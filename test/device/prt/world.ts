import type { KeyObject } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { pino } from 'pino';
import { decryptAnswer } from '#core/device/jose/encrypted-answer.ts';
import { unwrapSessionKey } from '#core/device/session-key.ts';
import type { Device } from '#model/device.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { DemoCard } from '#pki/demo/woodgrove.ts';
import { readConfig } from '#server/config.ts';
import { demoPkiOf } from '#server/demo.ts';
import { type OpenInstallation, openInstallation } from '#server/installation.ts';
import { startServer } from '#server/start.ts';
import type { TenantStorage } from '#storage/storage.ts';
import { emptyFolder } from '#test/contract/databases.ts';
import { freePort } from '#test/free-port.ts';
import { type EnrolledDevice, enrolDevice } from '../enrolled.ts';
import { deviceJws, jws, sessionJws } from '../signed-requests.ts';

export const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** An answer of the server; `json` is empty where the body is not JSON. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** The number of the error, or 0. */
  readonly number: number;
}

/** A primary refresh token in the hands of a client. */
export interface HeldToken {
  readonly token: string;
  readonly sessionKey: Uint8Array;
  readonly answer: Readonly<Record<string, unknown>>;
}

/** A server with the demo tenant in this process, its stores, and what a device does. */
export class World {
  readonly tenantId: string;
  readonly origin: string;
  readonly #installation: OpenInstallation | undefined;
  readonly #server: AsyncDisposableStack | undefined;
  readonly #cards: readonly DemoCard[];

  private constructor(
    opened: {
      readonly installation?: OpenInstallation;
      readonly server?: AsyncDisposableStack;
      readonly origin: string;
    },
    tenantId: string,
    cards: readonly DemoCard[],
  ) {
    this.#installation = opened.installation;
    this.origin = opened.origin;
    this.#server = opened.server;
    this.tenantId = tenantId;
    this.#cards = cards;
  }

  /** A client of a server in another process. */
  static at(origin: string, tenantId: string, cards: readonly DemoCard[]): World {
    return new World({ origin }, tenantId, cards);
  }

  /** @throws Error where the server is in another process */
  get installation(): OpenInstallation {
    if (!this.#installation) throw new Error('the server is in another process');
    return this.#installation;
  }

  static async open(settings: Readonly<Record<string, unknown>> = {}): Promise<World> {
    const folder = emptyFolder();
    const [port, crlPort] = [await freePort(), await freePort()];
    const config = readConfig({ dataFolder: folder, port, demoCrlPort: crlPort, ...settings }, {}, folder);
    const log = pino({ level: 'silent' });
    const installation = await openInstallation(config, log);
    const server = await startServer(config, installation, log);
    const [tenant] = await installation.tenants.list();
    const origin = `https://localhost:${port}`;
    return new World({ installation, server, origin }, tenant!.id, demoPkiOf(config).cards);
  }

  async close(): Promise<void> {
    await this.#server?.disposeAsync();
  }

  get stores(): TenantStorage {
    return this.installation.storage.forTenant(this.tenantId);
  }

  card(name: string): { readonly der: Uint8Array; readonly key: KeyObject } {
    const { issued } = this.#cards.find(({ person }) => person.name === name)!;
    return { der: issued.der, key: issued.privateKey as KeyObject };
  }

  async userId(name: string): Promise<string> {
    return (await this.stores.users.find(`${name}@woodgrove.test`))!.id;
  }

  enrol(change: Partial<Device> = {}, stores = this.stores, tenantId = this.tenantId): Promise<EnrolledDevice> {
    return enrolDevice(tenantId, stores, new Date(), change);
  }

  /** Requests over TLS, as a client without a browser. */
  send(
    path: string,
    {
      form,
      headers = {},
      method = form === undefined ? 'GET' : 'POST',
    }: {
      readonly form?: Readonly<Record<string, string>> | string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly method?: string;
    } = {},
  ): Promise<Reply> {
    const body = form === undefined || typeof form === 'string' ? form : String(new URLSearchParams(form));
    const type = typeof form === 'object' ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    return new Promise((resolve, reject) => {
      const options = { method, rejectUnauthorized: false, headers: { ...type, ...headers } };
      const sent = httpsRequest(new URL(path, this.origin), options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(replyOf(answer.statusCode ?? 0, answer.headers, text)));
      });
      sent.on('error', reject);
      if (body !== undefined) sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body);
    });
  }

  token(form: Readonly<Record<string, string>>, tenant = this.tenantId, version: 1 | 2 = 1): Promise<Reply> {
    return this.send(`/${tenant}/oauth2/${version === 1 ? '' : 'v2.0/'}token`, { form });
  }

  async nonce(tenant = this.tenantId): Promise<string> {
    return String((await this.token({ grant_type: 'srv_challenge' }, tenant)).json.Nonce);
  }

  /** The assertion of a card (windows-sign-in §3.4). */
  assertion(
    name: string,
    claims: Readonly<Record<string, unknown>>,
    header: Readonly<Record<string, unknown>> = {},
  ): string {
    const { der, key } = this.card(name);
    const now = Math.floor(Date.now() / 1000);
    const alg = key.asymmetricKeyType === 'ec' ? ecAlgorithm(key) : 'RS256';
    return jws(
      { typ: 'JWT', alg, x5c: [base64(der)], ...header },
      {
        iss: `${name}@woodgrove.test`,
        aud: `https://sts.windows.net/${this.tenantId}/`,
        iat: now,
        exp: now + 300,
        ...claims,
      },
      key,
    );
  }

  /** The request of §3.2 for a card. `change` replaces members of the payload. */
  async cardRequest(
    device: EnrolledDevice,
    name: string,
    {
      claims = {},
      change = {},
      header = {},
    }: {
      readonly claims?: Readonly<Record<string, unknown>>;
      readonly change?: Readonly<Record<string, unknown>>;
      readonly header?: Readonly<Record<string, unknown>>;
    } = {},
  ): Promise<string> {
    const nonce = await this.nonce();
    return deviceJws(
      device,
      {
        request_nonce: nonce,
        grant_type: assertionGrant,
        assertion: this.assertion(name, { request_nonce: nonce, ...claims }),
        ...change,
      },
      header,
    );
  }

  redeemDevice(request: string, more: Readonly<Record<string, string>> = {}, tenant = this.tenantId): Promise<Reply> {
    const form = { windows_api_version: '2.2', grant_type: assertionGrant, request, client_info: '1', ...more };
    return this.token(form, tenant);
  }

  /** A primary refresh token by card. */
  async signIn(device: EnrolledDevice, name = 'ana', kdf = 2): Promise<HeldToken> {
    const header = kdf === 2 ? { kdf_ver: 2 } : {};
    return held(await this.redeemDevice(await this.cardRequest(device, name, { header })), device);
  }

  /** Tokens for an application, decrypted. */
  async accessToken(
    { token, sessionKey }: Pick<HeldToken, 'token' | 'sessionKey'>,
    payload: Readonly<Record<string, unknown>> = {},
    options: SessionOptions = {},
  ): Promise<Reply> {
    const request = sessionJws(sessionKey, { ...appPayload, refresh_token: token, ...payload }, options);
    const form = { windows_api_version: '2.2', grant_type: assertionGrant, request, client_info: '1', ...options.form };
    const reply = await this.token(form, options.tenant, options.version);
    return decrypted(reply, sessionKey);
  }

  async records(userId: string): Promise<readonly SignInRecord[]> {
    return this.stores.signInLog.list({ top: 20, userId });
  }
}

interface SessionOptions {
  readonly kdf?: 1 | 2;
  readonly contextOctets?: number;
  readonly form?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly version?: 1 | 2;
}

/** The command line's application: public, in every tenant. */
export const appId = '6f1c9d0e-52c3-4a0e-9b55-0c0ffee5a11d';
const appPayload = {
  win_ver: '10.0.26100.1',
  scope: 'openid',
  resource: 'https://graph.microsoft.com',
  iss: 'aad:brokerplugin',
  grant_type: 'refresh_token',
  client_id: appId,
};

function replyOf(status: number, headers: Reply['headers'], text: string): Reply {
  let json: Readonly<Record<string, unknown>> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // a page, or a JWE
  }
  const [number = 0] = (json.error_codes as number[] | undefined) ?? [];
  return { status, headers, text, json, number };
}

/** An answer that is encrypted, decrypted. */
export function decrypted(reply: Reply, sessionKey: Uint8Array): Reply {
  const plain = decryptAnswer(reply.text, sessionKey);
  return plain === undefined ? reply : { ...reply, json: JSON.parse(plain) as Record<string, unknown> };
}

/** The token of an answer, and its session key unwrapped by the device. @throws Error for another answer */
export function held(reply: Reply, device: EnrolledDevice): HeldToken {
  const sessionKey = unwrapSessionKey(String(reply.json.session_key_jwe), device.transportKey);
  if (!sessionKey) throw new Error(`no primary refresh token: ${reply.text}`);
  return { token: String(reply.json.refresh_token), sessionKey, answer: reply.json };
}

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
const ecAlgorithm = (key: KeyObject): string =>
  key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256';
