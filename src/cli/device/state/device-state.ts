import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { fault } from '#core/trace/fault.ts';
import { requireJson } from '#schema/json.ts';
import type { StateFolder } from './state-folder.ts';

/** What a device is to its tenant: joined to it, registered for one user, or joined to Active Directory as well. */
const deviceJoin = z.enum(['joined', 'registered', 'hybrid']);
export type DeviceJoin = z.infer<typeof deviceJoin>;

/** The registration of this device. */
export const deviceRecord = z.object({
  deviceId: z.string(),
  tenantId: z.string(),
  join: deviceJoin,
  displayName: z.string(),
  deviceType: z.string(),
  osVersion: z.string(),
  /** Origin of the login host, and of the host that registers devices. */
  loginOrigin: z.string(),
  registrationOrigin: z.string(),
  /** DER of the device certificate, base64. */
  certificate: z.string(),
  /** User principal name of who registered it. */
  registeredBy: z.string(),
  /** ISO 8601. */
  registeredAt: z.string(),
  /** Security identifiers that are local administrators of a joined device (windows-sign-in §2.4). */
  localAdministrators: z.array(z.string()).readonly(),
});
export type DeviceRecord = Readonly<z.infer<typeof deviceRecord>>;

/** The device key signs, the transport key receives session keys. RSA of 2048 bits, two of them, as on Windows. */
export interface DeviceKeys {
  readonly device: KeyObject;
  readonly transport: KeyObject;
}

/** Which kind of credential a primary refresh token was issued for; a device keeps one for each (PRT-6). */
export const credentialKind = z.enum(['certificate', 'refreshToken', 'password']);
export type CredentialKind = z.infer<typeof credentialKind>;

/** A primary refresh token of a user, with the session key that proves its possession. */
export const primaryRefreshToken = z.object({
  kind: credentialKind,
  token: z.string(),
  /** Base64 of 32 octets. */
  sessionKey: z.string(),
  userPrincipalName: z.string(),
  objectId: z.string(),
  /** Authentication methods of the id token. */
  methods: z.array(z.string()).readonly(),
  /** SHA-256 of the card certificate, where it was issued for one. */
  certificateThumbprint: z.string().exactOptional(),
  /** ISO 8601. */
  obtainedAt: z.string(),
  expiresAt: z.string(),
});
export type PrimaryRefreshToken = Readonly<z.infer<typeof primaryRefreshToken>>;

/** User principal names by the thumbprint of a certificate. */
const cachedNames = z.record(z.string(), z.string());

const files = {
  record: 'device.json',
  device: 'device-key.pem',
  transport: 'transport-key.pem',
  names: 'names.json',
  ca: 'ca.pem',
  /** Of the certificate that the computer wrote to Active Directory. */
  computer: 'computer-key.pem',
};
const tokenFile = ({ kind, objectId }: Pick<PrimaryRefreshToken, 'kind' | 'objectId'>) =>
  `prt-${kind}-${objectId}.json`;

/** A device as its state folder holds it. */
export class DeviceState {
  readonly #folder: StateFolder;

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  get path(): string {
    return this.#folder.path;
  }

  /** The registration; undefined where the folder holds none. */
  find(): DeviceRecord | undefined {
    return this.#json(deviceRecord, files.record);
  }

  /** @throws deviceNotRegistered */
  record(): DeviceRecord {
    const record = this.find();
    if (!record) throw fault('deviceNotRegistered', { folder: this.path });
    return record;
  }

  /** @throws deviceStateUnusable */
  keys(): DeviceKeys {
    return { device: this.#key(files.device), transport: this.#key(files.transport) };
  }

  /** The keys first: a record says that the device is registered. */
  save(record: DeviceRecord, keys: DeviceKeys): void {
    this.#folder.write(files.device, pemOf(keys.device));
    this.#folder.write(files.transport, pemOf(keys.transport));
    this.#folder.write(files.record, jsonText(record));
  }

  /**
   * The registration without its keys, and the CA of the server's TLS certificate: enough for what the session key of a
   * token signs.
   */
  saveWithoutKeys(record: DeviceRecord, ca: string | undefined): void {
    if (ca !== undefined) this.#folder.write(files.ca, ca);
    this.#folder.write(files.record, jsonText(record));
  }

  /** PEM of the CA of the server's TLS certificate, where the folder has one. */
  trust(): string | undefined {
    return this.#folder.read(files.ca);
  }

  /** Every primary refresh token, the newest first. */
  tokens(): readonly PrimaryRefreshToken[] {
    const tokens = this.#folder.list('prt-').map((name) => this.#json(primaryRefreshToken, name)!);
    return tokens.toSorted((first, second) => second.obtainedAt.localeCompare(first.obtainedAt));
  }

  /** The newest token of this kind and user, each where it is given. @throws primaryRefreshTokenMissing */
  token(kind: string | undefined, userPrincipalName: string | undefined): PrimaryRefreshToken {
    const [token] = this.tokens().filter(
      (candidate) =>
        (kind === undefined || candidate.kind === kind) &&
        (userPrincipalName === undefined ||
          candidate.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase()),
    );
    const words = [kind && `of the kind ${kind}`, userPrincipalName && `of ${userPrincipalName}`].filter(Boolean);
    if (!token) throw fault('primaryRefreshTokenMissing', { description: words.join(' ') || 'yet' });
    return token;
  }

  /** Keeps a token in place of the earlier one of the same kind and user. */
  keep(token: PrimaryRefreshToken): void {
    this.#folder.write(tokenFile(token), jsonText(token));
  }

  /** The Entra user principal name that an earlier sign-in with this certificate returned (WIN-9). */
  cachedName(certificateThumbprint: string): string | undefined {
    return this.#names()[certificateThumbprint];
  }

  cacheName(certificateThumbprint: string, userPrincipalName: string): void {
    this.#folder.write(files.names, jsonText({ ...this.#names(), [certificateThumbprint]: userPrincipalName }));
  }

  /** Removes the registration, its keys and tokens. The record first: the other files are of no use without it. */
  clear(): void {
    const { record, ...furtherFiles } = files;
    for (const name of [record, ...this.#folder.list('prt-'), ...Object.values(furtherFiles)])
      this.#folder.remove(name);
  }

  #names(): Readonly<Record<string, string>> {
    return this.#json(cachedNames, files.names) ?? {};
  }

  /** @throws deviceStateUnusable */
  #json<T extends z.ZodType>(schema: T, name: string): z.output<T> | undefined {
    const text = this.#folder.read(name);
    if (text === undefined) return undefined;
    return requireJson(schema, text, (problem) =>
      fault('deviceStateUnusable', { path: `${this.path}/${name}`, problem }),
    );
  }

  #key(name: string): KeyObject {
    const text = this.#folder.read(name) ?? '';
    try {
      return createPrivateKey(text);
    } catch (thrown) {
      throw fault('deviceStateUnusable', { path: `${this.path}/${name}`, problem: 'it holds no private key' }, thrown);
    }
  }
}

const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
