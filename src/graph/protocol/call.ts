import type { TimedContext } from '#admin/context.ts';
import type { NewPass } from '#admin/directory/methods/temporary-access-pass.ts';
import type { Caller } from '#core/roles/authorise.ts';
import type { DirectoryPlan } from '#model/synchronisation.ts';
import type { DirectoryLists } from '#ports/directory/lists.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { CrlAdmin } from '#ports/revocation.ts';
import type { NameRecords, Tenants } from '#ports/tenants.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { Key } from '../odata/path.ts';
import type { Query } from '../odata/query.ts';
import type { SkipTokens } from '../odata/skip-token.ts';

/** A request as Graph reads it, before the caller is known. A part of a `$batch` is one too. */
export interface GraphRequest {
  readonly method: string;
  /** `https://graph.host:port`, the host that was called: links in the answer lead there (graph-api §0.3-6). */
  readonly origin: string;
  /** Path with version; still encoded. */
  readonly pathname: string;
  /** `?…` or empty. */
  readonly search: string;
  header(name: string): string | undefined;
  /** The body's text; a picture's octets, one a character. Undefined when there is none. */
  readonly body: string | undefined;
  readonly ipAddress: string;
  /** Of the connection, DER. @throws forwardedCertificateForeign, forwardedCertificateUnreadable */
  clientCertificate(): Uint8Array | undefined;
  /** Header `request-id` of the answer, and `correlationId` of the audit rows. The parts of a `$batch` share it. */
  readonly requestId: string;
}
export interface Answer {
  readonly status: number;
  /** An object is sent as JSON, a text as plain text, octets as what the headers say. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Everything a resource of one tenant works with. */
export interface GraphPorts extends Omit<Ports, 'groups'>, AdminPorts {
  readonly objects: AdminPorts['objects'];
  readonly audits: AuditLog;
  readonly lists: DirectoryLists;
  readonly crlAdmin: CrlAdmin;
  readonly bundles: Bundles;
  readonly tenants: Tenants;
  readonly names: NameRecords;
  /** What a run of the directory synchronization would do: reads Active Directory. @throws syncNotConfigured */
  directoryPlans(): Promise<readonly DirectoryPlan[]>;
}

/** What was made for a change before its transaction. */
export interface Prepared {
  readonly passwordHash?: string | undefined;
  readonly pass?: NewPass;
  /** A password that was made, for the answer. */
  readonly password?: string;
}

/** One call by a caller who may make it. */
export interface Call extends TimedContext<GraphPorts> {
  readonly request: GraphRequest;
  readonly version: 'v1.0' | 'beta';
  readonly query: Query;
  readonly caller: Caller;
  readonly tokens: SkipTokens;
  /** What stood where the route's path has `{name}`. */
  readonly keys: Readonly<Record<string, Key>>;
  /** Strict where Microsoft is, for tests of clients (graph-api §1.6). */
  readonly strict: boolean;
  /** What the operation's `prepare` made. */
  readonly prepared?: Prepared;
  /** Reads the object that the address of a change leads to; undefined where there is none. */
  readonly read?: ((call: Call) => Promise<Answer> | Answer) | undefined;
  /** `call` on the stores of a transaction, with the caller as the transaction reads it. Throws where it may not continue. */
  within(call: Call, ports: GraphPorts): Promise<Call>;
  /** Lets work continue after the answer; that it failed is logged. */
  afterwards(work: Promise<unknown>): void;
}

/** The object's own key, as it stands in the path. */
export const keyText = (call: Call, name: string): string => call.keys[name]?.value ?? '';
