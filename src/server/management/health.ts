import type { Tenants } from '#ports/tenants.ts';
import type { Storage } from '#storage/storage.ts';
import { freeBytes, leastFree, mebibytes } from '../process/free-space.ts';
import { inTime } from './in-time.ts';

/** What one check found: `warn` keeps no request from being served. `problem` is for the operator: the management listener is not for strangers. */
export interface Check {
  readonly status: 'pass' | 'warn' | 'fail';
  readonly milliseconds: number;
  readonly problem?: string;
}
export interface Health {
  readonly status: 'pass' | 'fail';
  readonly checks: Readonly<Record<string, Check>>;
}

/** A check. It resolves with a text where the operator should know something, and throws where requests cannot be served. */
export type RunCheck = () => Promise<unknown>;

/** Milliseconds that a check may take before it counts as failed. */
const patience = 2_000;

/** Runs all checks side by side. A check that throws, or takes longer than {@link patience}, fails. */
export async function checkHealth(checks: Readonly<Record<string, RunCheck>>): Promise<Health> {
  const entries = Object.entries(checks).map(async ([name, check]) => [name, await run(check)] as const);
  const results = Object.fromEntries(await Promise.all(entries));
  const isFailed = Object.values(results).some(({ status }) => status === 'fail');
  return { status: isFailed ? 'fail' : 'pass', checks: results };
}

async function run(check: RunCheck): Promise<Check> {
  const start = performance.now();
  try {
    const problem = await inTime(patience, check);
    const milliseconds = Math.round(performance.now() - start);
    return typeof problem === 'string' ? { status: 'warn', milliseconds, problem } : { status: 'pass', milliseconds };
  } catch (problem) {
    const milliseconds = Math.round(performance.now() - start);
    return { status: 'fail', milliseconds, problem: problem instanceof Error ? problem.message : String(problem) };
  }
}

/** A check whose result counts for some milliseconds, for every probe. */
export function remembered(check: RunCheck, milliseconds: number): RunCheck {
  let last: { readonly result: Promise<unknown>; readonly at: number } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at >= milliseconds)
      last = { result: check(), at: performance.now() };
    return last.result;
  };
}

/** Warns while a later version has migrated the database, which this one still serves. @param checkTables as `Storage` */
export const schemaCheck = ({ checkTables }: Pick<Storage, 'checkTables'>): RunCheck =>
  remembered(async () => {
    const later = await checkTables();
    if (later !== undefined)
      return `a later version of Cardea has applied the migration ${later}: upgrade this node as well`;
  }, schemaPause);

/** Milliseconds for which a look at the schema counts. */
const schemaPause = 5_000;

/** Fails where the file system of a folder is nearly full. */
export async function checkDisk(folder: string): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= leastFree) return;
  const [left, least] = [mebibytes(free, 'floor'), mebibytes(leastFree, 'ceil')];
  throw new Error(`${folder} has ${left} MiB left; at least ${least} are needed`);
}

/** Tenants whose signing keys one request looks at: the next one continues with the others, however many there are. */
const tenantsAtOnce = 20;

/** The keys of every tenant. */
interface KeysOfTenants {
  readonly tenants: Pick<Tenants, 'list'>;
  signingKeysOf(tenantId: string): { current(): Promise<unknown>; check(): Promise<unknown> };
}

/** Whether the signing keys of tenants can be used. The check fails until a key that could not be used can be. */
export function keysCheck({ tenants, signingKeysOf }: KeysOfTenants): () => Promise<void> {
  let next = 0;
  const failing = new Set<string>();
  const checkTenant = async (id: string) => {
    failing.add(id);
    await signingKeysOf(id).current();
    await signingKeysOf(id).check();
    failing.delete(id);
  };
  return async () => {
    const ids = (await tenants.list()).map(({ id }) => id);
    const start = next < ids.length ? next : 0;
    next = start + tenantsAtOnce;
    const again = ids.filter((id) => failing.has(id));
    for (const id of failing) if (!ids.includes(id)) failing.delete(id);
    for (const id of new Set([...again, ...ids.slice(start, next)])) await checkTenant(id);
  };
}
