import { graphPermissions } from '#core/roles/permissions.ts';
import { operations } from '#graph/resources.ts';
import type { GraphAnswer, GraphServer } from '../graph-server.ts';

/** An object of a collection, as the wire brought it. */
export type WireItem = Readonly<Record<string, unknown>>;

/** What the addresses of the walk lead to: a key for each `{…}` of a route. */
export interface Ground {
  readonly token: string;
  readonly person: string;
  readonly keys: Readonly<Record<string, string>>;
}

const applicationPermissions = graphPermissions
  .filter(({ applicationId }) => applicationId !== undefined)
  .map(({ value }) => value);
const personPermissions = [
  'Directory.AccessAsUser.All',
  'UserAuthenticationMethod.ReadWrite.All',
  'AuditLog.Read.All',
  'User.Read.All',
];

/** Fills a demo tenant with at least two objects of most kinds, and reads a token with every right. */
export async function layGround(graph: GraphServer): Promise<Ground> {
  const token = await graph.appToken(...applicationPermissions);
  const person = await graph.personToken('ana', ...personPermissions);
  const call = async (method: string, path: string, body?: unknown): Promise<WireItem> => {
    const answer = await graph.call(token, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as WireItem;
  };
  const firstOf = async (path: string) => ((await call('GET', path)).value as WireItem[])[0] ?? {};
  const reference = (id: unknown) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });

  const ana = await call('GET', '/users/ana@woodgrove.test');
  const groups: WireItem[] = [];
  for (const displayName of ['Walk north', 'Walk south']) {
    const body = { displayName, mailNickname: displayName.replace(' ', ''), mailEnabled: false, securityEnabled: true };
    groups.push(await call('POST', '/groups', body));
  }
  const [north, south] = groups as [WireItem, WireItem];
  for (const name of ['ana', 'ben']) {
    const { id } = await call('GET', `/users/${name}@woodgrove.test`);
    for (const [collection, group] of [
      ['members', north],
      ['owners', north],
      ['members', south],
    ] as const)
      await call('POST', `/groups/${group.id}/${collection}/$ref`, reference(id));
  }
  const applications: WireItem[] = [];
  for (const displayName of ['Walk one', 'Walk two']) {
    const application = await call('POST', '/applications', { displayName });
    applications.push(application);
    for (const name of ['shade', 'size'])
      await call('POST', `/applications/${application.id}/extensionProperties`, {
        name,
        dataType: 'String',
        targetObjects: ['User'],
      });
  }
  const graphPrincipal = await firstOf(
    "/servicePrincipals?$filter=appId%20eq%20'00000003-0000-0000-c000-000000000000'",
  );
  const device = await call('POST', '/devices', {
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: 'base64Y3YxN2E1MWFlYw==', identityProvider: null }],
    deviceId: crypto.randomUUID(),
    displayName: 'Walk laptop',
    operatingSystem: 'Linux',
    operatingSystemVersion: '6.12',
  });
  const pki = await firstOf('/directory/publicKeyInfrastructure/certificateBasedAuthConfigurations');
  const strength = await firstOf('/policies/authenticationStrengthPolicies');
  const role = await firstOf('/directoryRoles');
  const [domain] = ((await call('GET', '/domains')).value as WireItem[]).map(({ id }) => id);
  const keys = {
    users: ana.id,
    groups: north.id,
    applications: applications[0]!.id,
    serviceprincipals: graphPrincipal.id,
    devices: device.id,
    domains: domain,
    directoryroles: role.id,
    organization: graph.tenantId,
    certificatebasedauthconfigurations: pki.id,
    authenticationstrengthpolicies: strength.id,
    policies: strength.id,
  };
  return { token, person, keys: keys as Record<string, string> };
}

/** Paths of every operation that reads. */
export const readPaths = [...new Set(operations.filter(({ method }) => method === 'GET').map(({ path }) => path))];

const castOf: Readonly<Record<string, string>> = { memberof: 'group', transitivememberof: 'group' };
/** A period that has begun and not ended, so that each answer has the same lengths of time. */
const parameters = '(from=2026-01-01,to=2099-01-01,interval=P500D)';

/** The address of an operation; undefined where it needs a key of an object that the ground does not have. */
export function addressOf(path: string, { keys }: Ground): string | undefined {
  const parts = path.split('/');
  const segments = parts.map((part, i) => {
    if (part === '{cast}') return `microsoft.graph.${castOf[parts[i - 1]!] ?? 'user'}`;
    return part.startsWith('{') ? keys[parts[i - 1]!] : part;
  });
  if (path.endsWith('/{parameters}')) return `/beta/${parts.slice(0, -1).join('/')}${parameters}`;
  return segments.includes(undefined) ? undefined : `/beta/${segments.join('/')}`;
}

/** The answer of a list, by the person where the address is about them, else by the application. */
export function ask(graph: GraphServer, ground: Ground, path: string, options: Record<string, string> = {}) {
  const token = /^\/beta\/me(?:\/|$)/.test(path) ? ground.person : ground.token;
  const query = new URLSearchParams(options).toString().replaceAll('+', '%20');
  return graph.call(token, 'GET', query === '' ? path : `${path}?${query}`, undefined, {
    consistencylevel: 'eventual',
  });
}

/** Every object of a list, page by page. */
export async function pages(graph: GraphServer, ground: Ground, path: string, top: string) {
  const items: unknown[] = [];
  let answer: GraphAnswer = await ask(graph, ground, path, { $top: top });
  for (let count = 1; ; count++) {
    if (answer.status !== 200) return { answer, items, count };
    items.push(...answer.body.value);
    const next = answer.body['@odata.nextLink'] as string | undefined;
    if (next === undefined || count > 400) return { answer, items, count };
    answer = await ask(graph, ground, next.slice(graph.server.origin.length));
  }
}
