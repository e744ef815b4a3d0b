import { useState } from 'react';
import type { GraphRequest } from './client.ts';
import { type ChangeOptions, queryClient, send, useChange } from './queries.ts';

/** A change as Graph is sent it. */
export interface GraphChange {
  readonly path: string;
  readonly method: Exclude<GraphRequest['method'], 'GET' | undefined>;
  readonly body?: unknown;
  /** The ETag that the object had when it was read. */
  readonly etag?: string | undefined;
  /** What the change is about, as the user knows it: "Gus Moreau". Needed in a series of changes. */
  readonly about?: string | undefined;
}

/** Sends a change that no dry run goes before, such as one that takes another one back. */
export const sendChange = ({ about, path, ...request }: GraphChange): Promise<unknown> => send(path, request);

/** A series of changes that stopped at one: those before it are done, that one and those behind it are not. */
export class StoppedSeries extends Error {
  readonly done: readonly GraphChange[];
  readonly left: readonly GraphChange[];
  /** Why the first one of {@link left} was not done. */
  override readonly cause: Error;

  constructor(done: readonly GraphChange[], left: readonly GraphChange[], cause: Error) {
    super(
      `${done.length} of ${done.length + left.length} were done: ${namesOf(done)}. Not done: ${namesOf(left)}. ${cause.message}`,
    );
    this.name = 'StoppedSeries';
    this.done = done;
    this.left = left;
    this.cause = cause;
  }

  /** Sends those that are left, where no form or dialog does. */
  readonly goOn = (): Promise<unknown> => sendSeries(this.left).finally(() => queryClient.invalidateQueries());
}

/** What changes are about, for a sentence. */
export const namesOf = (changes: readonly GraphChange[]): string =>
  changes.map(({ about, path }) => about ?? path).join(', ');

type Send = (change: GraphChange) => Promise<unknown>;

/**
 * Sends changes one after the other; answers the result of the last one.
 * @throws StoppedSeries where one of several was not accepted after others were; the problem itself where nothing was done
 */
export async function sendSeries<T = unknown>(changes: readonly GraphChange[], sendOne: Send = sendChange): Promise<T> {
  let result: unknown;
  for (const [at, change] of changes.entries()) {
    try {
      result = await sendOne(change);
    } catch (problem) {
      throw at === 0 ? problem : new StoppedSeries(changes.slice(0, at), changes.slice(at), problem as Error);
    }
  }
  return result as T;
}

/**
 * A change of one or several requests. After it stopped, `left` are the requests that are not done, and the same call continues
 * with them, until other changes are given or `reset` is called.
 */
export function useSeries<T = unknown>(
  changes: readonly GraphChange[],
  { sendOne, ...options }: ChangeOptions<void, T> & { readonly sendOne?: Send } = {},
) {
  const key = JSON.stringify(changes);
  const [progress, setProgress] = useState({ key, done: 0 });
  const done = progress.key === key ? changes.slice(0, progress.done) : [];
  const left = changes.slice(done.length);
  const begin = () => setProgress({ key, done: 0 });
  const run = async () => {
    try {
      return await sendSeries<T>(left, sendOne);
    } catch (problem) {
      const before = problem instanceof StoppedSeries ? [...done, ...problem.done] : done;
      if (before.length === 0) throw problem;
      setProgress({ key, done: before.length });
      const cause = problem instanceof StoppedSeries ? problem.cause : (problem as Error);
      throw new StoppedSeries(before, changes.slice(before.length), cause);
    }
  };
  const mutation = useChange<void, T>(run, {
    ...options,
    isPartlyDone: (problem) => problem instanceof StoppedSeries,
    onDone: (...result) => {
      begin();
      options.onDone?.(...result);
    },
  });
  const reset = () => {
    begin();
    mutation.reset();
  };
  return { ...mutation, reset, left };
}
