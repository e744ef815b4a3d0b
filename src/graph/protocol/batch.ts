import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { encodingOf, jsonBody } from './body.ts';
import type { Answer, GraphRequest } from './call.ts';
import { failure } from './failure.ts';

const most = 20;
const item = z.object({
  id: z.string().min(1).max(64),
  method: z.string().regex(/^(get|post|put|patch|delete)$/i, 'it must be GET, POST, PUT, PATCH or DELETE'),
  url: z.string().min(1).max(8192),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string()).max(most).optional(),
});
const envelope = z.object({ requests: z.array(item).min(1).max(most, `a batch has at most ${most} requests`) });
type Item = z.infer<typeof item>;

/** `$batch` (graph-api §1.7): up to twenty requests in one, each answered by itself. @throws graphPropertyInvalid */
export async function answerBatch(
  request: GraphRequest,
  version: string,
  answer: (graphRequest: GraphRequest) => Promise<Answer>,
): Promise<Answer> {
  const items = read(request);
  const running = new Map<string, Promise<Answer>>();
  const start = async (item: Item): Promise<Answer> => {
    for (const id of item.dependsOn ?? []) {
      if ((await running.get(id)!).status >= 400) return failure(fault('graphDependencyFailed', { id }), undefined);
    }
    return answer(partOf(item, request, version));
  };
  for (const item of items) running.set(item.id, start(item));
  // Each is waited for before one that failed is looked at: a rejection that nothing waits for ends the process.
  await Promise.allSettled(running.values());
  const responses = [];
  for (const { id } of items) responses.push(partAnswer(id, await running.get(id)!));
  return { status: 200, body: { responses } };
}

/** Ids are unique, and a request depends only on ones before it: so no circle can be written. */
function read(request: GraphRequest): readonly Item[] {
  if (request.method !== 'POST') throw fault('graphMethodNotAllowed', { method: request.method, allowed: ['POST'] });
  const parse = envelope.safeParse(jsonBody(request));
  if (!parse.success) {
    const [issue] = parse.error.issues;
    throw fault('graphPropertyInvalid', { target: issue!.path.join('/'), problem: issue!.message });
  }
  const seenKeys = new Set<string>();
  parse.data.requests.forEach(({ id, dependsOn = [], url }, i) => {
    const wrong = (target: string, problem: string) => fault('graphPropertyInvalid', { target, problem });
    if (seenKeys.has(id)) throw wrong(`requests/${i}/id`, `"${id}" is there twice`);
    const stranger = dependsOn.find((second) => !seenKeys.has(second));
    if (stranger !== undefined) throw wrong(`requests/${i}/dependsOn`, `no request before it has the id "${stranger}"`);
    if (/\$batch/i.test(url)) throw wrong(`requests/${i}/url`, 'a batch cannot contain another batch');
    if (!isSameHost(url, request))
      throw wrong(`requests/${i}/url`, 'it must be an address of this API, such as /me or /v1.0/me');
    seenKeys.add(id);
  });
  return parse.data.requests;
}

/** Is it a path, or an address at the host that the batch was sent to? */
function isSameHost(url: string, { origin, header }: GraphRequest): boolean {
  if (!URL.canParse(url, `${origin}/`)) return false;
  const { protocol, host } = new URL(url, `${origin}/`);
  return protocol === 'https:' && [new URL(origin).host, header('host')?.toLowerCase()].includes(host);
}

/** A part's address is `/me`, `/v1.0/me`, or absolute at this host; the caller is that of the batch. */
function partOf(item: Item, request: GraphRequest, version: string): GraphRequest {
  const { pathname, search } = new URL(item.url, `${request.origin}/`);
  const headers = new Map(Object.entries(item.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const isText = typeof item.body === 'string';
  const type = headers.get('content-type') ?? '';
  const json = /^application\/json/i.test(type);
  const body =
    item.body === undefined
      ? undefined
      : isText && !json
        ? fromBase64(item.body as string, type)
        : JSON.stringify(item.body);
  return {
    ...request,
    method: item.method.toUpperCase(),
    pathname: /^\/+(v1\.0|beta)\//i.test(pathname) ? pathname : `/${version}${pathname}`,
    search,
    header: (name) =>
      ['authorization', 'accept', 'client-request-id'].includes(name) ? request.header(name) : headers.get(name),
    body,
  };
}

/** The requests of a batch, in their order, each as a request of its own. @throws graphPropertyInvalid */
export const partsOf = (request: GraphRequest, version: string): readonly GraphRequest[] =>
  read(request).map((item) => partOf(item, request, version));

const fromBase64 = (text: string, type: string) => Buffer.from(text, 'base64').toString(encodingOf(type));

/** Octets stand in JSON as base64. */
function partAnswer(id: string, { status, body, headers }: Answer): Record<string, unknown> {
  if (body instanceof Uint8Array)
    return { id, status, headers: spelling(headers ?? {}), body: Buffer.from(body).toString('base64') };
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  const items = { ...headers, ...(body === undefined ? {} : { 'content-type': type }) };
  return { id, status, headers: spelling(items), ...(body === undefined ? {} : { body }) };
}

/** Here headers are members of an object, and the JavaScript client looks for `Content-Type` in exactly this spelling. */
const spelling = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      value,
    ]),
  );
