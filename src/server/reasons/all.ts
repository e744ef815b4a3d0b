import { startReasons } from './start.ts';
import { upkeepReasons } from './upkeep.ts';

/** Reasons of the server itself. */
export const serverReasons = {
  ...startReasons,
  ...upkeepReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly server: typeof serverReasons;
  }
}
