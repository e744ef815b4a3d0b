/**
 * Names in Microsoft Graph of what is not here: areas below the root, and what users, groups and devices have there besides.
 * A request for one of them is answered with 501, and never takes the name for an id.
 */
const names = new Set(
  `
  accessreviews activities admin agreements agreementacceptances analytics appcatalogs approvals assignlicense
  authenticationflowspolicy b2xuserflows bookings calendar calendargroup calendargroups calendars calendarview chats
  cloudlicensing clouds communications compliance connections contactfolders conversations copilot createdobjects
  customauthenticationextensions datapolicyoperations deviceappmanagement devicelocalcredentials devicemanagement
  domaindnsrecords drive drives education employeeexperience events external filteringpolicies followedsites functions
  getallmessages getmailtips getmemberobjectsasync grouplifecyclepolicy identitygovernance identityprotection inferenceclassification
  information informationprotection insights invitations invitedby joinedteams mailboxsettings mailfolders manageddevices
  messages networkaccess notifications oauth2permissiongrantsasync onenote onlinemeetings onpremisespublishingprofiles
  onpremisessynchronization outlook payloadresponse people places planner presence print privacy privilegedaccess
  privilegedroles programs provisioningobjectsummary recommendations resetunseencount riskdetections riskyusers
  rolemanagementalerts schemaextensions scopedrolememberships search security sendmail settingsasync shares sites
  solutions storage subscriptions teams teamsapps teamstemplates teamwork tenantrelationships thread threads todo
  translateexchangeids transitivereports trending trustframework usagerights validateproperties workbooks
`
    .trim()
    .toLowerCase()
    .split(/\s+/),
);

/** Is this a name of Microsoft Graph, of something that is not here? */
export const isOfGraph = (segment: string): boolean => names.has(segment) || isOperation(segment);

/** A function or a system segment, which is no object's id. An id in parentheses is a key and not this. */
export const isOperation = (segment: string): boolean =>
  segment === 'delta' || segment.startsWith('$') || segment.endsWith('()');
