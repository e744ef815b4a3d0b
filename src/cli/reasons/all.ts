import { commandReasons } from './commands.ts';
import { deviceCommandReasons } from './device-client.ts';
import { hybridReasons } from './hybrid.ts';
import { commandLineReasons } from './operation.ts';
import { workstationCommandReasons } from './workstation.ts';

/** Reasons of the command line. */
export const cliReasons = {
  ...commandReasons,
  ...commandLineReasons,
  ...deviceCommandReasons,
  ...hybridReasons,
  ...workstationCommandReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly cli: typeof cliReasons;
  }
}
