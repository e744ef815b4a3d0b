import { giveDomain, removeDomain } from '#admin/tenant/domain-names.ts';
import { federateDomain, manageDomain } from '#admin/tenant/domains.ts';
import type { IdentityProvider } from '#core/binding/realm.ts';
import { orThrow, type Ruling, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import { actor } from '../../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../../command.ts';
import { changeOf, safety, type TenantPorts, tenantPorts } from '../trust/trust-edit.ts';

export const domainFederate: Command = {
  usage: 'domain federate DOMAIN',
  summary: 'Federates a domain with another identity provider. Users in a staged rollout still sign in here.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: {
    ...ofTenant,
    ...safety,
    issuer: { type: 'string', value: 'URI', help: 'Issuer of the identity provider (issuerUri).' },
    'sign-in-uri': {
      type: 'string',
      value: 'URL',
      help: 'Address to which browsers are redirected (passiveSignInUri).',
    },
    protocol: {
      type: 'string',
      value: 'PROTOCOL',
      choices: ['wsFed', 'saml'],
      help: 'Protocol of the identity provider (default: wsFed).',
    },
  },
  run: (call) =>
    change(call, (tenant, domain, ports) => {
      const provider = {
        issuerUri: text(call, 'issuer') ?? '',
        passiveSignInUri: text(call, 'sign-in-uri') ?? '',
        preferredAuthenticationProtocol: text(call, 'protocol') ?? 'wsFed',
      } as IdentityProvider;
      return federateDomain(tenant, domain, provider, { actor, ports });
    }),
};

export const domainManage: Command = {
  usage: 'domain manage DOMAIN',
  summary: 'Ends the federation of a domain. Its users sign in here again.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) => change(call, (tenant, domain, ports) => manageDomain(tenant, domain, { actor, ports })),
};

export const domainAdd: Command = {
  usage: 'domain add DOMAIN',
  summary: 'Adds a verified domain to a tenant. No TXT record is checked.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) => change(call, (tenant, domain, ports) => giveDomain(domain, { actor, ports: { ...ports, tenant } })),
};

export const domainRemove: Command = {
  usage: 'domain remove DOMAIN',
  summary: 'Removes a domain that no user name and no application uses.',
  takes: [1, 1],
  tenantOf: ([domain]) => domain,
  options: { ...ofTenant, ...safety },
  run: (call) =>
    change(call, (tenant, domain, ports) => removeDomain(domain.toLowerCase(), { actor, ports: { ...ports, tenant } })),
};

async function change(
  call: Call,
  work: (tenant: Tenant, domain: string, ports: TenantPorts) => Promise<Ruling<void>>,
): Promise<number> {
  const { tenants } = await call.open();
  const domain = call.positionals[0]!;
  const ports = await tenantPorts(call, (await tenants.find(domain))?.id);
  const change = async (inside: TenantPorts) => {
    orThrow(await work(inside.tenant, domain, inside));
    return success((await inside.tenants.find(inside.tenant.id))!.domains);
  };
  return changeOf(call, ports, change, (domains) =>
    answer(call, domains, [
      ['domain', 'people sign in'],
      ...domains.map((domain) => [domain.id, where[domain.authenticationType]]),
    ]),
  );
}

const where = { Managed: 'here', Federated: 'at their identity provider' };
