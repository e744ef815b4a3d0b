import { messageOf } from '#core/trace/fault.ts';
import { because } from '#core/trace/reasons.ts';
import { queryIn, readFields } from '#schema/form.ts';
import { versionParameters } from './parameters.ts';

const collections =
  'me|users|groups|applications|servicePrincipals|devices|contacts|domains|tenantDetails|directoryObjects|directoryRoles|oauth2PermissionGrants|policies|subscribedSkus|getObjectsByObjectIds|isMemberOf';
const path = new RegExp(`^/(?!v1\\.0/|beta/)[\\w.-]{1,253}/(?:${collections})(?=[/(?]|$)`, 'i');

/** Whether this is a request of Azure AD Graph: a collection below a tenant, with one of its versions in the query. */
export function isAzureAdGraph(url: string): boolean {
  const version = readFields(versionParameters, queryIn(url))?.['api-version'] ?? '';
  return path.test(url) && /^(?:1\.[0-9]+(?:-internal)?|beta)$/.test(version);
}

/** Azure AD Graph is retired: what it answers to every request, in its own shape. */
export function azureAdGraphRetired(): { readonly status: number; readonly body: unknown } {
  const value = messageOf(because('azureAdGraphRetired', {}));
  return {
    status: 403,
    body: { 'odata.error': { code: 'Authentication_Unauthorized', message: { lang: 'en', value } } },
  };
}
