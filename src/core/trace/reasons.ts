import type { Reason } from './reason.ts';
import { accessReasons } from './reasons/access.ts';
import { applicationReasons } from './reasons/applications.ts';
import { certificateReasons } from './reasons/certificate.ts';
import { deviceClientReasons } from './reasons/devices/client.ts';
import { deviceRegistrationReasons } from './reasons/devices/registration.ts';
import { workstationReasons } from './reasons/devices/workstation.ts';
import { factorReasons } from './reasons/factors.ts';
import { pathReasons } from './reasons/path.ts';
import { primaryRefreshReasons } from './reasons/primary-refresh.ts';
import { crlFormReasons } from './reasons/revocation/crl-form.ts';
import { ocspReasons } from './reasons/revocation/ocsp.ts';
import { revocationReasons } from './reasons/revocation.ts';
import { roleReasons } from './reasons/roles.ts';
import { sharedReasons } from './reasons/shared.ts';
import { signInReasons } from './reasons/sign-in.ts';
import { strengthReasons } from './reasons/strength.ts';
import { userReasons } from './reasons/user.ts';

/** The reasons of the steps of a sign-in, one file a step, and those that several modules make of which none may import the other. */
export const coreReasons = {
  ...certificateReasons,
  ...pathReasons,
  ...revocationReasons,
  ...crlFormReasons,
  ...ocspReasons,
  ...userReasons,
  ...strengthReasons,
  ...accessReasons,
  ...factorReasons,
  ...primaryRefreshReasons,
  ...deviceRegistrationReasons,
  ...deviceClientReasons,
  ...workstationReasons,
  ...signInReasons,
  ...applicationReasons,
  ...roleReasons,
  ...sharedReasons,
} satisfies Record<string, Reason<never>>;

/**
 * The tables of reasons, by the module that owns them: code → rule, Entra error number, message, remedy. An owner adds its table here by
 * declaration merging, because core imports no other module, and `src/server/reasons/join.ts` joins them. Codes are stored and never
 * renamed or reused; messages are made when read, so better messages improve old logs.
 */
export interface ReasonTables {
  readonly core: typeof coreReasons;
}

/** The intersection of a union of tables. */
type Joined<Table> = (Table extends unknown ? (table: Table) => void : never) extends (table: infer All) => void
  ? All
  : never;

/** The reasons of all owners. */
export type Reasons = Joined<ReasonTables[keyof ReasonTables]>;

/** Every code there is. */
export type Code = keyof Reasons;

/** The evidence a code demands. */
export type EvidenceOf<C extends Code> = Parameters<Reasons[C]['message']>[0];

/** A code with exactly its own evidence. */
export type Because = { [C in Code]: { readonly code: C; readonly evidence: EvidenceOf<C> } }[Code];

/** `because('certificateExpired', {...})`: the one way to make a reason. */
export function because<C extends Code>(code: C, evidence: EvidenceOf<C>): Because {
  return { code, evidence } as Because;
}

let rows: ReadonlyMap<string, Reason<unknown>> = rowsOf({ core: coreReasons });

/** Makes {@link reasonOf} find the reasons of all owners, in place of those of core alone. @throws an Error where two owners have one code */
export function joinReasons(tables: ReasonTables): void {
  rows = rowsOf(tables);
}

/** The row of a code; undefined for a code that this version does not know. */
export const reasonOf = (code: string): Reason<unknown> | undefined => rows.get(code);

/** Whether a reason passes the test. */
export const hasReason = (test: (reason: Reason<unknown>) => boolean): boolean => [...rows.values()].some(test);

function rowsOf(tables: Partial<ReasonTables>): ReadonlyMap<string, Reason<unknown>> {
  const byCode = new Map<string, Reason<unknown>>();
  for (const [owner, table] of Object.entries(tables))
    for (const [code, row] of Object.entries(table)) {
      if (byCode.has(code)) throw new Error(`the code "${code}" of ${owner} belongs to another module already`);
      byCode.set(code, row as Reason<unknown>);
    }
  return byCode;
}
