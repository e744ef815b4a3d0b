import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { ConditionalAccessPolicy } from '#core/access/policy.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { certauthHosts } from '#http/certauth/hosts.ts';
import { loginListener } from '#http/server.ts';
import type { ServerContext } from '#http/server-context.ts';
import type { Application } from '#model/application.ts';
import type { Tenant } from '#model/tenant.ts';
import { readConfig } from '#server/config.ts';
import { openInstallation } from '#server/installation.ts';
import { openOidc } from '#server/listeners/open-oidc.ts';
import { openTls } from '#server/listeners/tls-files.ts';
import { applicationOf } from '../contract/documents.ts';
import { domainOf } from '../contract/one-tenant.ts';
import { userOf } from '../contract/user-of.ts';
import { type Browser, makeBrowser } from '../e2e/oidc/browser.ts';
import { freePort } from '../free-port.ts';
import { BrowserSignIn } from './browser-sign-in.ts';

/** Where the sign-ins of {@link openLoginHost} end. */
export const callback = 'https://app.test/callback';

/** The sign-in pages of a new installation in this process, over TLS, with its OpenID provider and database. `end` stops and removes it. */
export async function openLoginHost() {
  const folder = mkdtempSync(join(tmpdir(), 'cardea-login-'));
  const config = readConfig({ dataFolder: folder, port: await freePort() }, {}, folder);
  const log = pino({ level: 'silent' });
  const installation = await openInstallation(config, log);
  const { tenants, portsOf, clock } = installation;
  const tls = openTls(config);
  const certificateProxies = { thumbprints: new Set<string>(), format: 'rfc9440' } as const;
  const oidc = openOidc(config, installation, { tls, certificateProxies }, log);
  const faults: unknown[] = [];
  const context: ServerContext = {
    ...{ loginOrigin: config.loginOrigin, certificateProxies, clock, tenants, portsOf },
    ...{ interactions: oidc.interactions, signOn: oidc.signOn, flowSealing: installation.tokenSealing },
    certauthOrigin: certauthHosts(config.certauthOrigin, tls.files.cert).originFor,
    onFault: (fault) => void faults.push(fault),
  };
  const nothing = { handles: () => false, listener: () => undefined };
  const server = createServer(tls.files);
  server.on('request', loginListener(context, { oidc, graph: nothing.listener, devices: nothing, applications: [] }));
  await new Promise<void>((resolve) => server.listen(config.port, '127.0.0.1', resolve));

  const application: Application = { ...applicationOf(), displayName: 'Payroll', redirectUris: [callback] };
  const add = async (displayName: string, ...domains: Tenant['domains']): Promise<Tenant> => {
    const tenant = { id: crypto.randomUUID(), displayName, domains };
    await tenants.add(tenant);
    await (await portsOf(tenant.id)).applications.put(application);
    return tenant;
  };
  const woodgrove = await add('Woodgrove', domainOf('woodgrove.test'), domainOf('fabrikam.test', 'Federated'));
  const ports = await portsOf(woodgrove.id);
  const browser = (): Browser => makeBrowser(config.loginOrigin, tls.trust);
  return {
    ...{ tenant: woodgrove, ports, application, origin: config.loginOrigin, faults, browser },
    context: () => ({ ports, at: clock.now() }),
    /** A further tenant with a domain. */
    addTenant: (domain: string): Promise<Tenant> => add(domain, domainOf(domain)),
    /** A user, with a password where one is named. */
    async addUser(userPrincipalName: string, password?: string): Promise<User> {
      const user = userOf(userPrincipalName);
      await ports.users.add(user, 'test');
      const hash = password === undefined ? undefined : await ports.passwords.hash(password);
      if (hash !== undefined) await ports.users.setPasswordHash(user.id, hash, 'test');
      return user;
    },
    /** Enables certificates for all users, or nowhere, with the settings of a new tenant but for `change`. */
    setCertificates(state: 'enabled' | 'disabled', change: Partial<X509CertificateConfiguration> = {}) {
      const includeTargets = [{ targetType: 'group', id: 'all_users' }] as const;
      const x509 = { ...defaultX509CertificateConfiguration, state, includeTargets, ...change };
      return ports.policy.setX509(x509, 'test');
    },
    /** Sets the policies of Conditional Access. */
    setPolicies: (...policies: readonly ConditionalAccessPolicy[]) =>
      ports.policy.changeAccess('test', () => ({ policies })),
    /** A browser asks for the application, with these parameters beside the usual ones, and is shown the first page. */
    begin: (parameters: Readonly<Record<string, string>> = {}, from = browser()): Promise<BrowserSignIn> =>
      BrowserSignIn.begin(from, ports, { client_id: application.appId, redirect_uri: callback, ...parameters }),
    async end() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await installation.close();
      rmSync(folder, { recursive: true });
    },
  };
}
export type LoginHost = Awaited<ReturnType<typeof openLoginHost>>;
