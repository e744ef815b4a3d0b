import type { AdminPorts } from '#ports/ports.ts';

/** Who makes a change, and the stores that it reads and writes. */
export interface AdminContext<P = AdminPorts> {
  /** As the audit log names the actor. */
  readonly actor: string;
  readonly ports: P;
}

/** The context of a change that depends on the time. */
export interface TimedContext<P = AdminPorts> extends AdminContext<P> {
  readonly at: Date;
}
