import { giveDomain, removeDomain } from '#admin/tenant/domain-names.ts';
import { federateDomain, manageDomain } from '#admin/tenant/domains.ts';
import type { IdentityProvider } from '#core/binding/realm.ts';
import type { Tenant } from '#model/tenant.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const domainFederate: Command = {
  usage: 'domain federate DOMAIN',
  summary: 'Sends the people of a domain to their own identity provider; those in a staged rollout still sign in here.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: {
    ...ofTenant,
    ...safety,
    issuer: { type: 'string', value: 'URI', help: 'issuerUri of the identity provider' },
    'sign-in-uri': { type: 'string', value: 'URL', help: 'passiveSignInUri: where browsers are sent' },
    protocol: { type: 'string', value: 'wsFed|saml', help: 'how they are sent (default: wsFed)' },
  },
  run: (call) =>
    change(call, (tenant, domain, ports) => {
      const provider = {
        issuerUri: text(call, 'issuer') ?? '',
        passiveSignInUri: text(call, 'sign-in-uri') ?? '',
        preferredAuthenticationProtocol: text(call, 'protocol') ?? 'wsFed',
      } as IdentityProvider;
      return federateDomain(tenant, domain, provider, actor, ports);
    }),
};

export const domainManage: Command = {
  usage: 'domain manage DOMAIN',
  summary: 'Lets the people of a domain sign in here again.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) => change(call, (tenant, domain, ports) => manageDomain(tenant, domain, actor, ports)),
};

export const domainAdd: Command = {
  usage: 'domain add DOMAIN',
  summary: 'Gives a domain to a tenant, verified on your word: no TXT record is looked for.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) => change(call, (tenant, domain, ports) => giveDomain(domain, actor, { ...ports, tenant })),
};

export const domainRemove: Command = {
  usage: 'domain remove DOMAIN',
  summary: 'Takes a domain away that no user name and no application has.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, (tenant, domain, ports) => removeDomain(domain.toLowerCase(), actor, { ...ports, tenant })),
};

async function change(
  call: Call,
  work: (tenant: Tenant, domain: string, ports: TenantPorts) => Promise<void>,
): Promise<number> {
  const { tenants } = await call.open();
  const domain = call.positionals[0]!;
  const ports = await tenantPorts(call, (await tenants.find(domain))?.id);
  const change = async (inside: TenantPorts) => {
    await work(inside.tenant, domain, inside);
    return (await inside.tenants.find(inside.tenant.id))!.domains;
  };
  return changeOf(call, ports, change, (domains) =>
    answer(call, domains, [
      ['domain', 'people sign in'],
      ...domains.map((domain) => [domain.id, where[domain.authenticationType]]),
    ]),
  );
}

const where = { Managed: 'here', Federated: 'at their identity provider' };
