import { createHash } from 'node:crypto';
import { readActor } from '#admin/actor.ts';
import { CardeaError, fault } from '#core/trace/fault.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { Item } from '../odata/evaluate.ts';
import { parseQuery } from '../odata/query.ts';
import type { Answer, Call, GraphRequest } from './call.ts';

/** The annotation by which OData names the state of an object (OData JSON Format 4.01 §4.6.3). */
const annotation = '@odata.etag';

/**
 * The item with the ETag of its stored document. How the item is shown does not count: the ETag is the same in both versions,
 * for every caller, with and without `$select`. @param document JSON, with octets and times, in which the order of names is free
 */
export function withTag(item: Item, document: unknown): Item {
  const tag = `W/"${tagOf(document)}"`;
  // One copy: a list has one for each object that it reads. An older tag of the item does not stay.
  return Object.assign({ [annotation]: tag }, item, { [annotation]: tag });
}

const tagOf = (document: unknown): string =>
  createHash('sha256').update(JSON.stringify(document, inOrder)).digest('base64url').slice(0, 22);

/** A replacer of `JSON.stringify`, which has turned a Buffer into numbers before it asks. */
function inOrder(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const raw = this[name];
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString('base64');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const etagHeader = ({ [annotation]: etag }: Item): Record<string, string> =>
  etag === undefined ? {} : { etag: String(etag) };

/** Puts the ETag of the object in an answer into its header as well; clients that want no metadata get the header alone. */
export function withETag(answer: Answer, request: Pick<GraphRequest, 'header'>): Answer {
  const { body } = answer;
  if (typeof body !== 'object' || body === null || !(annotation in body)) return answer;
  const { [annotation]: _, ...rest } = body as Item;
  const isBare = /odata\.metadata=none/i.test(request.header('accept') ?? '');
  return { ...answer, body: isBare ? rest : body, headers: { ...answer.headers, ...etagHeader(body as Item) } };
}

/** Thrown in the transaction of a change whose conditions do not hold. */
class OtherState extends Error {
  /** Ids under which the audit log may know the object. */
  readonly targets: readonly string[];
  constructor(targets: readonly string[]) {
    super('the object has another state');
    this.targets = targets;
  }
}

/**
 * Refuses a change of an object that has another state than the caller read (RFC 9110 §13.1.1, §13.1.2). The object is the one
 * at the address, and the nearest one above it where the address has no object. Call it in the transaction of the change: the
 * state that is compared is then the state that the change is made of. A call without a condition is not looked at.
 *
 * Graph has weak ETags only, so they are compared weakly. The version in the answer of a dry run is a condition too: the
 * object and the policies are as the dry run found them.
 */
export async function requireState(call: Call): Promise<void> {
  const [match, noneMatch] = ['if-match', 'if-none-match'].map((name) => call.request.header(name));
  // Where an object is created, only the version of a dry run says anything.
  const isNamed = call.read !== undefined || (match !== undefined && tagsIn(match).some((tag) => tag.includes('.')));
  if (!isNamed || (match ?? noneMatch) === undefined) return;
  const object = await objectOf(call);
  const holds = async (header: string) => {
    if (header.trim() === '*') return object !== undefined;
    const { version } = await call.ports.policies.current();
    return tagsIn(header).some((tag) => isState(tag, object?.etag, version));
  };
  const isRight =
    (match === undefined || (await holds(match))) && (noneMatch === undefined || !(await holds(noneMatch)));
  if (!isRight) throw new OtherState(object?.targets ?? []);
}

/** The opaque parts of the entity tags in a header (RFC 9110 §8.8.3). Without quotes the whole header is one. */
function tagsIn(header: string): readonly string[] {
  const tags = [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].map(([, tag]) => tag!);
  return tags.length > 0 ? tags : [header.trim()];
}

/** `object`, or `object.version` of a dry run. Where there is no object, `.version` stands for what was there to see. */
function isState(tag: string, object: string | undefined, version: string): boolean {
  const [ofObject, ofPolicies] = tag.split('.', 2);
  if (ofObject !== (object ?? '')) return false;
  return ofPolicies === undefined ? object !== undefined : ofPolicies === tagOf(version);
}

/** What a dry run found, as an ETag that the change it was for may be made with. */
export async function stateTag(call: Call, version: string): Promise<string> {
  return `W/"${(await objectOf(call))?.etag ?? ''}.${tagOf(version)}"`;
}

interface TaggedObject {
  /** The opaque part of the ETag; undefined for an object that has none. */
  readonly etag: string | undefined;
  readonly targets: readonly string[];
}

/** @throws graphObjectMissing for a change of what is not there; what is created may be missing */
async function objectOf(call: Call): Promise<TaggedObject | undefined> {
  if (!call.read) return undefined;
  const header = (name: string) => (name === 'accept' ? undefined : call.request.header(name));
  try {
    const { body } = await call.read({ ...call, query: parseQuery(''), request: { ...call.request, header } });
    const { [annotation]: etag, id, appId } = body as Item;
    const targets = [id, appId].filter((name) => typeof name === 'string');
    return { etag: etag === undefined ? undefined : tagsIn(String(etag))[0], targets };
  } catch (problem) {
    const isMissing = problem instanceof CardeaError && problem.because.code === 'graphObjectMissing';
    if (isMissing && call.request.method === 'POST') return undefined;
    throw problem;
  }
}

/**
 * What is answered instead of {@link OtherState}: who changed the object last, and when, as far as the audit log has it.
 * Call it outside of the transaction. Anything else that was thrown is returned as it is.
 */
export async function conflictOf(thrown: unknown, audits: Pick<AuditLog, 'list'>): Promise<unknown> {
  if (!(thrown instanceof OtherState)) return thrown;
  const changes = await Promise.all(
    thrown.targets.map((targetId) => audits.list({ top: 1, targetId, result: 'success' })),
  );
  const [last] = changes.flat().sort((a, b) => b.activityDateTime.getTime() - a.activityDateTime.getTime());
  const changedBy = last && readActor(last.actor).name;
  return fault('graphVersionConflict', { changedBy, changedDateTime: last?.activityDateTime.toISOString() });
}
