import { type RequestOptions, request } from 'node:https';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import type { CardInReader } from '#cli/client/browser.ts';
import type { RunningServer } from '../server.ts';

export interface ProgramAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

type Config = Readonly<Record<string, unknown>>;

/** `$Config` as clients cut it out of a page: up to two characters before the end of the CDATA section. */
export function configIn({ body }: ProgramAnswer): Config {
  const script = /<script>\/\/<!\[CDATA\[\n([\s\S]*?)<\/script>/.exec(body)?.[1];
  if (script === undefined) throw new Error(`no script with $Config: ${body}`);
  const start = script.indexOf('$Config=') + '$Config='.length;
  return JSON.parse(script.slice(start, script.lastIndexOf('//]]>') - 2)) as Config;
}

/** The number and the sentence of a refusal. */
export const refusalIn = (answer: ProgramAnswer): unknown => configIn(answer).sErrorCode;

/** A program that signs a person in without pages: no cookies, no redirects followed, an empty User-Agent. */
export class Program {
  readonly #server: RunningServer;
  readonly #card: { readonly cert: string; readonly key: string } | undefined;
  readonly correlationId = crypto.randomUUID();
  tenant = 'woodgrove.test';

  constructor(server: RunningServer, card?: Exclude<CardInReader, { readonly privateKeyEngine: unknown }>) {
    this.#server = server;
    this.#card = card as never;
  }

  /** Any request. The client certificate is sent to certauth hosts only. */
  send(
    where: string | URL,
    {
      body,
      headers,
      ...more
    }: Omit<RequestOptions, 'headers'> & {
      readonly body?: string;
      readonly headers?: Record<string, string>;
    } = {},
  ): Promise<ProgramAnswer> {
    const url = new URL(where, this.#server.origin);
    const tls = url.hostname.includes('certauth') ? this.#card : {};
    return new Promise((resolve, reject) => {
      const message = request(
        {
          host: '127.0.0.1',
          port: url.port,
          servername: url.hostname,
          path: url.pathname + url.search,
          ca: this.#server.trust,
          agent: false,
          ...tls,
          ...more,
          headers: { host: url.host, 'user-agent': '', accept: '*/*', ...headers },
        },
        (answer) => {
          let text = '';
          answer.on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
        },
      );
      message.on('error', reject).end(body);
    });
  }

  /** A form whose values are not percent-encoded, as libhimmelblau sends some. */
  form(
    where: string | URL,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ): Promise<ProgramAnswer> {
    const body = Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send(where, { method: 'POST', body, headers: { ...type, ...headers } });
  }

  async json(where: string | URL, body: object): Promise<Config> {
    const headers = { 'content-type': 'application/json; charset=UTF-8' };
    const answer = await this.send(where, { method: 'POST', body: JSON.stringify(body), headers });
    return JSON.parse(answer.body) as Config;
  }

  authorizePath(more: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams({
      client_id: commandLineApplication.appId,
      response_type: 'code',
      redirect_uri: commandLineApplication.redirectUris[0]!,
      scope: 'openid profile',
      prompt: 'login',
      sso_reload: 'True',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
      'client-request-id': this.correlationId,
      ...more,
    });
    return `/${this.tenant}/oAuth2/v2.0/authorize?${query}`;
  }

  async begin(more: Readonly<Record<string, string>> = {}): Promise<Config> {
    return configIn(await this.send(this.authorizePath(more)));
  }

  /** GetCredentialType, as far as the next step needs it. */
  async credentialType(config: Config, username: string): Promise<{ certauth: string; flowToken: string }> {
    const body = { username, originalRequest: config.sCtx, flowToken: config.sFT };
    const answer = await this.json(String(config.urlGetCredentialType), body);
    const { CertAuthParams } = answer.Credentials as { CertAuthParams: { CertAuthUrl: string } };
    return { certauth: CertAuthParams.CertAuthUrl, flowToken: String(answer.FlowToken) };
  }

  /** The form that the certauth host answers with. */
  async certauth(config: Config, username: string): Promise<{ action: string; fields: Record<string, string> }> {
    const { certauth, flowToken } = await this.credentialType(config, username);
    return formIn(await this.form(certauth, { ctx: String(config.sCtx), flowToken }));
  }
}

/** The form that submits itself, and its hidden fields in their order. */
export function formIn({ body }: ProgramAnswer): { action: string; fields: Record<string, string> } {
  const action = /<form method="post" action="([^"]*)"[^>]*>/.exec(body)?.[1];
  if (action === undefined) throw new Error(`no form: ${body}`);
  const inputs = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
  return { action, fields: Object.fromEntries(inputs.map(([, name, value]) => [name!, value!])) };
}
