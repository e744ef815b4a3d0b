import '#server/reasons/join.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignRole } from '#admin/directory/role-assignments.ts';
import { changeX509 } from '#admin/policies/method-policy.ts';
import { changeTenant, rehearseTenant } from '#admin/safety/guard.ts';
import { makeDemoTenant } from '#cli/demo.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow, success } from '#core/trace/ruling.ts';
import { openCrlCache } from '#crls/cache/cache.ts';
import { openOcspClient } from '#crls/fetch/ocsp.ts';
import { serveCrls } from '#http/demo-crl.ts';
import { passkeys } from '#keys/passkeys.ts';
import { openPasswords } from '#keys/passwords.ts';
import { openSealing } from '#keys/sealing.ts';
import { crlFiles, makeWoodgrove } from '#pki/demo/woodgrove.ts';
import { openStorage, type TenantStorage } from '#storage/storage.ts';
import { freePort } from '../test/free-port.ts';
import { logSignIn } from './parts/sign-in.ts';

/**
 * What a dry run and a refused change cost a tenant whose log has many pairs of administrator and certificate: the whole
 * time, and the longest time that the tenant's lock was held, in which no other change is made and, with SQLite, no sign-in.
 * `node bench/dry-run.ts [pairs]`. SQLite.
 */
const pairs = Number(process.argv[2] ?? 2000);
const clock = { now: () => new Date() };
const folder = mkdtempSync(join(tmpdir(), 'cardea-dry-run-'));
const port = await freePort();
const pki = makeWoodgrove({ at: clock.now(), crlBaseUrl: `http://localhost:${port}` });
const crlServer = await serveCrls(port, (path) => crlFiles(pki).get(path));
const storage = await openStorage({ kind: 'sqlite', folder }, clock, openSealing(folder, undefined));
const adminOf = async (tenantId: string) => storage.forTenant(tenantId);
await makeDemoTenant(pki, { tenants: storage.tenants, clock, firstParty: [], adminOf });
const tenant = (await storage.tenants.find('woodgrove.test'))!;
const crls = openCrlCache({ clock, bytes: storage.crlBytes });
const stores = storage.forTenant(tenant.id);
const passwords = openPasswords();

interface Cost {
  readonly milliseconds: number;
  /** Processor time of this process. */
  readonly cpu: number;
}
const none: Cost = { milliseconds: 0, cpu: 0 };
let longest = none;
/** Starts a measurement; the answer ends it. */
function measuring(): () => Cost {
  const [began, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { milliseconds: performance.now() - began, cpu: (user + system) / 1000 };
  };
}
const inTransaction = <T>(work: (inside: TenantStorage) => Promise<T>): Promise<T> => {
  let held = () => none;
  return stores
    .inTransaction((inside) => {
      held = measuring();
      return work(inside);
    })
    .finally(() => {
      const cost = held();
      if (cost.milliseconds > longest.milliseconds) longest = cost;
    });
};
const ports = { ...stores, inTransaction, tenant, clock, crls, ocsp: openOcspClient(), passwords, passkeys };

/** An administrator with a card of their own, who signed in with it. */
async function addAdministrator(n: number): Promise<void> {
  const upn = `admin${n}@woodgrove.test`;
  const user = {
    id: crypto.randomUUID(),
    userPrincipalName: upn,
    onPremisesUserPrincipalName: upn,
    displayName: `Administrator ${n}`,
    mail: undefined,
    accountEnabled: true,
    certificateUserIds: [],
    signInSessionsValidFromDateTime: undefined,
    groupIds: [],
  };
  await ports.users.add(user, 'bench');
  orThrow(await assignRole({ principalId: user.id, roleDefinitionId: globalAdministrator }, { actor: 'bench', ports }));
  const { der: leaf } = pki.authorities['issuing-1'].issueUserCertificate({
    subject: `CN=Administrator ${n}`,
    upn,
    key,
  });
  await logSignIn({ username: upn, leaf }, { ports, at: clock.now() });
}
const key = pki.cards.find(({ person }) => person.name === 'ana')!.issued.privateKey;
for (let n = 0; n < pairs; n++) await addAdministrator(n);

const off = (inside: typeof ports) =>
  changeX509((old) => ({ ...old, state: 'disabled' }), { actor: 'bench', ports: inside });
const works: Readonly<Record<string, () => Promise<unknown>>> = {
  'a dry run': async () => orThrow(await rehearseTenant(ports, { at: clock.now() }, off)),
  'a change that shuts every administrator out': async () => {
    const ruling = await changeTenant(ports, { at: clock.now(), isForced: false }, off);
    if (ruling.outcome === 'passed') throw new Error('the change was made');
  },
  'a change that shuts no user out': async () =>
    orThrow(
      await changeTenant(ports, { at: clock.now(), isForced: false }, async (inside) =>
        success(await inside.groups.add({ id: crypto.randomUUID(), displayName: 'Group' }, 'bench')),
      ),
    ),
};
const formatCost = ({ milliseconds, cpu }: Cost) => `${milliseconds.toFixed(0)} ms (CPU ${cpu.toFixed(0)} ms)`;
process.stdout.write(`${cpus()[0]?.model}; ${pairs} pairs of administrator and certificate\n`);
for (const [name, work] of Object.entries(works)) {
  longest = none;
  const end = measuring();
  await work();
  process.stdout.write(`${name.padEnd(44)} ${formatCost(end())}; lock held ${formatCost(longest)}\n`);
}
await crls.close();
await storage.close();
crlServer.close();
rmSync(folder, { recursive: true });
