import { adminReasons } from '#admin/reasons/all.ts';
import { cliReasons } from '#cli/reasons/all.ts';
import type { Reason } from '#core/trace/reason.ts';
import { coreReasons, joinReasons, type ReasonTables } from '#core/trace/reasons.ts';
import { crlsReasons } from '#crls/reasons.ts';
import { deviceReasons } from '#device/reasons/all.ts';
import { graphReasons } from '#graph/reasons.ts';
import { httpReasons } from '#http/reasons/all.ts';
import { keyReasons } from '#keys/reasons.ts';
import { oidcReasons } from '#oidc/reasons/all.ts';
import { pkiReasons } from '#pki/reasons.ts';
import { schemaReasons } from '#schema/reasons.ts';
import { storageReasons } from '#storage/reasons.ts';
import { syncReasons } from '#sync/reasons.ts';
import { serverReasons } from './all.ts';

/**
 * The tables of reasons of all owners. A process that makes messages imports this file first: it imports tables alone, no code of the
 * modules. A module that declares a table and is not here does not compile.
 */
export const reasonTables = {
  core: coreReasons,
  admin: adminReasons,
  cli: cliReasons,
  crls: crlsReasons,
  device: deviceReasons,
  graph: graphReasons,
  http: httpReasons,
  keys: keyReasons,
  oidc: oidcReasons,
  pki: pkiReasons,
  schema: schemaReasons,
  storage: storageReasons,
  sync: syncReasons,
  server: serverReasons,
} satisfies ReasonTables & Readonly<Record<string, Readonly<Record<string, Reason<never>>>>>;

joinReasons(reasonTables);
