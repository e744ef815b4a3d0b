import type { ServerUser } from '#core/device/workstation/account-map.ts';
import type { LocalAccount } from '#core/device/workstation/local-account.ts';
import type { OfflineRecord } from '#core/device/workstation/offline-grace.ts';
import { fault } from '#core/trace/fault.ts';
import type { StateFolder } from '../state/state-folder.ts';

const fileOf = ({ name }: LocalAccount): string => `${name}.json`;

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
    try {
      return JSON.parse(text) as OfflineRecord;
    } catch (thrown) {
      throw fault(
        'deviceStateUnusable',
        { path: `${this.#folder.path}/${fileOf(account)}`, problem: 'it is not JSON' },
        thrown,
      );
    }
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
