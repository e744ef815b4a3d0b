import type { Application } from '#model/application.ts';
import type { SignInRecord } from '#model/sign-in.ts';
import type { AddressRules } from '#net/http-client.ts';
import type { Clock } from '#ports/clock.ts';
import type { Passwords } from '#ports/credentials.ts';
import type { AuditLog, LogLimit } from '#ports/logs.ts';
import type { AdminPorts, Ports } from '#ports/ports.ts';
import type { CrlAdmin } from '#ports/revocation.ts';
import type { Tenants } from '#ports/tenants.ts';
import type { Bundles } from '#ports/trust-store.ts';
import type { Files, MakeContent, WrittenFile } from './input/files.ts';
import type { FileRefusal } from './input/new-file.ts';
import { type Terminal, table } from './output/table.ts';

/** An open installation, as the commands use it. */
export interface Installation {
  readonly tenants: Tenants;
  readonly clock: Clock;
  readonly passwords: Passwords;
  readonly crls: CrlAdmin;
  readonly bundles: Bundles;
  /** The refusals of commands that name no tenant. */
  readonly audits: AuditLog;
  /** Which domain controllers may be reached. */
  readonly directoryRules: AddressRules;
  /** `https://login.example.org`: the sign-in pages. The issuer of every tenant is below it. */
  readonly loginOrigin: string;
  /** The applications of every tenant. */
  readonly firstParty: readonly Application[];
  portsOf(tenantId: string): Promise<Ports>;
  adminOf(tenantId: string): Promise<AdminPorts>;
  /** Creates a signing key for a tenant and returns its id. */
  rotateKey(tenantId: string, signs?: 'published' | 'now'): Promise<string>;
  /** The keys, without anything that is secret. */
  keyStatus(): Promise<KeyStatus>;
  /** Seals with the first secret what older ones sealed. @returns the number of rows that were sealed again */
  reseal(): Promise<number>;
  /** Writes a backup of the installation. @throws backupExists, backupNotWritten, backupPassphraseNeeded */
  backup(request: BackupRequest): Promise<BackupReport>;
  /** When entries of the sign-in log were last removed because of its size. */
  lastLogLimit(): Promise<LogLimit | undefined>;
  /** A log entry by its id or a correlation id's newest last entry, whichever tenant it is of. */
  signIns(idOrCorrelationId: string): Promise<readonly SignInRecord[]>;
}

/** What `cardea keys status` shows. */
export interface KeyStatus {
  /** `secret.key`, or the environment variable that tells where the secret key is. */
  readonly source: string;
  /** A fingerprint of each secret in hexadecimal; the first one seals and signs. */
  readonly secrets: readonly string[];
  /** How many rows of the database each secret sealed. */
  readonly rows: readonly number[];
  /** Rows that no secret opens. */
  readonly unreadable: number;
  readonly signingKeys: readonly {
    readonly tenant: string;
    readonly kid: string;
    /** The PKCS #11 token that has the private key; undefined where it is sealed in the database. */
    readonly token: string | undefined;
    readonly createdDateTime: Date;
    /** When it signs; undefined: five minutes after it was made. */
    readonly signsFromDateTime: Date | undefined;
  }[];
}

/** What `cardea backup` wants. */
export interface BackupRequest {
  /** The file that {@link write} writes, as the user named it: for messages. */
  readonly file: string;
  /** Makes the file: of the user who runs the command. */
  write(make: MakeContent): Promise<WrittenFile | FileRefusal>;
  /** Seals the secret key, TLS keys and settings into the backup; they are left out without it. */
  readonly passphrase: string | undefined;
}
export interface BackupReport {
  readonly file: string;
  /** Of the whole file. */
  readonly bytes: number;
  /** SHA-256 of the file in hexadecimal. */
  readonly sha256: string;
  /** Whether the rows of the database are in the file. They are not where the database is PostgreSQL. */
  readonly hasDatabase: boolean;
  /** The files of the data folder that are sealed in it. */
  readonly secrets: readonly string[];
}

/** The output of a command. With `--json`, standard output has one document and nothing else. */
export interface Output extends Terminal {
  say(text: string): unknown;
  complain(text: string): unknown;
  readonly cwd: string;
}

/** What another command printed. With `--json`, the output of one that failed is the document of its error. */
export interface Answer {
  readonly exit: number;
  readonly out: string;
}

export interface Call {
  readonly values: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly positionals: readonly string[];
  readonly output: Output;
  /** The files of the user who runs the command. Whatever the command line names is one of them. */
  readonly files: Files;
  /** The data folder that the command works on from outside; undefined within a server, and in a program that has none. @throws as `readConfig` */
  dataFolder(): string | undefined;
  /** Opens the installation on first use. */
  open(): Promise<Installation>;
  /** Runs another command where the data is. */
  elsewhere(words: readonly string[]): Promise<Answer>;
}

export interface Command {
  /** `ca add FILE` */
  readonly usage: string;
  readonly summary: string;
  /** Each option with its help in `options`. */
  readonly options: Readonly<Record<string, Option>>;
  /** The least and the most arguments. */
  readonly takes: readonly [number, number];
  /** Every value that its first argument can have, where these are known. Others are refused, and shells complete them. */
  readonly choices?: readonly string[];
  /** It is never run inside the server that holds the data folder. */
  readonly local?: boolean;
  /** It creates an installation where there is none; other commands refuse a data folder without one. */
  readonly creates?: boolean;
  /** It reads the database of an earlier version, too, and changes nothing; other commands refuse such a database. */
  readonly readsOlder?: boolean;
  /** The command does not change the installation, so its refusal leaves no audit row. */
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
    .slice(0, 3);
}

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  /** Options that cannot be given beside it. */
  readonly conflicts?: readonly string[];
  /** The placeholder of the value in help: `--tenant <DOMAIN>`. */
  readonly value?: string;
  /** Every value that it can have, where these are known. Help lists them, others are refused, and shells complete them. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** `success, failure or interrupted` */
export const alternatives = (choices: readonly string[]): string => choices.join(', ').replace(/, ([^,]*)$/, ' or $1');

/** The help of an option with the values that it can have: `Trust store: classic or pki.` */
export const helpTextOf = ({ help, choices }: Option): string =>
  choices
    ? help.replace(/( \(default: .*\))?\.$/, (_, byDefault = '') => `: ${alternatives(choices)}${byDefault}.`)
    : help;

/** Options of every command. */
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

/** Prints a document for programs or rows for people. The first row is the heading. */
export function answer(
  { values, output }: Pick<Call, 'values' | 'output'>,
  document: unknown,
  rows: readonly (readonly string[])[],
): void {
  output.say(values.json ? `${JSON.stringify(document, null, 2)}\n` : table(rows, output));
}

/** The value of an option. */
export function text(call: Pick<Call, 'values'>, name: string): string | undefined {
  const value = call.values[name];
  return typeof value === 'string' ? value : undefined;
}
/** The value of an option with `choices`. A command line with another value is refused before the command runs. */
export function choice<C extends string>(
  call: Pick<Call, 'values'>,
  name: string,
  choices: readonly C[],
): C | undefined {
  const value = text(call, name);
  return choices.find((item) => item === value);
}
/** The values of an option that can be repeated. */
export function texts(call: Pick<Call, 'values'>, name: string): readonly string[] | undefined {
  const value = call.values[name];
  return Array.isArray(value) ? value : undefined;
}
