import { type Because, because } from '#core/trace/reasons.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import { claimsRequest, readRequestedClaims } from '../tokens/requested-claims.ts';
import { providerParameters, type RequestedScopes, readScopes } from '../tokens/resources/scopes.ts';
import { entraResponseMode } from './response-modes.ts';

/** Parameters that only mean something to Entra, or that the provider would take for something else. */
const drop = [
  'claims',
  'id_token_hint',
  'acr_values',
  'resource',
  'cardea_correlation',
  'cardea_claims',
  'cardea_version',
];
const onlyWithOpenId = ['nonce', 'max_age'];

/** The query of an authorize request in the provider's words. */
export function translateAuthorize(query: URLSearchParams, correlationId: string): URLSearchParams {
  const translation = new URLSearchParams(query);
  for (const name of drop) translation.delete(name);
  const scopes = readScopes(query.getAll('scope').join(' '));
  if (!scopes.openId.includes('openid')) for (const name of onlyWithOpenId) translation.delete(name);
  const { scope, resource } = providerParameters(scopes);
  translation.set('scope', scope);
  for (const indicator of resource) translation.append('resource', indicator);
  translation.set('response_mode', entraResponseMode(query.get('response_mode'), query.get('response_type')));
  translation.set('cardea_correlation', correlationId);
  const claims = claimsRequest(readRequestedClaims(query.get('claims')));
  if (claims) translation.set('cardea_claims', JSON.stringify(claims));
  const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '' && prompt !== 'consent');
  if (prompts.length > 0) translation.set('prompt', prompts.join(' '));
  else translation.delete('prompt');
  return translation;
}

/** The form of a request for a device code in the provider's words. */
export function translateDevice(form: URLSearchParams, correlationId: string): URLSearchParams {
  const translation = translateAuthorize(form, correlationId);
  for (const name of ['response_mode', 'response_type', 'redirect_uri']) translation.delete(name);
  return translation;
}

/** The form of a token request in the provider's words, or why it cannot be. */
export function translateToken(form: URLSearchParams): URLSearchParams | Because {
  const translation = new URLSearchParams(form);
  translation.delete('resource');
  if (['device_code', deviceGrant].includes(form.get('grant_type') ?? '')) return translateDeviceGrant(translation);
  const scopes = readScopes(form.get('scope') ?? '');
  if (form.get('grant_type') === 'client_credentials') {
    if (scopes.names.length !== 1 || scopes.names[0] !== '.default') {
      return because('scopeNotDefault', { scope: (form.get('scope') ?? '').slice(0, 200) });
    }
  } else if (scopes.names.length === 0) {
    translation.delete('scope'); // everything that was granted
    return translation;
  }
  const isForItself = form.get('grant_type') === 'client_credentials';
  const { scope, resource } = providerParameters(isForItself ? resourceScopesAlone(scopes) : scopes);
  translation.set('scope', scope);
  for (const indicator of resource) translation.append('resource', indicator);
  return translation;
}

/** MSAL for Go and for Java send `openid profile offline_access` with every request: there is no user for them to be about. */
const resourceScopesAlone = (scopes: RequestedScopes): RequestedScopes => ({ ...scopes, openId: [], offline: false });

/** MSAL for Python sends the code by both names, that of Node says `device_code` for the grant, too. */
function translateDeviceGrant(form: URLSearchParams): URLSearchParams {
  form.set('grant_type', deviceGrant);
  if (!form.has('device_code') && form.has('code')) form.set('device_code', form.get('code')!);
  for (const name of ['code', 'scope']) form.delete(name); // everything that was granted
  return form;
}
