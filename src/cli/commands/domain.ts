import { federateDomain, manageDomain } from '../../admin/domains.ts';
import { chosenTenant } from '../../admin/tenants.ts';
import type { IdentityProvider } from '../../core/binding/realm.ts';
import { actor } from '../actor.ts';
import { answer, type Call, type Command, ofTenant, text } from '../command.ts';

export const domainFederate: Command = {
  usage: 'domain federate DOMAIN',
  summary: 'Sends the people of a domain to their own identity provider; those in a staged rollout still sign in here.',
  takes: [1, 1],
  options: {
    ...ofTenant,
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
  options: ofTenant,
  run: (call) => change(call, (tenant, domain, ports) => manageDomain(tenant, domain, actor, ports)),
};

type Ports = Parameters<typeof manageDomain>[3];

async function change(
  call: Call,
  work: (tenant: Parameters<typeof manageDomain>[0], domain: string, ports: Ports) => Promise<void>,
): Promise<number> {
  const { tenants, adminOf } = await call.open();
  const tenant = await chosenTenant(text(call, 'tenant') ?? call.positionals[0], tenants);
  await work(tenant, call.positionals[0]!, { ...(await adminOf(tenant.id)), tenants });
  const { domains } = await chosenTenant(tenant.id, tenants);
  answer(call, domains, [
    ['domain', 'people sign in'],
    ...domains.map((one) => [one.id, where[one.authenticationType]]),
  ]);
  return 0;
}

const where = { Managed: 'here', Federated: 'at their identity provider' };
