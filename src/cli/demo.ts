import { join } from 'node:path';
import { introduceFirstParty } from '#admin/applications/first-party.ts';
import { addGroup } from '#admin/directory/groups.ts';
import { assignRole } from '#admin/directory/role-assignments.ts';
import { takeOverUser } from '#admin/directory/users.ts';
import { changeX509 } from '#admin/policies/method-policy.ts';
import { addTenant } from '#admin/tenant/tenants.ts';
import { addAuthority } from '#admin/trust/authorities.ts';
import { certificatesIn } from '#admin/trust/authority/certificate-file.ts';
import { defaultX509CertificateConfiguration, type X509CertificateConfiguration } from '#core/binding/policy.ts';
import type { User } from '#core/binding/user.ts';
import { globalAdministrator } from '#core/roles/directory-roles.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Profile } from '#model/user.ts';
import { readDemoFiles, writeDemoFiles } from '#pki/demo/demo-files.ts';
import { crlsDue, crlUrls, demoPassword, makeWoodgrove, publishCrls, type Woodgrove } from '#pki/demo/woodgrove.ts';
import { authorityNames } from '#pki/demo/woodgrove-crls.ts';
import { demoBindings, multifactorPolicy, woodgroveDomains } from '#pki/demo/woodgrove-people.ts';
import { type AdminPorts, everyAddress, type SignInContext } from '#ports/ports.ts';
import { usualOrigin } from './client/network.ts';
import type { Installation } from './command.ts';
import { commandName } from './version.ts';

const actor = 'demo';

const demoFolder = (dataFolder: string): string => join(dataFolder, 'demo');

/** The demo's PKI as it lies in the data folder, made on first use, with CRLs that are due published again. */
export function openDemoPki(dataFolder: string, crlBaseUrl: string, at: Date): Woodgrove {
  const folder = demoFolder(dataFolder);
  const demoFiles = readDemoFiles(folder);
  const pki = demoFiles ?? makeWoodgrove({ at, crlBaseUrl });
  const current = crlsDue(pki, at) ? publishCrls(pki, at) : pki;
  if (current !== demoFiles) writeDemoFiles(folder, current);
  return current;
}

/** What a tenant is built with. */
type Building = Pick<Installation, 'tenants' | 'adminOf' | 'clock' | 'firstParty'>;

/** Makes the tenant Woodgrove around the PKI, whole or not at all, unless it is there. Answers whether it made it. */
export async function makeDemoTenant(pki: Woodgrove, installation: Building): Promise<boolean> {
  const { tenants, adminOf, clock, firstParty } = installation;
  if (await tenants.find(woodgroveDomains[0])) return false;
  const id = crypto.randomUUID();
  const at = clock.now();
  await (await adminOf(id)).inTransaction(async (ports) => {
    orThrow(await addTenant({ id, displayName: 'Woodgrove', domains: woodgroveDomains }, { actor, ports }));
    // The demo's CRLs are on this computer, also where a setting would refuse that: then no CRL is fetched, and entries say so.
    await trust(pki, { ports: { ...ports, addresses: everyAddress }, at });
    orThrow(await changeX509(() => demoConfiguration, { actor, ports }));
    for (const user of pki.users) orThrow(await takeOverUser(user, { actor, ports }, synchronisedProfile(user, at)));
    orThrow(await addGroup({ id: cardPilotGroup, displayName: 'Card pilot' }, [], { actor, ports }));
    await introduceFirstParty(firstParty, ports);
    orThrow(
      await assignRole({ principalId: administrator(pki).id, roleDefinitionId: globalAdministrator }, { actor, ports }),
    );
  });
  return true;
}

/**
 * The demo's people come from the on-premises directory woodgrove.local, as most people with cards do, so that every
 * binding of Microsoft's how-to fits them (UB-32).
 */
const synchronisedProfile = ({ displayName, userPrincipalName }: User, at: Date): Profile => ({
  onPremisesSyncEnabled: true,
  onPremisesDomainName: woodgroveDomains[1],
  onPremisesSamAccountName: userPrincipalName.split('@')[0],
  onPremisesDistinguishedName: `CN=${displayName},OU=People,DC=woodgrove,DC=local`,
  onPremisesLastSyncDateTime: at.toISOString(),
});

/** The group that the configuration document's certificate authority scope names (graph-api §3.5). */
const cardPilotGroup = '5b0c1f7e-0d5e-4f55-9a27-0e5d3a6c8f10';

/** Ana administers the demo: her card is the one with more than one factor. */
const administrator = ({ users }: Woodgrove) => users.find(({ displayName }) => displayName === 'Ana Ruiz')!;

async function trust(pki: Woodgrove, { ports, at }: SignInContext<AdminPorts>): Promise<void> {
  for (const name of authorityNames) {
    const [certificate] = orThrow(certificatesIn(pki.authorities[name].der, name));
    const { crlUrl, deltaCrlUrl } = crlUrls(pki.crlBaseUrl, name);
    const urls = { certificateRevocationListUrl: crlUrl, deltaCertificateRevocationListUrl: deltaCrlUrl };
    orThrow(
      await addAuthority(
        { certificate: certificate!, isIssuerHintEnabled: name !== 'root', ...urls },
        { at, actor, ports },
      ),
    );
  }
}

/** All users may use certificates; policy 1.2.3.4 counts as multifactor, anything else as one factor. */
const demoConfiguration: X509CertificateConfiguration = {
  ...defaultX509CertificateConfiguration,
  state: 'enabled',
  includeTargets: [{ targetType: 'group', id: 'all_users' }],
  certificateUserBindings: demoBindings,
  authenticationModeConfiguration: {
    ...defaultX509CertificateConfiguration.authenticationModeConfiguration,
    rules: [
      {
        x509CertificateRuleType: 'policyOID',
        identifier: multifactorPolicy,
        policyOidIdentifier: multifactorPolicy,
        x509CertificateAuthenticationMode: 'x509CertificateMultiFactor',
        x509CertificateRequiredAffinityLevel: 'low',
      },
    ],
  },
};

/** The first steps with the demo tenant. */
export function introduceDemo(pki: Woodgrove, dataFolder: string, loginOrigin: string): string {
  const cards = join(demoFolder(dataFolder), 'cards');
  const server = loginOrigin === usualOrigin ? '' : ` --url ${loginOrigin}`;
  const rows = pki.cards.map(({ person }) => `    ${person.name.padEnd(10)}${person.description}`);
  return `
  Demo cards     ${cards}   (.p12 and .pem)
  Card password  ${demoPassword}
${rows.join('\n')}

  Next: import ${join(cards, 'ana.p12')} into your browser, trust ${join(dataFolder, 'tls', 'root.pem')} there
  (or accept the warning), open ${loginOrigin}/myapps and enter ana@woodgrove.test.
  Without a browser: ${commandName()} sign-in --user ana@woodgrove.test --card ${join(cards, 'ana.p12')}${server}
`;
}
