import { type Because, because } from '#core/trace/reasons.ts';
import { deviceGrant } from '../device-code/device-flow.ts';
import { claimsRequest, readClaimsAsked } from '../tokens/claims-asked.ts';
import { providerParameters, readScopes } from '../tokens/scopes.ts';
import { entraResponseMode } from './response-modes.ts';

/** Parameters that only mean something to Entra, or that the provider would take for something else. */
const dropped = [
  'claims',
  'id_token_hint',
  'acr_values',
  'resource',
  'request_uri',
  'cardea_correlation',
  'cardea_claims',
];
const onlyWithOpenId = ['nonce', 'max_age'];

/** The query of an authorize request in the provider's words. */
export function translateAuthorize(query: URLSearchParams, correlationId: string): URLSearchParams {
  const translated = new URLSearchParams(query);
  for (const name of dropped) translated.delete(name);
  const asked = readScopes(query.getAll('scope').join(' '));
  if (!asked.openId.includes('openid')) for (const name of onlyWithOpenId) translated.delete(name);
  const { scope, resource } = providerParameters(asked);
  translated.set('scope', scope);
  for (const indicator of resource) translated.append('resource', indicator);
  translated.set('response_mode', entraResponseMode(query.get('response_mode')));
  translated.set('cardea_correlation', correlationId);
  const claims = claimsRequest(readClaimsAsked(query.get('claims')));
  if (claims) translated.set('cardea_claims', JSON.stringify(claims));
  const prompts = (query.get('prompt') ?? '').split(' ').filter((prompt) => prompt !== '' && prompt !== 'consent');
  if (prompts.length > 0) translated.set('prompt', prompts.join(' '));
  else translated.delete('prompt');
  return translated;
}

/** The form of a request for a device code in the provider's words. */
export function translateDevice(form: URLSearchParams, correlationId: string): URLSearchParams {
  const translated = translateAuthorize(form, correlationId);
  for (const name of ['response_mode', 'response_type', 'redirect_uri']) translated.delete(name);
  return translated;
}

/** The form of a token request in the provider's words, or why it cannot be. */
export function translateToken(form: URLSearchParams): URLSearchParams | Because {
  const translated = new URLSearchParams(form);
  translated.delete('resource');
  if (['device_code', deviceGrant].includes(form.get('grant_type') ?? '')) return translateDeviceGrant(translated);
  const asked = readScopes(form.get('scope') ?? '');
  if (form.get('grant_type') === 'client_credentials') {
    if (asked.names.length !== 1 || asked.names[0] !== '.default' || asked.openId.length > 0) {
      return because('scopeNotDefault', { scope: (form.get('scope') ?? '').slice(0, 200) });
    }
  } else if (asked.names.length === 0) {
    translated.delete('scope'); // everything that was granted
    return translated;
  }
  const { scope, resource } = providerParameters(asked);
  translated.set('scope', scope);
  for (const indicator of resource) translated.append('resource', indicator);
  return translated;
}

/** MSAL for Python sends the code by both names, that of Node says `device_code` for the grant, too. */
function translateDeviceGrant(form: URLSearchParams): URLSearchParams {
  form.set('grant_type', deviceGrant);
  if (!form.has('device_code') && form.has('code')) form.set('device_code', form.get('code')!);
  for (const name of ['code', 'scope']) form.delete(name); // everything that was granted
  return form;
}
