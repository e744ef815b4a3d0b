import { type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';

/** A user principal name of this tenant: one @, and a domain the tenant has verified. Refuses with userDomainForeign, usernameMalformed. */
export function checkUserPrincipalName(userPrincipalName: string, tenant: Tenant): Ruling<void> {
  const [name, domain, ...more] = userPrincipalName.split('@');
  if (!name || !domain || more.length > 0) return refused('usernameMalformed', { problem: 'it needs exactly one @' });
  if (/[\p{Cc}\p{Cf}\s]/u.test(name) || name !== name.normalize('NFKC')) {
    return refused('usernameMalformed', {
      problem: 'it has blanks, invisible characters or characters that only look like others',
    });
  }
  const domains = tenant.domains.map(({ id }) => id);
  if (!domains.includes(domain.toLowerCase())) return refused('userDomainForeign', { userPrincipalName, domains });
  return success();
}
