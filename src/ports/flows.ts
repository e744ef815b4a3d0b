import type { Attempts } from '#core/factors/lock-out.ts';
import type { Flow, Handoff, Ticket } from '#model/sign-in.ts';

export interface Flows {
  put(flow: Flow): Promise<void>;
  /** Undefined when unknown, another tenant's or expired. */
  find(id: string, at: Date): Promise<Flow | undefined>;
  findByInteraction(interactionUid: string, at: Date): Promise<Flow | undefined>;
}

export interface Handoffs {
  put(handoff: Handoff): Promise<void>;
  /** Atomic: of ten callers one gets it. Undefined when unknown, spent, expired or another tenant's. */
  take(id: string, at: Date): Promise<Handoff | undefined>;
}

/** Counts of wrong secrets, by an opaque subject. */
export interface AttemptStore {
  /** Reads and writes as one; `work` may be called again when another writer was faster. `next` undefined forgets the subject. */
  change<T>(
    subject: string,
    expires: Date,
    work: (attempts: Attempts | undefined) => { readonly next: Attempts | undefined; readonly answer: T },
  ): Promise<T>;
}

export interface Tickets {
  put(ticket: Ticket): Promise<void>;
  find(kind: Ticket['kind'], id: string, at: Date): Promise<Ticket | undefined>;
  /** Those of a user that have not expired, oldest first. */
  ofUser(kind: Ticket['kind'], userId: string, at: Date): Promise<readonly Ticket[]>;
  /** Atomic: of ten callers one gets it, and it is gone. */
  take(kind: Ticket['kind'], id: string, at: Date): Promise<Ticket | undefined>;
  /** From one state to another; true for exactly one caller. */
  move(id: string, from: string, to: string, at: Date): Promise<boolean>;
}

/** Browsers in which a person finished signing in before, by a digest of the browser's own secret. */
export interface KnownBrowsers {
  knows(userId: string, browser: string, at: Date): Promise<boolean>;
  remember(userId: string, browser: string, expires: Date): Promise<void>;
}

/** The secret key of the installation, for state that a client carries. The label is bound in: a text opens with its own alone. */
export interface FlowSealing {
  seal(text: string, label: string): string;
  /** @throws CardeaError for a text that was not sealed with this label */
  open(envelope: string, label: string): string;
}
