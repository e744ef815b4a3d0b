import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { graphUrl } from './client.ts';
import { GraphProblem } from './errors.ts';
import { batchSize, type ChangeOptions, send } from './queries.ts';
import { type GraphChange, sendChange, useSeries } from './series.ts';

/** The change of a question or form that sends nothing to Graph. */
export const noChange = { isPending: false, error: null, reset: () => undefined };

/** An object of the directory, by its id and the name that users know. */
interface Referenced {
  readonly id: string;
  readonly displayName?: string;
}

/** Adds a user, group or device to a collection of references: `/groups/{id}/members`. */
export const referenceAddition = (collection: string, { id, displayName }: Referenced): GraphChange => ({
  path: `${collection}/$ref`,
  method: 'POST',
  body: { '@odata.id': graphUrl(`/directoryObjects/${id}`) },
  about: displayName,
});

/** Adds a member to a group; it is about the group. */
export const memberAddition = (group: Referenced, member: string): GraphChange => ({
  ...referenceAddition(`/groups/${group.id}/members`, { id: member }),
  about: group.displayName,
});

interface Outcome {
  readonly outcome: 'granted' | 'refused' | 'interrupted';
  readonly code: string | null;
  readonly reasonText?: string | null;
  readonly method: string | null;
}

/** A sign-in that would have a different result. */
interface DryRunEntry {
  readonly userId: string | null;
  readonly userPrincipalName: string;
  readonly certificate: { readonly subject: string; readonly sha1Thumbprint: string };
  readonly lastTried: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

/** What a dry run answers. */
export interface DryRunAnswer {
  /** The ETag of the object and of the policies that were evaluated: the change may be sent with it as If-Match. */
  readonly version: string;
  readonly judged: number;
  /** Where the same request is sent for older sign-ins. */
  readonly '@odata.nextLink'?: string;
  readonly changes: readonly DryRunEntry[];
}

/** A mutation that sends what a dry run has tried before. */
export interface SignInChange<T = unknown> extends Pick<UseMutationResult<T, Error, void>, 'isPending' | 'error'> {
  /** What will be sent, in this order; undefined where it does not decide who may sign in. */
  readonly requests: readonly GraphChange[] | undefined;
  /** Takes note of what a dry run of the requests has found. */
  readonly onDryRun: (requests: readonly GraphChange[], answer: DryRunAnswer) => void;
}

/**
 * A change that decides who may sign in. `Form` and `ConfirmDialog` show what its requests would do to the sign-ins of the
 * last thirty days before they are sent. A single request with an ETag is sent with the version that the dry run was held
 * against, so that what was shown is what is done.
 * @param options `isPreviewed` is false where this change decides nothing about sign-ins
 */
export function useSignInChange<T = unknown>(
  requests: readonly GraphChange[],
  { isPreviewed = true, ...options }: ChangeOptions<void, T> & { readonly isPreviewed?: boolean } = {},
) {
  const lastDryRun = useRef<{ readonly key: string; readonly answer: DryRunAnswer }>(undefined);
  const dryRunOf = (tried: readonly GraphChange[]) =>
    lastDryRun.current?.key === JSON.stringify(tried) ? lastDryRun.current.answer : undefined;
  const sendOne = (change: GraphChange) => {
    const version = requests.length === 1 ? dryRunOf(requests)?.version : undefined;
    return sendChange(change.etag && version ? { ...change, etag: version } : change);
  };
  const text = (): string | undefined =>
    dryRunOf(series.left)?.changes.length === 0
      ? 'No sign-in of the last thirty days would have a different result.'
      : undefined;
  const series = useSeries<T>(requests, { text, sendOne, ...options });
  const onDryRun: SignInChange['onDryRun'] = (tried, answer) => {
    lastDryRun.current = { key: JSON.stringify(tried), answer };
  };
  const { left, ...mutation } = series;
  return { ...mutation, requests: isPreviewed && left.length > 0 ? left : undefined, onDryRun };
}

/** The path of a link of Graph, which names its host. */
const pathOf = (link: string): string => link.slice(new URL(link).origin.length);

/**
 * Asks Graph what requests would do, all of them as one. One request has `/dryRun` after its address, and several are the
 * requests of a batch. @param older the answer before, to continue with older sign-ins
 */
async function dryRun(requests: readonly GraphChange[], older: DryRunAnswer | undefined): Promise<DryRunAnswer> {
  const link = older?.['@odata.nextLink'];
  const [first, ...others] = requests;
  if (first && others.length === 0) {
    const { about, path, ...request } = first;
    return send<DryRunAnswer>(link ? pathOf(link) : `${path}/dryRun`, request);
  }
  const parts = requests.slice(0, batchSize).map(({ path, method, body, etag }, id) => ({
    id: String(id),
    method,
    url: path,
    body,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(etag && { 'if-match': etag }) },
  }));
  return send<DryRunAnswer>(link ? pathOf(link) : '/$batch/dryRun', { method: 'POST', body: { requests: parts } });
}

/** Two parts of one dry run together. */
const joined = (first: DryRunAnswer | undefined, next: DryRunAnswer): DryRunAnswer =>
  first ? { ...next, judged: first.judged + next.judged, changes: [...first.changes, ...next.changes] } : next;

interface Question {
  readonly key: string;
  readonly requests: readonly GraphChange[];
  readonly older?: DryRunAnswer | undefined;
}

/** What is known of the effect of a change on sign-ins. An answer counts for the requests that it was given for. */
export interface SignInEffect {
  readonly answer: DryRunAnswer | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  /** How many of the requests are rehearsed, where Graph takes no more in one call. */
  readonly left: number;
  /** Asks Graph. Answers undefined for a change that needs no dry run, and where Graph could not tell. */
  readonly run: () => Promise<DryRunAnswer | 'refused' | undefined>;
  readonly runOlder: () => Promise<unknown>;
}

/** The dry run of a change: {@link SignInEffect.run} begins it. */
export function useSignInEffect(change: Partial<SignInChange> | undefined): SignInEffect {
  const requests = change?.requests;
  const key = JSON.stringify(requests ?? []);
  const [lastDryRun, setLastDryRun] = useState<{ readonly key: string; readonly answer: DryRunAnswer }>();
  const mutation = useMutation<DryRunAnswer, Error, Question>({
    mutationFn: async ({ requests: tried, older }) => joined(older, await dryRun(tried, older)),
    onSuccess: (answer, question) => {
      setLastDryRun({ key: question.key, answer });
      change?.onDryRun?.(question.requests, answer);
    },
  });
  const isOurs = mutation.variables?.key === key;
  const answer = lastDryRun?.key === key ? lastDryRun.answer : undefined;
  const ask = (older?: DryRunAnswer) =>
    requests ? mutation.mutateAsync({ key, requests, older }).catch(refusalOf) : Promise.resolve(undefined);
  return {
    answer,
    error: isOurs ? mutation.error : null,
    isPending: isOurs && mutation.isPending,
    left: Math.max(0, (requests?.length ?? 0) - batchSize),
    run: () => ask(),
    runOlder: () => ask(answer),
  };
}

/** Where the dry run is refused, the change would be as well. Nothing else follows from a problem. */
function refusalOf(problem: unknown): 'refused' | undefined {
  const isRefused = problem instanceof GraphProblem && problem.status >= 400 && problem.status < 500;
  return isRefused && problem.kind !== 'throttled' ? 'refused' : undefined;
}
