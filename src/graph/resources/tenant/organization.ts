import { z } from 'zod';
import { statusOf } from '#admin/synchronisation/status.ts';
import { changeOrganization, contactsOf, type OrganizationChange } from '#admin/tenant/organization.ts';
import type { Need } from '#core/roles/authorise.ts';
import { fault } from '#core/trace/fault.ts';
import { orThrow } from '#core/trace/ruling.ts';
import type { Domain } from '#model/tenant.ts';
import { odataTypes } from '#schema/odata-type.ts';
import type { Item } from '../../odata/evaluate.ts';
import { collection, entity, type GraphResource, nothing } from '../../protocol/answers.ts';
import { readBody } from '../../protocol/body.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';

const view: GraphResource = {
  type: 'organization',
  set: 'organization',
  alsoKnown: [
    'branding',
    'certificateBasedAuthConfiguration',
    'extensions',
    'marketingNotificationEmails',
    'securityComplianceNotificationPhones',
    'partnerTenantType',
    'mobileDeviceManagementAuthority',
    'defaultUsageLocation',
    'directorySizeQuota',
  ],
};
/** A permission to write organizations includes reading them. */
const need: Need = {
  ...needs.readOrganization,
  permissions: [...needs.readOrganization.permissions, 'Organization.ReadWrite.All'],
};

/** With User.Read alone a person sees no more of the tenant than this (graph-api §9). */
const basic = ['id', 'displayName', 'verifiedDomains'];

const verification = (domain: Domain, index: number) => ({
  capabilities: 'Email, OfficeCommunicationsOnline',
  isDefault: index === 0,
  isInitial: index === 0,
  name: domain.id,
  type: domain.authenticationType,
});

async function organizationItem({ ports, caller }: Call): Promise<Item> {
  const { tenant } = ports;
  const contacts = await contactsOf(ports);
  const synchronisation = await statusOf(ports);
  const domains = tenant.domains.filter(({ isVerified }) => isVerified);
  const item: Item = {
    id: tenant.id,
    deletedDateTime: null,
    displayName: tenant.displayName,
    verifiedDomains: domains.map(verification),
    tenantType: 'AAD',
    countryLetterCode: contacts.countryLetterCode ?? null,
    country: null,
    city: null,
    state: null,
    street: null,
    postalCode: null,
    preferredLanguage: contacts.preferredLanguage ?? null,
    businessPhones: [],
    createdDateTime: null,
    onPremisesSyncEnabled: synchronisation.isConfigured ? true : null,
    onPremisesLastSyncDateTime: synchronisation.lastSyncDateTime,
    technicalNotificationMails: contacts.technicalNotificationMails ?? [],
    securityComplianceNotificationMails: contacts.securityComplianceNotificationMails ?? [],
    privacyProfile: contacts.privacyProfile ?? null,
    assignedPlans: [],
    provisionedPlans: [],
  };
  const sees = caller.permissions.some((name) => name !== 'User.Read' && need.permissions.includes(name));
  const visible = sees
    ? item
    : Object.fromEntries(Object.entries(item).map(([name, value]) => [name, basic.includes(name) ? value : null]));
  return withTag(visible, { id: tenant.id, displayName: tenant.displayName, contacts });
}

/** The tenant's id or one of its domains; other tenants are not visible. @throws graphObjectMissing */
export function requireTenant(call: Call): void {
  const target = keyText(call, 'org').toLowerCase();
  const { id, domains } = call.ports.tenant;
  if (target === id || domains.some((domain) => domain.id === target && domain.isVerified)) return;
  throw fault('graphObjectMissing', { id: target.slice(0, 80) });
}

const mails = z.array(z.string().max(320)).max(100).optional();
const shape = z
  .strictObject({
    displayName: z.string().min(1).max(256).optional(),
    technicalNotificationMails: mails,
    securityComplianceNotificationMails: mails,
    privacyProfile: z
      .strictObject({ contactEmail: z.string().max(320).nullish(), statementUrl: z.string().max(2048).nullish() })
      .nullish(),
    countryLetterCode: z.string().max(2).nullish(),
    preferredLanguage: z.string().max(35).nullish(),
  })
  .register(odataTypes, ['organization']);

async function change(call: Call) {
  requireTenant(call);
  orThrow(await changeOrganization((await readBody(call, shape)) as OrganizationChange, call));
  return nothing;
}

export const organizationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'organization',
    need,
    answer: async (call) => collection(call, [await organizationItem(call)], view),
  },
  {
    method: 'GET',
    path: 'organization/{org}',
    need,
    answer: async (call) => {
      requireTenant(call);
      return entity(call, await organizationItem(call), view);
    },
  },
  { method: 'PATCH', path: 'organization/{org}', need: needs.writeOrganization, answer: change },
];
