import type { IncomingMessage, ServerResponse } from 'node:http';
import { pageIn } from '../inner-request.ts';
import { type AdmissionLimits, AdmissionPace, type LoopUse } from './pace.ts';

/**
 * A sign-in that sent no request for so many milliseconds rests: its user reads, types or chooses a certificate. It is longer
 * than a program near by takes to follow a redirect. A longer one would keep places for people who read.
 */
export const restMilliseconds = 30;

/** A request that is served for so many milliseconds waits for something else than the processor, such as a CRL. */
const slowMilliseconds = 250;

/** What a request is to a sign-in. */
export type SignInPart =
  /** Nothing: it is served at once. */
  | undefined
  | { readonly kind: 'begins' }
  /** It continues with the sign-in that has this id. */
  | { readonly kind: 'continues'; readonly id: string };

interface AtWork {
  readonly source: string;
  readonly since: number;
  /** Names of it in addresses: the interaction, and the flow on the certauth host. */
  readonly ids: Set<string>;
  requests: number;
  rest: NodeJS.Timeout | undefined;
}

interface Beginning {
  readonly source: string;
  readonly serve: () => void;
  readonly refuse: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Bounds the sign-ins that a process works on. One that has begun is always served; a new one begins when the process has time for it
 * ({@link AdmissionPace}), waits where its turn is expected to come soon, or is refused. Where sources compete, the one with the
 * fewest sign-ins at work is next. What has begun has no limit, and anyone can name an id; for other sources, one source therefore counts as half of the places at most.
 */
export class Admission {
  readonly #pace: AdmissionPace;
  readonly #atWork = new Set<AtWork>();
  /** How many of them each source has. */
  readonly #counts = new Map<string, number>();
  readonly #byId = new Map<string, AtWork>();
  readonly #waiting = new Set<Beginning>();
  #beginnings = 0;
  #refusals = 0;

  constructor(limits: AdmissionLimits, use?: LoopUse) {
    this.#pace = new AdmissionPace(limits, use);
  }

  get atWork(): number {
    return this.#atWork.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many began since the start. */
  get beginnings(): number {
    return this.#beginnings;
  }

  /** How many were refused since the start. */
  get refusals(): number {
    return this.#refusals;
  }

  /**
   * Serves a request at once, when it is the turn of its sign-in, or never.
   * @param partOf what an address is to a sign-in; it is asked for that of the request and for where its answer leads
   */
  enter(
    { req, res, source }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly source: string },
    partOf: (url: string) => SignInPart,
    { serve, refuse }: { readonly serve: () => void; readonly refuse: () => void },
  ): void {
    const part = partOf(req.url ?? '/');
    const work = (signIn: AtWork) => this.#work(signIn, res, partOf, serve);
    const begin = () => {
      this.#beginnings++;
      work(this.#start(source));
    };
    if (!part) serve();
    else if (part.kind === 'continues') work(this.#byId.get(part.id) ?? this.#start(source, part.id));
    else this.#begin(res, source, { serve: begin, refuse });
  }

  #begin(res: ServerResponse, source: string, turn: Pick<Beginning, 'serve' | 'refuse'>): void {
    this.#pace.measure();
    // New places are first those of the sign-ins that wait.
    this.#proceed();
    if (this.#hasRoomFor(source)) turn.serve();
    else this.#wait(res, source, turn);
  }

  #start(source: string, id?: string): AtWork {
    const signIn: AtWork = { source, since: performance.now(), ids: new Set(), requests: 0, rest: undefined };
    this.#atWork.add(signIn);
    this.#counts.set(source, (this.#counts.get(source) ?? 0) + 1);
    if (id !== undefined) this.#name(signIn, id);
    return signIn;
  }

  #name(signIn: AtWork, id: string): void {
    signIn.ids.add(id);
    this.#byId.set(id, signIn);
  }

  #work(signIn: AtWork, res: ServerResponse, partOf: (url: string) => SignInPart, serve: () => void): void {
    signIn.requests++;
    clearTimeout(signIn.rest);
    // One that waits for something else than the processor leaves its place to others.
    let isServed = true;
    const leave = (pause: number) => {
      if (!isServed) return;
      isServed = false;
      clearTimeout(slow);
      signIn.requests--;
      if (signIn.requests === 0) signIn.rest = setTimeout(() => this.#end(signIn, pause), pause).unref();
      this.#proceed();
    };
    const slow = setTimeout(() => leave(0), slowMilliseconds).unref();
    res.once('close', () => {
      const target = res.getHeader('location');
      const part = typeof target === 'string' ? partOf(target) : undefined;
      const page = pageIn(res);
      // A sign-in that left its place begins another stay when it continues.
      for (const next of [page === undefined ? undefined : partOf(page), part])
        if (next?.kind === 'continues' && this.#atWork.has(signIn)) this.#name(signIn, next.id);
      // An answer that leads out of the sign-in is its end: back to the application, with a code or an error.
      leave(typeof target === 'string' && !part ? 0 : restMilliseconds);
    });
    serve();
  }

  #end(signIn: AtWork, pause: number): void {
    this.#pace.noteStay(performance.now() - signIn.since - pause);
    this.#atWork.delete(signIn);
    const count = this.#counts.get(signIn.source)! - 1;
    if (count === 0) this.#counts.delete(signIn.source);
    else this.#counts.set(signIn.source, count);
    for (const id of signIn.ids) if (this.#byId.get(id) === signIn) this.#byId.delete(id);
    this.#proceed();
  }

  #wait(res: ServerResponse, source: string, { serve, refuse }: Pick<Beginning, 'serve' | 'refuse'>): void {
    const beginning: Beginning = {
      source,
      serve,
      refuse: () => {
        this.#refusals++;
        refuse();
      },
      timer: setTimeout(() => {
        if (this.#leaveQueue(beginning)) beginning.refuse();
      }, this.#pace.patience).unref(),
    };
    this.#pace.noteShortage();
    this.#waiting.add(beginning);
    res.once('close', () => this.#leaveQueue(beginning));
    if (this.#waiting.size <= this.#pace.queue) return;
    const last = this.#lastOfLargest();
    if (this.#leaveQueue(last)) last.refuse();
  }

  #leaveQueue(beginning: Beginning): boolean {
    clearTimeout(beginning.timer);
    return this.#waiting.delete(beginning);
  }

  #proceed(): void {
    if (this.#waiting.size === 0) return;
    this.#pace.noteShortage();
    this.#pace.measure();
    for (let next = this.#nextInTurn(); next; next = this.#nextInTurn()) {
      this.#leaveQueue(next);
      next.serve();
    }
  }

  #hasRoomFor(source: string): boolean {
    const { places: available } = this.#pace;
    const most = Math.max(1, Math.floor(available / 2));
    let places = 0;
    for (const [countedSource, count] of this.#counts)
      places += countedSource === source ? count : Math.min(count, most);
    return places < available;
  }

  /** Of the source that has a free place, and the fewest sign-ins at work, the one that has waited longest. */
  #nextInTurn(): Beginning | undefined {
    const rooms = new Map<string, boolean>();
    let best: Beginning | undefined;
    for (const beginning of this.#waiting) {
      const { source } = beginning;
      if (!rooms.has(source)) rooms.set(source, this.#hasRoomFor(source));
      const count = this.#counts.get(source) ?? 0;
      if (rooms.get(source) && (!best || count < (this.#counts.get(best.source) ?? 0))) best = beginning;
    }
    return best;
  }

  /** Of the source with the most that wait the one that came last: a source that sends many refuses no other. */
  #lastOfLargest(): Beginning {
    const counts = countBy(this.#waiting);
    let worst: Beginning | undefined;
    for (const beginning of this.#waiting)
      if (!worst || counts.get(beginning.source)! >= counts.get(worst.source)!) worst = beginning;
    return worst!;
  }
}

function countBy(items: Iterable<{ readonly source: string }>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { source } of items) counts.set(source, (counts.get(source) ?? 0) + 1);
  return counts;
}
