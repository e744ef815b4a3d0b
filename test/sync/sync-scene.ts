import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeTenant, type GuardPorts } from '#admin/safety/guard.ts';
import { configureSynchronisation } from '#admin/synchronisation/settings.ts';
import { addTenant } from '#admin/tenant/tenants.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { UserEntry } from '#model/user.ts';
import { readConfig } from '#server/config.ts';
import { type OpenInstallation, openInstallation } from '#server/installation.ts';
import { logOf } from '#server/log.ts';
import { type DomainResult, type SyncOptions, synchronise } from '#sync/synchronise.ts';
import { type SambaDc, sambaPassword } from './samba.ts';

/** A tenant with an empty directory beside a domain controller, and the synchronization between them. */
export class SyncScene {
  readonly folder: string;
  readonly ports: GuardPorts;
  readonly installation: OpenInstallation;
  readonly #settings: Readonly<Record<string, unknown>>;

  private constructor(folder: string, installation: OpenInstallation, ports: GuardPorts, settings: object) {
    this.folder = folder;
    this.installation = installation;
    this.ports = ports;
    this.#settings = { ...settings };
  }

  /** `domains` are those of the tenant. */
  static async open(dc: SambaDc, domains: readonly string[] = ['woodgrove.example']): Promise<SyncScene> {
    const folder = mkdtempSync(join(tmpdir(), 'cardea-sync-'));
    const config = readConfig({ dataFolder: folder }, {}, folder);
    const installation = await openInstallation(config, logOf('silent'));
    const tenant = orThrow(
      await addTenant(
        { displayName: 'Woodgrove', domains },
        { actor: 'test', ports: { tenants: installation.tenants } },
      ),
    );
    const stores = await installation.adminOf(tenant.id);
    const ports: GuardPorts = { ...(await installation.portsOf(tenant.id)), ...stores };
    writeFileSync(join(folder, 'password'), `${sambaPassword}\n`);
    writeFileSync(join(folder, 'ca.pem'), dc.ca);
    return new SyncScene(folder, installation, ports, {
      domain: dc.domain,
      server: dc.url,
      account: dc.administrator,
      passwordFile: join(folder, 'password'),
      caFile: join(folder, 'ca.pem'),
    });
  }

  /** Configures the synchronization: settings of the domain, and others. */
  async configure(domain: object = {}, settings: object = {}): Promise<void> {
    await this.configureAll([domain], settings);
  }

  /** Configures several domains, each with settings of its own besides the usual ones. */
  async configureAll(domains: readonly object[], settings: object = {}): Promise<void> {
    const document = { domains: domains.map((domain) => ({ ...this.#settings, ...domain })), ...settings };
    orThrow(
      await changeTenant(this.ports, { at: new Date(), isForced: false }, (inside) =>
        configureSynchronisation(document, { actor: 'test', ports: inside }),
      ),
    );
  }

  /** One run of every domain. */
  runAll(options: Partial<SyncOptions> = {}): Promise<readonly DomainResult[]> {
    return synchronise(this.ports, { rules: { privateAddresses: 'allow' }, ...options });
  }

  run(options: Partial<SyncOptions> = {}): Promise<DomainResult> {
    return SyncScene.runOn(this.ports, options);
  }

  /** Runs with stores of the test's own. */
  static async runOn(ports: GuardPorts, options: Partial<SyncOptions> = {}): Promise<DomainResult> {
    const rules = { privateAddresses: 'allow' } as const;
    return (await synchronise(ports, { rules, ...options }))[0]!;
  }

  /** The user with this name; undefined where there is none. */
  async user(userPrincipalName: string): Promise<UserEntry | undefined> {
    const user = await this.ports.users.find(userPrincipalName);
    return user && (await this.ports.users.entriesOf([user.id]))[0];
  }

  async userNames(): Promise<readonly string[]> {
    return (await this.ports.users.list({ top: 1000 })).map(({ userPrincipalName }) => userPrincipalName).sort();
  }

  async close(): Promise<void> {
    await this.installation.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
