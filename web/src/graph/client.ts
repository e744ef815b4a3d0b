import { type ErrorBody, GraphProblem } from './errors.ts';
import { askToForce } from './force.ts';
import { accessToken, graphOrigin } from './session.ts';

/** A request of Graph. `path` begins with `/v1.0/`, `/beta/`, or a segment of v1.0 (`/users`). */
export interface GraphRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Sent as JSON, unless it is a Blob. */
  readonly body?: unknown;
  /** The ETag that the object had when it was read: the change is refused with 412 when it has another one by now. */
  readonly etag?: string | undefined;
  readonly signal?: AbortSignal;
}

/** An answer of Graph. */
export interface GraphAnswer<T> {
  readonly status: number;
  /** Undefined after 204. */
  readonly body: T;
  /** Of the object, for {@link GraphRequest.etag}. */
  readonly etag: string | undefined;
  readonly correlationId: string;
}

/** The full address of a Graph path. */
export const graphUrl = (path: string): string =>
  `${graphOrigin}${/^\/(v1\.0|beta)\//.test(path) ? '' : '/v1.0'}${path}`;

/**
 * Calls Graph as the user who is signed in. A token that has ended is renewed once, a claims challenge leads to the sign-in
 * page. A change that the guard refuses is sent again with `force` where the user says so. @throws GraphProblem for every
 * answer that is an error, and for none.
 */
export async function graph<T>(path: string, request: GraphRequest = {}): Promise<GraphAnswer<T>> {
  try {
    return await call<T>(path, request);
  } catch (problem) {
    const mayForce = problem instanceof GraphProblem && problem.innerError.mayForce === true;
    if (!mayForce || !(await askToForce(problem))) throw problem;
    return call<T>(`${path}${path.includes('?') ? '&' : '?'}force=true`, request);
  }
}

async function call<T>(path: string, request: GraphRequest): Promise<GraphAnswer<T>> {
  const first = await send(path, request, await accessToken());
  const answer = first.status === 401 ? await send(path, request, await renewedToken(first)) : first;
  const correlationId = answer.headers.get('request-id') ?? answer.headers.get('client-request-id') ?? '';
  if (!answer.ok) throw await problemOf(answer, correlationId);
  const body = answer.status === 204 ? undefined : await contentOf(answer);
  const etag = answer.headers.get('etag') ?? (body as { '@odata.etag'?: string } | undefined)?.['@odata.etag'];
  return { status: answer.status, body: body as T, etag, correlationId };
}

/** The body of an answer to GET. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await graph<T>(path, signal ? { signal } : {})).body;
}

async function send(path: string, { method = 'GET', body, etag, signal }: GraphRequest, token: string) {
  const isJson = body !== undefined && !(body instanceof Blob);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (isJson) headers['content-type'] = 'application/json';
  if (etag) headers['if-match'] = etag;
  if (method === 'GET') headers.consistencylevel = 'eventual';
  try {
    return await fetch(graphUrl(path), {
      method,
      headers,
      credentials: 'omit',
      cache: 'no-store',
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : (body as Blob) }),
      ...(signal && { signal }),
    });
  } catch (problem) {
    if (signal?.aborted) throw problem;
    throw new GraphProblem(0, {});
  }
}

function renewedToken(answer: Response): Promise<string> {
  const challenge = /claims="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
  return accessToken(challenge ? { claims: atob(challenge) } : { refresh: true });
}

async function contentOf(answer: Response): Promise<unknown> {
  const type = answer.headers.get('content-type') ?? '';
  if (/json/.test(type)) return answer.json();
  return type.startsWith('text/') ? answer.text() : answer.blob();
}

async function problemOf(answer: Response, correlationId: string): Promise<GraphProblem> {
  const body = await answer.json().catch(() => ({}));
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return new GraphProblem(answer.status, body as ErrorBody, {
    ...(correlationId && { correlationId }),
    ...(Number.isFinite(seconds) && { retryAfter: seconds }),
  });
}
