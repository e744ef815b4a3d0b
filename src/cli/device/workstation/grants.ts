import { z } from 'zod';
import type { ServerUser } from '#core/device/workstation/account-map.ts';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import type { OfflineRecord } from '#core/device/workstation/offline-grace.ts';
import { fault } from '#core/trace/fault.ts';
import { requireJson } from '#schema/json.ts';
import type { StateFolder } from '../state/state-folder.ts';

const fileOf = ({ name }: LocalAccount): string => `${name}.json`;

const offlineRecord = z.object({
  userPrincipalName: z.string(),
  objectId: z.string(),
  methods: z.array(z.string()),
  certificateThumbprint: z.string(),
  grantedAt: z.string(),
  usedAt: z.string(),
  failures: z.number(),
}) satisfies z.ZodType<OfflineRecord>;

/** What the server granted last, one record an account. */
export class Grants {
  readonly #folder: StateFolder;

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  /** @throws deviceStateExposed, deviceStateUnusable */
  find(account: LocalAccount): OfflineRecord | undefined {
    const text = this.#folder.read(fileOf(account));
    if (text === undefined) return undefined;
    const path = `${this.#folder.path}/${fileOf(account)}`;
    return requireJson(offlineRecord, text, (problem) => fault('deviceStateUnusable', { path, problem }));
  }

  write(account: LocalAccount, record: OfflineRecord): void {
    this.#folder.write(fileOf(account), `${JSON.stringify(record, null, 2)}\n`);
  }

  remember(
    account: LocalAccount,
    { userPrincipalName, objectId, methods }: ServerUser & { readonly methods: readonly string[] },
    certificateThumbprint: string,
    at: Date,
  ): void {
    const time = at.toISOString();
    this.write(account, {
      ...{ userPrincipalName, objectId, methods, certificateThumbprint },
      ...{ grantedAt: time, usedAt: time, failures: 0 },
    });
  }

  /** Removes the record of a certificate that the server refused; that of another certificate stays. */
  forget(account: LocalAccount, certificateThumbprint: string): void {
    if (this.find(account)?.certificateThumbprint === certificateThumbprint) this.#folder.remove(fileOf(account));
  }
}
