import { Control, type Entry, type Filter, type SearchOptions } from 'ldapts';
import { binaryAttributes } from '#core/synchronisation/mapping.ts';
import { fault } from '#core/trace/fault.ts';
import { type Connection, firstLine } from './connection.ts';

/** Deleted objects are found too (MS-ADTS §3.1.1.3.4.1.14). */
class ShowDeleted extends Control {
  constructor() {
    super('1.2.840.113556.1.4.417', { critical: true });
  }
}

/** Names of objects come as `<GUID=…>;<SID=…>;CN=…` (MS-ADTS §3.1.1.3.4.1.5), so that a member is known after it was renamed. */
class ExtendedNames extends Control {
  constructor() {
    super('1.2.840.113556.1.4.529', { critical: true });
  }
  override writeControl(writer: { writeBuffer(octets: Buffer, tag: number): void }): void {
    writer.writeBuffer(Buffer.of(0x30, 0x03, 0x02, 0x01, 0x01), 0x04);
  }
}

export interface Search {
  readonly base: string;
  readonly filter: string | Filter;
  readonly attributes: readonly string[];
  readonly scope?: SearchOptions['scope'];
  readonly isWithDeleted?: boolean;
}

/** Entries page by page; a page is taken when the one before it was used. @throws syncSearchFailed */
export async function* searchPages(
  connection: Connection,
  server: string,
  search: Search,
): AsyncGenerator<readonly Entry[]> {
  const { base, filter, attributes, scope = 'sub', isWithDeleted = false } = search;
  const controls = isWithDeleted ? [new ExtendedNames(), new ShowDeleted()] : [new ExtendedNames()];
  const options: SearchOptions = {
    scope,
    filter,
    attributes: [...attributes],
    explicitBufferAttributes: [...binaryAttributes, 'invocationId'],
    paged: { pageSize: connection.pageEntries },
  };
  connection.count.requests += 1;
  const pages = connection.client.searchPaginated(base, options, controls);
  for (;;) {
    const page = await pages.next().catch((problem: unknown) => {
      throw fault('syncSearchFailed', { server, base: base.slice(0, 200), problem: firstLine(problem) }, problem);
    });
    if (page.done) return;
    connection.count.requests += 1;
    yield page.value.searchEntries;
  }
}

/** Every entry of a small search. @throws syncSearchFailed */
export async function searchAll(connection: Connection, server: string, search: Search): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const page of searchPages(connection, server, search)) entries.push(...page);
  return entries;
}

/** Text as a filter writes it (RFC 4515 §3). */
export const filterText = (text: string): string =>
  text.replace(/[\\*()\0]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
