import type { OutboxEntry } from '#ports/logs.ts';
import type { Storage } from '#storage/storage.ts';
import type { LogEvent } from './event.ts';

/** What the entries of an outbox stand for. Rows that left the log meanwhile, or cannot be read, are not in `events`. */
export async function readEvents(
  entries: readonly OutboxEntry[],
  storage: Pick<Storage, 'forTenant' | 'audits'>,
  onUnreadable: (problem: unknown, entry: OutboxEntry) => void,
): Promise<{ readonly events: readonly LogEvent[]; readonly lost: number }> {
  const events: LogEvent[] = [];
  for (const entry of entries) {
    const event = await readEvent(entry, storage).catch((problem: unknown) => {
      // The database that does not answer is no fault of the row.
      if (isUnavailable(problem)) throw problem;
      onUnreadable(problem, entry);
    });
    if (event) events.push(event);
  }
  return { events, lost: entries.length - events.length };
}

const isUnavailable = (problem: unknown): boolean =>
  (problem as { because?: { code?: string } }).because?.code === 'databaseUnavailable';

async function readEvent(
  { kind, tenantId, id, order }: OutboxEntry,
  { forTenant, audits }: Pick<Storage, 'forTenant' | 'audits'>,
): Promise<LogEvent | undefined> {
  if (kind === 'audit') {
    const record = await (tenantId === '' ? audits : forTenant(tenantId).audits).find(id);
    return record && { order, tenantId, kind, record };
  }
  const { signInLog, applications } = forTenant(tenantId);
  const record = await signInLog.find(id);
  if (!record) return undefined;
  const resourceName = (await applications.find(record.resourceId))?.displayName ?? '';
  return { order, tenantId, kind, record, resourceName };
}
