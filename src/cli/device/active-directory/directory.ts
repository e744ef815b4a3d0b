import { Attribute, Change, type Client, type Entry, EqualityFilter } from 'ldapts';
import {
  type ConnectionPoint,
  connectionPointPath,
  keywordsOf,
  readConnectionPoint,
} from '#core/device/client/connection-point.ts';
import { guidOfOctets, sidOfOctets } from '#core/device/client/directory-values.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';

/** A computer as Active Directory has it. */
export interface DirectoryComputer {
  readonly dn: string;
  readonly objectGuid: string;
  readonly sid: string;
  /** DER. */
  readonly certificates: readonly Uint8Array[];
}

/** What a device reads from and writes to Active Directory (windows-sign-in §6.2). */
export class ActiveDirectory {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Host name of the domain controller, and the names of its partitions. @throws domainControllerRefused */
  async root(): Promise<{ readonly host: string; readonly configuration: string; readonly domain: string }> {
    const names = ['dnsHostName', 'configurationNamingContext', 'defaultNamingContext'] as const;
    const [entry] = await this.#search('', { scope: 'base', attributes: [...names] });
    const [host, configuration, domain] = names.map((name) => textOf(entry, name) ?? '');
    return { host: host!, configuration: configuration!, domain: domain! };
  }

  /** @throws connectionPointMissing, connectionPointMalformed, domainControllerRefused */
  async connectionPoint(): Promise<ConnectionPoint> {
    const name = `${connectionPointPath},${(await this.root()).configuration}`;
    const [entry] = await this.#search(name, { scope: 'base', attributes: ['keywords'] });
    if (!entry) throw fault('connectionPointMissing', { name });
    return orThrow(readConnectionPoint([entry.keywords ?? []].flat().map(String)));
  }

  /** Writes the service connection point, and the container that it is in. @throws domainControllerRefused */
  async writeConnectionPoint(point: ConnectionPoint): Promise<void> {
    const { configuration } = await this.root();
    const name = `${connectionPointPath},${configuration}`;
    const container = name.slice(name.indexOf(',') + 1);
    const keywords = [...keywordsOf(point)];
    await this.#work('the service connection point', async () => {
      if (!(await this.#exists(container))) await this.#client.add(container, { objectClass: ['top', 'container'] });
      if (await this.#exists(name)) {
        await this.#client.modify(name, replacing('keywords', keywords));
      } else {
        const objectClass = ['top', 'leaf', 'connectionPoint', 'serviceConnectionPoint'];
        await this.#client.add(name, { objectClass, keywords });
      }
    });
  }

  /** The computer with this host name. @throws computerObjectMissing, domainControllerRefused */
  async computer(name: string): Promise<DirectoryComputer> {
    const { domain } = await this.root();
    const binary = ['objectGUID', 'objectSid', 'userCertificate'];
    const [entry] = await this.#search(domain, {
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'sAMAccountName', value: `${name}$` }),
      attributes: binary,
      explicitBufferAttributes: binary,
    });
    const [guid, sid, ...certificates] = binary.flatMap((attribute) => [entry?.[attribute] ?? []].flat() as Buffer[]);
    if (!entry || !guid || !sid) throw fault('computerObjectMissing', { computer: name });
    return { dn: entry.dn, objectGuid: guidOfOctets(guid), sid: sidOfOctets(sid), certificates };
  }

  /** Replaces every certificate of the computer by this one. @throws domainControllerRefused */
  async writeCertificate({ dn }: DirectoryComputer, certificate: Uint8Array): Promise<void> {
    const values = [Buffer.from(certificate)];
    await this.#work('a new userCertificate', () => this.#client.modify(dn, replacing('userCertificate', values)));
  }

  async #exists(name: string): Promise<boolean> {
    return (await this.#search(name, { scope: 'base', attributes: ['objectClass'] })).length > 0;
  }

  async #search(base: string, options: Parameters<Client['search']>[1]): Promise<readonly Entry[]> {
    return this.#work(`the objects ${base || 'at its root'}`, async () => {
      const results = await this.#client.search(base, options).catch((thrown: Error) => {
        if (thrown.name === 'NoSuchObjectError') return { searchEntries: [] };
        throw thrown;
      });
      return results.searchEntries;
    });
  }

  async #work<T>(during: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw fault('domainControllerRefused', { during, problem: problemOf(thrown) }, thrown);
    }
  }
}

const replacing = (type: string, values: string[] | Buffer[]): Change =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) });

export const problemOf = (thrown: unknown): string => (thrown as Error).message.split('\n')[0]!.slice(0, 200);

function textOf(entry: Entry | undefined, name: string): string | undefined {
  const [value] = [entry?.[name] ?? []].flat();
  return value === undefined ? undefined : String(value);
}
