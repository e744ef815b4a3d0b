import type { IncomingMessage } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { graphAppId } from '#core/directory/well-known-applications.ts';
import { accessTokenIn } from '#core/token/bearer.ts';
import { fault } from '#core/trace/fault.ts';
import { isFault } from '#core/trace/faults.ts';
import { orThrow, type Ruling } from '#core/trace/ruling.ts';
import { usualBody } from '#net/bodies.ts';
import { clientOf, SourceBuckets } from '#net/limits/limits.ts';
import { type SharedLimits, sharedAs } from '#net/limits/shared-limits.ts';
import type { Clock } from '#ports/clock.ts';
import { answerExpanded } from './lists/expand.ts';
import { parsePath } from './odata/path.ts';
import { parseQuery } from './odata/query.ts';
import { SkipTokens } from './odata/skip-token.ts';
import { answerBatch, partsOf } from './protocol/batch.ts';
import { encodingOf } from './protocol/body.ts';
import type { Answer, Call, GraphPorts, GraphRequest } from './protocol/call.ts';
import { type Bearer, callerOf, callWithin, permit } from './protocol/caller.ts';
import { withETag } from './protocol/etag.ts';
import { failure } from './protocol/failure.ts';
import {
  answerBatchDryRun,
  answerDryRun,
  isDryRunPath,
  type PermittedChange,
  type Rehearsed,
  rehearsedBy,
} from './protocol/guard/dry-run.ts';
import { answerGuarded } from './protocol/guard/guarded.ts';
import { checkAnswer, requireNoListOptions } from './protocol/query-options.ts';
import { type Attempt, auditRefusedCall } from './protocol/refusals.ts';
import { isChange, type Route } from './protocol/route.ts';
import { routes } from './resources.ts';
import { crossOrigin, responseOf } from './response.ts';

export interface GraphContext {
  readonly loginOrigin: string;
  readonly clock: Clock;
  /** Host names under which Graph may be called, with a port or for any; links in answers name the one that was. */
  readonly hosts: ReadonlySet<string>;
  /** @param certificateOf the client certificate of the connection (DER), which a bound token needs */
  checkToken(token: string, certificateOf: () => Uint8Array | undefined): Promise<Ruling<Bearer>>;
  /** @throws forwardedCertificateForeign, forwardedCertificateUnreadable */
  certificateOf(incoming: IncomingMessage): Uint8Array | undefined;
  portsOf(tenantId: string): Promise<GraphPorts>;
  /** Signs page tokens. */
  readonly pageTokenKey: Uint8Array;
  readonly requestsPerTenSeconds: number;
  /** Where other processes of this server keep the same limits. */
  readonly sharedLimits?: SharedLimits | undefined;
  readonly isStrict: boolean;
  onFault(problem: unknown, correlationId: string): void;
}

interface CallStart {
  readonly isDryRun: boolean;
  readonly tenant: string | undefined;
}

/** `/v1.0/{tenant}/…` names the tenant of the token, by its id or one of its verified domains. @throws graphTenantOther */
function requireTenant(name: string | undefined, { tenant: { id, domains } }: GraphPorts): void {
  if (name === undefined || name === id || domains.some((domain) => domain.id === name && domain.isVerified)) return;
  throw fault('graphTenantOther', { tenant: name.slice(0, 80) });
}

type Listener = ReturnType<typeof getRequestListener>;
/** For files of CAs, CRLs, logos and the old trust store, which come within JSON or as octets. */
const largestUpload = 4 * 1024 * 1024;
const uploads =
  /\/(?:upload|uploadFile|blockedCertificates|importCrl|import\w*|certificateAuthorities|certificateBasedAuthConfiguration|\$batch|photo|logo|bannerLogo|squareLogo|backgroundImage|favicon)(?:[/.(]|$)/i;

/** Microsoft Graph, as far as it is about signing in (graph-api). */
export function graphListener(context: GraphContext): Listener {
  const graph = new Graph(context);
  return getRequestListener((request, env) => graph.fetch(request, (env as HttpBindings).incoming));
}

class Graph {
  readonly #context: GraphContext;
  readonly #tokens: SkipTokens;
  /** Requests of each application for each of its users in each tenant (graph-api §1.8). */
  readonly #throttle: SourceBuckets;
  constructor(context: GraphContext) {
    this.#context = context;
    this.#tokens = new SkipTokens(context.pageTokenKey);
    const shared = sharedAs(context.sharedLimits, 'graph');
    this.#throttle = new SourceBuckets(context.requestsPerTenSeconds, undefined, undefined, shared);
  }

  async fetch(request: Request, incoming: IncomingMessage): Promise<Response> {
    if (request.method === 'OPTIONS') return new Response(undefined, { status: 204, headers: crossOrigin });
    const query = this.#read(request, incoming);
    const answer = await this.answer(query, (largest) => bodyOf(request, largest));
    const ids = { 'request-id': query.requestId, 'client-request-id': clientRequestId(request.headers) };
    return responseOf(answer, ids, this.#context.clock.now(), query);
  }

  /**
   * Whatever goes wrong becomes an answer: a client of Graph never gets a page. The body is read after the token was
   * checked, and where the need does not depend on it, after the permission was.
   */
  async answer(head: GraphRequest, readBody: ReadBody = (largest) => bodyOfPart(head, largest)): Promise<Answer> {
    let attempt: Attempt | undefined;
    let request = head;
    try {
      const largest = largestBodyOf(request.pathname);
      if (Number(request.header('content-length') ?? 0) > largest) throw fault('graphBodyTooLarge', { limit: largest });
      const path = parsePath(request.pathname);
      const bearer = await this.#bearer(request);
      const seconds = this.#throttle.take(throttleKey(bearer), this.#context.clock.now().getTime());
      if (seconds !== undefined) throw fault('graphThrottled', { seconds });
      if (path.segments.length === 1 && path.segments[0]!.name === '$batch') {
        request = { ...head, body: await readBody(largest) };
        return await answerBatch(request, path.version, (item) => this.answer(item));
      }
      const note = (next: Attempt) => {
        attempt = next;
      };
      const isDryRun = isDryRunPath(path);
      if (isDryRun && path.segments[0]!.name === '$batch') {
        request = { ...head, body: await readBody(largest) };
        return await this.#rehearseBatch(request, path.version, bearer, note);
      }
      if (isDryRun) request = { ...head, body: await readBody(largest) };
      const match = isDryRun ? rehearsedBy(request, path, routes) : { ...routes.find(request.method, path), request };
      request = match.request;
      const { route } = match;
      const needsBody = !isDryRun && typeof route.need === 'function';
      if (needsBody) request = { ...request, body: await readBody(largest) };
      const start = { ...match, request, version: path.version, tenant: path.tenant, isDryRun };
      const early = await this.#permitted(start, bearer, note);
      if (!needsBody && !isDryRun) request = { ...request, body: await readBody(largest) };
      const call = { ...early, request };
      if (isDryRun) return await answerDryRun({ call, route });
      const answer = isChange(route) ? answerGuarded(call, route) : answerRead(call, route);
      return withETag(await answer, request);
    } catch (problem) {
      return this.#failure(await audited(problem, attempt), attempt?.area, request);
    }
  }

  /** The call of a caller who may make it. `note` learns who tries what before it is refused. @throws as `permit` refuses */
  async #permitted(
    { route, keys, request, version, tenant, isDryRun }: Rehearsed & Pick<Call, 'version'> & CallStart,
    bearer: Bearer,
    note: (attempt: Attempt) => void,
  ): Promise<Call> {
    const ports = await this.#context.portsOf(bearer.tenantId);
    ports.audits.correlate(request.requestId);
    requireTenant(tenant, ports);
    const { caller, actor } = await callerOf(bearer, request, ports);
    const attempt = { request, actor, ports, keys, route, isDryRun, area: undefined };
    note(attempt);
    const call = this.#call({ request, version, caller, actor, ports, keys }, bearer, route);
    const { need, ruling } = await permit(call, route);
    note({ ...attempt, area: need.area });
    orThrow(ruling);
    // The answer of a dry run is a collection itself.
    if (!isDryRun) requireNoListOptions(call, route);
    return call;
  }

  /** A batch with /dryRun after its address: its changes in their order, as one. Each must be permitted. */
  async #rehearseBatch(
    batch: GraphRequest,
    version: string,
    bearer: Bearer,
    note: (attempt: Attempt) => void,
  ): Promise<Answer> {
    const changes: PermittedChange[] = [];
    for (const request of partsOf(batch, version)) {
      const path = parsePath(request.pathname);
      const match = routes.find(request.method, path);
      const start = { ...match, request, version: path.version, tenant: path.tenant, isDryRun: true };
      const call = await this.#permitted(start, bearer, note);
      changes.push({ call, route: match.route });
    }
    return answerBatchDryRun(batch, changes);
  }

  #failure(problem: unknown, area: string | undefined, request: Pick<GraphRequest, 'header' | 'body'>): Answer {
    if (isFault(problem)) this.#noteFault(problem, request);
    const answer = failure(problem, area, request.body);
    return answer.status === 401 ? { ...answer, headers: this.#challenge() } : answer;
  }

  #noteFault(problem: unknown, request: Pick<GraphRequest, 'header'>): void {
    this.#context.onFault(problem, request.header('client-request-id') ?? 'none');
  }

  /** The request without its body. */
  #read(request: Request, incoming: IncomingMessage): GraphRequest {
    const { pathname, search } = new URL(request.url);
    const host = (request.headers.get('host') ?? '').toLowerCase();
    return {
      method: request.method,
      origin: this.#isOurs(host) ? `https://${host}` : this.#context.loginOrigin,
      pathname,
      search,
      header: (name) => request.headers.get(name) ?? undefined,
      body: undefined,
      ipAddress: clientOf(incoming),
      clientCertificate: () => this.#context.certificateOf(incoming),
      requestId: crypto.randomUUID(),
    };
  }

  #isOurs(host: string): boolean {
    const { hosts } = this.#context;
    return hosts.has(host) || hosts.has(host.replace(/:\d{1,5}$/, ''));
  }

  async #bearer(request: GraphRequest): Promise<Bearer> {
    const token = accessTokenIn(request.header('authorization'));
    if (token === undefined) throw fault('graphTokenRefused', { problem: 'the Authorization header contains none' });
    return orThrow(await this.#context.checkToken(token, request.clientCertificate));
  }

  #call(
    start: Pick<Call, 'request' | 'version' | 'caller' | 'actor' | 'ports' | 'keys'>,
    bearer: Bearer,
    route: Route,
  ): Call {
    const { request } = start;
    return {
      ...start,
      query: parseQuery(request.search),
      at: this.#context.clock.now(),
      tokens: this.#tokens,
      read: route.method === 'GET' ? undefined : routes.readerOf(route)?.answer,
      within: (call, inside) => callWithin(call, bearer, route, inside),
      strict: this.#context.isStrict,
      afterwards: (work) => void work.catch((problem: unknown) => this.#noteFault(problem, request)),
    };
  }

  #challenge(): Record<string, string> {
    const authorize = `${this.#context.loginOrigin}/common/oauth2/v2.0/authorize`;
    return { 'www-authenticate': `Bearer realm="", authorization_uri="${authorize}", client_id="${graphAppId}"` };
  }
}

async function answerRead(call: Call, route: Route): Promise<Answer> {
  if (route.method !== 'GET') return route.answer(call);
  return checkAnswer(call, await answerExpanded(call, route, (from, name) => routes.linkOf(from, name)));
}

/** What is answered: the refusal once its audit row is written, and the fault that kept the row from being written else. */
async function audited(problem: unknown, attempt: Attempt | undefined): Promise<unknown> {
  if (attempt === undefined) return problem;
  return auditRefusedCall(problem, attempt).then(
    () => problem,
    (unwritten: unknown) => unwritten,
  );
}

/** Reads the body of a request, at most that many bytes. @throws graphBodyTooLarge */
type ReadBody = (largest: number) => Promise<string | undefined>;

const largestBodyOf = (pathname: string) => (uploads.test(pathname) ? largestUpload : usualBody);

async function bodyOf(request: Request, largestBody: number): Promise<string | undefined> {
  if (request.method === 'GET' || !request.body) return undefined;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > largestBody) throw fault('graphBodyTooLarge', { limit: largestBody });
    chunks.push(chunk);
  }
  return size === 0 ? undefined : Buffer.concat(chunks).toString(encodingOf(request.headers.get('content-type')));
}

/** The body of a part of a `$batch`, which is no larger than that of a request of its own. @throws graphBodyTooLarge */
async function bodyOfPart({ body }: GraphRequest, largest: number): Promise<string | undefined> {
  if (body !== undefined && Buffer.byteLength(body) > largest) throw fault('graphBodyTooLarge', { limit: largest });
  return body;
}

/** One user of an application does not use up what another one may ask (graph-api §1.8). */
const throttleKey = ({ tenantId, appId, kind, id }: Bearer): string =>
  [tenantId, appId, ...(kind === 'person' ? [id] : [])].join(' ');

const clientRequestId = (headers: Headers): string => {
  const body = headers.get('client-request-id') ?? headers.get('x-ms-client-request-id') ?? '';
  return /^[\w.{}-]{1,64}$/.test(body) ? body : crypto.randomUUID();
};
