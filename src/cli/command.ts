import type { Application } from '#model/application.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { Clock } from '#ports/clock.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { AuditLog } from '#ports/logs.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { CrlAdmin } from '#ports/revocation.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { Bundles } from '#ports/trust-store.ts';
import { table } from './table.ts';

/** What an open installation offers the command line: the same use cases the server runs on. */
export interface Installation {
  readonly tenants: Tenants;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly crls: CrlAdmin;
  readonly bundles: Bundles;
  /** What was refused where no tenant was named. */
  readonly audits: AuditLog;
  /** `https://login.example.org`: where people sign in; every tenant's issuer lies below. */
  readonly loginOrigin: string;
  /** The applications every tenant has. */
  readonly firstParty: readonly Application[];
  portsOf(tenantId: string): Promise<Ports>;
  adminOf(tenantId: string): Promise<AdminPorts>;
  /** Makes a new signing key for a tenant and answers its id. */
  rotateKey(tenantId: string, signs?: 'published' | 'now'): Promise<string>;
  /** A log entry by its id or a correlation id's newest last entry, whichever tenant it is of. */
  signIns(idOrCorrelationId: string): Promise<readonly SignInRecord[]>;
}

/** Where a command's words go. `json` is for programs: one document, nothing else on stdout. */
export interface Output {
  say(text: string): unknown;
  complain(text: string): unknown;
  readonly cwd: string;
  /** Standard output is a terminal. */
  readonly isTerminal?: boolean | undefined;
}

export interface Call {
  readonly values: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly positionals: readonly string[];
  readonly output: Output;
  /** Opens the data folder; a command that never needs it never does. */
  open(): Promise<Installation>;
  /** Runs another command where the data is and gives back what it said; undefined when it failed. */
  elsewhere(words: readonly string[]): Promise<string | undefined>;
}

export interface Command {
  /** `ca add FILE` */
  readonly usage: string;
  readonly summary: string;
  /** Each option with its help in `options`. */
  readonly options: Readonly<Record<string, Option>>;
  /** How many positionals it needs, at least and at most. */
  readonly takes: readonly [number, number];
  /** It needs no data folder of its own: never run inside a server that holds one. */
  readonly local?: boolean;
  /** It changes nothing, so that its refusal leaves no audit row. */
  readonly readsOnly?: boolean;
  /** The tenant that its positionals name, by id or domain, where `--tenant` names none. */
  readonly tenantOf?: (positionals: readonly string[]) => string | undefined;
  run(call: Call): Promise<number>;
}

/** The words of a command's name: `['ca', 'add']`. */
export function nameOf({ usage }: Pick<Command, 'usage'>): string[] {
  return usage
    .split(' ')
    .filter((word) => /^[a-z][a-z-]*$/.test(word))
    .slice(0, 2);
}

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** The word for the value in help: `--tenant DOMAIN`. */
  readonly value?: string;
  readonly help: string;
}

/** Options every command knows. */
export const everywhere: Record<string, Option> = {
  json: { type: 'boolean', help: 'Print one JSON document.' },
  data: { type: 'string', value: 'FOLDER', help: 'Data folder (default: data).' },
  database: {
    type: 'string',
    value: 'URL',
    help: 'PostgreSQL database (postgres://…) instead of SQLite in the data folder.',
  },
  help: { type: 'boolean', help: 'Show this help.' },
};
export const ofTenant: Record<string, Option> = {
  tenant: { type: 'string', value: 'DOMAIN', help: 'Tenant, by domain or id (default: the only tenant).' },
};

/** Answers with a document for programs or with rows for people, the first row being the heading. */
export function answer(
  { values, output }: Pick<Call, 'values' | 'output'>,
  document: unknown,
  rows: readonly (readonly string[])[],
): void {
  output.say(values.json ? `${JSON.stringify(document, null, 2)}\n` : table(rows, output.isTerminal));
}

/** An option that was given as text. */
export function text(call: Pick<Call, 'values'>, name: string): string | undefined {
  const value = call.values[name];
  return typeof value === 'string' ? value : undefined;
}
/** An option that may be given several times. */
export function texts(call: Pick<Call, 'values'>, name: string): readonly string[] | undefined {
  const value = call.values[name];
  return Array.isArray(value) ? value : undefined;
}
