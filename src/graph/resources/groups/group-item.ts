import { fault } from '#core/trace/fault.ts';
import type { Group } from '#model/group.ts';
import type { Item } from '../../odata/evaluate.ts';
import type { GraphResource } from '../../protocol/answers.ts';
import { type Call, keyText } from '../../protocol/call.ts';
import { withTag } from '../../protocol/etag.ts';

export const groupResource: GraphResource = {
  type: 'group',
  set: 'groups',
  alsoKnown: [
    'assignedLabels',
    'assignedLicenses',
    'autoSubscribeNewMembers',
    'allowExternalSenders',
    'hideFromAddressLists',
    'hideFromOutlookClients',
    'isSubscribedByMail',
    'unseenCount',
    'members',
    'memberOf',
    'owners',
    'resourceBehaviorOptions',
    'resourceProvisioningOptions',
    'writebackConfiguration',
    'isManagementRestricted',
    'licenseProcessingState',
    'hasMembersWithLicenseErrors',
    'serviceProvisioningErrors',
    'cloudLicensing',
  ],
};

/** A group as Graph shows one. */
export const groupItem = (group: Group): Item => withTag(itemOf(group), group);

function itemOf(group: Group): Item {
  const { ownerIds: _, ...profile } = group.profile ?? {};
  return {
    '@odata.type': '#microsoft.graph.group',
    id: group.id,
    deletedDateTime: null,
    classification: null,
    createdDateTime: group.createdDateTime ?? null,
    description: null,
    displayName: group.displayName,
    expirationDateTime: null,
    groupTypes: [],
    isAssignableToRole: null,
    mail: null,
    mailEnabled: false,
    mailNickname: group.id.slice(0, 8),
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesNetBiosName: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: [],
    renewedDateTime: group.createdDateTime ?? null,
    securityEnabled: true,
    securityIdentifier: null,
    theme: null,
    uniqueName: null,
    visibility: null,
    ...profile,
  };
}

/** @throws graphObjectMissing */
export async function groupIn(call: Call): Promise<Group> {
  const id = keyText(call, 'id').toLowerCase();
  const group = await call.ports.groups.find(id);
  if (!group) throw fault('graphObjectMissing', { id: id.slice(0, 120) });
  return group;
}
