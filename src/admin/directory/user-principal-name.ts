import { fault } from '#core/trace/fault.ts';
import type { Tenant } from '#model/tenant.ts';

/** A user principal name of this tenant: one @, and a domain the tenant has verified. @throws userDomainForeign, usernameMalformed */
export function checkUserPrincipalName(userPrincipalName: string, tenant: Tenant): void {
  const [name, domain, ...more] = userPrincipalName.split('@');
  if (!name || !domain || more.length > 0) throw fault('usernameMalformed', { problem: 'it needs exactly one @' });
  if (/[\p{Cc}\p{Cf}\s]/u.test(name) || name !== name.normalize('NFKC')) {
    throw fault('usernameMalformed', {
      problem: 'it has blanks, invisible characters or characters that only look like others',
    });
  }
  const domains = tenant.domains.map(({ id }) => id);
  if (!domains.includes(domain.toLowerCase())) throw fault('userDomainForeign', { userPrincipalName, domains });
}
