import { accountReasons } from './account.ts';
import { administrationReasons } from './administration.ts';
import { deviceObjectReasons } from './devices.ts';
import { objectReasons } from './objects.ts';
import { trustReasons } from './trust.ts';

/** Reasons of changes, and of what administrators and users do. */
export const adminReasons = {
  ...administrationReasons,
  ...objectReasons,
  ...trustReasons,
  ...accountReasons,
  ...deviceObjectReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly admin: typeof adminReasons;
  }
}
