import type { SyncCursor, SyncRun } from '#model/synchronisation.ts';
import type { AdminPorts } from '#ports/ports.ts';

/** Remembers how a run for a domain ended. The cursor moves when everything up to it is written. */
export async function rememberRun(
  { synchronisation }: Pick<AdminPorts, 'synchronisation'>,
  domain: string,
  run: SyncRun,
  cursor: SyncCursor | undefined,
): Promise<void> {
  const before = await synchronisation.state(domain);
  const progress = cursor === undefined ? {} : { cursor, lastSuccessDateTime: run.endedDateTime };
  await synchronisation.saveState(domain, { ...before, ...progress, lastRun: run });
}
