import { Resolver } from 'node:dns/promises';
import type { NameRecords } from '#ports/tenants.ts';

/** Asks DNS. Two tries of two seconds: a request waits for the answer. @param servers `address:port`; default: the system's */
export function openNameRecords(servers: readonly string[] = []): NameRecords {
  return {
    async txt(name) {
      const resolver = new Resolver({ timeout: 2000, tries: 2 });
      if (servers.length > 0) resolver.setServers(servers);
      // That nothing answers, and that there is nothing, is the same to an administrator who must prove something.
      const records = await resolver.resolveTxt(name).catch(() => []);
      return records.map((parts) => parts.join(''));
    },
  };
}
