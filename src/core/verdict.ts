import type { AccessGrant, Proof } from './access/proof.ts';
import type { User } from './binding/user.ts';
import type { Because } from './trace/reasons.ts';
import type { Challenge } from './trace/ruling.ts';
import type { Trace } from './trace/trace.ts';

/** The decision and the trace of how it was reached. */
export type Verdict = Granted | Interrupted | Refused;
export interface Granted {
  readonly kind: 'granted';
  readonly user: User;
  readonly proofs: readonly Proof[];
  readonly access: AccessGrant;
  readonly trace: Trace;
}
export interface Interrupted {
  readonly kind: 'interrupted';
  readonly ask: Challenge;
  readonly user: User | undefined;
  readonly proofs: readonly Proof[];
  readonly because: Because;
  readonly trace: Trace;
}
export interface Refused {
  readonly kind: 'refused';
  readonly because: Because;
  readonly user: User | undefined;
  readonly trace: Trace;
  /** What broke, when the refusal is our fault. Logged by the operator's logger, never shown, never stored. */
  readonly fault?: unknown;
}
