import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { commandLineApplication } from '#admin/applications/first-party.ts';
import { Browser } from '#cli/client/browser.ts';
import type { GraphServer } from '../../graph/graph-server.ts';
import { until } from '../../until.ts';
import { Attempt } from '../attempt.ts';
import { apply, policyOf, setPassword } from '../second-factor/conditional-access.ts';
import { Sitting } from '../sitting.ts';

/** What a request was answered with, whatever sent it. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** One request to the server under test. It is sent while the database fails, and again when it works. */
export interface Probe {
  readonly name: string;
  send(): Promise<Answer>;
  /** A browser sends one request at a time. */
  readonly browser?: Browser;
  /** Whether the answer is the one of a server that works. */
  isRight(answer: Answer): boolean;
}

const password = 'Correct horse battery staple';
const appId = commandLineApplication.appId;
const redirectUri = commandLineApplication.redirectUris[0]!;
const tokenPath = '/woodgrove.test/oauth2/v2.0/token';
const json = (answer: Answer) => JSON.parse(answer.body) as Record<string, unknown>;
const isOk = ({ status }: Answer) => status === 200;
const isWrongPassword = ({ status, body }: Answer) => status === 400 && body.includes('AADSTS50126');
const isRedirect = ({ status }: Answer) => status === 302 || status === 303;

/** Everything that clients, people and administrators have in their hands, made while the database works. */
export async function prepareProbes(graph: GraphServer): Promise<readonly Probe[]> {
  const { server } = graph;
  await setPassword(server, 'ben@woodgrove.test', password);
  await apply(server, { conditionalAccessPolicies: [policyOf('Everybody')] });
  return [
    ...(await tokenProbes(graph)),
    ...(await metadataProbes(graph)),
    ...(await graphProbes(graph)),
    ...(await pageProbes(graph)),
    ...(await adminProbes(graph)),
  ];
}

/** Posts a form as a program does. */
async function post({ server }: GraphServer, path: string, form: Record<string, string>): Promise<Answer> {
  const browser = new Browser(undefined, server.trust);
  try {
    return await browser.post(new URL(path, server.origin), form);
  } finally {
    browser.close();
  }
}

async function get({ server }: GraphServer, path: string, accept?: string): Promise<Answer> {
  const browser = new Browser(undefined, server.trust, accept);
  try {
    return await browser.get(new URL(path, server.origin));
  } finally {
    browser.close();
  }
}

/** A refresh token of a whole sign-in. */
export async function refreshTokenOf({ server }: GraphServer): Promise<string> {
  const end = await server.signIn('ana@woodgrove.test', server.card('ana'), { scope: 'openid profile offline_access' });
  assert.equal(end.kind, 'signedIn', JSON.stringify(end));
  return end.kind === 'signedIn' ? String(end.tokens.refresh_token) : '';
}

export const refresh = (graph: GraphServer, refresh_token: string): Promise<Answer> =>
  post(graph, tokenPath, {
    grant_type: 'refresh_token',
    client_id: appId,
    refresh_token,
    scope: 'openid offline_access',
  });

async function tokenProbes(graph: GraphServer): Promise<readonly Probe[]> {
  const { server } = graph;
  const sitting = new Sitting(server, server.card('ana'));
  await sitting.open();
  await sitting.withCard('ana@woodgrove.test');
  const code = new URL(sitting.page!.location!).searchParams.get('code')!;
  const refreshToken = await refreshTokenOf(graph);
  const device = json(
    await post(graph, '/woodgrove.test/oauth2/v2.0/devicecode', { client_id: appId, scope: 'openid' }),
  );
  const application = await server.cardea('app', 'add', 'daemon', '--permission', 'User.Read.All', '--json');
  const { appId: daemonId, secret } = JSON.parse(application.out) as { appId: string; secret: string };
  const token = (form: Record<string, string>) => () => post(graph, tokenPath, { client_id: appId, ...form });
  return [
    {
      name: 'token, authorization code',
      send: token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }),
      isRight: isOk,
    },
    { name: 'token, refresh token', send: () => refresh(graph, refreshToken), isRight: isOk },
    {
      name: 'token, client credentials',
      send: token({
        grant_type: 'client_credentials',
        client_id: daemonId,
        client_secret: secret,
        scope: 'https://graph.microsoft.com/.default',
      }),
      isRight: isOk,
    },
    {
      name: 'token, device code',
      send: token({
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: String(device.device_code),
      }),
      isRight: (answer) => json(answer).error === 'authorization_pending',
    },
    {
      name: 'device authorization',
      send: () => post(graph, '/woodgrove.test/oauth2/v2.0/devicecode', { client_id: appId, scope: 'openid' }),
      isRight: isOk,
    },
  ];
}

async function metadataProbes(graph: GraphServer): Promise<readonly Probe[]> {
  const { server } = graph;
  const end = await server.signIn('ana@woodgrove.test', server.card('ana'));
  const accessToken = end.kind === 'signedIn' ? String(end.tokens.access_token) : '';
  const authorize = `/woodgrove.test/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: appId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })}`;
  const html = 'text/html';
  return [
    {
      name: 'discovery',
      send: () => get(graph, '/woodgrove.test/v2.0/.well-known/openid-configuration'),
      isRight: isOk,
    },
    { name: 'JWKS', send: () => get(graph, '/woodgrove.test/discovery/v2.0/keys'), isRight: isOk },
    {
      name: 'user realm',
      send: () => get(graph, '/common/userrealm/ana@woodgrove.test?api-version=1.0'),
      isRight: isOk,
    },
    {
      name: 'userinfo',
      send: () =>
        graph.send('GET', '/oidc/userinfo', undefined, { authorization: `Bearer ${accessToken}` }).then(asText),
      isRight: isOk,
    },
    { name: 'authorize', send: () => get(graph, authorize, html), isRight: isOk },
    { name: 'authorize, a program', send: () => get(graph, authorize), isRight: isOk },
    { name: 'authorize, prompt=none', send: () => get(graph, `${authorize}&prompt=none`, html), isRight: isRedirect },
    {
      name: 'authorize, form_post and prompt=none',
      send: () => get(graph, `${authorize}&prompt=none&response_mode=form_post`, html),
      isRight: isOk,
    },
  ];
}

const asText = (answer: { status: number; body: unknown; headers: Answer['headers'] }): Answer => ({
  ...answer,
  body: typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body),
});

async function graphProbes(graph: GraphServer): Promise<readonly Probe[]> {
  await graph.role('User Administrator', 'ana');
  const token = await graph.appToken('User.ReadWrite.All', 'Organization.Read.All');
  const call = (method: string, path: string, body?: unknown) => () =>
    graph.call(token, method, path, body).then(asText);
  const requests = [
    { id: '1', method: 'GET', url: '/users?$top=1' },
    { id: '2', method: 'GET', url: '/organization' },
  ];
  return [
    { name: 'Graph, a list', send: call('GET', '/users'), isRight: isOk },
    {
      name: 'Graph, a change',
      send: call('PATCH', '/users/cleo@woodgrove.test', { displayName: 'Cleo' }),
      isRight: ({ status }) => status === 204,
    },
    { name: 'Graph, $batch', send: call('POST', '/$batch', { requests }), isRight: isOk },
  ];
}

async function pageProbes(graph: GraphServer): Promise<readonly Probe[]> {
  const { server } = graph;
  const begun = new Sitting(server);
  await begun.open();
  const username = new URL(/action="([^"]*username)"/.exec(begun.page!.body)![1]!, begun.page!.url);
  const signed = new Sitting(server, server.card('ana'));
  await signed.open();
  await signed.withCard('ana@woodgrove.test');
  const ben = new Sitting(server, server.card('ben'));
  await ben.open();
  await ben.withCard('ben@woodgrove.test');
  const factor = new URL(/action="([^"]*factor\/password)"/.exec(ben.page!.body)![1]!, ben.page!.url);
  const first = new Sitting(server);
  await first.open();
  await first.fill({ username: 'ben@woodgrove.test' });
  const passwordForm = new URL(/action="([^"]*\/password)"/.exec(first.page!.body)![1]!, first.page!.url);
  const attempt = new Attempt(server, server.card('ana'));
  const certauth = await attempt.toCertauth('ana@woodgrove.test');
  return [
    {
      name: 'login page',
      send: () => begun.browser.get(new URL(begun.base, begun.page!.url)),
      browser: begun.browser,
      isRight: isOk,
    },
    {
      name: 'user name',
      send: () => begun.browser.post(username, { username: 'ana@woodgrove.test' }),
      browser: begun.browser,
      isRight: isRedirect,
    },
    {
      name: 'first password, a wrong one',
      send: () => first.browser.post(passwordForm, { password: 'wrong' }),
      browser: first.browser,
      isRight: isWrongPassword,
    },
    {
      name: 'first password',
      send: () => first.browser.post(passwordForm, { password }),
      browser: first.browser,
      isRight: isRedirect,
    },
    { name: 'page of a factor', send: () => ben.browser.get(ben.page!.url), browser: ben.browser, isRight: isOk },
    {
      name: 'second factor, a wrong one',
      send: () => ben.browser.post(factor, { password: 'wrong' }),
      browser: ben.browser,
      isRight: isWrongPassword,
    },
    {
      name: 'second factor',
      send: () => ben.browser.post(factor, { password }),
      browser: ben.browser,
      isRight: isRedirect,
    },
    { name: 'certauth', send: () => attempt.browser.get(certauth), browser: attempt.browser, isRight: isRedirect },
    {
      name: 'security info',
      send: () => signed.browser.get(new URL('/security-info', server.origin)),
      browser: signed.browser,
      isRight: ({ status }) => status === 200 || status === 303,
    },
    {
      name: 'sign-out',
      send: () => signed.browser.get(new URL('/woodgrove.test/oauth2/v2.0/logout', server.origin)),
      browser: signed.browser,
      isRight: ({ status }) => status === 200,
    },
  ];
}

/** The command line asks the server over its control socket; its exit code stands for the status. */
async function adminProbes({ server }: GraphServer): Promise<readonly Probe[]> {
  const run = async (...words: string[]): Promise<Answer> => {
    const { code, out, err } = await server.cardea(...words);
    return { status: code === 0 ? 200 : 503, body: `${out}${err}`, headers: {} };
  };
  return [{ name: 'command line', send: () => run('user', 'list'), isRight: isOk }];
}

/** What no answer of a fault holds: hosts, paths, statements, stacks, words of drivers. */
const inside =
  /postgres|sqlite|ECONN|EPIPE|cardea-pg|cardea-e2e|cardea-disk|\/tmp\/|node_modules|\.ts:\d|\bat \w+ \(|select .* from|terminat|time-?out|connection|disk|removed|database/i;

/** 503 with Retry-After and 90033, in the shape of the protocol, and nothing else. */
export function assertFault(name: string, answer: Answer): void {
  const report = `${name}: ${answer.status} ${answer.body.slice(0, 600)}`;
  assert.equal(answer.status, 503, report);
  if (name === 'command line') {
    assert.match(answer.body, /cardea: The (PostgreSQL server|disk|database|data folder)/, report);
    return;
  }
  assert.equal(answer.headers['retry-after'], '10', report);
  assert.match(answer.body, /AADSTS90033/, report);
  assert.doesNotMatch(answer.body, inside, report);
  assert.doesNotMatch(answer.body, /invalid_(request|grant|client)/, report);
  if (!/json/.test(String(answer.headers['content-type']))) return;
  const body = json(answer);
  if (name.startsWith('Graph')) {
    const { code } = body.error as { code: string };
    assert.equal(code, 'ServiceUnavailable', report);
  } else {
    assert.deepEqual([body.error, body.error_codes], ['temporarily_unavailable', [90033]], report);
  }
}

/** Lines of the log with the level `error` that requests have caused. */
/** What runs by time logs faults of its own, whatever is requested meanwhile. */
const timedJobs = ['live sign-ins', 'housekeeping', 'CRL cache', 'directory synchronization', 'management', 'events'];

export function errorLines(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .filter((line) => {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string };
      return level >= 50 && !timedJobs.includes(msg);
    });
}

/** Sends one probe and asserts that it is answered as a fault, with one error line in the log. */
export async function assertFaultAndLine(graph: GraphServer, probe: Probe): Promise<void> {
  const { server } = graph;
  const before = errorLines(server.output).length;
  assertFault(probe.name, await probe.send());
  if (probe.name === 'command line') return; // its words are the answer
  await until(`an error line of ${probe.name}`, () => errorLines(server.output).length > before);
  await wait(30); // no second line follows
  const lines = errorLines(server.output).slice(before);
  assert.equal(lines.length, 1, `${probe.name}: ${lines.join('\n')}`);
}
