import type { Application } from '../ports.ts';

/** What every door knows of the visit: for the log, for policy, never for deciding who somebody is. */
export interface Visit {
  readonly correlationId: string;
  readonly application: Pick<Application, 'appId' | 'displayName'>;
  readonly resourceId: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  /** As typed on the user-name page; may be empty. */
  readonly username: string;
}
