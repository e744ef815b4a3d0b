import { firstRefusal, type Ruling, refused, success } from '#core/trace/ruling.ts';
import type { Tenant } from '#model/tenant.ts';
import type { AdminPorts } from '#ports/ports.ts';
import type { AdminContext } from '../context.ts';
import { checkDisplayName, checkLink, checkName } from '../entered.ts';

/** The addresses that receive notices of a tenant, and where its privacy statement is (Graph: organization). */
export interface OrganizationContacts {
  readonly technicalNotificationMails?: readonly string[];
  readonly securityComplianceNotificationMails?: readonly string[];
  readonly privacyProfile?: { readonly contactEmail?: string | null; readonly statementUrl?: string | null } | null;
  /** ISO 3166; the claim `tenant_ctry`. */
  readonly countryLetterCode?: string | null;
  /** A language tag; the claim `xms_tpl`. */
  readonly preferredLanguage?: string | null;
}
export type OrganizationChange = OrganizationContacts & { readonly displayName?: string };
type Ports = Pick<AdminPorts, 'objects' | 'tenants'> & { readonly tenant: Tenant };

const kind = 'organization';
const mostMails = 20;

export async function contactsOf({ objects }: Pick<Ports, 'objects'>): Promise<OrganizationContacts> {
  return (await objects.list<OrganizationContacts>(kind))[0]?.document ?? {};
}

/**
 * Changes the name of a tenant and its contacts; what is absent stays. Refuses with graphPropertyInvalid, textHoldsControls,
 * textTooLong, linkInvalid.
 */
export async function changeOrganization(
  { displayName, ...contacts }: OrganizationChange,
  { actor, ports: { objects, tenants, tenant } }: AdminContext<Ports>,
): Promise<Ruling<void>> {
  const checks = firstRefusal(checkContacts(contacts), checkDisplayName(displayName));
  if (checks.outcome !== 'passed') return checks;
  if (displayName !== undefined && displayName !== tenant.displayName)
    await tenants.setDisplayName(tenant.id, displayName, actor);
  if (Object.keys(contacts).length === 0) return success();
  const auditEntry = { activity: 'Set Company Information', actor };
  const merge = (old: OrganizationContacts) => ({ ...old, ...contacts });
  const result = await objects.change<OrganizationContacts>(kind, tenant.id, merge, auditEntry);
  if (!result) await objects.add({ kind, id: tenant.id, owner: undefined, document: merge({}) }, auditEntry);
  return success();
}

function checkContacts(contacts: OrganizationContacts): Ruling<void> {
  const { technicalNotificationMails = [], securityComplianceNotificationMails = [], privacyProfile } = contacts;
  const { countryLetterCode, preferredLanguage } = contacts;
  if (countryLetterCode && !/^[a-z]{2}$/i.test(countryLetterCode))
    return refused('graphPropertyInvalid', {
      target: 'countryLetterCode',
      problem: 'it is not a two-letter country code',
    });
  if (preferredLanguage && !/^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.test(preferredLanguage))
    return refused('graphPropertyInvalid', { target: 'preferredLanguage', problem: 'it is not a language tag' });
  const lists = { technicalNotificationMails, securityComplianceNotificationMails };
  for (const [target, mails] of Object.entries(lists)) {
    if (mails.length > mostMails) return refused('graphLimitReached', { what: target, limit: mostMails });
    for (const mail of mails) {
      const mailRuling = checkMail(target, mail);
      if (mailRuling.outcome !== 'passed') return mailRuling;
    }
  }
  if (privacyProfile?.contactEmail) {
    const mailRuling = checkMail('privacyProfile/contactEmail', privacyProfile.contactEmail);
    if (mailRuling.outcome !== 'passed') return mailRuling;
  }
  return checkLink('privacyProfile/statementUrl', privacyProfile?.statementUrl);
}

function checkMail(target: string, mail: string): Ruling<void> {
  const nameRuling = checkName(target, mail);
  if (nameRuling.outcome !== 'passed') return nameRuling;
  if (!/^[^\s@]+@[^\s@]+$/.test(mail))
    return refused('graphPropertyInvalid', { target, problem: 'it is not an email address' });
  return success();
}
