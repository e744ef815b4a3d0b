import type { AdminPorts, SignInContext } from '#ports/ports.ts';

/** Who makes a change, and the stores that it reads and writes. */
export interface AdminContext<P = AdminPorts> {
  /** As the audit log names the actor. */
  readonly actor: string;
  readonly ports: P;
}

/** The context of a change that depends on the time: it is the context of an evaluation, too. */
export interface TimedContext<P = AdminPorts> extends AdminContext<P>, SignInContext<P> {}
