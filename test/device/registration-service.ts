import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { User } from '#core/binding/user.ts';
import { fault } from '#core/trace/fault.ts';
import { passed, refused } from '#core/trace/ruling.ts';
import type { DeviceToken, RegistrationPorts } from '#device/registration/context.ts';
import { usualAuthorityNames } from '#device/registration/device-authority.ts';
import { registrationListener } from '#device/registration/listener.ts';
import { openRegistrationNonces, type RegistrationNonces } from '#device/registration/nonces.ts';
import { makeTlsCertificate } from '#pki/tls-certificate.ts';
import type { Storage } from '#storage/storage.ts';
import { emptyFolder, openAt, TestClock } from '#test/contract/databases.ts';
import { type RegistrationAnswer, registrationHost, type SendOptions, send } from './registration-client.ts';

/**
 * The device registration service over real TLS and a real database, with a clock that tests move. Its access tokens are
 * JSON: that tokens of OpenID Connect are checked is tested with a whole server.
 */
export class RegistrationService {
  readonly clock = new TestClock();
  readonly nonces: RegistrationNonces = openRegistrationNonces(new Uint8Array(32));
  readonly tenantId: string;
  readonly storage: Storage;
  readonly #server: Server;
  readonly trust: string;

  private constructor(storage: Storage, tenantId: string) {
    const { root, server } = makeTlsCertificate({ hosts: [registrationHost], at: new Date() });
    this.storage = storage;
    this.tenantId = tenantId;
    this.trust = root.pem;
    const { listener } = registrationListener({
      loginOrigin: 'https://login.test',
      registrationOrigin: `https://${registrationHost}`,
      authorityNames: usualAuthorityNames,
      clock: this.clock,
      tenants: storage.tenants,
      nonces: this.nonces,
      portsOf: (id) => this.portsOf(id),
      checkToken: async (text) => {
        const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as DeviceToken;
        return token.userId
          ? passed(token, 'deviceTokenAccepted', { userId: token.userId })
          : refused('deviceTokenRefused', { problem: 'a test' });
      },
      certificateOf: ({ socket }) => {
        const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
        return certificate && new Uint8Array(certificate.raw);
      },
      onFault: (problem) => {
        throw problem;
      },
    });
    const tls = { cert: server.pem, key: server.privateKeyPem, requestCert: true, rejectUnauthorized: false };
    this.#server = createServer(tls, listener);
  }

  static async start(): Promise<RegistrationService> {
    const clock = new TestClock();
    const storage = await openAt({ kind: 'sqlite', folder: emptyFolder() }, clock);
    const service = new RegistrationService(storage, await RegistrationService.addTenant(storage, 'woodgrove.test'));
    await new Promise<void>((ready) => service.#server.listen(0, '127.0.0.1', ready));
    return service;
  }

  static async addTenant(storage: Storage, domain: string): Promise<string> {
    const id = crypto.randomUUID();
    const domains = [{ id: domain, authenticationType: 'Managed', isVerified: true }] as const;
    await storage.tenants.add({ id, displayName: domain, domains });
    return id;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get stores() {
    return this.storage.forTenant(this.tenantId);
  }

  async portsOf(id: string): Promise<RegistrationPorts> {
    const tenant = await this.storage.tenants.find(id);
    if (!tenant) throw fault('tenantUnknown', { tenant: id });
    return { ...this.storage.forTenant(id), tenant, clock: this.clock } as unknown as RegistrationPorts;
  }

  async addUser(name: string, change: Partial<User> = {}): Promise<User> {
    const user: User = {
      id: crypto.randomUUID(),
      userPrincipalName: `${name}@woodgrove.test`,
      displayName: name,
      mail: undefined,
      onPremisesUserPrincipalName: undefined,
      accountEnabled: true,
      certificateUserIds: [],
      signInSessionsValidFromDateTime: undefined,
      groupIds: [],
      ...change,
    };
    await this.stores.users.add(user, 'test');
    return user;
  }

  token({ id }: Pick<User, 'id'>, change: Partial<DeviceToken> = {}): string {
    const token = { tenantId: this.tenantId, userId: id, appId: 'broker', methods: ['rsa', 'mfa'], ...change };
    return Buffer.from(JSON.stringify(token)).toString('base64url');
  }

  send(method: string, path: string, body?: unknown, options: SendOptions = {}): Promise<RegistrationAnswer> {
    return send(this, method, path, body, options);
  }

  /** `POST /EnrollmentServer/device/` */
  join(body: unknown, options: SendOptions): Promise<RegistrationAnswer> {
    return this.send('POST', '/EnrollmentServer/device/?api-version=2.0', body, options);
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
    await this.storage.close();
  }
}

/** The device id that a certificate of an answer names. */
export const deviceIdIn = (answer: RegistrationAnswer): string =>
  new X509Certificate(Buffer.from(answer.body.Certificate.RawBody as string, 'base64')).subject.replace('CN=', '');
